package io.auterity;

import io.auterity.connector.JsonTypes;
import io.auterity.connector.StepContext;
import io.auterity.journal.JavaValue;
import io.auterity.run.StepFunction;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Fits typed Java code into the engine: arguments that are JSON become objects of the declared types, and what the code
 * returns becomes a value that knows its JSON.
 */
final class JavaStep implements StepFunction {

    private final JsonTypes types;
    private final List<Type> inputs;
    private final Body body;

    JavaStep(JsonTypes types, List<Type> inputs, Call call) {
        this(types, inputs, (List<@Nullable Object> arguments, StepContext context) -> call.call(arguments));
    }

    JavaStep(JsonTypes types, List<Type> inputs, Body body) {
        this.types = types;
        this.inputs = inputs;
        this.body = body;
    }

    /** Code without a context. */
    @FunctionalInterface
    interface Call {
        @Nullable
        Object call(List<@Nullable Object> inputs) throws Exception;
    }

    /** Code with a context. */
    @FunctionalInterface
    interface Body {
        @Nullable
        Object call(List<@Nullable Object> inputs, StepContext context) throws Exception;
    }

    @Override
    public @Nullable Object call(List<@Nullable Object> arguments, StepContext context) throws Exception {
        List<@Nullable Object> fitting = arguments;
        for (int i = 0; i < arguments.size(); i++) {
            Object argument = arguments.get(i);
            if (argument != null && !isA(argument, inputs.get(i))) {
                if (fitting == arguments) {
                    fitting = new ArrayList<>(arguments);
                }
                fitting.set(i, types.read(argument, inputs.get(i)));
            }
        }
        Object result = body.call(fitting, context);
        return result instanceof CompletionStage<?> stage ? stage.thenApply(this::stored) : stored(result);
    }

    /** Whether an argument is already what the code takes; a list is looked at no deeper than its first item. */
    private static boolean isA(Object argument, Type type) {
        if (type instanceof Class<?> wanted) {
            return wanted.isInstance(argument);
        }
        if (type instanceof ParameterizedType generic && generic.getRawType() == List.class) {
            Type item = generic.getActualTypeArguments()[0];
            return argument instanceof List<?> list
                    && (list.isEmpty() || (list.get(0) != null && isA(list.get(0), item)));
        }
        return false;
    }

    private @Nullable Object stored(@Nullable Object result) {
        if (result == null || result instanceof String || result instanceof Long || result instanceof Boolean) {
            return result;
        }
        if (result instanceof Double number && !number.isNaN() && !number.isInfinite()) {
            return result;
        }
        return new JavaValue(result, types::write);
    }

    /** Says that a value is what the types of the handles promise. */
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals", "NullAway"})
    static <T> T cast(@Nullable Object value) {
        return (T) value;
    }
}
