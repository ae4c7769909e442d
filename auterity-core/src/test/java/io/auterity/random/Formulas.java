package io.auterity.random;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;

/** Random integer expressions, each with the Java function that computes the same. */
final class Formulas {

    static final long MODULUS = 1_000_003;

    private final Random random;

    Formulas(Random random) {
        this.random = random;
    }

    /**
     * An expression.
     *
     * @param text its source
     * @param steps the steps of the own block that it reads
     * @param value computes it; throws ArithmeticException where the expression fails
     */
    record Formula(String text, Set<String> steps, ToLongFunction<Frame> value) {

        Formula(String text, ToLongFunction<Frame> value) {
            this(text, Set.of(), value);
        }

        /** The same seen from a block inside: reads no step of that block, and frames are one further out. */
        Formula fromInside() {
            return new Formula(text, Set.of(), frame -> value.applyAsLong(frame.outer()));
        }
    }

    /** A condition. */
    record Test(String text, Set<String> steps, Predicate<Frame> holds) {}

    /** Makes an expression that always has a value. */
    Formula total(List<Formula> operands, int depth) {
        if (depth == 0 || random.nextInt(4) == 0) {
            return random.nextInt(5) == 0 ? constant() : pick(operands);
        }
        Formula a = total(operands, depth - 1);
        Formula b = total(operands, depth - 1);
        Set<String> steps = union(a, b);
        return switch (random.nextInt(4)) {
            case 0 ->
                new Formula(
                        "(" + a.text + " + " + b.text + ") % " + MODULUS,
                        steps,
                        frame -> (a.value.applyAsLong(frame) + b.value.applyAsLong(frame)) % MODULUS);
            case 1 ->
                new Formula(
                        "(" + a.text + ") * (" + b.text + ") % " + MODULUS,
                        steps,
                        frame -> a.value.applyAsLong(frame) * b.value.applyAsLong(frame) % MODULUS);
            case 2 ->
                new Formula(
                        "(" + a.text + ") - (" + b.text + ")",
                        steps,
                        frame -> a.value.applyAsLong(frame) - b.value.applyAsLong(frame));
            default ->
                new Formula(
                        "((" + a.text + ") > (" + b.text + ") ? (" + a.text + ") : 1 + (" + b.text + ")) % " + MODULUS,
                        steps,
                        frame -> {
                            long left = a.value.applyAsLong(frame);
                            long right = b.value.applyAsLong(frame);
                            return (left > right ? left : 1 + right) % MODULUS;
                        });
        };
    }

    /** Makes an expression that divides by zero for one in three values. */
    Formula partial(List<Formula> operands) {
        Formula a = total(operands, 1);
        Formula b = pick(operands);
        return new Formula(
                "(" + a.text + ") / ((" + b.text + ") % 3)",
                union(a, b),
                frame -> a.value.applyAsLong(frame) / (b.value.applyAsLong(frame) % 3));
    }

    /** Makes a condition that holds for some values only. */
    Test test(List<Formula> operands) {
        Formula a = pick(operands);
        long modulus = 2 + random.nextInt(3);
        long rest = random.nextInt(2);
        if (random.nextBoolean()) {
            return new Test(
                    "(" + a.text + ") % " + modulus + " == " + rest,
                    a.steps,
                    frame -> a.value.applyAsLong(frame) % modulus == rest);
        }
        Formula b = pick(operands);
        return new Test(
                "(" + a.text + ") < (" + b.text + ") || (" + a.text + ") % " + modulus + " != " + rest,
                union(a, b),
                frame -> a.value.applyAsLong(frame) < b.value.applyAsLong(frame)
                        || a.value.applyAsLong(frame) % modulus != rest);
    }

    /** Makes a condition that divides by zero for one in three values. */
    Test partialTest(List<Formula> operands) {
        Formula a = partial(operands);
        return new Test("(" + a.text + ") % 2 == 0", a.steps, frame -> a.value.applyAsLong(frame) % 2 == 0);
    }

    Formula constant() {
        long value = random.nextInt(100);
        return new Formula(Long.toString(value), frame -> value);
    }

    Formula pick(List<Formula> operands) {
        return operands.get(random.nextInt(operands.size()));
    }

    static Set<String> union(Formula... formulas) {
        Set<String> steps = new TreeSet<>();
        for (Formula formula : formulas) {
            steps.addAll(formula.steps);
        }
        return steps;
    }

    /** The sum of the operands, so that everything is read. */
    static Formula sum(List<Formula> operands) {
        if (operands.isEmpty()) {
            return new Formula("0", frame -> 0);
        }
        List<String> texts = new ArrayList<>();
        operands.forEach(operand -> texts.add("(" + operand.text + ")"));
        return new Formula(
                "(" + String.join(" + ", texts) + ") % " + MODULUS,
                union(operands.toArray(Formula[]::new)),
                frame -> operands.stream()
                                .mapToLong(operand -> operand.value.applyAsLong(frame))
                                .sum()
                        % MODULUS);
    }
}
