package io.auterity.compile;

import io.auterity.expression.Budget;
import io.auterity.expression.EvaluationException;
import io.auterity.expression.Expression;
import io.auterity.plan.Compute;
import io.auterity.plan.Scope;
import org.jspecify.annotations.Nullable;

/** Evaluates an expression. */
record ExpressionCompute(Expression expression, Place place) implements Compute {

    @Override
    public @Nullable Object apply(Scope scope) {
        try {
            return expression.evaluate(
                    TemplateCompute.bindings(scope), Budget.DEFAULT.withCancellation(scope::isCancelled));
        } catch (EvaluationException e) {
            throw TemplateCompute.failure(place, expression.source(), e);
        }
    }
}
