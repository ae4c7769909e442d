package io.auterity.server;

import io.auterity.Workflow;
import io.auterity.definition.AuterityException;
import io.auterity.definition.DefinitionException;
import io.auterity.definition.DefinitionReader;
import io.auterity.definition.Problem;
import io.auterity.definition.Problem.Position;
import io.auterity.server.gateway.RelayFileException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads the files of workflows, and says everything that is wrong with all of them. */
final class WorkflowFiles {

    private static final Position NOWHERE = new Position("", 1, 1);
    private static final Comparator<Problem> ORDER = Comparator.comparing(
            problem -> problem.position().orElse(NOWHERE),
            Comparator.comparing(Position::file).thenComparing(Position::line).thenComparing(Position::column));

    private final Shell shell;
    private final DefinitionReader reader = new DefinitionReader();
    private final Map<String, Workflow<Map<String, Object>, Object>> workflows = new LinkedHashMap<>();
    private final Map<String, String> files = new LinkedHashMap<>();
    private final List<AuterityException> refusals = new ArrayList<>();
    private final List<String> names;

    private WorkflowFiles(Shell shell, List<String> names) {
        this.shell = shell;
        this.names = List.copyOf(names);
    }

    /**
     * Reads files.
     *
     * @param shell reads them
     * @param names their names, at least one; {@code -} for standard input
     * @return what could be read, and what could not
     */
    static WorkflowFiles read(Shell shell, List<String> names) {
        WorkflowFiles all = new WorkflowFiles(shell, names);
        names.forEach(all::add);
        return all;
    }

    private void add(String name) {
        try {
            add(name, reader.read(shell.read(name), name.equals("-") ? "<stdin>" : name));
        } catch (DefinitionException e) {
            refusals.add(e);
            e.readable().ifPresent(parsed -> add(name, parsed));
        } catch (Refusal e) {
            refusals.add(e);
        }
    }

    private void add(String name, DefinitionReader.Parsed parsed) {
        String id = parsed.definition().id();
        String other = files.putIfAbsent(id, name);
        if (other == null) {
            workflows.put(id, Workflow.of(parsed));
        } else {
            refusals.add(Refusal.of(
                    "reading '" + name + "'",
                    Refusal.REPEATED,
                    id,
                    "'" + other + "' and '" + name + "' both define workflow '" + id + "'",
                    "rename one of them, or leave it out"));
        }
    }

    /**
     * Returns the workflows in the order of the files, if all could be read; whether they compile is then for the engine
     * to say that they are registered with.
     *
     * @return all workflows
     * @throws AuterityException with everything that is wrong, if a file cannot be read
     */
    List<Workflow<Map<String, Object>, Object>> workflows() {
        if (!refusals.isEmpty()) {
            check();
        }
        return List.copyOf(workflows.values());
    }

    /**
     * Compiles the workflows.
     *
     * @return the workflows in the order of the files
     * @throws AuterityException with everything that is wrong, if something is
     */
    List<Workflow<Map<String, Object>, Object>> check() {
        List<Problem> problems = new ArrayList<>();
        refusals.forEach(refusal -> problems.addAll(problemsOf(refusal)));
        problems.addAll(compile());
        if (!problems.isEmpty()) {
            problems.sort(ORDER);
            throw new Refusal(names.size() == 1 ? names.get(0) : "the set of " + names.size() + " files", problems);
        }
        return List.copyOf(workflows.values());
    }

    private List<Problem> compile() {
        try {
            new EngineOptions()
                    .builder(shell.environment())
                    .register(List.copyOf(workflows.values()))
                    .build()
                    .close();
            return List.of();
        } catch (DefinitionException e) {
            return e.problems();
        }
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
