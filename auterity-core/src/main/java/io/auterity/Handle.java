package io.auterity;

import io.auterity.definition.Template;
import java.lang.reflect.Type;

/**
 * A value that will be there when a run gets to it: a step's output, the workflow's input, a loop's item. Passing a
 * handle to another step makes the edge between the two.
 *
 * <p>Immutable; valid in the {@link Flow} it came from and in the flows nested in that one.
 *
 * @param <T> the value's type
 */
public final class Handle<T> {

    private final Flow flow;
    private final String expression;
    private final String step;
    private final Type type;

    Handle(Flow flow, String expression, String step, Type type) {
        this.flow = flow;
        this.expression = expression;
        this.step = step;
        this.type = type;
    }

    Flow flow() {
        return flow;
    }

    /** Returns the step whose output this is; empty if it is none. */
    String step() {
        return step;
    }

    Type type() {
        return type;
    }

    Template template() {
        return Template.expression(expression);
    }

    /**
     * Returns the expression that reads the value, for conditions and templates written as text.
     *
     * @return the expression without its {@code ${{ }}}
     */
    public String expression() {
        return expression;
    }

    @Override
    public String toString() {
        return "${{ " + expression + " }}";
    }
}
