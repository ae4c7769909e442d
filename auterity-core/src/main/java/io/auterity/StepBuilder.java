package io.auterity;

import io.auterity.definition.Block;
import io.auterity.definition.Durations;
import io.auterity.definition.Order;
import io.auterity.definition.Order.Join;
import io.auterity.definition.Policy;
import io.auterity.definition.Policy.OnError;
import io.auterity.definition.Retry;
import io.auterity.definition.Step;
import io.auterity.definition.StepKind;
import io.auterity.definition.StepKind.ForEach.ItemErrors;
import io.auterity.definition.Template;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A step being told how it deals with time, failure and order, and at last what it does; the methods that say what it
 * does add it to its flow.
 *
 * <p>Used by one thread; a builder adds one step.
 */
public final class StepBuilder {

    private final Flow flow;
    private final String name;
    private final List<String> needs = new ArrayList<>();
    private final List<String> conditions;
    private Join join = Join.ALL_SUCCESS;
    private Optional<Retry> retry = Optional.empty();
    private Optional<Duration> timeout = Optional.empty();
    private OnError onError = new OnError.Fail();
    private OptionalInt concurrency = OptionalInt.empty();
    private Optional<ItemErrors> onItemError = Optional.empty();
    private String description = "";

    StepBuilder(Flow flow, String name) {
        this.flow = flow;
        this.name = name;
        this.conditions = new ArrayList<>(flow.conditions());
    }

    // --- how ---

    /**
     * Says in a sentence what the step is for.
     *
     * @param text the sentence
     * @return this
     */
    public StepBuilder description(String text) {
        description = text;
        return this;
    }

    /**
     * Makes the step wait for others without taking their values.
     *
     * @param others outputs of steps of the same block
     * @return this
     * @throws IllegalArgumentException if one is of another block, or no step's output
     */
    public StepBuilder needs(Handle<?>... others) {
        for (Handle<?> other : others) {
            needs.add(flow.sibling(name, other));
        }
        return this;
    }

    /**
     * Runs the step only if a value is true; otherwise it is skipped.
     *
     * @param condition the value
     * @return this
     */
    public StepBuilder when(Handle<Boolean> condition) {
        flow.see(condition);
        conditions.add(condition.expression());
        return this;
    }

    /**
     * Runs the step only if an expression holds; otherwise it is skipped.
     *
     * @param condition the expression, as in {@code input.total > 100}
     * @return this
     */
    public StepBuilder when(String condition) {
        conditions.add(condition);
        return this;
    }

    /**
     * Says how the states of the steps before decide whether this one runs.
     *
     * @param rule the rule; {@link Join#ALL_SUCCESS} when not said
     * @return this
     */
    public StepBuilder join(Join rule) {
        join = rule;
        return this;
    }

    /**
     * Tries the step again after a failure.
     *
     * @param rule when and how often; one attempt when not said
     * @return this
     */
    public StepBuilder retry(Retry rule) {
        retry = Optional.of(rule);
        return this;
    }

    /**
     * Limits the time of one attempt.
     *
     * @param limit the longest time; {@link Policy#DEFAULT_TIMEOUT} when not said
     * @return this
     */
    public StepBuilder timeout(Duration limit) {
        timeout = Optional.of(limit);
        return this;
    }

    /**
     * Lets the run go on when the step fails; its output is then absent.
     *
     * @return this
     */
    public StepBuilder onErrorContinue() {
        onError = new OnError.Continue();
        return this;
    }

    /**
     * Uses a JSON value as the output when the step fails.
     *
     * @param value the value; texts may hold {@code ${{ }}} and read {@code error}
     * @return this
     */
    public StepBuilder onErrorUse(@Nullable Object value) {
        onError = new OnError.FallbackValue(new Template(flow.types().write(value)));
        return this;
    }

    /**
     * Limits how many items of {@link #forEach} are under way at a time.
     *
     * @param limit 1 or more; {@value StepKind.ForEach#DEFAULT_CONCURRENCY} when not said
     * @return this
     */
    public StepBuilder concurrency(int limit) {
        concurrency = OptionalInt.of(limit);
        return this;
    }

    /**
     * Says what a failed item of {@link #forEach} does.
     *
     * @param rule the rule; {@link ItemErrors#FAIL} when not said
     * @return this
     */
    public StepBuilder onItemError(ItemErrors rule) {
        onItemError = Optional.of(rule);
        return this;
    }

    // --- what: Java code ---

    /**
     * Runs code that takes nothing.
     *
     * @param <O> the output
     * @param type the output's class
     * @param code the code
     * @return the output
     */
    public <O> Handle<O> run(Class<O> type, Code.Of0<O> code) {
        return java(type, List.of(), code, (it, inputs) -> it.call());
    }

    /**
     * Runs code that takes one value.
     *
     * @param <A> the value
     * @param <O> the output
     * @param type the output's class
     * @param a the value
     * @param code the code
     * @return the output
     */
    public <A, O> Handle<O> run(Class<O> type, Handle<A> a, Code.Of1<A, O> code) {
        return java(type, List.of(a), code, (it, inputs) -> it.call(JavaStep.cast(inputs.get(0))));
    }

    /**
     * Runs code that takes two values.
     *
     * @param <A> the first value
     * @param <B> the second value
     * @param <O> the output
     * @param type the output's class
     * @param a the first value
     * @param b the second value
     * @param code the code
     * @return the output
     */
    public <A, B, O> Handle<O> run(Class<O> type, Handle<A> a, Handle<B> b, Code.Of2<A, B, O> code) {
        return java(
                type,
                List.of(a, b),
                code,
                (it, inputs) -> it.call(JavaStep.cast(inputs.get(0)), JavaStep.cast(inputs.get(1))));
    }

    /**
     * Runs code that takes three values.
     *
     * @param <A> the first value
     * @param <B> the second value
     * @param <C> the third value
     * @param <O> the output
     * @param type the output's class
     * @param a the first value
     * @param b the second value
     * @param c the third value
     * @param code the code
     * @return the output
     */
    public <A, B, C, O> Handle<O> run(Class<O> type, Handle<A> a, Handle<B> b, Handle<C> c, Code.Of3<A, B, C, O> code) {
        return java(
                type,
                List.of(a, b, c),
                code,
                (it, inputs) -> it.call(
                        JavaStep.cast(inputs.get(0)), JavaStep.cast(inputs.get(1)), JavaStep.cast(inputs.get(2))));
    }

    /**
     * Runs code that takes four values.
     *
     * @param <A> the first value
     * @param <B> the second value
     * @param <C> the third value
     * @param <D> the fourth value
     * @param <O> the output
     * @param type the output's class
     * @param a the first value
     * @param b the second value
     * @param c the third value
     * @param d the fourth value
     * @param code the code
     * @return the output
     */
    public <A, B, C, D, O> Handle<O> run(
            Class<O> type, Handle<A> a, Handle<B> b, Handle<C> c, Handle<D> d, Code.Of4<A, B, C, D, O> code) {
        return java(
                type,
                List.of(a, b, c, d),
                code,
                (it, inputs) -> it.call(
                        JavaStep.cast(inputs.get(0)),
                        JavaStep.cast(inputs.get(1)),
                        JavaStep.cast(inputs.get(2)),
                        JavaStep.cast(inputs.get(3))));
    }

    /**
     * Runs code that takes any number of values of one type, joining the branches that make them.
     *
     * @param <A> a value
     * @param <O> the output
     * @param type the output's class
     * @param values the values
     * @param code the code; takes them in the same order
     * @return the output
     */
    public <A, O> Handle<O> run(Class<O> type, List<Handle<A>> values, Code.Of1<List<A>, O> code) {
        return java(type, List.copyOf(values), code, (it, inputs) -> it.call(JavaStep.cast(inputs)));
    }

    /**
     * Runs code that takes one value and returns a list.
     *
     * @param <A> the value
     * @param <O> an item of the output
     * @param item the class of the items
     * @param a the value
     * @param code the code
     * @return the output, which {@link #forEach} can go through
     */
    public <A, O> Handle<List<O>> runList(Class<O> item, Handle<A> a, Code.Of1<A, List<O>> code) {
        return java(new ListType(item), List.of(a), code, (it, inputs) -> it.call(JavaStep.cast(inputs.get(0))));
    }

    /**
     * Runs code that wants to report progress, look at the attempt, or react to cancellation.
     *
     * @param <A> the value
     * @param <O> the output
     * @param type the output's class
     * @param a the value
     * @param code the code
     * @return the output
     */
    public <A, O> Handle<O> runWithContext(Class<O> type, Handle<A> a, Code.WithContext<A, O> code) {
        return withContext(type, a, code);
    }

    /**
     * Runs code that returns at once and completes its stage later, without holding a thread meanwhile.
     *
     * @param <A> the value
     * @param <O> the output
     * @param type the output's class
     * @param a the value
     * @param code the code
     * @return the output
     */
    public <A, O> Handle<O> runAsync(
            Class<O> type, Handle<A> a, Code.WithContext<A, ? extends CompletionStage<O>> code) {
        return withContext(type, a, code);
    }

    private <A, O> Handle<O> withContext(Type type, Handle<A> a, Code.WithContext<A, ?> code) {
        return java(
                type,
                List.of(a),
                new JavaStep(
                        flow.types(),
                        List.of(a.type()),
                        (inputs, context) -> code.call(JavaStep.cast(inputs.get(0)), context)));
    }

    private <C, O> Handle<O> java(Type type, List<Handle<?>> inputs, C code, JavaStep.Shape<? super C> shape) {
        List<Type> types = new ArrayList<>();
        inputs.forEach(input -> types.add(input.type()));
        return java(type, inputs, flow.step(types, code, shape));
    }

    private <O> Handle<O> java(Type type, List<Handle<?>> inputs, JavaStep function) {
        List<Template> templates = new ArrayList<>();
        for (Handle<?> input : inputs) {
            flow.see(input);
            templates.add(input.template());
        }
        flow.bind(name, function);
        return add(new StepKind.Java(templates, flow.types().schemaOf(type)), type);
    }

    /** Makes one value of some that may be absent, which arrive as null. */
    <R> Handle<R> merge(
            Type type, List<? extends Handle<?>> values, Function<List<@Nullable Object>, @Nullable R> use) {
        List<Template> templates = new ArrayList<>();
        List<Type> types = new ArrayList<>();
        for (Handle<?> value : values) {
            flow.see(value);
            templates.add(Template.expression("coalesce(" + value.expression() + ", null)"));
            types.add(value.type());
        }
        flow.bind(name, flow.step(types, use, (code, inputs) -> code.apply(inputs)));
        return add(new StepKind.Java(templates, flow.types().schemaOf(type)), type);
    }

    // --- what: everything else ---

    /**
     * Computes a value with an expression.
     *
     * @param <O> the value
     * @param type the value's class
     * @param expression the expression, as in {@code input.total * 2}
     * @return the value
     */
    public <O> Handle<O> value(Class<O> type, String expression) {
        return add(new StepKind.Value(Template.expression(expression)), type);
    }

    /**
     * Calls an operation of a connector.
     *
     * @param operation {@code <connector>.<operation>}
     * @param with its input: JSON values, text with {@code ${{ }}}, and handles
     * @return the output as JSON values
     */
    public Handle<Object> call(String operation, Map<String, ?> with) {
        return call(operation, with, Object.class);
    }

    /**
     * Calls an operation of a connector and takes its output as an object.
     *
     * @param <O> the output
     * @param operation {@code <connector>.<operation>}
     * @param with its input: JSON values, text with {@code ${{ }}}, and handles
     * @param type the class the output is turned into where it is used
     * @return the output
     */
    public <O> Handle<O> call(String operation, Map<String, ?> with, Class<O> type) {
        return add(new StepKind.Uses(operation, flow.templates(with)), type);
    }

    /**
     * Runs a block for each item of a list; see {@link #concurrency} and {@link #onItemError}.
     *
     * @param <T> the item
     * @param <R> what the block makes of it
     * @param items the list
     * @param body the block; takes its own flow and the item
     * @return the block's values in the order of the items
     */
    public <T, R> Handle<List<R>> forEach(Handle<List<T>> items, BiFunction<Flow, Handle<T>, Handle<R>> body) {
        flow.see(items);
        Type item = items.type() instanceof ListType list ? list.item() : Object.class;
        Flow inner = flow.nested(name);
        String as = flow.loopVariable();
        Handle<R> result = inner.returned(body.apply(inner, new Handle<>(inner, as, "", item)));
        Type type = new ListType(result.type());
        StepKind loop = new StepKind.ForEach(
                items.template(),
                as,
                concurrency.orElse(StepKind.ForEach.DEFAULT_CONCURRENCY),
                onItemError.orElse(ItemErrors.FAIL),
                inner.block(result));
        return add(loop, type);
    }

    /**
     * Runs a block until its value satisfies a condition.
     *
     * @param <R> the block's value
     * @param max the most times; one more fails the step with code {@code repeat-limit}
     * @param delay the pause between two times
     * @param body the block
     * @param until whether the value ends the repetition
     * @return the last value
     */
    public <R> Handle<R> repeat(int max, Duration delay, Function<Flow, Handle<R>> body, Predicate<R> until) {
        Flow inner = flow.nested(name);
        Handle<R> result = inner.returned(body.apply(inner));
        Handle<Boolean> done = inner.step("until").run(Boolean.class, result, until::test);
        return add(
                new StepKind.Repeat(inner.block(result), Optional.of(done.expression()), Optional.empty(), max, delay),
                result.type());
    }

    /**
     * Starts blocks together and takes the value of the first that succeeds; the others are cancelled.
     *
     * @param <R> the value
     * @param branches the blocks by name, at least two
     * @return the first value
     */
    public <R> Handle<R> race(Map<String, Function<Flow, Handle<R>>> branches) {
        List<Step> steps = new ArrayList<>();
        Type type = Object.class;
        Flow race = flow.race(name, branches.keySet());
        for (Map.Entry<String, Function<Flow, Handle<R>>> branch : branches.entrySet()) {
            Flow inner = race.nested(branch.getKey());
            Handle<R> result = inner.returned(branch.getValue().apply(inner));
            type = result.type();
            steps.add(Step.of(
                    branch.getKey(), new StepKind.Try(inner.block(result), Optional.empty(), Optional.empty())));
        }
        Handle<R> raced = add(new StepKind.Race(steps), type);
        return new Handle<>(flow, raced.expression() + ".output", name, type);
    }

    /**
     * Runs a block, and another one if it fails.
     *
     * @param <R> the value
     * @param body the block to try
     * @param onError makes the value after a failure; takes its own flow and the error
     * @return the value of the block that succeeded
     */
    public <R> Handle<R> tryOr(Function<Flow, Handle<R>> body, BiFunction<Flow, Handle<StepError>, Handle<R>> onError) {
        return tryBlocks(body, Optional.of(onError), Optional.empty());
    }

    /**
     * Runs a block, another one if it fails, and a last one in any case.
     *
     * @param <R> the value
     * @param body the block to try
     * @param onError makes the value after a failure; takes its own flow and the error
     * @param last the block that runs at the end, also when the run is cancelled; its failure fails the step
     * @return the value of the block that succeeded
     */
    public <R> Handle<R> tryOr(
            Function<Flow, Handle<R>> body,
            BiFunction<Flow, Handle<StepError>, Handle<R>> onError,
            Consumer<Flow> last) {
        return tryBlocks(body, Optional.of(onError), Optional.of(last));
    }

    /**
     * Runs a block, and another one when it has ended, however that was.
     *
     * @param <R> the value
     * @param body the block to try; its failure fails the step
     * @param last the block that runs at the end, also when the run is cancelled; its failure fails the step
     * @return the value of the first block
     */
    public <R> Handle<R> tryFinally(Function<Flow, Handle<R>> body, Consumer<Flow> last) {
        return tryBlocks(body, Optional.empty(), Optional.of(last));
    }

    private <R> Handle<R> tryBlocks(
            Function<Flow, Handle<R>> body,
            Optional<BiFunction<Flow, Handle<StepError>, Handle<R>>> onError,
            Optional<Consumer<Flow>> last) {
        Flow tried = flow.nested(name);
        Handle<R> result = tried.returned(body.apply(tried));
        Optional<Block> mending = onError.map(mend -> {
            Flow inner = flow.caught(name);
            Handle<StepError> error = new Handle<>(inner, Flow.ERROR, "", StepError.class);
            return inner.block(inner.returned(mend.apply(inner, error)));
        });
        Optional<Block> ending = last.map(end -> {
            Flow inner = flow.nested(name);
            end.accept(inner);
            return inner.block(null);
        });
        return add(new StepKind.Try(tried.block(result), mending, ending), result.type());
    }

    /**
     * Why a block failed.
     *
     * @param code the failure's code
     * @param message a sentence for people
     */
    public record StepError(String code, String message) {}

    /**
     * Runs another workflow as a child run. It gets those properties of the value that its input has; one that need not
     * be there is left out where the value has none.
     *
     * @param <I> its input
     * @param <O> its output
     * @param workflow the other workflow, registered with the same engine
     * @param input its input
     * @return its output
     * @throws IllegalArgumentException if nothing says which properties the input of the other workflow has
     */
    public <I, O> Handle<O> run(Workflow<I, O> workflow, Handle<I> input) {
        flow.see(input);
        Map<String, Template> with = new LinkedHashMap<>();
        Object properties = workflow.definition().input().get("properties");
        Object required = workflow.definition().input().get("required");
        if (!(properties instanceof Map<?, ?> map)) {
            throw new IllegalArgumentException("workflow '"
                    + workflow.definition().id()
                    + "' does not say which properties its input has, so that " + input + " could not be passed to it;"
                    + " give it a record as its input, or a JSON Schema with properties");
        }
        for (Object key : map.keySet()) {
            boolean always = required instanceof List<?> list && list.contains(key);
            with.put((String) key, Template.expression(Flow.member(input.expression(), (String) key, !always)));
        }
        return add(new StepKind.Run(workflow.definition().id(), with), workflow.output());
    }

    /**
     * Waits for a signal.
     *
     * @param <T> the payload
     * @param signal the signal's name
     * @param type the payload's class
     * @param within the longest wait; later the step fails with code {@code timeout}
     * @return the payload
     */
    public <T> Handle<T> awaitSignal(String signal, Class<T> type, Duration within) {
        return add(new StepKind.Await(signal, Optional.of(within), flow.types().schemaOf(type)), type);
    }

    /**
     * Waits for a person's decision.
     *
     * @param roles roles that may decide; empty for anyone
     * @param within the longest wait; later the step fails with code {@code timeout}
     * @return the decision
     */
    public Handle<Flow.Decision> approve(List<String> roles, Duration within) {
        return approve(roles, within, Map.of(), StepKind.Approve.Otherwise.FAIL);
    }

    /**
     * Waits for a person's decision, who fills in a form.
     *
     * @param roles roles that may decide; empty for anyone
     * @param within the longest wait
     * @param form the class of what is filled in, as {@link Flow.Decision#form} has it in JSON
     * @param otherwise what it counts as when nobody has decided by then
     * @return the decision
     * @throws IllegalArgumentException if the form's class is written as something else than a JSON object
     */
    public Handle<Flow.Decision> approve(
            List<String> roles, Duration within, Class<?> form, StepKind.Approve.Otherwise otherwise) {
        return approve(roles, within, flow.types().schemaOf(form), otherwise);
    }

    private Handle<Flow.Decision> approve(
            List<String> roles, Duration within, Map<String, Object> form, StepKind.Approve.Otherwise otherwise) {
        return add(new StepKind.Approve(roles, Optional.of(within), form, otherwise), Flow.Decision.class);
    }

    /**
     * Lets time pass.
     *
     * @param time how long
     * @return a handle without a value, for {@link #needs}
     */
    public Handle<Void> sleep(Duration time) {
        return add(new StepKind.Wait(new Template(Durations.print(time))), Void.class);
    }

    private <O> Handle<O> add(StepKind kind, Type type) {
        if (!(kind instanceof StepKind.ForEach) && (concurrency.isPresent() || onItemError.isPresent())) {
            throw new IllegalArgumentException(
                    "step '" + name + "' has " + (concurrency.isPresent() ? "a concurrency" : "a rule for failed items")
                            + ", which is for 'forEach'; leave it out");
        }
        Optional<String> condition = conditions.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        conditions.size() == 1 ? conditions.get(0) : "(" + String.join(") && (", conditions) + ")");
        Step step = new Step(
                name,
                kind,
                new Order(needs, condition, join),
                new Policy(retry, timeout, onError, Optional.empty()),
                description);
        return flow.add(step, type);
    }
}
