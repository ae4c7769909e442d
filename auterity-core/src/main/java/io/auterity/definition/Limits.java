package io.auterity.definition;

/**
 * How much a text of a definition may ask for; beyond a limit it is refused with the limit's name.
 *
 * @param maxBytes the length of the text in UTF-8
 * @param maxDepth how deeply lists and objects are nested; at most {@value #DEEPEST}
 * @param maxAliases how often YAML aliases ({@code *name}) are used
 * @param maxItems the entries of one list or object
 * @param maxValues all values together, those behind aliases counted each time
 * @param maxSteps the steps of the workflow, those of nested blocks included
 */
public record Limits(int maxBytes, int maxDepth, int maxAliases, int maxItems, int maxValues, int maxSteps) {

    /** 1 MiB, 64 levels, 50 aliases, 10,000 entries, 500,000 values, 10,000 steps. */
    public static final Limits DEFAULT = new Limits(1024 * 1024, 64, 50, 10_000, 500_000, 10_000);

    /** The largest {@code maxDepth}, so that no text can exhaust a thread's stack. */
    public static final int DEEPEST = 150;

    /** What is read back from a journal: 64 MiB, as deep as may be, no aliases, a million of everything, 50 million values. */
    static final Limits RECORDED = new Limits(64 << 20, DEEPEST, 0, 1_000_000, 50_000_000, 1_000_000);

    /** Checks that no limit is negative and the depth is safe. */
    public Limits {
        if (maxBytes < 0 || maxDepth < 0 || maxAliases < 0 || maxItems < 0 || maxValues < 0 || maxSteps < 0) {
            throw new IllegalArgumentException("a limit is 0 or more");
        }
        if (maxDepth > DEEPEST) {
            throw new IllegalArgumentException("maxDepth is at most " + DEEPEST + ", not " + maxDepth);
        }
    }

    /**
     * Returns a copy with another longest text.
     *
     * @param bytes the length of the text in UTF-8
     * @return the copy
     */
    public Limits withMaxBytes(int bytes) {
        return new Limits(bytes, maxDepth, maxAliases, maxItems, maxValues, maxSteps);
    }

    /**
     * Returns a copy with another deepest nesting.
     *
     * @param levels how deeply lists and objects are nested
     * @return the copy
     */
    public Limits withMaxDepth(int levels) {
        return new Limits(maxBytes, levels, maxAliases, maxItems, maxValues, maxSteps);
    }

    /**
     * Returns a copy with another number of aliases.
     *
     * @param aliases how often YAML aliases are used
     * @return the copy
     */
    public Limits withMaxAliases(int aliases) {
        return new Limits(maxBytes, maxDepth, aliases, maxItems, maxValues, maxSteps);
    }

    /**
     * Returns a copy with another size of lists and objects.
     *
     * @param items the entries of one list or object
     * @return the copy
     */
    public Limits withMaxItems(int items) {
        return new Limits(maxBytes, maxDepth, maxAliases, items, maxValues, maxSteps);
    }

    /**
     * Returns a copy with another number of values.
     *
     * @param values all values together
     * @return the copy
     */
    public Limits withMaxValues(int values) {
        return new Limits(maxBytes, maxDepth, maxAliases, maxItems, values, maxSteps);
    }

    /**
     * Returns a copy with another number of steps.
     *
     * @param steps the steps of the workflow
     * @return the copy
     */
    public Limits withMaxSteps(int steps) {
        return new Limits(maxBytes, maxDepth, maxAliases, maxItems, maxValues, steps);
    }
}
