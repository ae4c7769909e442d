package io.auterity.journal;

import io.auterity.definition.RunId;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * What people and programs ask about the runs of a journal: never needed to go on with one, and never in the way of
 * those that write. Thread-safe.
 */
public interface RunCatalog {

    /** A journal that keeps nothing knows nothing. */
    RunCatalog EMPTY = new RunCatalog() {
        @Override
        public Optional<RunSummary> find(RunId run) {
            return Optional.empty();
        }

        @Override
        public List<RunSummary> list(RunQuery query) {
            return List.of();
        }

        @Override
        public List<JournalEntry> read(RunId run) {
            return List.of();
        }

        @Override
        public Optional<String> definition(String version) {
            return Optional.empty();
        }

        @Override
        public List<StoredVersion> versions(String workflow) {
            return List.of();
        }
    };

    /**
     * Looks a run up.
     *
     * @param run the run
     * @return what is known; empty when the run is not
     */
    Optional<RunSummary> find(RunId run);

    /**
     * Looks for runs.
     *
     * @param query which
     * @return at most as many as asked for, the one started last first; equal starts by falling id
     */
    List<RunSummary> list(RunQuery query);

    /**
     * Looks for runs, however many there are: a page is read when it is needed. A run that begins or changes meanwhile
     * may be met or not; none is met twice.
     *
     * @param filter what holds for them
     * @return the runs, the one started last first; confined to one thread
     */
    default Stream<RunSummary> stream(RunQuery.Filter filter) {
        Iterator<RunSummary> runs = new RunPages(this, filter, RunQuery.MAX_LIMIT);
        return StreamSupport.stream(Spliterators.spliteratorUnknownSize(runs, Spliterator.ORDERED), false);
    }

    /**
     * Reads everything durable about a run.
     *
     * @param run the run
     * @return the entries in order; empty when the run is unknown
     */
    List<JournalEntry> read(RunId run);

    /**
     * Returns the definition that runs were started with.
     *
     * @param version the definition's semantic hash
     * @return the definition as JSON; empty when it is unknown
     */
    Optional<String> definition(String version);

    /**
     * Returns the versions of a workflow.
     *
     * @param workflow the workflow's identifier
     * @return the versions, the one kept last first
     */
    List<StoredVersion> versions(String workflow);

    /**
     * Counts the runs of a workflow by their version.
     *
     * @param workflow the workflow's identifier
     * @return a count for each version that has runs, in any order
     */
    default List<VersionCount> counts(String workflow) {
        Map<String, List<RunSummary>> byVersion = stream(RunQuery.Filter.NONE.workflow(workflow))
                .collect(Collectors.groupingBy(run -> run.start().version()));
        return byVersion.entrySet().stream()
                .map(one -> new VersionCount(
                        one.getKey(),
                        one.getValue().size(),
                        one.getValue().stream()
                                .filter(run -> run.end().isEmpty())
                                .count()))
                .toList();
    }

    /**
     * How many runs a version has.
     *
     * @param version the definition's semantic hash
     * @param runs all that are in the journal
     * @param unfinished those that have not ended
     */
    record VersionCount(String version, long runs, long unfinished) {}

    /**
     * A version of a workflow.
     *
     * @param workflow the workflow's identifier
     * @param version the definition's semantic hash
     * @param at when it was first kept, in milliseconds since the epoch by the store's clock
     */
    record StoredVersion(String workflow, String version, long at) {}
}
