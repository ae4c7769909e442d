package io.auterity.server;

import io.auterity.Workflow;
import io.auterity.definition.AuterityException;
import io.auterity.definition.DefinitionException;
import io.auterity.definition.DefinitionReader;
import io.auterity.definition.Problem;
import io.auterity.server.gateway.RelayFileException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads the files of workflows, and says everything that is wrong with all of them. */
final class WorkflowFiles {

    private final Shell shell;
    private final DefinitionReader reader = new DefinitionReader();
    private final Map<String, Workflow<Map<String, Object>, Object>> workflows = new LinkedHashMap<>();
    private final Map<String, String> files = new LinkedHashMap<>();
    private final List<AuterityException> refusals = new ArrayList<>();
    private final int count;

    private WorkflowFiles(Shell shell, int count) {
        this.shell = shell;
        this.count = count;
    }

    /**
     * Reads files.
     *
     * @param shell reads them
     * @param names their names; {@code -} for standard input
     * @return what could be read, and what could not
     */
    static WorkflowFiles read(Shell shell, List<String> names) {
        WorkflowFiles all = new WorkflowFiles(shell, names.size());
        names.forEach(all::add);
        return all;
    }

    private void add(String name) {
        try {
            Workflow<Map<String, Object>, Object> workflow =
                    Workflow.of(reader.read(shell.read(name), name.equals("-") ? "<stdin>" : name));
            String id = workflow.definition().id();
            String other = files.putIfAbsent(id, name);
            if (other != null) {
                throw Refusal.of(
                        "reading '" + name + "'",
                        Refusal.REPEATED,
                        id,
                        "'" + other + "' and '" + name + "' both define workflow '" + id + "'",
                        "rename one of them, or leave it out");
            }
            workflows.put(id, workflow);
        } catch (Refusal | DefinitionException e) {
            refusals.add(e);
        }
    }

    /**
     * Returns the workflows in the order of the files.
     *
     * @return all workflows
     * @throws AuterityException with everything that is wrong, if something is
     */
    List<Workflow<Map<String, Object>, Object>> workflows() {
        if (refusals.size() == 1) {
            throw refusals.get(0);
        }
        if (!refusals.isEmpty()) {
            throw new Refusal("the set of " + count + " files", problems());
        }
        return List.copyOf(workflows.values());
    }

    /** The workflows that could be read. */
    List<Workflow<Map<String, Object>, Object>> readable() {
        return List.copyOf(workflows.values());
    }

    /** What is wrong with the files that could not be read. */
    List<Problem> problems() {
        return refusals.stream()
                .flatMap(refusal -> problemsOf(refusal).stream())
                .toList();
    }

    /** Everything that an exception says is wrong with what was asked for. */
    static List<Problem> problemsOf(AuterityException refusal) {
        if (refusal instanceof DefinitionException definition) {
            return definition.problems();
        }
        if (refusal instanceof RelayFileException file) {
            return file.problems();
        }
        return refusal instanceof Refusal other ? other.problems() : List.of();
    }

    /** The file that defines a workflow; empty if none does. */
    String file(String workflow) {
        return files.getOrDefault(workflow, "");
    }
}
