package io.auterity.expression;

import org.jspecify.annotations.Nullable;

/** A value known when the expression is compiled. */
final class Constant extends Node {
    final @Nullable Object value;

    Constant(int at, @Nullable Object value) {
        super(at);
        this.value = value;
    }

    @Override
    @Nullable
    Object eval(Frame frame) {
        return value;
    }
}
