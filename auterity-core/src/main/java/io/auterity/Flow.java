package io.auterity;

import io.auterity.connector.JsonTypes;
import io.auterity.definition.Block;
import io.auterity.definition.Json;
import io.auterity.definition.Order.Join;
import io.auterity.definition.Policy;
import io.auterity.definition.Step;
import io.auterity.definition.StepKind;
import io.auterity.definition.Template;
import io.auterity.journal.JavaValue;
import io.auterity.run.StepFunction;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where a workflow, or a block inside one, is put together from steps. Every method adds a step and returns the handle
 * of its output; steps that do not take each other's handles run in parallel.
 *
 * <p>Used by one thread, inside {@link Workflow#define}.
 */
public final class Flow {

    /** How a {@code catch} block reads what it caught. */
    static final String ERROR = "error";

    private static final Pattern IDENTIFIER = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

    private final Shared shared;
    private final @Nullable Flow parent;
    private final String path;
    private final List<Step> steps;
    private final Map<String, Integer> places;
    private final Outside outside;
    private final List<String> conditions;

    /** What all flows of one workflow write to. */
    record Shared(
            JsonTypes types,
            Map<String, StepFunction> functions,
            Map<List<Type>, Type[]> inputs,
            Map<Object, List<JavaStep>> fitted) {
        Shared(JsonTypes types, Map<String, StepFunction> functions) {
            this(types, functions, new HashMap<>(), new IdentityHashMap<>());
        }

        /**
         * Fits code in. What many steps do with the same code and types is one object: in a large plan, whose objects are
         * spread over memory, to look at another one costs more than to do a quick step.
         */
        <C> JavaStep fit(List<Type> takes, C code, JavaStep.Shape<? super C> shape) {
            Type[] one = inputs.computeIfAbsent(takes, all -> all.toArray(Type[]::new));
            List<JavaStep> same = fitted.computeIfAbsent(code, first -> new ArrayList<>(1));
            for (JavaStep step : same) {
                if (step.fits(one, shape)) {
                    return step;
                }
            }
            JavaStep step = JavaStep.of(types, one, code, shape);
            same.add(step);
            return step;
        }
    }

    /**
     * What of the blocks around a block can or cannot be read in it, since the innermost of a name is meant.
     *
     * @param read the steps around that are read in here, so that none in here may have their names
     * @param isCaught whether the block has an {@code error} of its own, which hides that of a block around it
     */
    private record Outside(Set<String> read, boolean isCaught) {}

    Flow(Shared shared, @Nullable Flow parent, String path) {
        this(shared, parent, path, new ArrayList<>(), new HashMap<>(), new Outside(new HashSet<>(), false), List.of());
    }

    private Flow(
            Shared shared,
            @Nullable Flow parent,
            String path,
            List<Step> steps,
            Map<String, Integer> places,
            Outside outside,
            List<String> conditions) {
        this.shared = shared;
        this.parent = parent;
        this.path = path;
        this.steps = steps;
        this.places = places;
        this.outside = outside;
        this.conditions = conditions;
    }

    // --- what StepBuilder needs ---

    JsonTypes types() {
        return shared.types();
    }

    Flow nested(String step) {
        return new Flow(shared, this, path + step + "/");
    }

    /** Returns the block in which the branches of a race are the steps. */
    Flow race(String step, Set<String> branches) {
        Flow race = nested(step);
        branches.forEach(branch -> race.places.put(branch, race.places.size()));
        return race;
    }

    /** Returns a block that has caught an error. */
    Flow caught(String step) {
        Outside outsideOfCatch = new Outside(new HashSet<>(), true);
        return new Flow(shared, this, path + step + "/", new ArrayList<>(), new HashMap<>(), outsideOfCatch, List.of());
    }

    /** Returns what the body of this block returned. */
    <R> Handle<R> returned(@Nullable Handle<R> value) {
        return returned("step '" + path.substring(0, path.length() - 1) + "'", value);
    }

    /** Returns what a body returned; Java lets it return null, of which nothing can be made. */
    static <R> Handle<R> returned(String body, @Nullable Handle<R> value) {
        if (value == null) {
            throw new IllegalArgumentException("the body of " + body + " returned null; return the handle of the step"
                    + " that makes its value, as in 'return flow.step(\"total\").run(...)'");
        }
        return value;
    }

    /** Names the variable of a loop in this block so that it hides none of a loop around it. */
    String loopVariable() {
        long depth = path.chars().filter(c -> c == '/').count();
        return depth == 0 ? StepKind.ForEach.DEFAULT_AS : StepKind.ForEach.DEFAULT_AS + (depth + 1);
    }

    /** Returns a view of this block whose steps all run only if a condition holds. */
    private Flow when(String condition) {
        List<String> all = new ArrayList<>(conditions);
        all.add(condition);
        return new Flow(shared, parent, path, steps, places, outside, all);
    }

    List<String> conditions() {
        return conditions;
    }

    <T> Handle<T> add(Step step, Type type) {
        if (outside.read().contains(step.name())) {
            throw hiding(step.name());
        }
        if (places.putIfAbsent(step.name(), steps.size()) != null) {
            throw new IllegalArgumentException(
                    "step '" + path + step.name() + "' is defined twice; rename one of them");
        }
        steps.add(step);
        return new Handle<>(this, reading(step.name()), step.name(), type);
    }

    /** Returns the expression that reads a step's output. */
    private static String reading(String step) {
        return member("steps", step, false) + ".output";
    }

    /** Returns the expression that reads a member, which may be missing; a name that is no identifier is in brackets. */
    static String member(String object, String name, boolean isOptional) {
        String mark = isOptional ? "?" : "";
        return IDENTIFIER.matcher(name).matches()
                ? object + "." + mark + name
                : object + "[" + mark + Json.write(name) + "]";
    }

    /** Fits code in that needs no context. */
    <C> JavaStep step(List<Type> inputs, C code, JavaStep.Shape<? super C> shape) {
        return shared.fit(inputs, code, shape);
    }

    void bind(String step, StepFunction function) {
        if (shared.functions().putIfAbsent(path + step, function) != null) {
            throw new IllegalArgumentException("step '" + path + step + "' is defined twice; rename one of them");
        }
    }

    /** Checks that a handle's value can be seen from here, and that it is the one which its name means here. */
    void see(Handle<?> handle) {
        for (Flow flow = this; flow != null; flow = flow.parent) {
            if (flow.steps == handle.flow().steps) {
                return;
            }
            flow.readFromAround(handle);
        }
        throw new IllegalArgumentException("the value of " + handle + " is inside the block '" + handle.flow().path
                + "' and cannot be used in '" + path + "'; return it from its block instead");
    }

    private void readFromAround(Handle<?> handle) {
        if (!handle.step().isEmpty()) {
            if (places.containsKey(handle.step())) {
                throw hiding(handle.step());
            }
            outside.read().add(handle.step());
        } else if (outside.isCaught() && handle.expression().equals(ERROR)) {
            throw new IllegalArgumentException("the error that the block '" + path
                    + "' caught hides the one around it, which is read in it; keep what is needed of that in a step"
                    + " before");
        }
    }

    private IllegalArgumentException hiding(String step) {
        return new IllegalArgumentException("step '" + path + step + "' hides the step '" + step
                + "' around it, whose value is read in '" + path + "'; rename one of them");
    }

    /** Returns the name of the step whose output a handle is, if a step of this block can wait for that step. */
    String sibling(String step, Handle<?> handle) {
        see(handle);
        if (handle.step().isEmpty()) {
            throw new IllegalArgumentException("step '" + path + step + "' needs " + handle
                    + ", which is no step's output and always there; leave it out");
        }
        if (handle.flow().steps != steps) {
            String enclosing = path.substring(handle.flow().path.length(), path.length() - 1);
            int end = enclosing.indexOf('/');
            enclosing = handle.flow().path + (end < 0 ? enclosing : enclosing.substring(0, end));
            throw new IllegalArgumentException("step '" + path + step + "' needs step '" + handle.flow().path
                    + handle.step() + "', which is not in its block but in one around it; let step '" + enclosing
                    + "' need it instead");
        }
        return handle.step();
    }

    Block block(@Nullable Handle<?> output) {
        if (output == null) {
            return new Block(steps, Optional.empty());
        }
        see(output);
        return new Block(steps, Optional.of(output.template()));
    }

    // --- steps ---

    /**
     * Begins a step.
     *
     * @param name the name, unique in this block
     * @return what the step is told next
     */
    public StepBuilder step(String name) {
        return new StepBuilder(this, name);
    }

    /**
     * Calls an operation of a connector.
     *
     * @param name the step's name
     * @param operation {@code <connector>.<operation>}
     * @param with its input: JSON values, text with {@code ${{ }}}, and handles
     * @return the output as JSON values
     */
    public Handle<Object> call(String name, String operation, Map<String, ?> with) {
        return step(name).call(operation, with);
    }

    /**
     * Runs a block for each item of a list.
     *
     * @param <T> the item
     * @param <R> what the block makes of it
     * @param name the step's name
     * @param items the list
     * @param body the block; takes its own flow and the item
     * @return the block's values in the order of the items
     */
    public <T, R> Handle<List<R>> forEach(
            String name, Handle<List<T>> items, BiFunction<Flow, Handle<T>, Handle<R>> body) {
        return step(name).forEach(items, body);
    }

    /**
     * Runs a block until its value satisfies a condition.
     *
     * @param <R> the block's value
     * @param name the step's name
     * @param max the most times; one more fails the step with code {@code repeat-limit}
     * @param delay the pause between two times
     * @param body the block
     * @param until whether the value ends the repetition
     * @return the last value
     */
    public <R> Handle<R> repeat(
            String name, int max, Duration delay, Function<Flow, Handle<R>> body, Predicate<R> until) {
        return step(name).repeat(max, delay, body, until);
    }

    /**
     * Waits for a signal.
     *
     * @param <T> the payload
     * @param name the step's name
     * @param signal the signal's name
     * @param type the payload's class
     * @param within the longest wait; later the step fails with code {@code timeout}
     * @return the payload
     */
    public <T> Handle<T> awaitSignal(String name, String signal, Class<T> type, Duration within) {
        return step(name).awaitSignal(signal, type, within);
    }

    /**
     * Waits for a person's decision.
     *
     * @param name the step's name
     * @param roles roles that may decide; empty for anyone
     * @param within the longest wait; later the step fails with code {@code timeout}
     * @return the decision
     */
    public Handle<Decision> approve(String name, List<String> roles, Duration within) {
        return step(name).approve(roles, within);
    }

    /**
     * Lets time pass.
     *
     * @param name the step's name
     * @param time how long
     * @return a handle without a value, for {@link StepBuilder#needs}
     */
    public Handle<Void> sleep(String name, Duration time) {
        return step(name).sleep(time);
    }

    /**
     * Runs another workflow as a child run.
     *
     * @param <I> its input
     * @param <O> its output
     * @param name the step's name
     * @param workflow the other workflow, registered with the same engine
     * @param input its input
     * @return its output
     */
    public <I, O> Handle<O> run(String name, Workflow<I, O> workflow, Handle<I> input) {
        return step(name).run(workflow, input);
    }

    /**
     * Begins a choice between blocks.
     *
     * @param <T> the value that decides
     * @param name the step's name
     * @param subject the value that decides
     * @return takes the cases, in the order they are tried
     */
    public <T> Choice<T> choose(String name, Handle<T> subject) {
        see(subject);
        return new Choice<>(this, name, subject);
    }

    /**
     * Replaces a value that may be absent, because its step may be skipped or fail with {@code onErrorContinue}.
     *
     * @param <T> the value
     * @param name the step's name
     * @param handle the value that may be absent
     * @param otherwise what to use instead
     * @return a value that is always there
     */
    public <T> Handle<T> orElse(String name, Handle<T> handle, T otherwise) {
        return step(name).join(Join.ALL_DONE).merge(handle.type(), List.of(handle), values -> {
            T value = JavaStep.cast(values.get(0));
            return value == null ? otherwise : value;
        });
    }

    /**
     * Takes a step back when the run fails after it succeeded (saga): undo steps run in the reverse order of
     * completion.
     *
     * @param <T> the step's output
     * @param handle a step of this block that runs Java code
     * @param undo takes the output; may run more than once and must then have the effect of once
     */
    public <T> void undo(Handle<T> handle, Code.Of1<T, ?> undo) {
        Integer place = places.get(handle.step());
        if (place == null || handle.flow().steps != steps) {
            throw new IllegalArgumentException("undo takes the handle of a step of this block, not " + handle);
        }
        Step step = steps.get(place);
        String key = step.name() + "/undo";
        bind(key, step(List.of(handle.type()), undo, (code, inputs) -> {
            code.call(JavaStep.cast(inputs.get(0)));
            return null;
        }));
        StepKind kind = new StepKind.Java(List.of(handle.template()), Map.of());
        Policy policy = step.policy();
        steps.set(place, step.with(new Policy(policy.retry(), policy.timeout(), policy.onError(), Optional.of(kind))));
    }

    /**
     * A choice between blocks: the first case that holds runs.
     *
     * @param <T> the value that decides
     */
    public static final class Choice<T> {

        private final Flow flow;
        private final String name;
        private final Handle<T> subject;

        private Choice(Flow flow, String name, Handle<T> subject) {
            this.flow = flow;
            this.name = name;
            this.subject = subject;
        }

        /**
         * Adds the first case.
         *
         * @param <R> the value of the choice
         * @param condition whether the case holds
         * @param body the steps of the case; takes a view of this block
         * @return takes more cases
         */
        public <R> Cases<T, R> when(Predicate<T> condition, Function<Flow, Handle<R>> body) {
            return new Cases<T, R>(this).when(condition, body);
        }
    }

    /**
     * The cases of a choice.
     *
     * @param <T> the value that decides
     * @param <R> the value of the choice
     */
    public static final class Cases<T, R> {

        private final Choice<T> choice;
        private final List<Predicate<T>> conditions = new ArrayList<>();
        private final List<Function<Flow, Handle<R>>> bodies = new ArrayList<>();

        private Cases(Choice<T> choice) {
            this.choice = choice;
        }

        /**
         * Adds a case.
         *
         * @param condition whether the case holds
         * @param body the steps of the case; takes a view of this block
         * @return this
         */
        public Cases<T, R> when(Predicate<T> condition, Function<Flow, Handle<R>> body) {
            conditions.add(condition);
            bodies.add(body);
            return this;
        }

        /**
         * Adds the case that runs when no other does, and ends the choice.
         *
         * @param body the steps of the case; takes a view of this block
         * @return the value of the case that ran
         */
        public Handle<R> otherwise(Function<Flow, Handle<R>> body) {
            bodies.add(body);
            Flow flow = choice.flow;
            Handle<Integer> picked = flow.step(choice.name + "-case").run(Integer.class, choice.subject, this::pick);
            List<Handle<?>> values = new ArrayList<>(List.of(picked));
            Type type = Object.class;
            for (int i = 0; i < bodies.size(); i++) {
                // Steps that run whatever became of others also run when an outer choice has skipped this one.
                String condition = "coalesce(" + picked.expression() + ", -1) == " + i;
                String which = "case " + (i + 1) + " of choice '" + flow.path + choice.name + "'";
                Handle<R> value = returned(which, bodies.get(i).apply(flow.when(condition)));
                values.add(value);
                type = value.type();
            }
            return flow.step(choice.name).join(Join.NONE_FAILED).merge(type, values, inputs -> {
                // Not the first that is there: a case may pass on what is there in any case.
                Integer chosen = JavaStep.cast(inputs.get(0));
                return chosen == null ? null : JavaStep.<R>cast(inputs.get(1 + chosen));
            });
        }

        private int pick(T value) {
            for (int i = 0; i < conditions.size(); i++) {
                if (conditions.get(i).test(value)) {
                    return i;
                }
            }
            return conditions.size();
        }
    }

    /**
     * A person's decision.
     *
     * @param approved whether it was granted
     * @param by who decided; empty when nobody did in time
     * @param at when, in ISO-8601
     * @param form what they filled in
     */
    public record Decision(boolean approved, String by, String at, Map<String, Object> form) {}

    /** Turns JSON values, texts and handles into templates. */
    Map<String, Template> templates(Map<String, ?> with) {
        Map<String, Template> templates = new LinkedHashMap<>();
        with.forEach((key, value) -> templates.put(key, new Template(plain(value))));
        return templates;
    }

    private @Nullable Object plain(@Nullable Object value) {
        if (value instanceof Handle<?> handle) {
            see(handle);
            return handle.toString();
        }
        if (value instanceof Map<?, ?> map) {
            Map<String, @Nullable Object> copy = new LinkedHashMap<>();
            map.forEach((key, item) -> copy.put(String.valueOf(key), plain(item)));
            return copy;
        }
        if (value instanceof List<?> list) {
            List<@Nullable Object> copy = new ArrayList<>();
            list.forEach(item -> copy.add(plain(item)));
            return copy;
        }
        return JavaValue.jsonOf(value);
    }
}
