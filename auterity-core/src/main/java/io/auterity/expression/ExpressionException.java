package io.auterity.expression;

import java.util.List;

/** Says that a text does not compile as an expression, with every problem found. */
public final class ExpressionException extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private static final int MAX_SHOWN = 200;

    /** The text of the expression. */
    private final String source;

    private final transient List<Problem> problems;

    ExpressionException(String source, List<Problem> problems) {
        super(describe(source, problems));
        this.source = source;
        this.problems = List.copyOf(problems);
    }

    private static String describe(String source, List<Problem> problems) {
        String shown = source.length() > MAX_SHOWN ? source.substring(0, MAX_SHOWN) + "..." : source;
        StringBuilder text = new StringBuilder("expression '").append(shown).append("' has ");
        text.append(problems.size() == 1 ? "a problem:" : problems.size() + " problems:");
        for (Problem problem : problems) {
            text.append("\n  ").append(problem);
        }
        return text.toString();
    }

    /**
     * Returns the text that does not compile.
     *
     * @return the whole source
     */
    public String source() {
        return source;
    }

    /**
     * Returns what is wrong with it.
     *
     * @return one or more problems, at most 20, in the order of their discovery
     */
    public List<Problem> problems() {
        return problems;
    }
}
