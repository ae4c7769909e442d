package io.auterity.expression;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A value known when the expression is compiled. */
final class Constant extends Node {
    final @Nullable Object value;

    Constant(int at, @Nullable Object value) {
        super(at);
        this.value = value;
    }

    @Override
    long leastElements() {
        return value instanceof List<?> list ? list.size() : 0;
    }

    @Override
    @Nullable
    Object eval(Frame frame) {
        return value;
    }
}
