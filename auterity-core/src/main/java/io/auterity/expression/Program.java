package io.auterity.expression;

import java.util.Collections;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What compiling an expression leaves behind: its nodes, what running each once costs, what every evaluation costs at least,
 * loops over lists of known length included, and what they read.
 */
record Program(Node root, Type type, int cost, long least, int locals, Set<String> reads, Set<Integer> slots) {
    static Program compile(String source, Environment environment) {
        return compile(source, environment, false);
    }

    static Program compile(String source, Environment environment, boolean mayBeAbsent) {
        Problems problems = new Problems(source);
        Ast ast = Parser.parse(source, environment, problems);
        Checker checker = new Checker(source, environment, problems);
        Checked checked = checker.check(ast);
        if (!mayBeAbsent) {
            checked = checker.present(ast, checked);
        }
        if (!problems.isEmpty()) {
            throw new ExpressionException(source, problems.list());
        }
        return new Program(
                checked.node(),
                checked.type(),
                checker.cost,
                checker.cost + checker.leastSteps,
                checker.maxLocals,
                ordered(checker.reads),
                ordered(checker.slots));
    }

    /** A set that iterates as it was filled, so that what is derived from it is the same on every run. */
    static <T> Set<T> ordered(Set<T> elements) {
        return elements.size() < 2 ? Set.copyOf(elements) : Collections.unmodifiableSet(elements);
    }

    @Nullable
    Object run(Bindings bindings, Budget budget) {
        Frame frame = new Frame(bindings, budget, locals);
        Object value = run(frame);
        return value == Bindings.ABSENT ? value : Output.json(value, frame);
    }

    @Nullable
    Object run(Frame frame) {
        frame.charge(cost);
        return type instanceof Type.OptionalType ? root.evalOptional(frame) : root.eval(frame);
    }
}
