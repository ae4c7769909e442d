package io.auterity.expression;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A call of a function with up to four arguments. */
final class CallNode extends Node {
    private final Functions family;
    private final int operation;
    private final Node[] arguments;

    private CallNode(int at, Functions family, int operation, Node[] arguments) {
        super(at);
        this.family = family;
        this.operation = operation;
        this.arguments = arguments;
    }

    static Node of(int at, Functions family, int operation, Node[] arguments) {
        return new CallNode(at, family, operation, arguments);
    }

    @Override
    @Nullable
    Object eval(Frame frame) {
        Object value = evalOptional(frame);
        if (value == Bindings.ABSENT) {
            throw absent("the result of a function", "use '.orValue(...)'");
        }
        return value;
    }

    @Override
    @Nullable
    Object evalOptional(Frame frame) {
        int count = arguments.length;
        Object a = count > 0 ? arguments[0].eval(frame) : null;
        Object b = count > 1 ? arguments[1].eval(frame) : null;
        Object c = count > 2 ? arguments[2].eval(frame) : null;
        Object d = count > 3 ? arguments[3].eval(frame) : null;
        frame.at = at;
        return family.apply(operation, frame, a, b, c, d);
    }

    /** A call of a function that takes any number of arguments, and gets them as a list. */
    static final class Variadic extends Node {
        private final Functions family;
        private final int operation;
        private final Node[] arguments;

        private Variadic(int at, Functions family, int operation, Node[] arguments) {
            super(at);
            this.family = family;
            this.operation = operation;
            this.arguments = arguments;
        }

        static Node of(int at, Functions family, int operation, Node[] arguments) {
            return new Variadic(at, family, operation, arguments);
        }

        @Override
        @Nullable
        Object eval(Frame frame) {
            List<Object> values = new ArrayList<>(arguments.length);
            for (Node argument : arguments) {
                values.add(argument.eval(frame));
            }
            frame.at = at;
            return family.apply(operation, frame, values, null, null, null);
        }
    }
}
