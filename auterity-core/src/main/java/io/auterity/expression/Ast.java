package io.auterity.expression;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The syntax tree of an expression.
 *
 * <p>Every node knows the stretch of source it was read from and the offset a problem with it should point at. Macros
 * are ordinary calls here; the checker recognises them.
 */
abstract sealed class Ast {
    final int start;
    final int end;
    final int at;
    final int depth;

    private Ast(int start, int end, int at, int depth) {
        this.start = start;
        this.end = end;
        this.at = at;
        this.depth = depth + 1;
    }

    abstract Checked check(Checker checker);

    private static int deepest(List<Ast> parts) {
        int depth = 0;
        for (Ast part : parts) {
            depth = Math.max(depth, part.depth);
        }
        return depth;
    }

    /** A constant. */
    static final class Literal extends Ast {
        final @Nullable Object value;

        private Literal(int start, int end, @Nullable Object value) {
            super(start, end, start, 0);
            this.value = value;
        }

        static Ast of(int start, int end, @Nullable Object value) {
            return new Literal(start, end, value);
        }

        @Override
        Checked check(Checker checker) {
            return checker.literal(this);
        }
    }

    /** A place where the parser already reported a problem. */
    static final class Wrong extends Ast {
        private Wrong(int at) {
            super(at, at, at, 0);
        }

        static Ast of(int at) {
            return new Wrong(at);
        }

        @Override
        Checked check(Checker checker) {
            return Checked.UNKNOWN;
        }
    }

    /** A name that stands alone. */
    static final class Name extends Ast {
        final String name;

        private Name(int start, int end, String name) {
            super(start, end, start, 0);
            this.name = name;
        }

        static Ast of(int start, int end, String name) {
            return new Name(start, end, name);
        }

        @Override
        Checked check(Checker checker) {
            return checker.paths.name(this);
        }
    }

    /** {@code operand.field}, or {@code operand.?field}. */
    static final class Select extends Ast {
        final Ast operand;
        final String field;
        final boolean optional;

        private Select(Ast operand, int at, int end, String field, boolean optional) {
            super(operand.start, end, at, operand.depth);
            this.operand = operand;
            this.field = field;
            this.optional = optional;
        }

        static Ast of(Ast operand, int at, int end, String field, boolean optional) {
            return new Select(operand, at, end, field, optional);
        }

        @Override
        Checked check(Checker checker) {
            return checker.paths.chain(this);
        }
    }

    /** {@code operand[index]}, or {@code operand[?index]}. */
    static final class Index extends Ast {
        final Ast operand;
        final Ast index;
        final boolean optional;

        private Index(Ast operand, int at, int end, Ast index, boolean optional) {
            super(operand.start, end, at, Math.max(operand.depth, index.depth));
            this.operand = operand;
            this.index = index;
            this.optional = optional;
        }

        static Ast of(Ast operand, int at, int end, Ast index, boolean optional) {
            return new Index(operand, at, end, index, optional);
        }

        @Override
        Checked check(Checker checker) {
            return checker.paths.chain(this);
        }
    }

    /** {@code name(arguments)}, or {@code target.name(arguments)}. */
    static final class Call extends Ast {
        final @Nullable Ast target;
        final String name;
        final List<Ast> arguments;

        private Call(int start, int end, int at, @Nullable Ast target, String name, List<Ast> arguments) {
            super(start, end, at, Math.max(target == null ? 0 : target.depth, deepest(arguments)));
            this.target = target;
            this.name = name;
            this.arguments = arguments;
        }

        static Ast of(int start, int end, int at, @Nullable Ast target, String name, List<Ast> arguments) {
            return new Call(start, end, at, target, name, arguments);
        }

        @Override
        Checked check(Checker checker) {
            return checker.calls.call(this);
        }
    }

    /** {@code [elements]}; an element after a question mark is left out when it is absent. */
    static final class ListOf extends Ast {
        final List<Ast> elements;
        final List<Boolean> optional;

        private ListOf(int start, int end, List<Ast> elements, List<Boolean> optional) {
            super(start, end, start, deepest(elements));
            this.elements = elements;
            this.optional = optional;
        }

        static Ast of(int start, int end, List<Ast> elements, List<Boolean> optional) {
            return new ListOf(start, end, elements, optional);
        }

        @Override
        Checked check(Checker checker) {
            return checker.list(this);
        }
    }

    /** <code>{keys: values}</code>; an entry after a question mark is left out when its value is absent. */
    static final class MapOf extends Ast {
        final List<Ast> keys;
        final List<Ast> values;
        final List<Boolean> optional;

        private MapOf(int start, int end, List<Ast> keys, List<Ast> values, List<Boolean> optional) {
            super(start, end, start, Math.max(deepest(keys), deepest(values)));
            this.keys = keys;
            this.values = values;
            this.optional = optional;
        }

        static Ast of(int start, int end, List<Ast> keys, List<Ast> values, List<Boolean> optional) {
            return new MapOf(start, end, keys, values, optional);
        }

        @Override
        Checked check(Checker checker) {
            return checker.map(this);
        }
    }

    /** {@code !operand} or {@code -operand}. */
    static final class Unary extends Ast {
        final boolean negation;
        final Ast operand;

        private Unary(int start, boolean negation, Ast operand) {
            super(start, operand.end, start, operand.depth);
            this.negation = negation;
            this.operand = operand;
        }

        static Ast of(int start, boolean negation, Ast operand) {
            return new Unary(start, negation, operand);
        }

        @Override
        Checked check(Checker checker) {
            return negation ? checker.not(this) : checker.operators.minus(this);
        }
    }

    /** An arithmetic operator, a comparison or {@code in}. */
    static final class Binary extends Ast {
        final Operator operator;
        final Ast left;
        final Ast right;

        private Binary(Operator operator, int at, Ast left, Ast right) {
            super(left.start, right.end, at, Math.max(left.depth, right.depth));
            this.operator = operator;
            this.left = left;
            this.right = right;
        }

        static Ast of(Operator operator, int at, Ast left, Ast right) {
            return new Binary(operator, at, left, right);
        }

        @Override
        Checked check(Checker checker) {
            return checker.operators.binary(this);
        }
    }

    /** Two or more operands of {@code &&} or of {@code ||}. */
    static final class Logic extends Ast {
        final boolean and;
        final List<Ast> operands;

        private Logic(boolean and, int at, List<Ast> operands) {
            super(operands.get(0).start, operands.get(operands.size() - 1).end, at, deepest(operands));
            this.and = and;
            this.operands = operands;
        }

        static Ast of(boolean and, int at, List<Ast> operands) {
            return new Logic(and, at, operands);
        }

        @Override
        Checked check(Checker checker) {
            return checker.logic(this);
        }
    }

    /** {@code condition ? then : otherwise}. */
    static final class Conditional extends Ast {
        final Ast condition;
        final Ast then;
        final Ast otherwise;

        private Conditional(int at, Ast condition, Ast then, Ast otherwise) {
            super(condition.start, otherwise.end, at, Math.max(condition.depth, Math.max(then.depth, otherwise.depth)));
            this.condition = condition;
            this.then = then;
            this.otherwise = otherwise;
        }

        static Ast of(int at, Ast condition, Ast then, Ast otherwise) {
            return new Conditional(at, condition, then, otherwise);
        }

        @Override
        Checked check(Checker checker) {
            return checker.conditional(this);
        }
    }
}
