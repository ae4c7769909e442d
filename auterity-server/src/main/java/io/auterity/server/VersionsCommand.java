package io.auterity.server;

import io.auterity.Versions;
import io.auterity.Workflow;
import io.auterity.definition.Definition;
import io.auterity.definition.DefinitionDiff;
import io.auterity.definition.Json;
import io.auterity.journal.Journal;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The commands below {@code versions}: the versions that the workflows of a journal have had. */
@Command(
        name = "versions",
        description = "Looks at the versions of workflows in a journal, and rolls back.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        footer = {"", "All of them work while another process has the journal. HASH may be cut to 6 characters or more."
        })
final class VersionsCommand {

    private VersionsCommand() {}

    static CommandLine line(Shell shell) {
        return new CommandLine(new VersionsCommand())
                .addSubcommand(new ListCommand(shell))
                .addSubcommand(new DiffCommand(shell))
                .addSubcommand(new CheckCommand(shell))
                .addSubcommand(new RollbackCommand(shell))
                .addSubcommand(new ReleaseCommand(shell));
    }

    /** The command {@code versions list}. */
    @Command(
            name = "list",
            description = "Lists the versions of a workflow, the one registered last first.",
            mixinStandardHelpOptions = true)
    static final class ListCommand implements Callable<Integer>, Checks.Checked {

        private final Shell shell;

        @Parameters(paramLabel = "WORKFLOW", description = "The workflow's id.")
        private String workflow = "";

        @Mixin
        private JournalVisit visit = new JournalVisit();

        ListCommand(Shell shell) {
            this.shell = shell;
        }

        @Override
        public void check(Checks checks) {
            visit.check(checks, shell);
        }

        @Override
        public Integer call() {
            try (Journal journal = visit.open(shell)) {
                List<Versions.Version> history = Versions.of(journal).history(workflow);
                if (visit.wantsJson()) {
                    shell.out()
                            .println(Json.pretty(Map.of(
                                    "versions",
                                    history.stream().map(ListCommand::json).toList())));
                } else if (history.isEmpty()) {
                    shell.err().println("the journal knows no version of workflow '" + workflow + "'");
                } else {
                    history.forEach(version -> shell.out().println(line(version)));
                }
            }
            return Main.OK;
        }

        private static String line(Versions.Version version) {
            return version.hash() + "  since "
                    + version.since().map(Object::toString).orElse("?") + "  " + RunChoice.runs(version.runs()) + ", "
                    + version.unfinished() + " unfinished" + (version.pinned() ? "  new runs start on it" : "");
        }

        private static Map<String, @Nullable Object> json(Versions.Version version) {
            Map<String, @Nullable Object> json = new LinkedHashMap<>();
            json.put("hash", version.hash());
            json.put("since", version.since().map(Object::toString).orElse(null));
            json.put("runs", version.runs());
            json.put("unfinished", version.unfinished());
            json.put("pinned", version.pinned());
            return json;
        }
    }

    /** The command {@code versions diff}. */
    @Command(
            name = "diff",
            description = "Tells how two versions of a workflow differ in what they mean.",
            mixinStandardHelpOptions = true,
            footer = {"", "Exit codes: 0 no difference, 1 some, 2 something is wrong with the options."})
    static final class DiffCommand implements Callable<Integer>, Checks.Checked {

        private final Shell shell;

        @Parameters(index = "0", paramLabel = "WORKFLOW", description = "The workflow's id.")
        private String workflow = "";

        @Parameters(index = "1", paramLabel = "HASH", description = "The earlier version.")
        private String before = "";

        @Parameters(index = "2", paramLabel = "HASH", description = "The later version.")
        private String after = "";

        @Mixin
        private JournalVisit visit = new JournalVisit();

        DiffCommand(Shell shell) {
            this.shell = shell;
        }

        @Override
        public void check(Checks checks) {
            visit.check(checks, shell);
        }

        @Override
        public Integer call() {
            try (Journal journal = visit.open(shell)) {
                DefinitionDiff diff = Versions.of(journal).diff(workflow, before, after);
                shell.out().println(visit.wantsJson() ? Json.pretty(diff.json()) : diff.text());
                return diff.isEmpty() ? Main.OK : Main.FAILED;
            }
        }
    }

    /** The command {@code versions check}. */
    @Command(
            name = "check",
            description = {
                "Says what a new definition would mean for the unfinished runs of its workflow: each stays on its own"
                        + " version; whether what it has recorded would fit the new one, too, and if not, why.",
            },
            mixinStandardHelpOptions = true,
            footer = {"", "Exit codes: 0 all could be moved, 1 some could not, 2 something is wrong."})
    static final class CheckCommand implements Callable<Integer>, Checks.Checked {

        private final Shell shell;

        @Parameters(paramLabel = "FILE", description = "The new definition in YAML or JSON; - for standard input.")
        private String file = "";

        @Mixin
        private JournalVisit visit = new JournalVisit();

        CheckCommand(Shell shell) {
            this.shell = shell;
        }

        @Override
        public void check(Checks checks) {
            visit.check(checks, shell);
            checks.workflows(shell, List.of(file));
        }

        @Override
        public Integer call() {
            Workflow<Map<String, Object>, Object> workflow =
                    WorkflowFiles.read(shell, List.of(file)).workflows().get(0);
            Definition definition = workflow.definition();
            List<Map<String, Object>> json = new ArrayList<>();
            long runs = 0;
            long stuck = 0;
            try (Journal journal = visit.open(shell)) {
                Iterator<Versions.AffectedRun> all =
                        Versions.of(journal).check(definition).iterator();
                while (all.hasNext()) {
                    Versions.AffectedRun run = all.next();
                    runs++;
                    stuck += run.couldMove() ? 0 : 1;
                    if (visit.wantsJson()) {
                        json.add(json(run));
                    } else {
                        shell.out().println(run);
                    }
                }
            }
            if (visit.wantsJson()) {
                shell.out().println(Json.pretty(Map.of("runs", json)));
            }
            shell.err()
                    .println(RunChoice.runs(runs) + " of other versions unfinished, " + (runs - stuck)
                            + " could be moved");
            return stuck == 0 ? Main.OK : Main.FAILED;
        }

        private static Map<String, Object> json(Versions.AffectedRun run) {
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("runId", run.run().value());
            json.put("status", run.status().text());
            json.put("version", run.version());
            json.put("couldMove", run.couldMove());
            json.put("obstacles", run.obstacles());
            return json;
        }
    }

    /** The command {@code versions rollback}. */
    @Command(
            name = "rollback",
            description = {
                "Makes new runs of a workflow start on an earlier version, in all engines of the journal and whatever their"
                        + " programs register, until 'versions release'. Runs under way stay on theirs.",
            },
            mixinStandardHelpOptions = true)
    static final class RollbackCommand implements Callable<Integer>, Checks.Checked {

        private final Shell shell;

        @Parameters(index = "0", paramLabel = "WORKFLOW", description = "The workflow's id.")
        private String workflow = "";

        @Parameters(index = "1", paramLabel = "HASH", description = "The version.")
        private String version = "";

        @Mixin
        private JournalVisit visit = new JournalVisit();

        @Option(names = "--dry-run", description = "Only tells what would change for new runs.")
        private boolean isDry;

        RollbackCommand(Shell shell) {
            this.shell = shell;
        }

        @Override
        public void check(Checks checks) {
            visit.check(checks, shell);
        }

        @Override
        public Integer call() {
            try (Journal journal = visit.open(shell)) {
                Versions versions = Versions.of(journal);
                Definition definition = versions.definition(workflow, version);
                if (isDry) {
                    String latest = versions.history(workflow).get(0).hash();
                    shell.out().println(versions.diff(workflow, latest, version).text());
                    shell.err().println("new runs of '" + definition.id() + "' would start on it");
                    return Main.OK;
                }
                shell.err()
                        .println("new runs of '" + workflow + "' start on version "
                                + versions.pin(workflow, version) + "; 'auterity versions release " + workflow
                                + "' ends that");
                return Main.OK;
            }
        }
    }

    /** The command {@code versions release}. */
    @Command(
            name = "release",
            description = "Lets new runs of a workflow start on what programs register again, after a rollback.",
            mixinStandardHelpOptions = true)
    static final class ReleaseCommand implements Callable<Integer>, Checks.Checked {

        private final Shell shell;

        @Parameters(paramLabel = "WORKFLOW", description = "The workflow's id.")
        private String workflow = "";

        @Mixin
        private JournalVisit visit = new JournalVisit();

        ReleaseCommand(Shell shell) {
            this.shell = shell;
        }

        @Override
        public void check(Checks checks) {
            visit.check(checks, shell);
        }

        @Override
        public Integer call() {
            try (Journal journal = visit.open(shell)) {
                boolean was = Versions.of(journal).unpin(workflow);
                shell.err()
                        .println(
                                was
                                        ? "new runs of '" + workflow + "' start on what programs register"
                                        : "workflow '" + workflow + "' was not rolled back");
                return Main.OK;
            }
        }
    }
}
