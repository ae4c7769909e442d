package io.auterity.expression;

import org.jspecify.annotations.Nullable;

/**
 * Logical operators.
 *
 * <p>As in CEL, {@code &&} and {@code ||} are commutative over errors: an operand that decides the result does so
 * whether it stands before or behind one that fails.
 */
final class LogicNodes {
    private LogicNodes() {}

    /** {@code &&} and {@code ||} of two or more operands. */
    static final class Logic extends Node {
        private final boolean deciding;
        private final Node[] operands;

        private Logic(int at, boolean and, Node[] operands) {
            super(at);
            this.deciding = !and;
            this.operands = operands;
        }

        static Node of(int at, boolean and, Node[] operands) {
            return new Logic(at, and, operands);
        }

        @Override
        Object eval(Frame frame) {
            return evalBoolean(frame);
        }

        @Override
        boolean evalBoolean(Frame frame) {
            Fault first = null;
            for (Node operand : operands) {
                try {
                    if (operand.evalBoolean(frame) == deciding) {
                        return deciding;
                    }
                } catch (Fault fault) {
                    first = keep(first, fault);
                }
            }
            if (first != null) {
                throw first;
            }
            return !deciding;
        }
    }

    /** Keeps the first fault to throw it when nothing else decides, unless the fault ends the evaluation. */
    static Fault keep(@Nullable Fault first, Fault fault) {
        if (fault.code.isFinal()) {
            throw fault;
        }
        return first == null ? fault : first;
    }

    /** {@code !operand}. */
    static final class Not extends Node {
        private final Node operand;

        private Not(int at, Node operand) {
            super(at);
            this.operand = operand;
        }

        static Node of(int at, Node operand) {
            return new Not(at, operand);
        }

        @Override
        Object eval(Frame frame) {
            return !operand.evalBoolean(frame);
        }

        @Override
        boolean evalBoolean(Frame frame) {
            return !operand.evalBoolean(frame);
        }
    }

    /** {@code condition ? then : otherwise}. */
    static final class Conditional extends Node {
        private final Node condition;
        private final Node then;
        private final Node otherwise;

        private Conditional(int at, Node condition, Node then, Node otherwise) {
            super(at);
            this.condition = condition;
            this.then = then;
            this.otherwise = otherwise;
        }

        static Node of(int at, Node condition, Node then, Node otherwise) {
            return new Conditional(at, condition, then, otherwise);
        }

        @Override
        @Nullable
        Object eval(Frame frame) {
            return condition.evalBoolean(frame) ? then.eval(frame) : otherwise.eval(frame);
        }

        @Override
        @Nullable
        Object evalOptional(Frame frame) {
            return condition.evalBoolean(frame) ? then.evalOptional(frame) : otherwise.evalOptional(frame);
        }
    }
}
