package io.auterity.simulation;

import io.auterity.Code;
import io.auterity.Coded;
import io.auterity.Workflow;
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
import io.auterity.definition.StepKind.Approve.Otherwise;
import io.auterity.definition.StepKind.ForEach.ItemErrors;
import io.auterity.definition.Template;
import io.auterity.testkit.World;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Makes random workflows of every kind of step whose work takes time, fails, hangs or ignores cancellation, and knows
 * which steps must settle before which. Unlike the workflows of the properties, what they come to depends on time.
 */
final class RandomScenario {

    /** Signals that steps wait for. */
    static final int SIGNALS = 4;

    private static final int DEEPEST = 3;

    private final Random random;
    private final @Nullable String child;
    private final Map<String, Set<String>> before = new HashMap<>();
    private final Map<String, Integer> concurrency = new HashMap<>();
    private final Set<String> cleanups = new HashSet<>();
    private int left;
    private int named;

    private RandomScenario(Random random, int steps, @Nullable String child) {
        this.random = random;
        this.left = steps;
        this.child = child;
    }

    /**
     * A workflow and what is known of it.
     *
     * @param definition the workflow; step names are unique in all of it
     * @param before by step name, the steps of the same block that must settle before it
     * @param concurrency by name of a {@code forEach} step, how many of its items may be under way
     * @param cleanups steps that run whatever becomes of those before them
     */
    record Made(
            Definition definition,
            Map<String, Set<String>> before,
            Map<String, Integer> concurrency,
            Set<String> cleanups) {}

    static Made of(Random random, String id, int steps, @Nullable String child) {
        RandomScenario scenario = new RandomScenario(random, steps, child);
        Block body = scenario.block(0, steps);
        Optional<Duration> timeout =
                random.nextInt(8) == 0 ? Optional.of(Duration.ofMinutes(10 + random.nextInt(50))) : Optional.empty();
        Settings settings = new Settings(
                Settings.Defaults.NONE,
                Map.of(),
                timeout,
                random.nextInt(6) == 0 ? Optional.of(1) : Optional.empty(),
                Optional.empty());
        Map<String, Object> input = Map.of(
                "type", "object", "properties", Map.of("n", Map.of("type", "integer")), "required", List.of("n"));
        return new Made(
                new Definition(id, "", input, settings, body, List.of()),
                scenario.before,
                scenario.concurrency,
                scenario.cleanups);
    }

    /**
     * The same workflow, but steps of its outermost block that nothing is before are Java code that sees no context: a run
     * that is started without waiting begins them before it is on record.
     */
    static Made beginningWithCode(Random random, Made made) {
        Definition plain = made.definition();
        List<Step> steps = plain.body().steps().stream()
                .map(step -> step.kind() instanceof StepKind.Uses
                                && made.before().get(step.name()).isEmpty()
                        ? coded(random, step)
                        : step)
                .toList();
        Definition coded = new Definition(
                plain.id(),
                plain.description(),
                plain.input(),
                plain.settings(),
                new Block(steps, plain.body().output()),
                plain.triggers());
        return new Made(coded, made.before(), made.concurrency(), made.cleanups());
    }

    /** The same workflow, but some of its steps, and of those that take back, wait for what may never come. */
    static Made waitingWithoutEnd(Random random, Made made) {
        return with(made, step -> waitingWithoutEnd(random, step));
    }

    /** The same workflow, but some of its steps that work or compute choose among cases, or fail on purpose. */
    static Made choosingAndFailing(Random random, Made made) {
        return with(made, step -> choosingOrFailing(random, step));
    }

    private static Step choosingOrFailing(Random random, Step step) {
        StepKind kind = within(step.kind(), inner -> choosingOrFailing(random, inner));
        boolean works = kind instanceof StepKind.Uses;
        if (!works && !(kind instanceof StepKind.Value) || random.nextInt(works ? 8 : 2) > 0) {
            return Step.of(step.name(), kind).with(step.order()).with(step.policy());
        }
        OnError onError = step.policy().onError();
        boolean fails = random.nextInt(3) == 0;
        if (fails && step.order().condition().isEmpty() && onError instanceof OnError.Fail) {
            onError = new OnError.Continue(); // what always fails for good, and all behind it, does not compile
        }
        return Step.of(step.name(), fails ? new StepKind.Fail("no", new Template("on purpose")) : choice(random))
                .with(step.order())
                .with(new Policy(Optional.empty(), Optional.empty(), onError, Optional.empty()));
    }

    /** What it comes to otherwise may be computed, which now and then fails. */
    private static StepKind choice(Random random) {
        List<StepKind.Switch.Case> cases = new ArrayList<>();
        for (int i = 1 + random.nextInt(2); i > 0; i--) {
            cases.add(new StepKind.Switch.Case(
                    Optional.of("input.n % 3 == " + random.nextInt(3)), Template.expression("input.n + " + i)));
        }
        Template otherwise = random.nextInt(3) == 0 ? Template.expression("12 / (input.n % 2)") : new Template("other");
        cases.add(new StepKind.Switch.Case(Optional.empty(), otherwise));
        return new StepKind.Switch(cases);
    }

    private static Made with(Made made, UnaryOperator<Step> change) {
        Definition plain = made.definition();
        Definition changed = new Definition(
                plain.id(),
                plain.description(),
                plain.input(),
                plain.settings(),
                within(plain.body(), change),
                plain.triggers());
        return new Made(changed, made.before(), made.concurrency(), made.cleanups());
    }

    private static Block within(Block block, UnaryOperator<Step> change) {
        return new Block(block.steps().stream().map(change).toList(), block.output());
    }

    /** The kind with the steps inside it changed; itself if it has none. */
    private static StepKind within(StepKind kind, UnaryOperator<Step> change) {
        if (kind instanceof StepKind.ForEach loop) {
            return new StepKind.ForEach(
                    loop.items(), loop.as(), loop.concurrency(), loop.onItemError(), within(loop.body(), change));
        }
        if (kind instanceof StepKind.Repeat loop) {
            return new StepKind.Repeat(
                    within(loop.body(), change), loop.until(), loop.whileCondition(), loop.max(), loop.delay());
        }
        if (kind instanceof StepKind.Try block) {
            return new StepKind.Try(
                    within(block.body(), change),
                    block.onError().map(each -> within(each, change)),
                    block.last().map(each -> within(each, change)));
        }
        return kind instanceof StepKind.Race race
                ? new StepKind.Race(race.branches().stream().map(change).toList())
                : kind;
    }

    private static Step waitingWithoutEnd(Random random, Step step) {
        Policy policy = step.policy();
        boolean undoWaits = policy.undo().isPresent() && random.nextBoolean();
        return Step.of(step.name(), waitingWithoutEnd(random, step.kind()))
                .with(step.order())
                .with(
                        undoWaits
                                ? new Policy(
                                        policy.retry(), policy.timeout(), policy.onError(), Optional.of(open(random)))
                                : policy);
    }

    private static StepKind waitingWithoutEnd(Random random, StepKind kind) {
        StepKind nesting = within(kind, step -> waitingWithoutEnd(random, step));
        if (nesting != kind) {
            return nesting;
        }
        boolean waits = kind instanceof StepKind.Await || kind instanceof StepKind.Approve;
        return random.nextInt(100) < 40 && waits ? open(random) : kind;
    }

    private static StepKind open(Random random) {
        return random.nextInt(3) == 0
                ? new StepKind.Approve(List.of(), Optional.empty(), Map.of(), Otherwise.FAIL)
                : new StepKind.Await("signal-" + random.nextInt(SIGNALS), Optional.empty(), Map.of());
    }

    /** Mostly without anything that asks for the record before the step begins. */
    private static Step coded(Random random, Step step) {
        Policy policy = step.policy();
        boolean isPlain = random.nextInt(4) > 0;
        return Step.of(step.name(), new StepKind.Java(List.of(), Map.of()))
                .with(isPlain ? Order.DEFAULT : step.order())
                .with(
                        isPlain
                                ? new Policy(policy.retry(), policy.timeout(), new OnError.Fail(), Optional.empty())
                                : policy);
    }

    /** Puts code behind the Java steps of a workflow, if it has some: the same for each. */
    static Workflow<Map<String, Object>, Object> workflow(Definition definition, Code.Of0<Object> body) {
        Map<String, Code.Of0<Object>> code = new TreeMap<>();
        for (Step step : definition.body().steps()) {
            if (step.kind() instanceof StepKind.Java) {
                code.put(step.name(), body);
            }
        }
        return code.isEmpty() ? Workflow.of(definition) : Coded.workflow(definition, code);
    }

    /** What Java code does: at once, within the time that a start waits for it, or later; some of it fails. */
    static Object compute(World world) {
        int most = List.of(1, 20, 20_000).get(world.random().nextInt(3));
        boolean fails = world.random().nextInt(8) == 0;
        return world.later(Duration.ofMillis(world.random().nextInt(most)), () -> {
            if (fails) {
                throw new StepException("flaky", "on purpose", true);
            }
            return "done";
        });
    }

    private boolean chance(int percent) {
        return random.nextInt(100) < percent;
    }

    private Block block(int depth, int most) {
        int size = 1 + random.nextInt(Math.max(1, Math.min(most, left)));
        List<Step> steps = new ArrayList<>();
        for (int i = 0; i < size && (left > 0 || i == 0); i++) {
            left--;
            steps.add(step(steps, depth));
        }
        return new Block(steps, Optional.of(new Template(null)));
    }

    private Step step(List<Step> earlier, int depth) {
        String name = "s" + named++;
        Set<String> needs = new LinkedHashSet<>();
        for (int i = Math.min(earlier.size(), random.nextInt(4)); i > 0; i--) {
            needs.add(earlier.get(earlier.size() - 1 - random.nextInt(Math.min(earlier.size(), 8)))
                    .name());
        }
        before.put(name, needs);
        Join join = chance(60) ? Join.ALL_SUCCESS : Join.values()[random.nextInt(4)];
        if (join == Join.ALL_DONE) {
            cleanups.add(name);
        }
        return Step.of(name, kind(name, depth))
                .with(new Order(new ArrayList<>(needs), condition(needs), join))
                .with(Policy.DEFAULT)
                .with(policy(name));
    }

    private final Map<String, StepKind> kinds = new HashMap<>();

    private Optional<String> condition(Set<String> needs) {
        if (chance(75)) {
            return Optional.empty();
        }
        if (!needs.isEmpty() && chance(60)) {
            String other = needs.iterator().next();
            return Optional.of("steps." + other + ".status == '" + (chance(70) ? "succeeded" : "skipped") + "'");
        }
        return Optional.of("input.n % 3 != " + random.nextInt(3));
    }

    private StepKind kind(String name, int depth) {
        StepKind kind = depth < DEEPEST && left > 1 && chance(25) ? nesting(name, depth) : leaf();
        kinds.put(name, kind);
        return kind;
    }

    private StepKind leaf() {
        int choice = random.nextInt(100);
        if (choice < 60) {
            return work();
        }
        if (choice < 68) {
            return new StepKind.Value(Template.expression("input.n * " + random.nextInt(100)));
        }
        if (choice < 74) {
            return new StepKind.Wait(new Template(random.nextInt(120) + "s"));
        }
        if (choice < 82) {
            return new StepKind.Await("signal-" + random.nextInt(SIGNALS), Optional.of(seconds(300)), Map.of());
        }
        if (choice < 88) {
            return new StepKind.Approve(
                    List.of(), Optional.of(seconds(300)), Map.of(), Otherwise.values()[random.nextInt(3)]);
        }
        if (choice < 92) {
            return new StepKind.Emit("told", new Template(1L));
        }
        return child == null || chance(30)
                ? work()
                : new StepKind.Run(child, Map.of("n", Template.expression("input.n + 1")));
    }

    private Duration seconds(int most) {
        return Duration.ofSeconds(1 + random.nextInt(most));
    }

    /** Work that takes time, and may fail, hang, ignore its cancellation, or tell how far it is. */
    private StepKind work() {
        Map<String, Template> with = new HashMap<>();
        with.put("millis", new Template(chance(40) ? 0L : (long) random.nextInt(20_000)));
        with.put("failures", new Template(chance(60) ? 0L : (long) random.nextInt(4)));
        with.put(
                "manner",
                new Template(
                        chance(80)
                                ? "plain"
                                : List.of("hang", "stubborn", "chatty", "throw").get(random.nextInt(4))));
        return new StepKind.Uses("sim.work", with);
    }

    private StepKind nesting(String name, int depth) {
        return switch (random.nextInt(4)) {
            case 0 -> {
                int most = 1 + random.nextInt(4);
                concurrency.put(name, most);
                yield new StepKind.ForEach(
                        Template.expression("range(" + random.nextInt(7) + " + input.n % 2)"),
                        "item" + named,
                        most,
                        ItemErrors.values()[random.nextInt(3)],
                        block(depth + 1, 3));
            }
            case 1 ->
                new StepKind.Repeat(
                        block(depth + 1, 3),
                        Optional.of("index >= " + random.nextInt(4)),
                        Optional.empty(),
                        1 + random.nextInt(5),
                        chance(50) ? Duration.ZERO : seconds(20));
            case 2 ->
                new StepKind.Try(
                        block(depth + 1, 4),
                        chance(60) ? Optional.of(block(depth + 1, 2)) : Optional.empty(),
                        Optional.of(block(depth + 1, 2)));
            default -> {
                List<Step> branches = new ArrayList<>();
                for (int i = 2 + random.nextInt(2); i > 0; i--) {
                    String branch = "s" + named++;
                    before.put(branch, Set.of());
                    left--;
                    branches.add(Step.of(branch, kind(branch, depth + 1)).with(policy(branch)));
                }
                yield new StepKind.Race(branches);
            }
        };
    }

    private Policy policy(String name) {
        StepKind kind = kinds.get(name);
        boolean works = kind instanceof StepKind.Uses;
        Optional<Retry> retry = works && chance(50)
                ? Optional.of(new Retry(
                        1 + random.nextInt(4),
                        Duration.ofMillis(random.nextInt(3_000)),
                        1 + random.nextInt(3),
                        Duration.ofSeconds(30),
                        random.nextInt(3) / 2.0,
                        chance(70) ? List.of() : List.of("flaky", "timeout")))
                : Optional.empty();
        boolean block = kind instanceof StepKind.ForEach
                || kind instanceof StepKind.Repeat
                || kind instanceof StepKind.Race
                || kind instanceof StepKind.Try
                || kind instanceof StepKind.Run;
        Optional<Duration> timeout =
                (works && chance(60)) || (block && chance(20)) ? Optional.of(seconds(25)) : Optional.empty();
        OnError onError = chance(55)
                ? new OnError.Fail()
                : chance(50)
                        ? new OnError.Continue()
                        : chance(50)
                                ? new OnError.FallbackValue(new Template("instead"))
                                : new OnError.FallbackStep(work());
        Optional<StepKind> undo = works && chance(15)
                ? Optional.of(new StepKind.Uses("sim.undo", Map.of("millis", new Template((long) random.nextInt(500)))))
                : Optional.empty();
        return new Policy(retry, timeout, onError, undo);
    }
}
