package io.auterity.compile;

import io.auterity.definition.Failure;
import io.auterity.expression.Bindings;
import io.auterity.expression.Budget;
import io.auterity.expression.EvaluationException;
import io.auterity.expression.Template;
import io.auterity.plan.Compute;
import io.auterity.plan.ComputeException;
import io.auterity.plan.Scope;
import org.jspecify.annotations.Nullable;

/** Evaluates a text with expressions in it. */
record TemplateCompute(Template template, Place place) implements Compute {

    @Override
    public @Nullable Object apply(Scope scope) {
        try {
            Object value = template.evaluate(bindings(scope), Budget.DEFAULT.withCancellation(scope::isCancelled));
            return value == Bindings.ABSENT ? Scope.ABSENT : value;
        } catch (EvaluationException e) {
            throw failure(place, template.source(), e);
        }
    }

    static Bindings bindings(Scope scope) {
        return slot -> {
            Object value = scope.read(slot);
            return value == Scope.ABSENT ? Bindings.ABSENT : value;
        };
    }

    static ComputeException failure(Place place, String source, EvaluationException why) {
        String shown = source.length() > 200 ? source.substring(0, 197) + "..." : source;
        return new ComputeException(Failure.EXPRESSION, place + ": " + why.getMessage() + " in: " + shown);
    }
}
