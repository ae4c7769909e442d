package io.auterity.server;

import io.auterity.Engine;
import io.auterity.EngineException;
import io.auterity.RetryOptions;
import io.auterity.Run;
import io.auterity.RunSelection;
import io.auterity.Workflow;
import io.auterity.definition.Definition;
import io.auterity.definition.Json;
import io.auterity.definition.RunId;
import io.auterity.journal.JavaValue;
import io.auterity.journal.Journal;
import io.auterity.journal.JournalEntry.RunStarted;
import io.auterity.journal.RunStatus;
import io.auterity.journal.RunSummary;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The command {@code runs retry}. */
@Command(
        name = "retry",
        description = {
            "Tries runs again that have ended: each as a new run, which takes over the outputs of the steps that"
                    + " succeeded. Stays until the new runs have ended or wait for a signal or a decision.",
            "Without --status, the runs selected are those that failed or were given up; a run that has been tried"
                    + " again is passed over."
        },
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Exit codes: 0 all new runs succeeded or wait, 1 some did not or could not be started, 2 something is wrong"
                    + " with the options."
        })
final class RunsRetryCommand implements Callable<Integer>, Checks.Checked {

    private static final Set<RunStatus> USUAL = Set.of(RunStatus.FAILED, RunStatus.DEAD_LETTERED);

    private final Shell shell;
    private final Map<RunId, Run<?>> retries = new LinkedHashMap<>();
    private final List<RunSelection.Outcome> refusals = new ArrayList<>();
    private long refused;

    @Mixin
    private RunChoice choice = new RunChoice();

    @Mixin
    private JournalVisit visit = new JournalVisit();

    @Option(
            names = "--from",
            paramLabel = "STEP",
            description =
                    "The step to begin with; what comes before it keeps its outputs. The first that did not succeed"
                            + " when not given.")
    private String from = "";

    @Option(names = "--from-beginning", description = "Does every step again.")
    private boolean isAnew;

    @Option(
            names = {"-i", "--input"},
            paramLabel = "JSON|@FILE|KEY=VALUE",
            description =
                    "What is different in the input, written as for 'auterity run'; repeatable. Without --from, every"
                            + " step is done again with it. For one RUN only.")
    private List<String> inputs = new ArrayList<>();

    @Option(
            names = "--version-hash",
            paramLabel = "HASH|current",
            description =
                    "Another version of the workflow, as 'auterity versions list' shows it; steps that are not the"
                            + " same in it are done again.")
    private String version = "";

    @Option(
            names = "--with",
            paramLabel = "FILE",
            description = "A workflow that the runs need and the journal does not"
                    + " have, or a new version of one; repeatable.")
    private List<String> with = new ArrayList<>();

    @Mixin
    private EngineOptions engineOptions = new EngineOptions();

    @Mixin
    private ProgressOption progress = new ProgressOption();

    RunsRetryCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public void check(Checks checks) {
        checks.that(choice::check);
        choice.check(checks);
        checks.that(this::checkBeginning);
        checks.that(this::checkInput);
        visit.check(checks, shell);
        engineOptions.check(checks, shell.environment());
        checks.workflows(shell, with);
    }

    @Override
    public Integer call() {
        Instant now = InstantSource.system().instant();
        try (var journal = visit.look(shell)) { // a journal that is not there shall not be made
            if (!choice.isConfirmed()) {
                return choice.tell(shell, visit, "tried again", choice.stream(visit, journal, USUAL, now));
            }
        }
        List<Workflow<Map<String, Object>, Object>> workflows =
                with.isEmpty() ? List.of() : WorkflowFiles.read(shell, with).workflows();
        Vigil vigil = new Vigil(shell, progress);
        try (Journal journal = Journals.open(visit.name(), shell.environment())) {
            Rest rest = new Rest(InstantSource.system());
            Engine.Builder builder = vigil.over(engineOptions.builder(shell.environment(), journal))
                    .recovery(false) // other runs are not this command's business
                    .parkAfter(Duration.ZERO)
                    .listener(rest)
                    .register(workflows);
            try (Engine engine = builder.build()) {
                retry(engine, journal, now);
                vigil.stayWhile(engine, () -> isUnderWay(journal, rest));
            }
            return report(journal, vigil);
        }
    }

    private void checkBeginning() {
        if (isAnew && !from.isEmpty()) {
            throw Refusal.ofOption("--from", "--from-beginning begins elsewhere", "use one of the two");
        }
    }

    private void checkInput() {
        if (!inputs.isEmpty() && choice.count() != 1) {
            throw Refusal.ofOption("--input", "it is for one run only", "name one RUN");
        }
    }

    private void retry(Engine engine, Journal journal, Instant now) {
        if (!choice.isNamed()) {
            RunSelection.Done done = engine.runs(choice.filter(USUAL, now))
                    .onEach(outcome -> outcome.retry().flatMap(engine::attach).ifPresent(run -> {
                        retries.put(run.id(), run);
                        if (!progress.isQuiet()) {
                            shell.err().println("run '" + outcome.run() + "' is tried again as '" + run.id() + "'");
                        }
                    }))
                    .retry(options());
            refused = done.refused();
            refusals.addAll(done.refusals());
            return;
        }
        for (RunId run : choice.named()) {
            try {
                RunSummary summary = visit.find(journal.catalog(), run);
                RetryOptions options = inputs.isEmpty() ? options() : options().input(input(journal, summary));
                Run<?> retry = engine.retry(run, options);
                retries.put(retry.id(), retry);
                if (!progress.isQuiet()) {
                    shell.err().println("run '" + run + "' is tried again as '" + retry.id() + "'");
                }
            } catch (EngineException | Refusal e) {
                if (choice.named().size() == 1) {
                    throw e;
                }
                refused++;
                refusals.add(
                        new RunSelection.Outcome(run, Optional.empty(), Optional.of(String.valueOf(e.getMessage()))));
            }
        }
    }

    private RetryOptions options() {
        RetryOptions options = RetryOptions.DEFAULT;
        if (!from.isEmpty()) {
            options = options.from(from);
        } else if (isAnew) {
            options = options.fromBeginning();
        }
        if (version.isEmpty()) {
            return options;
        }
        return version.equals("current") ? options.onCurrentVersion() : options.onVersion(version);
    }

    /** The recorded input with what the options change. */
    @SuppressWarnings("NullAway") // JSON objects may hold null
    private Map<String, Object> input(Journal journal, RunSummary run) {
        Map<String, @Nullable Object> recorded = new LinkedHashMap<>();
        if (journal.read(run.id()).get(0) instanceof RunStarted start
                && JavaValue.jsonOf(start.input()) instanceof Map<?, ?> object) {
            object.forEach((key, value) -> recorded.put((String) key, value));
        }
        Map<String, Object> schema =
                JournalVisit.definition(journal, run).map(Definition::input).orElse(Map.of());
        return RunInput.edit(shell, run.start().workflow(), schema, recorded, inputs);
    }

    private boolean isUnderWay(Journal journal, Rest rest) {
        return retries.values().stream()
                .filter(run -> !run.result().toCompletableFuture().isDone())
                .map(run -> visit.find(journal.catalog(), run.id()))
                .anyMatch(run -> rest.of(run, journal.catalog()) == Rest.For.NOBODY);
    }

    private int report(Journal journal, Vigil vigil) {
        List<RunSummary> now = retries.keySet().stream()
                .map(run -> visit.find(journal.catalog(), run))
                .toList();
        if (visit.wantsJson()) {
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("runs", now.stream().map(JournalVisit::json).toList());
            json.put("refused", refused);
            json.put("refusals", refusals.stream().map(RunsRetryCommand::json).toList());
            shell.out().println(Json.pretty(json));
        } else {
            Rest.For awaited = vigil.isCutShort() ? Rest.For.NOBODY : Rest.For.SOMEBODY;
            now.forEach(run -> shell.out().println(RunsResumeCommand.line(run, awaited, journal.catalog())));
        }
        refusals.forEach(outcome -> shell.err()
                .println("run '" + outcome.run() + "' is not tried again: "
                        + outcome.refusal().orElse("")));
        if (refused > refusals.size()) {
            shell.err().println("and " + (refused - refusals.size()) + " more");
        }
        if (now.isEmpty()) {
            shell.err().println("no runs to try again");
        }
        return choice.isNamed() && refused > 0 ? Main.FAILED : vigil.code(now);
    }

    private static Map<String, Object> json(RunSelection.Outcome outcome) {
        return Map.of("runId", outcome.run().value(), "why", outcome.refusal().orElse(""));
    }
}
