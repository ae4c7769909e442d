package io.auterity.expression;

import org.jspecify.annotations.Nullable;

/** The nodes that decide over values that may be absent. */
final class OptionalNodes {
    private OptionalNodes() {}

    /** {@code has(path)} and {@code optional.hasValue()}. */
    static final class Has extends Node {
        private final Node operand;

        private Has(int at, Node operand) {
            super(at);
            this.operand = operand;
        }

        static Node of(int at, Node operand) {
            return new Has(at, operand);
        }

        @Override
        Object eval(Frame frame) {
            return evalBoolean(frame);
        }

        @Override
        boolean evalBoolean(Frame frame) {
            return operand.evalOptional(frame) != Bindings.ABSENT;
        }
    }

    /** {@code path == null} and {@code path != null}; a missing value counts as null. */
    static final class NullTest extends Node {
        private final Node operand;
        private final boolean whenNull;

        private NullTest(int at, Node operand, boolean whenNull) {
            super(at);
            this.operand = operand;
            this.whenNull = whenNull;
        }

        static Node of(int at, Node operand, boolean whenNull) {
            return new NullTest(at, operand, whenNull);
        }

        @Override
        Object eval(Frame frame) {
            return evalBoolean(frame);
        }

        @Override
        boolean evalBoolean(Frame frame) {
            Object value = operand.evalOptional(frame);
            return (value == null || value == Bindings.ABSENT) == whenNull;
        }
    }

    /** {@code optional.orValue(other)} and {@code optional.or(other)}. */
    static final class OrValue extends Node {
        private final Node operand;
        private final Node other;

        private OrValue(int at, Node operand, Node other) {
            super(at);
            this.operand = operand;
            this.other = other;
        }

        static Node of(int at, Node operand, Node other) {
            return new OrValue(at, operand, other);
        }

        @Override
        @Nullable
        Object eval(Frame frame) {
            Object value = operand.evalOptional(frame);
            return value == Bindings.ABSENT ? other.eval(frame) : value;
        }

        @Override
        @Nullable
        Object evalOptional(Frame frame) {
            Object value = operand.evalOptional(frame);
            return value == Bindings.ABSENT ? other.evalOptional(frame) : value;
        }
    }

    /** {@code coalesce(a, b, ...)}: the first that is neither absent nor null, or else the last. */
    static final class Coalesce extends Node {
        private final Node[] choices;

        private Coalesce(int at, Node[] choices) {
            super(at);
            this.choices = choices;
        }

        static Node of(int at, Node[] choices) {
            return new Coalesce(at, choices);
        }

        @Override
        @Nullable
        Object eval(Frame frame) {
            Object value = first(frame);
            return value == Bindings.ABSENT ? choices[choices.length - 1].eval(frame) : value;
        }

        @Override
        @Nullable
        Object evalOptional(Frame frame) {
            Object value = first(frame);
            return value == Bindings.ABSENT ? choices[choices.length - 1].evalOptional(frame) : value;
        }

        private @Nullable Object first(Frame frame) {
            for (int i = 0; i < choices.length - 1; i++) {
                Object value = optional(choices[i], frame);
                if (value != null && value != Bindings.ABSENT) {
                    return value;
                }
            }
            return Bindings.ABSENT;
        }

        private static @Nullable Object optional(Node choice, Frame frame) {
            try {
                return choice.evalOptional(frame);
            } catch (Fault fault) {
                // A choice that computes with an absent field is as absent as the field.
                if (fault.code == EvaluationException.Code.ABSENT) {
                    return Bindings.ABSENT;
                }
                throw fault;
            }
        }
    }

    /** {@code optional.of(value)}, which is there, or its evaluation fails. */
    static final class Of extends Node {
        private final Node value;

        private Of(int at, Node value) {
            super(at);
            this.value = value;
        }

        static Node of(int at, Node value) {
            return new Of(at, value);
        }

        @Override
        @Nullable
        Object eval(Frame frame) {
            return value.eval(frame);
        }
    }

    /** {@code optional.none()}. */
    static final class None extends Node {
        private None(int at) {
            super(at);
        }

        static Node of(int at) {
            return new None(at);
        }

        @Override
        Object eval(Frame frame) {
            throw absent("the value of an empty optional", "use '.orValue(...)'");
        }

        @Override
        Object evalOptional(Frame frame) {
            return Bindings.ABSENT;
        }
    }
}
