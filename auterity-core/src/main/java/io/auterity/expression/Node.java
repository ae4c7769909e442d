package io.auterity.expression;

import org.jspecify.annotations.Nullable;

/**
 * One node of a compiled expression: a small closure over its operands.
 *
 * <p>Nodes are immutable and hold nothing of an evaluation; that lives in the {@link Frame}. The typed variants exist so
 * that arithmetic and conditions pass no boxes between nodes whose types the checker knows. A node whose value may be
 * absent answers {@link #evalOptional}; its {@link #eval} turns absence into a fault, so an absent value never travels.
 */
abstract class Node {
    final int at;

    Node(int at) {
        this.at = at;
    }

    /** The value; never absent. */
    abstract @Nullable Object eval(Frame frame);

    /** The value, or {@link Bindings#ABSENT} when something on the way to it is missing. */
    @Nullable
    Object evalOptional(Frame frame) {
        return eval(frame);
    }

    boolean evalBoolean(Frame frame) {
        return Values.toBoolean(eval(frame), at);
    }

    long evalLong(Frame frame) {
        return Values.toLong(eval(frame), at);
    }

    double evalDouble(Frame frame) {
        return Values.toDouble(eval(frame), at);
    }

    /** How many elements its value has at least, if that is a list. */
    long leastElements() {
        return 0;
    }

    final Fault absent(String what, String fix) {
        return new Fault(EvaluationException.Code.ABSENT, at, what + " is absent", fix);
    }

    final Fault type(String message) {
        return new Fault(EvaluationException.Code.TYPE, at, message);
    }
}
