package io.auterity.expression;

import io.auterity.regex.Regex;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** One evaluation in progress: its variables, the values of its macro variables and what is left of its budget. */
final class Frame {
    private static final @Nullable Object[] NO_LOCALS = {};
    /** So many units are spent between two looks at cancellation. */
    private static final int POLL = 256;

    final Bindings bindings;
    final @Nullable Object[] locals;
    final long maxOutput;
    /** Where the running function stands; set just before its values are worked on, so that a fault knows its place. */
    int at;

    /** The pattern that was compiled last, of those that are data. */
    @Nullable
    Regex pattern;

    private final BooleanSupplier cancelled;
    private long reserve;
    private int slice;

    Frame(Bindings bindings, Budget budget, int localCount) {
        this.bindings = bindings;
        this.locals = localCount == 0 ? NO_LOCALS : new @Nullable Object[localCount];
        this.maxOutput = budget.maxOutputBytes();
        this.cancelled = budget.cancelled();
        this.reserve = budget.fuel();
    }

    void charge(int units) {
        slice -= units;
        if (slice < 0) {
            refill(slice);
        }
    }

    void charge(long units) {
        long left = slice - units;
        if (left >= 0) {
            slice = (int) left;
        } else {
            refill(left);
        }
    }

    /** Pays for reading or writing so many characters. */
    void chargeText(long characters) {
        charge(1 + (characters >> 6));
    }

    private void refill(long debt) {
        long balance = reserve + debt;
        if (balance < 0) {
            throw fault(EvaluationException.Code.FUEL, "the evaluation spent its fuel");
        }
        slice = (int) Math.min(POLL, balance);
        reserve = balance - slice;
        if (cancelled.getAsBoolean()) {
            throw fault(EvaluationException.Code.CANCELLED, "the evaluation was cancelled");
        }
    }

    /** Refuses a text before it is made. */
    void checkTextLength(long characters) {
        if (characters > maxOutput) {
            throw fault(EvaluationException.Code.OUTPUT, "a text would exceed " + maxOutput + " characters");
        }
    }

    Fault fault(EvaluationException.Code code, String message) {
        return new Fault(code, at, message);
    }

    Fault argument(String message) {
        return new Fault(EvaluationException.Code.ARGUMENT, at, message);
    }
}
