package io.auterity.server;

import io.auterity.Workflow;
import io.auterity.definition.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** The command {@code validate}. */
@Command(
        name = "validate",
        description = "Prints everything that is wrong with workflows. Files given together may run each other.",
        mixinStandardHelpOptions = true)
final class ValidateCommand implements Callable<Integer>, Checks.Checked {

    private final Shell shell;

    @Parameters(arity = "1..*", paramLabel = "FILE", description = "Workflows in YAML or JSON; - for standard input.")
    private List<String> names = new ArrayList<>();

    @Mixin
    private OutputOption output = new OutputOption();

    ValidateCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public void check(Checks checks) {
        checks.workflows(shell, names);
    }

    @Override
    public Integer call() {
        WorkflowFiles files = WorkflowFiles.read(shell, names);
        List<Workflow<Map<String, Object>, Object>> workflows = files.check();
        if (output.isJson()) {
            shell.out().println(Json.pretty(Answer.problemsAsJson(List.of())));
        } else {
            for (Workflow<?, ?> workflow : workflows) {
                String id = workflow.definition().id();
                int steps = workflow.definition().body().steps().size();
                shell.out()
                        .println(files.file(id) + ": workflow '" + id + "', " + steps
                                + (steps == 1 ? " step" : " steps") + ", no problems");
            }
        }
        return Main.OK;
    }
}
