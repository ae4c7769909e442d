package io.auterity.compile;

/**
 * How much a definition may ask for; beyond a limit it is refused with the limit's name.
 *
 * @param maxSteps steps of the workflow, those of nested blocks included
 * @param maxDepth blocks inside blocks; the workflow's own is the first
 * @param maxTemplates templates and conditions, those of vars and outputs included
 * @param maxTextLength characters of one text
 * @param maxConcurrency items of one {@code forEach} that may be under way at a time
 * @param maxCallDepth workflows that run workflows; this one is the first
 */
public record Limits(
        int maxSteps, int maxDepth, int maxTemplates, int maxTextLength, int maxConcurrency, int maxCallDepth) {

    /** The deepest nesting of blocks that can be asked for. */
    public static final int DEEPEST = 100;

    /** 10,000 steps, 64 levels, 200,000 templates, 1 Mi characters a text, 10,000 items at a time, 16 workflows. */
    public static final Limits DEFAULT = new Limits(10_000, 64, 200_000, 1 << 20, 10_000, 16);

    /** Checks that the limits are positive and the depth is safe for a thread's stack. */
    public Limits {
        if (maxSteps < 1
                || maxDepth < 1
                || maxTemplates < 1
                || maxTextLength < 1
                || maxConcurrency < 1
                || maxCallDepth < 1) {
            throw new IllegalArgumentException("a limit is 1 or more");
        }
        if (maxDepth > DEEPEST) {
            throw new IllegalArgumentException("maxDepth is at most " + DEEPEST + ", not " + maxDepth);
        }
    }

    /**
     * Returns a copy with another number of steps.
     *
     * @param steps steps of the workflow, those of nested blocks included
     * @return the copy
     */
    public Limits withMaxSteps(int steps) {
        return new Limits(steps, maxDepth, maxTemplates, maxTextLength, maxConcurrency, maxCallDepth);
    }

    /**
     * Returns a copy with another nesting.
     *
     * @param depth blocks inside blocks
     * @return the copy
     */
    public Limits withMaxDepth(int depth) {
        return new Limits(maxSteps, depth, maxTemplates, maxTextLength, maxConcurrency, maxCallDepth);
    }

    /**
     * Returns a copy with another number of templates.
     *
     * @param templates templates and conditions
     * @return the copy
     */
    public Limits withMaxTemplates(int templates) {
        return new Limits(maxSteps, maxDepth, templates, maxTextLength, maxConcurrency, maxCallDepth);
    }

    /**
     * Returns a copy with another length of texts.
     *
     * @param length characters of one text
     * @return the copy
     */
    public Limits withMaxTextLength(int length) {
        return new Limits(maxSteps, maxDepth, maxTemplates, length, maxConcurrency, maxCallDepth);
    }

    /**
     * Returns a copy with another fan-out.
     *
     * @param items items of one {@code forEach} that may be under way at a time
     * @return the copy
     */
    public Limits withMaxConcurrency(int items) {
        return new Limits(maxSteps, maxDepth, maxTemplates, maxTextLength, items, maxCallDepth);
    }

    /**
     * Returns a copy with another depth of calls.
     *
     * @param depth workflows that run workflows
     * @return the copy
     */
    public Limits withMaxCallDepth(int depth) {
        return new Limits(maxSteps, maxDepth, maxTemplates, maxTextLength, maxConcurrency, depth);
    }
}
