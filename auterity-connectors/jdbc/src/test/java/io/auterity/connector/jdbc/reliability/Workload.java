package io.auterity.connector.jdbc.reliability;

import static java.time.Duration.ofMillis;

import io.auterity.Flow;
import io.auterity.Handle;
import io.auterity.Workflow;
import io.auterity.connector.StepContext;
import io.auterity.connector.StepException;
import io.auterity.definition.Retry;
import io.auterity.testkit.LedgerCheck.Expected;
import io.auterity.testkit.LedgerLine.Intended;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Workflows of several shapes whose every step has an effect that the ledger sees, and the model that says what each
 * should have done: the same arithmetic, without an engine.
 */
final class Workload {

    private static final long PRIME = 1_000_000_007L;
    private static final int CHAIN = 6;

    private final Effects effects;
    private final Workflow<Input, Long> child = Workflow.define("child", Input.class, (flow, input) -> {
        Handle<Long> a = flow.step("a").runWithContext(Long.class, input, this::first);
        return step(flow, "b", a);
    });

    /** What every workflow is given. */
    record Input(long number) {}

    /** What steps do to the world. */
    interface Effects {
        /** A run is there that nobody outside has announced: the child of another. */
        void announce(Intended run);

        /** Something happens that the world can see. */
        void happen(StepContext context);
    }

    Workload(Effects effects) {
        this.effects = effects;
    }

    /** The workflows that are started; they take a number and return one. */
    List<Workflow<Input, Long>> started() {
        return List.of(chain(), diamond(), each(), flaky(), sleepy(), parent());
    }

    /** The workflow that only others start. */
    Workflow<Input, Long> child() {
        return child;
    }

    private static long next(long value, long salt) {
        return (value * 31 + salt) % PRIME;
    }

    private Long work(long value, StepContext context) {
        effects.happen(context);
        return next(value, 7);
    }

    private Handle<Long> step(Flow flow, String name, Handle<Long> input) {
        return flow.step(name).runWithContext(Long.class, input, this::work);
    }

    /** A step that takes the workflow's own input. */
    private Handle<Long> open(Flow flow, String name, Handle<Input> input) {
        return flow.step(name).runWithContext(Long.class, input, (given, context) -> work(given.number(), context));
    }

    private Long first(Input input, StepContext context) {
        effects.announce(new Intended(context.runId().value(), "child", String.valueOf(input.number())));
        return work(input.number(), context);
    }

    private Workflow<Input, Long> chain() {
        return Workflow.define("chain", Input.class, (flow, input) -> {
            Handle<Long> last = open(flow, "s0", input);
            for (int i = 1; i < CHAIN; i++) {
                last = step(flow, "s" + i, last);
            }
            return last;
        });
    }

    private Workflow<Input, Long> diamond() {
        return Workflow.define("diamond", Input.class, (flow, input) -> {
            Handle<Long> top = open(flow, "top", input);
            Handle<Long> left = step(flow, "left", top);
            Handle<Long> right = step(flow, "right", step(flow, "far-right", top));
            Handle<Long> sum = flow.step("sum").run(Long.class, left, right, (a, b) -> next(a, b));
            return step(flow, "bottom", sum);
        });
    }

    private Workflow<Input, Long> each() {
        return Workflow.define("each", Input.class, (flow, input) -> {
            Handle<List<Long>> items = flow.step("items").runList(Long.class, input, given -> items(given.number()));
            Handle<List<Long>> done = flow.forEach("each", items, (block, item) -> step(block, "one", item));
            Handle<Long> sum = flow.step("sum").run(Long.class, done, Workload::sum);
            return step(flow, "last", sum);
        });
    }

    private static List<Long> items(long input) {
        List<Long> items = new ArrayList<>();
        for (long i = 0; i <= input % 5; i++) {
            items.add(input + i);
        }
        return items;
    }

    private static long sum(List<Long> values) {
        long sum = 0;
        for (long value : values) {
            sum = next(sum, value);
        }
        return sum;
    }

    private Workflow<Input, Long> flaky() {
        return Workflow.define("flaky", Input.class, (flow, input) -> {
            Handle<Long> shaky = flow.step("shaky")
                    .retry(Retry.exponential(ofMillis(Long.getLong(Worker.RETRY, 5)))
                            .maxAttempts(20))
                    .runWithContext(Long.class, input, (given, context) -> {
                        effects.happen(context);
                        if (context.attempt() < 3) {
                            throw new StepException("shaky", "not yet", true);
                        }
                        return next(given.number(), 7);
                    });
            return step(flow, "after", shaky);
        });
    }

    private Workflow<Input, Long> sleepy() {
        return Workflow.define("sleepy", Input.class, (flow, input) -> {
            Handle<Long> before = open(flow, "before", input);
            Handle<Void> nap = flow.step("nap").needs(before).sleep(ofMillis(Long.getLong(Worker.NAP, 200)));
            return flow.step("after").needs(nap).runWithContext(Long.class, before, this::work);
        });
    }

    private Workflow<Input, Long> parent() {
        return Workflow.define("parent", Input.class, (flow, input) -> {
            Handle<Long> before = open(flow, "before", input);
            Handle<Input> given = flow.step("given").run(Input.class, before, Input::new);
            Handle<Long> inner = flow.run("inner", child, given);
            return step(flow, "after", inner);
        });
    }

    // --- the model ---

    /** What a run should have done. */
    static Expected expected(Intended run) {
        long input = Long.parseLong(run.input());
        Map<String, Set<String>> before = new LinkedHashMap<>();
        switch (run.workflow()) {
            case "chain" -> {
                long value = input;
                for (int i = 0; i < CHAIN; i++) {
                    before.put("s" + i, i == 0 ? Set.of() : Set.of("s" + (i - 1)));
                    value = next(value, 7);
                }
                return new Expected(before, value, false);
            }
            case "diamond" -> {
                before.put("top", Set.of());
                before.put("left", Set.of("top"));
                before.put("far-right", Set.of("top"));
                before.put("right", Set.of("far-right"));
                before.put("bottom", Set.of("left", "right"));
                long top = next(input, 7);
                return new Expected(before, next(next(next(top, 7), next(next(top, 7), 7)), 7), false);
            }
            case "each" -> {
                List<Long> done = new ArrayList<>();
                for (long item : items(input)) {
                    before.put("each[" + done.size() + "]/one", Set.of());
                    done.add(next(item, 7));
                }
                before.put("last", Set.copyOf(before.keySet()));
                return new Expected(before, next(sum(done), 7), false);
            }
            case "flaky" -> {
                return two(before, "shaky", "after", input, false);
            }
            case "sleepy" -> {
                return two(before, "before", "after", input, true);
            }
            case "child" -> {
                return two(before, "a", "b", input, false);
            }
            case "parent" -> {
                before.put("before", Set.of());
                before.put("after", Set.of("before"));
                return new Expected(before, next(next(next(next(input, 7), 7), 7), 7), true);
            }
            default -> throw new IllegalArgumentException(run.workflow());
        }
    }

    private static Expected two(
            Map<String, Set<String>> before, String first, String second, long input, boolean waits) {
        before.put(first, Set.of());
        before.put(second, Set.of(first));
        return new Expected(before, next(next(input, 7), 7), waits);
    }
}
