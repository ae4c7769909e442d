package io.auterity.server;

import io.auterity.Engine;
import io.auterity.Workflow;
import io.auterity.definition.Json;
import io.auterity.definition.RunId;
import io.auterity.journal.Journal;
import io.auterity.journal.JournalEntry;
import io.auterity.journal.JournalEntry.RunPaused;
import io.auterity.journal.JournalEntry.RunResumed;
import io.auterity.journal.RunCatalog;
import io.auterity.journal.RunMessage;
import io.auterity.journal.RunQuery;
import io.auterity.journal.RunStatus;
import io.auterity.journal.RunSummary;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The command {@code runs resume}. */
@Command(
        name = "resume",
        description = {
            "Goes on with every unfinished run of a journal, until each has ended or waits for a signal or a decision.",
            "Runs that wait in a queue, or need Java code, are left to an engine that takes them.",
            "A step that is recorded is not run again. The definitions come from the journal.",
            "With runs named or selected, it only lets these go on if they are paused."
        },
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Exit codes: 0 all that ended succeeded, 1 some did not, 2 something is wrong with the options,",
            "3 none of that, but some could not go on here, or this process was to end before they had."
        })
final class RunsResumeCommand implements Callable<Integer>, Checks.Checked {

    private final Shell shell;

    @Mixin
    private RunChoice choice = new RunChoice();

    @Option(
            names = "--with",
            paramLabel = "FILE",
            description = "A workflow that the runs start and that is not in the" + " journal yet; repeatable.")
    private List<String> files = new ArrayList<>();

    @Mixin
    private JournalVisit visit = new JournalVisit();

    @Mixin
    private EngineOptions engineOptions = new EngineOptions();

    @Mixin
    private ProgressOption progress = new ProgressOption();

    RunsResumeCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public void check(Checks checks) {
        if (choice.isGiven()) {
            checks.that(choice::check);
        }
        choice.check(checks);
        visit.check(checks, shell);
        engineOptions.check(checks, shell.environment());
        checks.workflows(shell, files);
    }

    @Override
    public Integer call() {
        if (choice.isGiven()) {
            return new RunsSending(shell, visit, new RunMessage.Resume(), "let go on").to(choice);
        }
        visit.look(shell).close(); // a journal that is not there shall not be made
        List<Workflow<Map<String, Object>, Object>> workflows =
                files.isEmpty() ? List.of() : WorkflowFiles.read(shell, files).workflows();
        Vigil vigil = new Vigil(shell, progress);
        try (Journal journal = Journals.open(visit.name(), shell.environment())) {
            Map<RunId, Rest.For> resumed = new LinkedHashMap<>();
            Rest rest = new Rest(InstantSource.system());
            unfinished(journal)
                    .forEach(
                            run -> { // before the engine may end some
                                resumed.put(run.id(), Rest.For.NOBODY);
                                rest.has(run);
                            });
            Engine.Builder builder = vigil.over(engineOptions.builder(shell.environment(), journal))
                    .parkAfter(Duration.ofSeconds(1))
                    .pollInterval(Vigil.LOOK)
                    .listener(rest)
                    .register(workflows);
            try (Engine engine = builder.build()) {
                vigil.stayWhile(engine, () -> isUnderWay(journal, resumed, rest));
            }
            return report(journal, resumed, vigil);
        }
    }

    /** Notes the unfinished runs, and says whether one of them will go on by itself. */
    private static boolean isUnderWay(Journal journal, Map<RunId, Rest.For> resumed, Rest rest) {
        boolean[] goesOn = new boolean[1];
        unfinished(journal).forEach(run -> {
            Rest.For awaited = rest.of(run, journal.catalog());
            resumed.put(run.id(), awaited);
            goesOn[0] |= awaited == Rest.For.NOBODY;
        });
        return goesOn[0];
    }

    private static Stream<RunSummary> unfinished(Journal journal) {
        return journal.catalog().stream(RunQuery.Filter.NONE.statuses(RunChoice.UNFINISHED));
    }

    private int report(Journal journal, Map<RunId, Rest.For> resumed, Vigil vigil) {
        List<RunSummary> now = resumed.keySet().stream()
                .map(run -> visit.find(journal.catalog(), run))
                .toList();
        if (visit.wantsJson()) {
            shell.out()
                    .println(Json.pretty(
                            Map.of("runs", now.stream().map(JournalVisit::json).toList())));
        } else {
            now.forEach(run -> shell.out().println(line(run, awaited(run, resumed), journal.catalog())));
        }
        if (now.isEmpty()) {
            shell.err().println("no unfinished runs");
        }
        int code = vigil.code(now);
        return code == Main.OK && now.stream().anyMatch(run -> isLeft(run, resumed)) ? Main.UNFINISHED : code;
    }

    private static Rest.For awaited(RunSummary run, Map<RunId, Rest.For> resumed) {
        return resumed.getOrDefault(run.id(), Rest.For.NOBODY);
    }

    /** Whether a run could not go on here. */
    private static boolean isLeft(RunSummary run, Map<RunId, Rest.For> resumed) {
        Rest.For awaited = awaited(run, resumed);
        return run.end().isEmpty() && (awaited == Rest.For.QUEUE || awaited == Rest.For.CODE);
    }

    /** What became of a run that was gone on with, on one line. */
    static String line(RunSummary run, Rest.For awaited, RunCatalog catalog) {
        if (run.end().isEmpty()) {
            return run.id() + " " + standing(run, awaited, catalog);
        }
        return run.id() + " " + run.status().text()
                + run.end()
                        .flatMap(RunSummary.End::failure)
                        .map(failure -> ": " + RunReport.text(failure))
                        .orElse("");
    }

    private static String standing(RunSummary run, Rest.For awaited, RunCatalog catalog) {
        String waiting = RunStatus.WAITING.text();
        return switch (awaited) {
            case NOBODY -> run.status().text();
            case QUEUE -> RunStatus.QUEUED.text() + "; an engine that has declared its queue begins it";
            case CODE -> waiting + " for code that is not here; an engine that has it goes on with it";
            case SOMEBODY ->
                isPaused(run, catalog)
                        ? waiting + ", paused; 'auterity runs resume " + run.id() + "' lets it go on"
                        : waiting + " for a signal or a decision";
        };
    }

    private static boolean isPaused(RunSummary run, RunCatalog catalog) {
        boolean paused = false;
        for (JournalEntry entry : catalog.read(run.id())) {
            paused = entry instanceof RunPaused || (paused && !(entry instanceof RunResumed));
        }
        return paused;
    }
}
