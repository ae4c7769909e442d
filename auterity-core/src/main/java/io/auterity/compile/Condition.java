package io.auterity.compile;

import io.auterity.expression.Type;
import io.auterity.plan.Compute;

/** A condition on its way to a computation: its value is true or false. */
final class Condition {

    private final Compilation compilation;
    private final Place place;
    private final Formula formula;

    Condition(Compilation compilation, View view, Place place, String source) {
        this.compilation = compilation;
        this.place = place;
        this.formula = Formula.expression(compilation, view, place, source);
    }

    void link() {
        formula.link();
    }

    void check() {
        Type type = formula.check();
        if (formula.isBroken()) {
            return;
        }
        if (type instanceof Type.OptionalType) {
            formula.reportAbsent();
        } else if (!type.equals(Type.BOOLEAN) && !(type instanceof Type.Any)) {
            compilation
                    .problems()
                    .add(
                            Code.CONDITION,
                            place,
                            "the condition must be true or false, but this is " + type,
                            "compare it with something, as in '" + shown() + " == ...'");
        }
    }

    private String shown() {
        return formula.source().length() > 40 ? "..." : formula.source();
    }

    /** Whether the condition reads nothing and has this value; known after {@link #check()}. */
    boolean isConstantly(boolean value) {
        return formula.isConstant() && Boolean.valueOf(value).equals(formula.constant());
    }

    Formula formula() {
        return formula;
    }

    Compute compute() {
        return formula.compute();
    }
}
