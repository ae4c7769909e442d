package io.auterity.run;

import io.auterity.connector.StepException;
import io.auterity.definition.Failure;
import io.auterity.journal.JavaValue;
import io.auterity.plan.Body;
import io.auterity.plan.Compute;
import io.auterity.plan.Scope;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** The work of one attempt, on the thread that does it. */
final class Work implements Body.Task.Visitor {

    private final Attempt attempt;
    private final Bindings bindings;
    private final RunLoop loop;

    private Work(Attempt attempt, Bindings bindings, RunLoop loop) {
        this.attempt = attempt;
        this.bindings = bindings;
        this.loop = loop;
    }

    /**
     * Does it.
     *
     * @return the value, or a stage of one
     */
    static @Nullable Object perform(Attempt attempt, Bindings bindings, RunLoop loop) {
        Body.Task task = (Body.Task) attempt.activity.body;
        return task.accept(new Work(attempt, bindings, loop));
    }

    /**
     * Does the work of a plain step, which needs nothing but what it reads.
     *
     * @return the value, or a stage of one
     */
    static @Nullable Object performPlain(Loan loan, Bindings bindings) {
        Frame frame = loan.frame();
        int node = loan.node();
        int function = frame.graph.function(node);
        if (function < 0 && frame.graph.node(node).body() instanceof Body.Value body) {
            return compute(body.value(), loan);
        }
        try {
            if (function >= 0) {
                return bindings.functions().get(function).call(Arrays.asList(frame.arguments(node)));
            }
            Body.Code code = (Body.Code) frame.graph.node(node).body();
            return bindings.functions().get(code.function()).call(inputs(code, loan));
        } catch (Exception e) {
            throw Thrown.hide(e);
        }
    }

    /** Whether a value comes later. Values are mostly of the classes asked for first, which takes no time to tell. */
    static boolean isStage(@Nullable Object value) {
        return !(value == null || value instanceof Long || value instanceof String || value instanceof JavaValue)
                && value instanceof CompletionStage<?>;
    }

    private static List<@Nullable Object> inputs(Body.Code body, Scope scope) {
        List<Compute> computes = body.inputs();
        @Nullable Object[] inputs = new Object[computes.size()];
        for (int i = 0; i < inputs.length; i++) {
            inputs[i] = JavaValue.objectOf(compute(computes.get(i), scope));
        }
        return Arrays.asList(inputs);
    }

    private static @Nullable Object compute(Compute compute, Scope scope) {
        Object value = compute.apply(scope);
        return value == Scope.ABSENT ? null : value;
    }

    @Override
    @SuppressWarnings("unchecked") // the compiler makes inputs of operations as JSON objects
    public @Nullable Object call(Body.Call body) {
        Map<String, Object> input = (Map<String, Object>) compute(body.with(), attempt);
        loop.checkTenure();
        try {
            return bindings.operations().get(body.operation()).call(input == null ? Map.of() : input, attempt);
        } catch (Exception e) {
            throw Thrown.hide(e);
        }
    }

    @Override
    public @Nullable Object code(Body.Code body) {
        List<@Nullable Object> inputs = inputs(body, attempt);
        loop.checkTenure();
        try {
            return bindings.functions().get(body.function()).call(inputs, attempt);
        } catch (Exception e) {
            throw Thrown.hide(e);
        }
    }

    @Override
    public @Nullable Object value(Body.Value body) {
        return compute(body.value(), attempt);
    }

    @Override
    public @Nullable Object emit(Body.Emit body) {
        Object data = compute(body.data(), attempt);
        loop.post(new Message.Emit(attempt, body.event(), data));
        return data;
    }

    @Override
    public @Nullable Object fail(Body.Fail body) {
        throw new StepException(body.code(), String.valueOf(compute(body.message(), attempt)), false);
    }

    /** Carries what a step threw, checked or not, past code that declares nothing. */
    static final class Thrown extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private Thrown(Exception cause) {
            super(null, cause, false, false);
        }

        static RuntimeException hide(Exception thrown) {
            return thrown instanceof RuntimeException unchecked ? unchecked : new Thrown(thrown);
        }

        static Failure failureOf(Throwable thrown) {
            Throwable cause = thrown instanceof Thrown hidden && hidden.getCause() != null ? hidden.getCause() : thrown;
            return Failures.of(cause);
        }
    }
}
