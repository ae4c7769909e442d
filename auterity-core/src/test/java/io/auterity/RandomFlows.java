package io.auterity;

import io.auterity.connector.Connector;
import io.auterity.connector.Operation;
import io.auterity.connector.StepContext;
import io.auterity.connector.StepException;
import io.auterity.definition.Order.Join;
import io.auterity.definition.Retry;
import io.auterity.definition.Settings;
import io.auterity.definition.StepKind;
import io.auterity.definition.StepKind.ForEach.ItemErrors;
import io.auterity.testkit.TestConnector;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Random workflows written in Java with everything a {@link Flow} has, over whole numbers below a million. The same seed
 * makes the same workflow, whose code does the same.
 */
final class RandomFlows {

    /** The workflow that others run as a child. */
    static final Workflow<Amount, Long> CHILD = Workflow.define(
            "child", Amount.class, (flow, input) -> flow.step("more").run(Long.class, input, number -> number.n() + 1));

    private static final int MODULUS = 999_983;
    private static final int DEEPEST = 2;
    private static final int ALTERNATIVES = 18;

    @SuppressWarnings("unchecked") // an input without a schema is a map
    private static final Class<Map<String, Object>> ANY_INPUT = (Class<Map<String, Object>>) (Class<?>) Map.class;

    private final Random random;
    private int named;

    /** A record to pass on. */
    record Amount(long n) {}

    private RandomFlows(long seed) {
        this.random = new Random(seed * 0x9E3779B97F4A7C15L);
    }

    static Workflow<Map<String, Object>, Long> of(long seed) {
        RandomFlows flows = new RandomFlows(seed);
        Settings settings = flows.chance(2)
                ? Settings.DEFAULT
                : new Settings(
                        Settings.DEFAULT.defaults(),
                        Map.of(),
                        Optional.of(Duration.ofDays(400 + flows.random.nextInt(20))),
                        Optional.of(3),
                        Optional.empty());
        return Workflow.define("flow-" + seed, ANY_INPUT, settings, (flow, input) -> {
            Handle<Long> last = flows.block(flow, List.of(), 0);
            return flow.step("end").run(Long.class, last, value -> {
                if (value % 5 == 0) {
                    throw new StepException("on-purpose", "a run that fails takes back what it did", false);
                }
                return value;
            });
        });
    }

    /** Operation {@code test.add} adds. */
    static Connector connector() {
        Operation.Description description =
                new Operation.Description("add", "", Map.of("type", "object"), Map.of(), true, List.of());
        Operation add = new Operation() {
            @Override
            public Description description() {
                return description;
            }

            @Override
            public @Nullable Object call(Map<String, Object> input, StepContext context) {
                return (Long) input.get("a") + (Long) input.get("b");
            }
        };
        return new TestConnector("test", List.of(add));
    }

    private boolean chance(int of) {
        return random.nextInt(of) == 0;
    }

    private String name() {
        named++;
        return switch (random.nextInt(4)) {
            case 0 -> "a-" + named;
            case 1 -> named + "th";
            case 2 -> "under_" + named;
            default -> "step" + named;
        };
    }

    private StepBuilder step(Flow flow) {
        StepBuilder step = flow.step(name());
        if (chance(6)) {
            step.description("Nr. " + named + ": \"what\" it does,\n- and why # not");
        }
        if (chance(6)) {
            step.timeout(Duration.ofDays(30 + random.nextInt(100)));
        }
        return step;
    }

    /** A step whose code may be tried again. */
    private StepBuilder code(Flow flow) {
        StepBuilder step = step(flow);
        if (chance(6)) {
            step.retry(Retry.exponential(Duration.ofMillis(1 + random.nextInt(5_000)))
                    .on("io", "http-5xx"));
        }
        return step;
    }

    /** Adds some steps and returns the value of the last. */
    private Handle<Long> block(Flow flow, List<Handle<Long>> outside, int depth) {
        List<Handle<Long>> seen = new ArrayList<>(outside);
        seen.add(constant(flow));
        for (int more = 1 + random.nextInt(depth == 0 ? 6 : 2); more > 0; more--) {
            seen.add(random(flow, seen, depth));
        }
        return seen.get(seen.size() - 1);
    }

    private Handle<Long> constant(Flow flow) {
        long value = random.nextInt(100);
        return code(flow).run(Long.class, () -> value);
    }

    private Handle<Long> any(List<Handle<Long>> seen) {
        return seen.get(random.nextInt(seen.size()));
    }

    /** A step of this block that only passes a value on, for others of this block to wait for. */
    private Handle<Long> here(Flow flow, Handle<Long> value) {
        return step(flow).run(Long.class, value, it -> it);
    }

    private static long cut(long value) {
        return Math.floorMod(value, MODULUS);
    }

    private Handle<Long> random(Flow flow, List<Handle<Long>> seen, int depth) {
        Handle<Long> a = any(seen);
        Handle<Long> b = any(seen);
        int kind = random.nextInt(depth < DEEPEST ? ALTERNATIVES : ALTERNATIVES - 5);
        return switch (kind) {
            case 0 -> code(flow).needs(here(flow, b)).run(Long.class, a, value -> cut(value * 3));
            case 1 -> code(flow).run(Long.class, a, b, (x, y) -> cut(x + y));
            case 2 -> code(flow).run(Long.class, a, b, any(seen), (x, y, z) -> cut(x + 2 * y + 3 * z));
            case 3 -> code(flow).run(Long.class, a, b, any(seen), any(seen), (w, x, y, z) -> cut(w - x + y - z));
            case 4 ->
                step(flow)
                        .run(
                                Long.class,
                                List.of(a, b, any(seen)),
                                values -> cut(values.stream()
                                        .mapToLong(Long::longValue)
                                        .sum()));
            case 5 ->
                step(flow).value(Long.class, "(" + a.expression() + " + 2 * " + b.expression() + ") % " + MODULUS);
            case 6 -> called(flow, a, b);
            case 7 -> conditional(flow, a, b);
            case 8 -> failing(flow, a);
            case 9 -> waiting(flow, a);
            case 10 -> approved(flow, a);
            case 11 -> child(flow, a);
            case 12 -> undone(flow, a);
            case 13 -> forEach(flow, seen, depth);
            case 14 -> repeat(flow, seen, depth);
            case 15 -> race(flow, seen, depth);
            case 16 -> tried(flow, seen, depth);
            default -> choose(flow, seen, depth);
        };
    }

    private Handle<Long> called(Flow flow, Handle<Long> a, Handle<Long> b) {
        Handle<Long> called = step(flow)
                .call(
                        "test.add",
                        Map.of("a", a, "b", b, "more", List.of("text ${{ 1 + 1 }}", Map.of("c", a))),
                        Long.class);
        return step(flow).run(Long.class, called, RandomFlows::cut);
    }

    private Handle<Long> conditional(Flow flow, Handle<Long> a, Handle<Long> b) {
        Handle<Boolean> even = step(flow).run(Boolean.class, a, value -> value % 2 == 0);
        Handle<Long> one = chance(2)
                ? step(flow).when(even).run(Long.class, b, value -> cut(value + 1))
                : step(flow)
                        .when(a.expression() + " % 3 == 0 || " + a.expression() + " > 50")
                        .value(Long.class, "7");
        Handle<Long> sure = flow.orElse(name(), one, 11L);
        Handle<Long> other = step(flow).join(Join.NONE_FAILED).needs(one).run(Long.class, () -> 4L);
        return step(flow).run(Long.class, sure, other, (x, y) -> cut(x * y));
    }

    private Handle<Long> failing(Flow flow, Handle<Long> a) {
        StepBuilder step = step(flow).retry(Retry.fixed(Duration.ofSeconds(1)).maxAttempts(2));
        boolean use = chance(2);
        Handle<Long> tried = (use ? step.onErrorUse(5L) : step.onErrorContinue())
                .runWithContext(Long.class, a, (value, context) -> {
                    if (context.attempt() <= value % 4) {
                        throw new StepException("not-yet", "once more", true);
                    }
                    return cut(value + context.attempt());
                });
        return use ? tried : flow.orElse(name(), tried, 6L);
    }

    private Handle<Long> waiting(Flow flow, Handle<Long> a) {
        Handle<Void> sleep =
                flow.step(name()).needs(here(flow, a)).sleep(Duration.ofMillis(1 + random.nextInt(10_000_000)));
        Handle<Long> signal = flow.step(name())
                .onErrorUse(9L)
                .needs(sleep)
                .awaitSignal("go", Long.class, Duration.ofMinutes(1 + random.nextInt(500)));
        return step(flow)
                .runAsync(Long.class, signal, (value, context) -> CompletableFuture.completedFuture(cut(value)));
    }

    private Handle<Long> approved(Flow flow, Handle<Long> a) {
        List<String> roles = chance(2) ? List.of() : List.of("manager", "clerk");
        StepBuilder step = flow.step(name()).onErrorContinue().needs(here(flow, a));
        Handle<Flow.Decision> decision = chance(2)
                ? step.approve(roles, Duration.ofHours(1))
                : step.approve(roles, Duration.ofHours(1), Amount.class, StepKind.Approve.Otherwise.REJECT);
        Handle<Flow.Decision> sure = flow.orElse(name(), decision, new Flow.Decision(false, "", "", Map.of()));
        return step(flow).run(Long.class, sure, a, (decided, value) -> cut(decided.approved() ? 1 : value + 2));
    }

    private Handle<Long> child(Flow flow, Handle<Long> a) {
        Handle<Amount> number = step(flow).run(Amount.class, a, Amount::new);
        return step(flow).run(CHILD, number);
    }

    private Handle<Long> undone(Flow flow, Handle<Long> a) {
        Handle<Long> done = step(flow).run(Long.class, a, value -> cut(value + 8));
        flow.undo(done, value -> null);
        return done;
    }

    private Handle<Long> forEach(Flow flow, List<Handle<Long>> seen, int depth) {
        Handle<List<Long>> items = step(flow).runList(Long.class, any(seen), value -> List.of(value, 1L, 2L));
        StepBuilder step = step(flow).concurrency(1 + random.nextInt(4));
        Handle<List<Long>> each = (chance(2) ? step.onItemError(ItemErrors.FAIL) : step)
                .forEach(items, (inner, item) -> {
                    List<Handle<Long>> inside = new ArrayList<>(seen);
                    inside.add(item);
                    return block(inner, inside, depth + 1);
                });
        return step(flow)
                .run(
                        Long.class,
                        each,
                        values -> cut(values.stream().mapToLong(Long::longValue).sum()));
    }

    private Handle<Long> repeat(Flow flow, List<Handle<Long>> seen, int depth) {
        long bound = random.nextInt(MODULUS);
        Handle<Long> repeated = step(flow)
                .onErrorUse(13L) // the value may never satisfy the condition
                .repeat(
                        1 + random.nextInt(3),
                        Duration.ofSeconds(random.nextInt(3)),
                        inner -> block(inner, seen, depth + 1),
                        value -> value < bound);
        return step(flow).run(Long.class, repeated, RandomFlows::cut);
    }

    private Handle<Long> race(Flow flow, List<Handle<Long>> seen, int depth) {
        Map<String, Function<Flow, Handle<Long>>> branches = new LinkedHashMap<>();
        for (int i = 2 + random.nextInt(2); i > 0; i--) {
            long delay = i;
            branches.put(name(), inner -> {
                Handle<Void> sleep = inner.sleep(name(), Duration.ofHours(delay));
                return inner.step(name()).needs(sleep).run(Long.class, block(inner, seen, depth + 1), RandomFlows::cut);
            });
        }
        return step(flow).run(Long.class, step(flow).race(branches), RandomFlows::cut);
    }

    private Handle<Long> tried(Flow flow, List<Handle<Long>> seen, int depth) {
        Function<Flow, Handle<Long>> body =
                inner -> inner.step(name()).run(Long.class, block(inner, seen, depth + 1), value -> {
                    if (value % 2 == 0) {
                        throw new StepException("even", "on purpose", false);
                    }
                    return value;
                });
        BiFunction<Flow, Handle<StepBuilder.StepError>, Handle<Long>> onError = (inner, error) -> inner.step(name())
                .run(
                        Long.class,
                        error,
                        any(seen),
                        (thrown, value) -> cut(thrown.code().length() + value));
        Consumer<Flow> last = inner -> block(inner, seen, depth + 1);
        return switch (random.nextInt(3)) {
            case 0 -> step(flow).tryOr(body, onError);
            case 1 -> step(flow).tryOr(body, onError, last);
            default -> step(flow).tryOr(outer -> step(outer).tryFinally(body, last), onError);
        };
    }

    private Handle<Long> choose(Flow flow, List<Handle<Long>> seen, int depth) {
        return flow.choose(name(), any(seen))
                .when(value -> value % 3 == 0, inner -> block(inner, seen, depth + 1))
                .when(value -> value % 3 == 1, inner -> block(inner, seen, depth + 1))
                .otherwise(inner -> block(inner, seen, depth + 1));
    }
}
