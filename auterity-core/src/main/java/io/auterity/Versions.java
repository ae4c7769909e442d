package io.auterity;

import io.auterity.connector.JsonSchema;
import io.auterity.definition.Definition;
import io.auterity.definition.DefinitionDiff;
import io.auterity.definition.DefinitionHash;
import io.auterity.definition.DefinitionReader;
import io.auterity.definition.RunId;
import io.auterity.journal.Cells;
import io.auterity.journal.Cells.Cell;
import io.auterity.journal.JavaValue;
import io.auterity.journal.Journal;
import io.auterity.journal.JournalEntry;
import io.auterity.journal.JournalEntry.OfStep;
import io.auterity.journal.JournalEntry.RunStarted;
import io.auterity.journal.JournalEntry.StepCancelled;
import io.auterity.journal.JournalEntry.StepFailed;
import io.auterity.journal.JournalEntry.StepSkipped;
import io.auterity.journal.JournalEntry.StepSucceeded;
import io.auterity.journal.RunCatalog;
import io.auterity.journal.RunCatalog.StoredVersion;
import io.auterity.journal.RunCatalog.VersionCount;
import io.auterity.journal.RunQuery;
import io.auterity.journal.RunStatus;
import io.auterity.journal.RunSummary;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The versions that the workflows of a journal have had. A version is a definition, named by its semantic hash; a run stays
 * on the version it was started with, whatever is registered later. Thread-safe.
 *
 * <p><b>Rolling back.</b> New runs start on the version that the engine's program registers, unless the workflow is
 * {@linkplain #pin pinned} to another one in the journal. Then they start on that one, in all engines of the journal and
 * whatever their programs register, until it is {@linkplain #unpin unpinned}. Engines notice within their poll interval.
 * The definition comes from the journal, Java code from the program: an engine whose program lacks the code of a Java step
 * of the pinned version refuses to start runs of it, and says so.
 *
 * <p>What asks the journal throws an {@link io.auterity.definition.AuterityException} with the code
 * {@link io.auterity.journal.JournalException#UNAVAILABLE} while its database does not answer.
 */
public final class Versions {

    /** What the names of cells with pins begin with. */
    static final String PREFIX = "pin/";

    private static final int PAGE = 500;
    private static final int SHORTEST_HASH = 6;
    private static final Set<RunStatus> UNFINISHED =
            Set.of(RunStatus.QUEUED, RunStatus.RUNNING, RunStatus.WAITING, RunStatus.COMPENSATING);

    private final Journal journal;
    private final Runnable changed;

    Versions(Journal journal, Runnable changed) {
        this.journal = journal;
        this.changed = changed;
    }

    /**
     * Looks at the versions of a journal without an engine.
     *
     * @param journal the journal
     * @return its versions
     */
    public static Versions of(Journal journal) {
        return new Versions(journal, () -> {});
    }

    /**
     * A version of a workflow.
     *
     * @param workflow the workflow's identifier
     * @param hash the definition's semantic hash
     * @param since when an engine first registered it, by the journal's clock; empty if the journal has runs of it and not
     *     its definition
     * @param runs how many runs of it the journal has
     * @param unfinished how many of these have not ended
     * @param pinned whether new runs are made to start on it
     */
    public record Version(
            String workflow, String hash, Optional<Instant> since, long runs, long unfinished, boolean pinned) {}

    /**
     * Lists the versions of a workflow.
     *
     * @param workflow the workflow's identifier
     * @return its versions, the one registered last first
     */
    public List<Version> history(String workflow) {
        Map<String, VersionCount> counts = journal.catalog().counts(workflow).stream()
                .collect(Collectors.toMap(VersionCount::version, Function.identity()));
        Optional<String> pinned = pinned(workflow);
        List<Version> all = new ArrayList<>();
        for (StoredVersion stored : journal.catalog().versions(workflow)) {
            VersionCount count = counts.remove(stored.version());
            all.add(new Version(
                    workflow,
                    stored.version(),
                    Optional.of(Instant.ofEpochMilli(stored.at())),
                    count == null ? 0 : count.runs(),
                    count == null ? 0 : count.unfinished(),
                    pinned.equals(Optional.of(stored.version()))));
        }
        counts.values().stream()
                .sorted(Comparator.comparing(VersionCount::version))
                .forEach(count -> all.add(new Version(
                        workflow, count.version(), Optional.empty(), count.runs(), count.unfinished(), false)));
        return all;
    }

    /**
     * Returns the definition of a version.
     *
     * @param workflow the workflow's identifier
     * @param hash the version, or the first {@value #SHORTEST_HASH} or more characters of its hash if no other begins so
     * @return its definition
     * @throws EngineException with code {@link EngineException#UNKNOWN_VERSION} if the workflow has no such version, or
     *     several
     */
    public Definition definition(String workflow, String hash) {
        String version = resolve(workflow, hash);
        return definition(journal.catalog(), workflow, version);
    }

    private static Definition definition(RunCatalog catalog, String workflow, String version) {
        String json =
                catalog.definition(version).orElseThrow(() -> unknown(workflow, version, "it is not in the journal"));
        return DefinitionReader.ofRecords().read(json, workflow + "@" + version).definition();
    }

    private String resolve(String workflow, String hash) {
        List<String> known = journal.catalog().versions(workflow).stream()
                .map(StoredVersion::version)
                .toList();
        if (known.contains(hash)) {
            return hash;
        }
        List<String> fitting = known.stream()
                .filter(version -> hash.length() >= SHORTEST_HASH && version.startsWith(hash))
                .toList();
        if (fitting.size() != 1) {
            throw unknown(
                    workflow,
                    hash,
                    fitting.size() > 1
                            ? "several begin like this; write more of it"
                            : known.isEmpty()
                                    ? "the journal knows no version of this workflow"
                                    : "it has: " + String.join(", ", known));
        }
        return fitting.get(0);
    }

    private static EngineException unknown(String workflow, String version, String why) {
        return new EngineException(
                EngineException.UNKNOWN_VERSION,
                "workflow '" + workflow + "' has no version '" + version + "': " + why);
    }

    /**
     * Compares two versions of a workflow.
     *
     * @param workflow the workflow's identifier
     * @param before a version, as for {@link #definition}
     * @param after a version, as for {@link #definition}
     * @return what makes them differ
     * @throws EngineException as for {@link #definition}
     */
    public DefinitionDiff diff(String workflow, String before, String after) {
        return DefinitionDiff.between(definition(workflow, before), definition(workflow, after));
    }

    // --- rolling back ---

    /**
     * Makes new runs of a workflow start on a version, in all engines of the journal.
     *
     * @param workflow the workflow's identifier
     * @param hash the version, as for {@link #definition}
     * @return the version's whole hash
     * @throws EngineException as for {@link #definition}
     */
    public String pin(String workflow, String hash) {
        String version = resolve(workflow, hash);
        write(workflow, Map.of("version", version));
        return version;
    }

    /**
     * Lets new runs of a workflow start on the version that the engine's program registers.
     *
     * @param workflow the workflow's identifier
     * @return whether it was pinned
     */
    public boolean unpin(String workflow) {
        boolean was = pinned(workflow).isPresent();
        if (was) {
            write(workflow, Map.of());
        }
        return was;
    }

    private void write(String workflow, Map<String, Object> value) {
        Cells cells = journal.cells();
        boolean written = false;
        while (!written) { // whoever comes last decides
            long version = cells.read(PREFIX + workflow).map(Cell::version).orElse(0L);
            written = cells.write(PREFIX + workflow, version, value);
        }
        changed.run();
    }

    /**
     * Returns the version to which a workflow is pinned.
     *
     * @param workflow the workflow's identifier
     * @return its hash; empty if new runs start on what the engine's program registers
     */
    public Optional<String> pinned(String workflow) {
        return journal.cells().read(PREFIX + workflow).flatMap(Versions::version);
    }

    private static Optional<String> version(Cell pin) {
        return pin.value().get("version") instanceof String version ? Optional.of(version) : Optional.empty();
    }

    /** All pins of a journal. */
    static Map<String, String> pins(Journal journal) {
        Map<String, String> pins = new HashMap<>();
        String after = "";
        List<Cell> page;
        do {
            page = journal.cells().list(PREFIX, after, PAGE);
            for (Cell cell : page) {
                version(cell).ifPresent(version -> pins.put(cell.name().substring(PREFIX.length()), version));
                after = cell.name();
            }
        } while (page.size() == PAGE);
        return Map.copyOf(pins);
    }

    // --- before a deployment ---

    /**
     * What a new definition means for a run that has not ended. The run stays on its own version in any case; this says
     * whether its record would fit the new one, too.
     *
     * @param run the run
     * @param status what it is doing
     * @param version the version it stays on
     * @param obstacles why what it has recorded does not fit the new definition, for people; none if it does
     */
    public record AffectedRun(RunId run, RunStatus status, String version, List<String> obstacles) {

        /** Copies the list. */
        public AffectedRun {
            obstacles = List.copyOf(obstacles);
        }

        /**
         * Says whether everything the run has recorded means the same in the new definition: cancelled and tried again
         * {@linkplain RetryOptions#onVersion on it}, the run would do no step twice.
         *
         * @return whether there is no obstacle
         */
        public boolean couldMove() {
            return obstacles.isEmpty();
        }

        @Override
        public String toString() {
            return "run " + run + " (" + status.text() + ") stays on version "
                    + version.substring(0, Math.min(12, version.length()))
                    + (couldMove() ? "; it could be moved" : "; it cannot be moved: " + String.join("; ", obstacles));
        }
    }

    /**
     * Says which unfinished runs a new definition of their workflow would affect, and how. Nothing is changed. Runs that
     * are on this very version are left out.
     *
     * @param next the definition that is to be deployed
     * @return the runs, the one started last first; looked up as they are read
     */
    public Stream<AffectedRun> check(Definition next) {
        String hash = DefinitionHash.of(next);
        RunCatalog catalog = journal.catalog();
        Optional<JsonSchema> input =
                next.input().isEmpty() ? Optional.empty() : Optional.of(JsonSchema.of(next.input()));
        Map<String, Optional<DefinitionDiff>> diffs = new HashMap<>();
        return catalog.stream(RunQuery.Filter.NONE.workflow(next.id()).statuses(UNFINISHED))
                .filter(run -> !run.start().version().equals(hash))
                .map(run -> {
                    Optional<DefinitionDiff> diff = diffs.computeIfAbsent(
                            run.start().version(),
                            version -> catalog.definition(version)
                                    .map(json -> DefinitionDiff.between(
                                            DefinitionReader.ofRecords()
                                                    .read(json, next.id())
                                                    .definition(),
                                            next)));
                    return affected(run, diff, input, catalog.read(run.id()));
                });
    }

    private static AffectedRun affected(
            RunSummary run, Optional<DefinitionDiff> diff, Optional<JsonSchema> input, List<JournalEntry> entries) {
        List<String> obstacles = new ArrayList<>();
        if (diff.isEmpty()) {
            obstacles.add("the definition of its version is not in the journal");
        }
        Map<String, Boolean> recorded = recorded(entries);
        diff.ifPresent(changes -> recorded.forEach((step, isDone) -> {
            if (changes.outermost().contains(step)) {
                obstacles.add((isDone ? "completed step '" : "step '")
                        + step
                        + (isDone ? "' " : "' is under way and ")
                        + how(changes, step));
            }
        }));
        if (!entries.isEmpty() && entries.get(0) instanceof RunStarted start && input.isPresent()) {
            input.get()
                    .problems(JavaValue.jsonOf(start.input()))
                    .forEach(problem -> obstacles.add("its input does not fit the new schema: " + problem));
        }
        return new AffectedRun(run.id(), run.status(), run.start().version(), obstacles);
    }

    /** The outermost steps of which something is recorded, and whether they are done. */
    private static Map<String, Boolean> recorded(List<JournalEntry> entries) {
        Map<String, Boolean> recorded = new LinkedHashMap<>();
        for (JournalEntry entry : entries) {
            if (entry instanceof OfStep step && entry.isDurable()) {
                String outermost = step.step().split("[/\\[.]", 2)[0];
                boolean isDone = step.step().equals(outermost)
                        && (entry instanceof StepSucceeded
                                || entry instanceof StepFailed
                                || entry instanceof StepSkipped
                                || entry instanceof StepCancelled);
                recorded.merge(outermost, isDone, Boolean::logicalOr);
            }
        }
        return recorded;
    }

    private static String how(DefinitionDiff changes, String step) {
        List<String> parts = changes.steps().stream()
                .filter(change -> change.path().equals(step) || change.path().startsWith(step + "/"))
                .map(change -> change.kind() == DefinitionDiff.Kind.CHANGED
                        ? "has changed ("
                                + change.keys().stream()
                                        .map(key ->
                                                (change.path().equals(step) ? "" : change.path() + ": ") + key.key())
                                        .collect(Collectors.joining(", "))
                                + ")"
                        : (change.path().equals(step) ? "was " : "has step '" + change.path() + "' ")
                                + change.kind().name().toLowerCase(Locale.ROOT))
                .toList();
        return String.join(", ", parts);
    }
}
