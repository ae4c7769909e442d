package io.auterity.journal;

import io.auterity.definition.RunId;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Which runs somebody looks for.
 *
 * @param filter what holds for them
 * @param after the last run of the page before; empty for the first page
 * @param limit the most runs of a page, 1 to {@value #MAX_LIMIT}
 */
public record RunQuery(Filter filter, Optional<RunId> after, int limit) {

    /** The most runs of a page. */
    public static final int MAX_LIMIT = 1_000;

    /** All runs, the first hundred of them. */
    public static final RunQuery ALL = new RunQuery(Filter.NONE, Optional.empty(), 100);

    /** Checks the limit. */
    public RunQuery {
        if (limit < 1 || limit > MAX_LIMIT) {
            throw new IllegalArgumentException("limit must be 1 to " + MAX_LIMIT + ", not " + limit);
        }
    }

    /**
     * Looks for other runs.
     *
     * @param newFilter what holds for them
     * @return the query for their first page
     */
    public RunQuery with(Filter newFilter) {
        return new RunQuery(newFilter, Optional.empty(), limit);
    }

    /**
     * Asks for the page behind a run.
     *
     * @param last the last run of the page before
     * @return the query
     */
    public RunQuery after(RunId last) {
        return new RunQuery(filter, Optional.of(last), limit);
    }

    /**
     * Asks for pages of another size.
     *
     * @param most the most runs of a page
     * @return the query
     */
    public RunQuery limit(int most) {
        return new RunQuery(filter, after, most);
    }

    /**
     * What holds for runs. All parts must hold; an empty one always does.
     *
     * @param workflow the workflow's identifier
     * @param statuses any of these, as {@link RunSummary#status} says them
     * @param startedFrom the earliest start, in milliseconds since the epoch; {@link Long#MIN_VALUE} for any
     * @param startedBefore the first start that is too late; {@link Long#MAX_VALUE} for any
     * @param labels labels that the run was started with
     * @param input fields of the input, each a path of names joined by dots, and the JSON value it has: a text, a whole
     *     number or a boolean
     */
    public record Filter(
            Optional<String> workflow,
            Set<RunStatus> statuses,
            long startedFrom,
            long startedBefore,
            Map<String, String> labels,
            Map<String, Object> input) {

        /** Any run. */
        public static final Filter NONE =
                new Filter(Optional.empty(), Set.of(), Long.MIN_VALUE, Long.MAX_VALUE, Map.of(), Map.of());

        /** Copies the collections. */
        public Filter {
            statuses = Set.copyOf(statuses);
            labels = Map.copyOf(labels);
            input = Map.copyOf(input);
        }

        /**
         * Runs of one workflow.
         *
         * @param id the workflow's identifier
         * @return the filter
         */
        public Filter workflow(String id) {
            return new Filter(Optional.of(id), statuses, startedFrom, startedBefore, labels, input);
        }

        /**
         * Runs with one of these states.
         *
         * @param any the states
         * @return the filter
         */
        public Filter statuses(Set<RunStatus> any) {
            return new Filter(workflow, any, startedFrom, startedBefore, labels, input);
        }

        /**
         * Runs started in a time.
         *
         * @param from the earliest start, in milliseconds since the epoch
         * @param before the first start that is too late
         * @return the filter
         */
        public Filter started(long from, long before) {
            return new Filter(workflow, statuses, from, before, labels, input);
        }

        /**
         * Runs with labels.
         *
         * @param all labels they all have
         * @return the filter
         */
        public Filter labels(Map<String, String> all) {
            return new Filter(workflow, statuses, startedFrom, startedBefore, all, input);
        }

        /**
         * Runs with fields in their input.
         *
         * @param fields values by path
         * @return the filter
         */
        public Filter input(Map<String, Object> fields) {
            return new Filter(workflow, statuses, startedFrom, startedBefore, labels, fields);
        }
    }
}
