package io.auterity.plan;

/**
 * Where an expression finds a value at run time, packed into one int that is never negative: 4 bits kind, 7 bits depth,
 * 20 bits index.
 *
 * <p>The depth counts frames outwards: 0 is the frame the expression is evaluated in, 1 the one around it. Names are
 * thus resolved once, by the compiler, and a read at run time is a few array accesses.
 *
 * <p>Thread-safe: functions without state.
 */
public final class Reference {

    /** The most nodes of one graph. */
    public static final int MAX_INDEX = (1 << 20) - 1;

    /** The deepest nesting of graphs. */
    public static final int MAX_DEPTH = (1 << 7) - 1;

    private Reference() {}

    /** What a reference points at. */
    public enum Kind {
        /** The output of node {@code index}; absent while there is none. */
        OUTPUT,
        /** The state of node {@code index} as a lower-case word. */
        STATUS,
        /** The failure of node {@code index} as {@code {code, message}}; absent unless it failed. */
        ERROR,
        /** The attempts of node {@code index} so far. */
        ATTEMPTS,
        /** The frame's variable: a loop's item, or the error a catch block handles. */
        VARIABLE,
        /** The frame's 0-based index in its loop. */
        INDEX,
        /** The run's input. */
        INPUT,
        /** The workflow's variable number {@code index}. */
        VAR,
        /** The secret number {@code index} of {@link Plan#secrets()}; for the inputs of operations only. */
        SECRET,
        /** The run's id. */
        RUN_ID,
        /** The run's start as an Instant. */
        RUN_STARTED_AT,
        /** The workflow's identifier. */
        RUN_WORKFLOW,
        /** The run's tenant, a text that may be empty. */
        RUN_TENANT,
        /** The name of the schedule that is about to start a run; for the inputs of its runs only. */
        TRIGGER_NAME,
        /** The time the schedule fires for, as an Instant; for the inputs of its runs only. */
        TRIGGER_AT;

        private static final Kind[] ALL = values();
    }

    /**
     * Packs a reference.
     *
     * @param kind what it points at
     * @param depth frames outwards, 0 to {@value #MAX_DEPTH}
     * @param index the node, variable or secret, 0 to {@value #MAX_INDEX}; 0 where the kind has none
     * @return the reference
     */
    public static int of(Kind kind, int depth, int index) {
        if (depth < 0 || depth > MAX_DEPTH || index < 0 || index > MAX_INDEX) {
            throw new IllegalArgumentException("no reference has depth " + depth + " and index " + index);
        }
        return kind.ordinal() << 27 | depth << 20 | index;
    }

    /**
     * Returns what a reference points at.
     *
     * @param reference the reference
     * @return its kind
     */
    public static Kind kind(int reference) {
        return Kind.ALL[reference >>> 27];
    }

    /**
     * Returns how many frames outwards a reference points.
     *
     * @param reference the reference
     * @return 0 for the frame the expression is evaluated in
     */
    public static int depth(int reference) {
        return (reference >>> 20) & MAX_DEPTH;
    }

    /**
     * Returns the node, variable or secret a reference points at.
     *
     * @param reference the reference
     * @return the index
     */
    public static int index(int reference) {
        return reference & MAX_INDEX;
    }
}
