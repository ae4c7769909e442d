package io.auterity.definition;

/** Counts what a text asks for while its nodes are made, and stops it at the first limit. */
final class NodeBudget {

    private final Limits limits;
    private long values;
    private int aliases;

    NodeBudget(Limits limits) {
        this.limits = limits;
    }

    /** Counts one value. */
    void value(int line, int column) {
        values(1, line, column);
    }

    /** Counts an alias of a part with so many values. */
    void alias(long size, int line, int column) {
        if (++aliases > limits.maxAliases()) {
            throw beyond("maxAliases", limits.maxAliases(), "uses more than %d aliases", line, column);
        }
        values(size, line, column);
    }

    /** Checks how deep a list or object lies, with those inside it. */
    void depth(int depth, int line, int column) {
        if (depth > limits.maxDepth()) {
            throw beyond("maxDepth", limits.maxDepth(), "nests lists and objects deeper than %d levels", line, column);
        }
    }

    /** Checks the size of a list or object. */
    void items(int items, int line, int column) {
        if (items > limits.maxItems()) {
            throw beyond("maxItems", limits.maxItems(), "has a list or object with more than %d entries", line, column);
        }
    }

    long used() {
        return values;
    }

    private void values(long count, int line, int column) {
        values += count;
        if (values > limits.maxValues()) {
            throw beyond("maxValues", limits.maxValues(), "holds more than %d values", line, column);
        }
    }

    private static Stop beyond(String name, int limit, String what, int line, int column) {
        return new Stop(
                Codes.LIMIT,
                "the text " + String.format(what, limit) + " (limit " + name + ")",
                "make it smaller, or read it with a larger " + name,
                line,
                column);
    }

    /** Ends reading at once, because nothing after it could be trusted or afforded. */
    static final class Stop extends RuntimeException {

        private static final long serialVersionUID = 1L;

        final String code;
        final String fix;
        final int line;
        final int column;

        Stop(String code, String what, String fix, int line, int column) {
            super(what, null, false, false);
            this.code = code;
            this.fix = fix;
            this.line = line;
            this.column = column;
        }

        String what() {
            return String.valueOf(getMessage());
        }
    }
}
