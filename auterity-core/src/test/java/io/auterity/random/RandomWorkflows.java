package io.auterity.random;

import io.auterity.connector.Connector;
import io.auterity.connector.Operation;
import io.auterity.connector.StepContext;
import io.auterity.connector.StepException;
import io.auterity.definition.Block;
import io.auterity.definition.Definition;
import io.auterity.definition.Order;
import io.auterity.definition.Order.Join;
import io.auterity.definition.Policy;
import io.auterity.definition.Policy.OnError;
import io.auterity.definition.Retry;
import io.auterity.definition.Settings;
import io.auterity.definition.Step;
import io.auterity.definition.StepKind;
import io.auterity.definition.StepKind.ForEach.ItemErrors;
import io.auterity.definition.Template;
import io.auterity.random.Formulas.Formula;
import io.auterity.random.Formulas.Test;
import io.auterity.random.Sample.Expected;
import io.auterity.random.Sample.Rules;
import io.auterity.random.StepModel.Failed;
import io.auterity.random.StepModel.Shape;
import io.auterity.random.StepModel.Work;
import io.auterity.testkit.TestConnector;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.RandomDistribution;
import org.jspecify.annotations.Nullable;

/**
 * Makes random workflows that compile, and computes one step after the other what they must come to.
 *
 * <p>Steps compute integers from those of up to four steps before, all joins occur, and so do conditions, failures that
 * go on, fall back or end the run, retries, switches, loops, repetitions, races with one branch that can succeed, and
 * try blocks, nested three deep. The same seed and size make the same sample.
 */
public final class RandomWorkflows {

    private static final int MOST_READS = 4;
    private static final int DEEPEST = 3;
    private static final String FLAKY = "test.flaky";

    private final Random random;
    private final Formulas formulas;

    /** One in how many steps that may fail for good does; 0 for none. */
    private final int fatal;

    private final Rules rules = new Rules(new HashMap<>(), new HashMap<>(), new HashSet<>());
    private int left;
    private int named;

    private RandomWorkflows(long seed, int size) {
        this.random = new Random(seed * 0x9E3779B97F4A7C15L); // neighbouring seeds begin alike otherwise
        this.formulas = new Formulas(random);
        this.fatal = Math.floorMod(seed, 2) == 0 ? 1 + size / 130 : 0;
        this.left = size;
    }

    /**
     * Makes a sample.
     *
     * @param seed makes the same sample again
     * @param size about how many steps it has, those of nested blocks included
     * @return the sample
     */
    public static Sample of(long seed, int size) {
        return new RandomWorkflows(seed, size).sample(seed, size);
    }

    /**
     * Makes samples for properties; failing ones shrink to fewer steps.
     *
     * @param mostSteps about how many steps the largest has
     * @return the samples
     */
    public static Arbitrary<Sample> samples(int mostSteps) {
        return samples(1, mostSteps);
    }

    /**
     * Makes samples of about the given sizes for properties; failing ones shrink to fewer steps.
     *
     * @param leastSteps about how many steps the smallest has
     * @param mostSteps about how many steps the largest has
     * @return the samples
     */
    public static Arbitrary<Sample> samples(int leastSteps, int mostSteps) {
        return Combinators.combine(
                        Arbitraries.integers()
                                .between(leastSteps, mostSteps)
                                .withDistribution(RandomDistribution.uniform()), // mostly the least otherwise
                        Arbitraries.longs().between(0, Integer.MAX_VALUE))
                .as((size, seed) -> of(seed, size));
    }

    /**
     * Makes the connector that samples use: {@code test.flaky} fails as often as it is told, then returns a value.
     *
     * @return a fresh connector
     */
    public static Connector connector() {
        return new TestConnector("test", List.of(new Flaky()));
    }

    /** Fails its first attempts. */
    private static final class Flaky implements Operation {

        @Override
        public Description description() {
            Map<String, Object> integer = Map.of("type", "integer");
            return new Description(
                    "flaky",
                    "Fails its first attempts, then returns a value.",
                    Map.of(
                            "type",
                            "object",
                            "properties",
                            Map.of("value", integer, "failures", integer),
                            "required",
                            List.of("value", "failures"),
                            "additionalProperties",
                            false),
                    integer,
                    true,
                    List.of("flaky"));
        }

        @Override
        public @Nullable Object call(Map<String, Object> input, StepContext context) throws StepException {
            if (context.attempt() <= (Long) input.get("failures")) {
                throw new StepException("flaky", "attempt " + context.attempt() + " fails", true);
            }
            return input.get("value");
        }
    }

    private Sample sample(long seed, int size) {
        List<Formula> around = List.of(new Formula("input.x", Frame::input));
        BlockModel body = block(around, Integer.MAX_VALUE, 0, random.nextBoolean());
        long x = random.nextInt(1000);
        Map<String, Object> schema = Map.of(
                "type", "object", "properties", Map.of("x", Map.of("type", "integer")), "required", List.of("x"));
        Definition definition =
                new Definition("random-" + seed, "", schema, Settings.DEFAULT, body.definition(random), List.of());
        return new Sample(seed, size, definition, Map.of("x", x), rules, expected(body, x));
    }

    private static Expected expected(BlockModel body, long x) {
        Frame.Ends ends = new Frame.Ends();
        Frame frame = Frame.root(ends, x);
        try {
            body.run(frame);
        } catch (Failed e) {
            return new Expected(false, null, ends.sure());
        }
        Formula output = body.output();
        return new Expected(
                true,
                output == null ? body.values(frame) : (Object) output.value().applyAsLong(frame),
                ends.sure());
    }

    /** Makes a block; formulas inside may use what is around. */
    private BlockModel block(List<Formula> around, int most, int depth, boolean withOutput) {
        List<StepModel> steps = new ArrayList<>();
        int count = most == Integer.MAX_VALUE ? Integer.MAX_VALUE : 1 + random.nextInt(most);
        while (steps.isEmpty() || (steps.size() < count && left > 0)) {
            steps.add(step(steps, around, depth));
        }
        if (!withOutput) {
            return new BlockModel(steps, null);
        }
        List<Formula> read = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            read.add(steps.get(random.nextInt(steps.size())).readAfterwards());
        }
        return new BlockModel(steps, Formulas.sum(read));
    }

    private StepModel step(List<StepModel> earlier, List<Formula> around, int depth) {
        left--;
        String name = (random.nextInt(10) == 0 ? "s-" : "s") + named++;
        Set<StepModel> before = predecessors(earlier);
        Join join = random.nextInt(4) > 0 ? Join.ALL_SUCCESS : Join.values()[random.nextInt(Join.values().length)];
        List<Formula> operands = new ArrayList<>(around);
        Set<String> names = new LinkedHashSet<>();
        for (StepModel other : before) {
            names.add(other.step().name());
            operands.add(other.read(join, before.size()));
            operands.add(other.read(join, before.size()));
        }
        Test condition = random.nextInt(8) == 0 ? formulas.test(operands) : null;
        Doing doing = doing(operands, depth);
        if (condition != null) {
            boolean mayFail = random.nextInt(4) == 0;
            condition = mayFail ? formulas.partialTest(operands) : condition;
            doing = doing.onlyIf(condition, mayFail);
        }
        OnError onError = onError(doing);
        if (doing.kind instanceof StepKind.Fail && condition == null && onError instanceof OnError.Fail) {
            onError = new OnError.Continue(); // what always fails for good, and all behind it, does not compile
        }
        Work work = doing.work;
        if (onError instanceof OnError.FallbackValue || onError instanceof OnError.FallbackStep) {
            Formula fallback = formulas.total(operands, 1);
            onError = onError instanceof OnError.FallbackStep
                    ? new OnError.FallbackStep(new StepKind.Value(Template.expression(fallback.text())))
                    : new OnError.FallbackValue(Template.expression(fallback.text()));
            work = mended(work, fallback);
        }
        boolean maySkip = condition != null || maySkip(join, before);
        Order order =
                new Order(new ArrayList<>(names), Optional.ofNullable(condition).map(Test::text), join);
        Policy policy = new Policy(doing.retry, Optional.empty(), onError, Optional.empty());
        rules.before().put(name, names);
        if (doing.kind instanceof StepKind.ForEach loop) {
            rules.concurrency().put(name, loop.concurrency());
        }
        if (onError instanceof OnError.Continue) {
            rules.continuing().add(name);
        }
        Step step = Step.of(name, doing.kind).with(order).with(policy);
        return new StepModel(step, names, work, doing.shape, maySkip);
    }

    private Set<StepModel> predecessors(List<StepModel> earlier) {
        Set<StepModel> before = new LinkedHashSet<>();
        int count = Math.min(earlier.size(), random.nextInt(MOST_READS + 1));
        for (int i = 0; i < count; i++) {
            int back = random.nextInt(3) == 0
                    ? random.nextInt(earlier.size())
                    : random.nextInt(Math.min(20, earlier.size()));
            before.add(earlier.get(earlier.size() - 1 - back));
        }
        return before;
    }

    private static boolean maySkip(Join join, Set<StepModel> before) {
        return switch (join) {
            case ALL_SUCCESS -> before.stream().anyMatch(StepModel::maySkip);
            case ANY_SUCCESS -> !before.isEmpty() && before.stream().allMatch(StepModel::maySkip);
            case NONE_FAILED, ALL_DONE -> false;
        };
    }

    private static Work mended(Work work, Formula fallback) {
        return frame -> {
            try {
                return work.run(frame);
            } catch (ArithmeticException | Failed e) {
                return fallback.value().applyAsLong(frame);
            }
        };
    }

    /** What a step does: its kind, the same for the reference, the shape of its output, and whether it may fail. */
    private record Doing(StepKind kind, Work work, Shape shape, boolean fails, Optional<Retry> retry) {

        static Doing number(StepKind kind, Work work, boolean fails) {
            return new Doing(kind, work, Shape.NUMBER, fails, Optional.empty());
        }

        Doing onlyIf(Test condition, boolean mayFail) {
            Work conditional = frame -> condition.holds().test(frame) ? work.run(frame) : null;
            return new Doing(kind, conditional, shape, fails || mayFail, retry);
        }
    }

    private OnError onError(Doing doing) {
        int choice = random.nextInt(doing.fails ? 3 : 30);
        if (choice == 0) {
            return new OnError.Continue();
        }
        boolean must = doing.fails && !(fatal > 0 && random.nextInt(fatal) == 0);
        if (doing.shape == Shape.NUMBER && (choice == 1 || must)) {
            return random.nextBoolean()
                    ? new OnError.FallbackValue(new Template(0L))
                    : new OnError.FallbackStep(new StepKind.Value(new Template(0L)));
        }
        return must ? new OnError.Continue() : new OnError.Fail();
    }

    private Doing doing(List<Formula> operands, int depth) {
        boolean nests = depth < DEEPEST && left > 3;
        int choice = random.nextInt(nests ? 100 : 80);
        if (choice < 55) {
            Formula value = formulas.total(operands, 2);
            return Doing.number(value(value), frame -> value.value().applyAsLong(frame), false);
        }
        if (choice < 62) {
            Formula value = formulas.partial(operands);
            return Doing.number(value(value), frame -> value.value().applyAsLong(frame), true);
        }
        if (choice < 66) {
            return Doing.number(
                    new StepKind.Fail("no", new Template("on purpose")),
                    frame -> {
                        throw new Failed();
                    },
                    true);
        }
        if (choice < 73) {
            return choice(operands);
        }
        if (choice < 80) {
            return flaky(operands);
        }
        return switch (random.nextInt(4)) {
            case 0 -> forEach(operands, depth);
            case 1 -> repeat(operands, depth);
            case 2 -> attempt(operands, depth);
            default -> race(operands);
        };
    }

    private static StepKind value(Formula formula) {
        return new StepKind.Value(Template.expression(formula.text()));
    }

    private Doing choice(List<Formula> operands) {
        Test first = formulas.test(operands);
        Formula one = formulas.total(operands, 1);
        Formula other = formulas.total(operands, 1);
        StepKind kind = new StepKind.Switch(List.of(
                new StepKind.Switch.Case(Optional.of(first.text()), Template.expression(one.text())),
                new StepKind.Switch.Case(Optional.empty(), Template.expression(other.text()))));
        return Doing.number(
                kind, frame -> (first.holds().test(frame) ? one : other).value().applyAsLong(frame), false);
    }

    private Doing flaky(List<Formula> operands) {
        Formula value = formulas.total(operands, 1);
        int failures = random.nextInt(4);
        int attempts = 1 + random.nextInt(4);
        StepKind kind = new StepKind.Uses(
                FLAKY, Map.of("value", Template.expression(value.text()), "failures", new Template((long) failures)));
        Retry retry = new Retry(attempts, Duration.ZERO, 1, Duration.ZERO, 0, List.of());
        Work work = frame -> {
            if (failures >= attempts) {
                throw new Failed();
            }
            return value.value().applyAsLong(frame);
        };
        return new Doing(kind, work, Shape.NUMBER, failures >= attempts, Optional.of(retry));
    }

    private List<Formula> inside(List<Formula> operands) {
        List<Formula> inner = new ArrayList<>();
        operands.forEach(operand -> inner.add(operand.fromInside()));
        return inner;
    }

    /** The same for a loop, whose own index hides that of the loop around it. */
    private List<Formula> insideLoop(List<Formula> operands) {
        List<Formula> inner = inside(operands);
        inner.removeIf(operand -> operand.text().equals("index"));
        inner.add(new Formula("index", Frame::index));
        return inner;
    }

    private Doing forEach(List<Formula> operands, int depth) {
        List<Formula> items = new ArrayList<>();
        List<String> texts = new ArrayList<>();
        for (int i = 0; i <= random.nextInt(4); i++) {
            items.add(formulas.total(operands, 1));
            texts.add(items.get(i).text());
        }
        String variable = "item" + named++;
        List<Formula> inner = insideLoop(operands);
        inner.add(new Formula(variable, Frame::item));
        BlockModel block = block(inner, 4, depth + 1, true);
        ItemErrors errors = random.nextBoolean() ? ItemErrors.SKIP : ItemErrors.FAIL;
        StepKind kind = new StepKind.ForEach(
                Template.expression("[" + String.join(", ", texts) + "]"),
                variable,
                1 + random.nextInt(4),
                errors,
                block.definition(random));
        Work work = frame -> {
            List<Object> values = new ArrayList<>();
            boolean fails = false;
            for (int i = 0; i < items.size(); i++) {
                long item = items.get(i).value().applyAsLong(frame);
                try {
                    values.add(block.value(frame.inside(item, i)));
                } catch (Failed e) {
                    fails |= errors == ItemErrors.FAIL; // the others may have been begun before it
                }
            }
            if (fails) {
                throw new Failed();
            }
            return values;
        };
        return new Doing(kind, work, Shape.LIST, mayFail(block) && errors == ItemErrors.FAIL, Optional.empty());
    }

    private Doing repeat(List<Formula> operands, int depth) {
        List<Formula> inner = insideLoop(operands);
        BlockModel block = block(inner, 3, depth + 1, true);
        int last = random.nextInt(3);
        StepKind kind = new StepKind.Repeat(
                block.definition(random), Optional.of("index >= " + last), Optional.empty(), 10, Duration.ZERO);
        Work work = frame -> {
            long value = 0;
            for (int i = 0; i <= last; i++) {
                value = block.value(frame.inside(0, i));
            }
            return value;
        };
        return Doing.number(kind, work, mayFail(block));
    }

    private Doing attempt(List<Formula> operands, int depth) {
        List<Formula> inner = inside(operands);
        BlockModel body = block(inner, 3, depth + 1, true);
        Formula mending = formulas.total(inner, 1);
        Block onError = new Block(List.of(), Optional.of(Template.expression(mending.text())));
        Optional<Block> last = random.nextBoolean()
                ? Optional.of(Block.of(Step.of("last", new StepKind.Value(new Template(1L)))))
                : Optional.empty();
        StepKind kind = new StepKind.Try(body.definition(random), Optional.of(onError), last);
        Work work = frame -> {
            try {
                return body.value(frame.inside());
            } catch (Failed e) {
                return mending.value().applyAsLong(frame.inside());
            }
        };
        return Doing.number(kind, work, false);
    }

    private Doing race(List<Formula> operands) {
        Formula value = formulas.total(inside(operands), 1);
        Step winner = Step.of("winner", value(value));
        Step loser = Step.of("loser", new StepKind.Fail("slow", new Template("never first")));
        StepKind kind = new StepKind.Race(random.nextBoolean() ? List.of(winner, loser) : List.of(loser, winner));
        Work work = frame -> {
            Map<String, Object> output = new LinkedHashMap<>();
            output.put("winner", "winner");
            output.put("output", value.value().applyAsLong(frame.inside()));
            return output;
        };
        return new Doing(kind, work, Shape.RACE, false, Optional.empty());
    }

    private static boolean mayFail(BlockModel block) {
        return block.steps().stream().anyMatch(step -> step.step().policy().onError() instanceof OnError.Fail);
    }
}
