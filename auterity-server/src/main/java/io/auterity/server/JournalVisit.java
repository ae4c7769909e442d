package io.auterity.server;

import io.auterity.EngineException;
import io.auterity.connector.jdbc.JdbcInspection;
import io.auterity.connector.jdbc.JdbcJournal;
import io.auterity.definition.Definition;
import io.auterity.definition.DefinitionReader;
import io.auterity.definition.RunId;
import io.auterity.journal.Journal;
import io.auterity.journal.RunCatalog;
import io.auterity.journal.RunSummary;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What the commands below {@code runs} have in common: a journal to look into, and the form of what they print. */
final class JournalVisit {

    /** No timer of a run is so late; a run that is parked without one has a time beyond. */
    private static final long END_OF_TIME =
            Instant.parse("9999-12-31T00:00:00Z").toEpochMilli();

    @Option(
            names = "--journal",
            required = true,
            paramLabel = "sqlite:PATH|jdbc:URL",
            description = "Where the runs are recorded. User and password of a database come from"
                    + " AUTERITY_JOURNAL_USER and AUTERITY_JOURNAL_PASSWORD.")
    private String journal = "";

    @Mixin
    private OutputOption output = new OutputOption();

    /** Looks whether the option names a journal; one that is missing has been told of by the parser. */
    void check(Checks checks, Shell shell) {
        if (!journal.isEmpty()) {
            checks.that(() -> Journals.checkLasting(journal, shell.environment()));
        }
    }

    String name() {
        return journal;
    }

    boolean wantsJson() {
        return output.isJson();
    }

    /** Opens the journal to send messages, and to change what else is in its database. */
    JdbcJournal open(Shell shell) {
        return Journals.visit(journal, shell.environment());
    }

    /** Opens the journal to look. */
    JdbcInspection look(Shell shell) {
        return Journals.look(journal, shell.environment());
    }

    /** Looks whether a word can be the id of a run; one that is missing has been told of by the parser. */
    static void checkRun(Checks checks, String run) {
        if (!run.isEmpty()) {
            checks.that(() -> id(run));
        }
    }

    /** Reads the id of a run. */
    static RunId id(String text) {
        try {
            return RunId.of(text);
        } catch (IllegalArgumentException e) {
            throw Refusal.of(
                    "the run's id",
                    Refusal.VALUE,
                    "RUN",
                    String.valueOf(e.getMessage()),
                    "use an id that 'auterity runs list' shows");
        }
    }

    /** Finds a run that must be there. */
    RunSummary find(RunCatalog in, RunId run) {
        return in.find(run)
                .orElseThrow(() -> Refusal.of(
                        "the journal",
                        EngineException.UNKNOWN_RUN,
                        "RUN",
                        "no run '" + run + "' is recorded in it",
                        "see 'auterity runs list --journal " + journal + "'"));
    }

    /** What a run was started with; empty if its journal does not know the definition. */
    static Optional<Definition> definition(Journal journal, RunSummary run) {
        return journal.catalog()
                .definition(run.start().version())
                .map(json -> DefinitionReader.ofRecords().read(json, "").definition());
    }

    /** What is known of a run without its entries, as JSON. */
    static Map<String, @Nullable Object> json(RunSummary run) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("runId", run.id().value());
        json.put("workflow", run.start().workflow());
        json.put("version", run.start().version());
        json.put("status", run.status().text());
        json.put("labels", new TreeMap<>(run.start().origin().labels()));
        json.put("startedAt", time(run.start().at()));
        json.put("endedAt", run.end().map(end -> time(end.at())).orElse(null));
        json.put("recoveries", (long) run.standing().recoveries());
        json.put(
                "wakeAt",
                run.standing().wakeAt() == 0 || waitsForSomebody(run)
                        ? null
                        : time(run.standing().wakeAt()));
        json.put("error", run.end().map(end -> RunReport.error(end.failure())).orElse(null));
        return json;
    }

    /** Whether a run is parked until somebody sends it something, or a run that it waits for has ended. */
    static boolean waitsForSomebody(RunSummary run) {
        return run.isParked() && run.standing().wakeAt() > END_OF_TIME;
    }

    /** The labels of a run on one line, as in {@code region=eu team=sales}. */
    static String labels(RunSummary run) {
        return new TreeMap<>(run.start().origin().labels())
                .entrySet().stream()
                        .map(label -> label.getKey() + "=" + label.getValue())
                        .collect(Collectors.joining(" "));
    }

    static String time(long millis) {
        return Instant.ofEpochMilli(millis).toString();
    }
}
