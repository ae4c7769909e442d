package io.auterity.server;

import io.auterity.Engine;
import io.auterity.Run;
import io.auterity.RunResult;
import io.auterity.StartOptions;
import io.auterity.Workflow;
import io.auterity.definition.AuterityException;
import io.auterity.definition.Definition;
import io.auterity.definition.Durations;
import io.auterity.definition.Json;
import io.auterity.definition.Problem;
import io.auterity.definition.RunId;
import io.auterity.event.ProgressRenderer;
import io.auterity.journal.Journal;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The command {@code run}. */
@Command(
        name = "run",
        description = "Runs a workflow: progress goes to standard error, the result to standard output.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Secrets come from AUTERITY_SECRET_<NAME>, credentials, as JSON, from AUTERITY_CREDENTIAL_<NAME>.",
            "A run in a journal that waits for an answer is left there, with the exit code 3.",
            "Ctrl-C cancels the run, so that it cleans up; a second one leaves at once."
        })
final class RunCommand implements Callable<Integer>, Checks.Checked {

    private final Shell shell;

    @Parameters(paramLabel = "FILE", description = "A workflow in YAML or JSON; - for standard input.")
    private String file = "";

    @Option(
            names = {"-i", "--input"},
            paramLabel = "JSON|@FILE|KEY=VALUE",
            description = {
                "The input: a JSON object, a file with one, or one key, as in lead.email=a@b.example or"
                        + " cars=@cars.json. Where the schema wants something else than a text, VALUE is read as JSON; @@"
                        + " is a plain @. Repeatable, the later ones on top."
            })
    private List<String> inputs = new ArrayList<>();

    @Option(names = "--with", paramLabel = "FILE", description = "A further workflow that this one runs; repeatable.")
    private List<String> with = new ArrayList<>();

    @Option(
            names = "--journal",
            paramLabel = "memory|sqlite:PATH|jdbc:URL",
            description = {
                "Where the run is recorded: memory, which is gone when the program ends; a SQLite file, which is made"
                        + " if it is not there; or a database. What is recorded survives this program, and 'auterity runs"
                        + " resume' goes on with it. User and password come from AUTERITY_JOURNAL_USER and"
                        + " AUTERITY_JOURNAL_PASSWORD."
            })
    private String journal = Journals.MEMORY;

    @Option(names = "--run-id", paramLabel = "ID", description = "The run's id; a new one when not given.")
    private String runId = "";

    @Option(
            names = "--label",
            paramLabel = "NAME=VALUE",
            description = "A label by which 'auterity runs list' finds the run; repeatable.")
    private Map<String, String> labels = new LinkedHashMap<>();

    @Option(names = "--timeout", paramLabel = "DURATION", description = "Cancels the run after a time: 30s, 5m, 2h.")
    private String timeout = "";

    @Mixin
    private EngineOptions engineOptions = new EngineOptions();

    @Option(
            names = "--signal",
            paramLabel = "NAME[=JSON]",
            description = "Sends a signal as soon as a step waits for it; repeatable.")
    private List<String> signals = new ArrayList<>();

    @Option(
            names = "--approve",
            paramLabel = "STEP[=JSON]",
            description = "Approves as soon as a step asks, with what its form wants; repeatable.")
    private List<String> approved = new ArrayList<>();

    @Option(names = "--reject", paramLabel = "STEP[=JSON]", description = "Rejects as soon as a step asks; repeatable.")
    private List<String> rejected = new ArrayList<>();

    @Mixin
    private OutputOption output = new OutputOption();

    @Mixin
    private ProgressOption progress = new ProgressOption();

    RunCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public void check(Checks checks) {
        checks.that(this::id);
        checks.that(this::limit);
        checks.that(this::options);
        checks.that(() -> Journals.check(journal, shell.environment()));
        checks.that(() -> engineOptions.checkJournal(journal));
        engineOptions.check(checks, shell.environment());
        checks.workflows(shell, files());
    }

    @Override
    public Integer call() {
        Optional<RunId> id = id();
        StartOptions options = options();
        List<Workflow<Map<String, Object>, Object>> workflows =
                WorkflowFiles.read(shell, files()).workflows();
        List<Definition> definitions =
                workflows.stream().map(Workflow::definition).toList();
        InstantSource clock = InstantSource.system();
        ProgressRenderer screen = new ProgressRenderer(shell.err(), shell.screen(), clock);
        shell.process().sendLogsTo(screen::println);
        Answers answers = new Answers(definitions, signals, approved, rejected);
        Watch watch = new Watch(screen, progress.isQuiet(), answers, clock, journal);
        shell.process().onInterrupt(watch::interrupt);
        shell.process().onTermination(watch::terminate);
        try (Journal record = Journals.open(journal, shell.environment())) {
            boolean takesUp = goesOn(record, id);
            Engine.Builder builder = engineOptions
                    .builder(shell.environment(), record)
                    .recovery(takesUp)
                    .parkAfter(Duration.ZERO) // somebody watches it
                    .clock(clock)
                    .listener(watch)
                    .register(workflows);
            try (Engine engine = builder.build()) {
                Workflow<Map<String, Object>, Object> workflow = workflows.get(0);
                Definition definition = workflow.definition();
                @SuppressWarnings("NullAway") // JSON objects may hold null
                Map<String, Object> input = RunInput.read(shell, definition.id(), definition.input(), inputs);
                Run<Object> run = id.isPresent()
                        ? engine.start(workflow, id.get(), input, options)
                        : engine.start(workflow, input, options);
                return stay(watch, engine, run, definition, takesUp);
            }
        }
    }

    private int stay(Watch watch, Engine engine, Run<Object> run, Definition definition, boolean takesUp) {
        RunResult<Object> result;
        try {
            result = watch.untilEnd(engine, run, limit(), takesUp);
        } catch (AuterityException lost) {
            return lost(run.id(), lost);
        }
        RunReport report = new RunReport(run, result, definition.body());
        return result.status().isTerminal()
                ? report(report, result.isSuccess())
                : left(report, run.id(), !watch.isLeaving());
    }

    /** Whether the run is there already and has not ended; only then are runs of others taken up beside it. */
    private static boolean goesOn(Journal record, Optional<RunId> id) {
        return id.flatMap(record.catalog()::find)
                .map(known -> !known.status().isTerminal())
                .orElse(false);
    }

    /** Reports a run of which this process cannot tell how it ends. */
    private int lost(RunId run, AuterityException why) {
        Problem problem = Refusal.problem(
                why.code(),
                "run " + run,
                String.valueOf(why.getMessage()),
                "'auterity runs show " + run + Journals.option(journal)
                        + "' tells what became of it, 'auterity runs resume" + engineOptions.again()
                        + "' goes on with it if nobody has it");
        shell.err().println(problem);
        if (output.isJson()) {
            shell.out().println(Json.pretty(Answer.problemsAsJson(List.of(problem))));
        }
        return Main.UNFINISHED;
    }

    /** Reports a run that stays in its journal: it waits for somebody, or this process was to end. */
    private int left(RunReport report, RunId run, boolean waits) {
        shell.err()
                .println("run '" + run + "' has not ended; it "
                        + (waits ? "waits in its journal, and when it is answered," : "stays in its journal, and")
                        + " goes on with");
        shell.err().println("    auterity runs resume" + Journals.option(journal) + engineOptions.again());
        if (output.isJson()) {
            shell.out().println(report.json());
        }
        return Main.UNFINISHED;
    }

    private int report(RunReport report, boolean isSuccess) {
        if (!isSuccess) {
            shell.err().println(report.failure());
        }
        if (output.isJson()) {
            shell.out().println(report.json());
        } else if (isSuccess) {
            report.text().ifPresent(shell.out()::println);
        }
        return isSuccess ? Main.OK : Main.FAILED;
    }

    private List<String> files() {
        List<String> files = new ArrayList<>(List.of(file));
        files.addAll(with);
        return files;
    }

    private Optional<RunId> id() {
        try {
            return runId.isEmpty() ? Optional.empty() : Optional.of(RunId.of(runId));
        } catch (IllegalArgumentException e) {
            throw Refusal.ofOption(
                    "--run-id", String.valueOf(e.getMessage()), "use letters, digits, '.', '_', ':' and '-'");
        }
    }

    private StartOptions options() {
        try {
            return StartOptions.DEFAULT.labels(labels);
        } catch (IllegalArgumentException e) {
            throw Refusal.ofOption("--label", String.valueOf(e.getMessage()), "write --label NAME=VALUE");
        }
    }

    private Optional<Duration> limit() {
        if (timeout.isEmpty()) {
            return Optional.empty();
        }
        Optional<Duration> limit = Durations.parse(timeout).filter(time -> !time.isZero());
        if (limit.isEmpty()) {
            throw Refusal.ofOption(
                    "--timeout", "'" + timeout + "' is no duration above zero", "write 500ms, 30s, 5m or 2h");
        }
        return limit;
    }
}
