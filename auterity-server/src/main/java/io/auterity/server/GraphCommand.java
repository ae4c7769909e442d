package io.auterity.server;

import io.auterity.Engine;
import io.auterity.definition.Json;
import io.auterity.plan.GraphPicture;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The command {@code graph}. */
@Command(name = "graph", description = "Draws the compiled graph of a workflow.", mixinStandardHelpOptions = true)
final class GraphCommand implements Callable<Integer>, Checks.Checked {

    private final Shell shell;

    @Parameters(paramLabel = "FILE", description = "A workflow in YAML or JSON; - for standard input.")
    private String file = "";

    @Option(names = "--format", description = "${COMPLETION-CANDIDATES}; ${DEFAULT-VALUE} when not given.")
    private Format format = Format.MERMAID;

    @Option(names = "--with", paramLabel = "FILE", description = "A further workflow that this one runs; repeatable.")
    private List<String> with = new ArrayList<>();

    @Mixin
    private OutputOption output = new OutputOption();

    GraphCommand(Shell shell) {
        this.shell = shell;
    }

    /** The languages of pictures. */
    enum Format {
        /** As in Markdown on many platforms. */
        MERMAID,
        /** For Graphviz. */
        DOT;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    @Override
    public void check(Checks checks) {
        checks.workflows(shell, files());
    }

    @Override
    public Integer call() {
        var workflows = WorkflowFiles.read(shell, files()).workflows();
        try (Engine engine = new EngineOptions()
                .builder(shell.environment())
                .register(workflows)
                .build()) {
            GraphPicture picture =
                    GraphPicture.of(engine.plan(workflows.get(0).definition().id()));
            String graph = format == Format.MERMAID ? picture.mermaid() : picture.dot();
            if (output.isJson()) {
                shell.out().println(Json.pretty(Map.of("format", format.toString(), "graph", graph)));
            } else {
                shell.out().print(graph);
            }
        }
        return Main.OK;
    }

    private List<String> files() {
        List<String> files = new ArrayList<>(List.of(file));
        files.addAll(with);
        return files;
    }
}
