package io.auterity.expression;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A compiled, typed expression.
 *
 * <p>The language is CEL's (Common Expression Language): total, without loops but the macros, and without side effects.
 * {@link #compile} reads a text of at most 8 KB and 64 levels, gives every part a static {@link Type} against the
 * variables of an {@link Environment}, reports all problems at once, and turns the text into a tree of small nodes. An
 * evaluation walks that tree over the values of {@link Bindings}, within a {@link Budget}: it cannot run away, call into
 * the host, see a Java object, or end in any exception but {@link EvaluationException}.
 *
 * <p>Instances are immutable; any number of threads may evaluate one at the same time.
 */
public final class Expression {
    private final String source;
    private final Program program;

    private Expression(String source, Program program) {
        this.source = source;
        this.program = program;
    }

    /**
     * Compiles an expression.
     *
     * @param source the text, without <code>${{ }}</code> around it
     * @param environment the variables it may read
     * @return the compiled expression
     * @throws ExpressionException with every problem found, when the text is not a well-typed expression
     */
    public static Expression compile(String source, Environment environment) {
        return new Expression(source, Program.compile(source, environment));
    }

    /**
     * Returns the static type of the result.
     *
     * @return the type; never an optional one
     */
    public Type type() {
        return program.type();
    }

    /**
     * Returns what the expression may read.
     *
     * @return the dotted names of the variables, with the fields selected from them as far as the text says them
     */
    public Set<String> reads() {
        return program.reads();
    }

    /**
     * Returns the slots the expression may read.
     *
     * @return the slots of the variables in {@link #reads()}
     */
    public Set<Integer> slots() {
        return program.slots();
    }

    /**
     * Returns what every evaluation costs at least: its parts once, and the steps of loops over lists whose length the text
     * says, unless a condition may leave them out.
     *
     * @return units of a {@link Budget}'s fuel; an evaluation with less fails whatever it reads
     */
    public long leastFuel() {
        return program.least();
    }

    /**
     * Returns the text the expression was compiled from.
     *
     * @return the source
     */
    public String source() {
        return source;
    }

    /**
     * Evaluates the expression within {@link Budget#DEFAULT}.
     *
     * @param bindings the values of the variables
     * @return a JSON value: null, Boolean, Long, Double, String, List or Map; timestamps and durations as their texts
     * @throws EvaluationException when the data has no value for it, or the budget is spent
     */
    public @Nullable Object evaluate(Bindings bindings) {
        return evaluate(bindings, Budget.DEFAULT);
    }

    /**
     * Evaluates the expression within a budget.
     *
     * @param bindings the values of the variables
     * @param budget the most it may spend
     * @return a JSON value: null, Boolean, Long, Double, String, List or Map; timestamps and durations as their texts
     * @throws EvaluationException when the data has no value for it, or the budget is spent
     */
    public @Nullable Object evaluate(Bindings bindings, Budget budget) {
        try {
            return program.run(bindings, budget);
        } catch (Fault fault) {
            throw fault.inSource(source, 0);
        }
    }

    /**
     * Returns the source.
     *
     * @return the text the expression was compiled from
     */
    @Override
    public String toString() {
        return source;
    }
}
