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
    private final Type[] inputs;
    private final Object code;
    /** How the code is called; null for code that takes its context, too. */
    private final @Nullable Shape<Object> shape;

    JavaStep(JsonTypes types, List<Type> inputs, Body code) {
        this.types = types;
        this.inputs = inputs.toArray(Type[]::new);
        this.code = code;
        this.shape = null;
    }

    private JavaStep(JsonTypes types, Type[] inputs, Object code, Shape<Object> shape) {
        this.types = types;
        this.inputs = inputs;
        this.code = code;
        this.shape = shape;
    }

    /**
     * Fits code in that needs no context.
     *
     * @param types converts arguments and results
     * @param inputs the declared types of the arguments, not changed from here on
     * @param code the code
     * @param shape calls it
     */
    @SuppressWarnings("unchecked") // the shape is that of the code
    static <C> JavaStep of(JsonTypes types, Type[] inputs, C code, Shape<? super C> shape) {
        return new JavaStep(types, inputs, code, (Shape<Object>) shape);
    }

    /** Says whether this is its code with these types, the same array, called in this way. */
    boolean fits(Type[] takes, Object how) {
        return inputs == takes && shape == how;
    }

    /**
     * Calls code of some shape with a list of arguments.
     *
     * @param <C> the code
     */
    @FunctionalInterface
    interface Shape<C> {
        @Nullable
        Object call(C code, List<@Nullable Object> inputs) throws Exception;
    }

    /** Code with a context. */
    @FunctionalInterface
    interface Body {
        @Nullable
        Object call(List<@Nullable Object> inputs, StepContext context) throws Exception;
    }

    @Override
    public @Nullable Object call(List<@Nullable Object> arguments, StepContext context) throws Exception {
        return shape == null ? result(((Body) code).call(fitting(arguments), context)) : call(arguments);
    }

    @Override
    public boolean needsContext() {
        return shape == null;
    }

    @Override
    public @Nullable Object call(List<@Nullable Object> arguments) throws Exception {
        return shape == null ? StepFunction.super.call(arguments) : result(shape.call(code, fitting(arguments)));
    }

    private List<@Nullable Object> fitting(List<@Nullable Object> arguments) {
        List<@Nullable Object> fitting = arguments;
        for (int i = 0; i < inputs.length; i++) {
            Object argument = arguments.get(i);
            if (argument != null && !isA(argument, inputs[i])) {
                if (fitting == arguments) {
                    fitting = new ArrayList<>(arguments);
                }
                fitting.set(i, types.read(argument, inputs[i]));
            }
        }
        return fitting;
    }

    /** Whether an argument is already what the code takes, each item of a list too: JSON has 1.5 and 2 in one list. */
    private static boolean isA(Object argument, Type type) {
        if (type instanceof Class<?> wanted) {
            return wanted.isInstance(argument);
        }
        if (type instanceof ParameterizedType generic && generic.getRawType() == List.class) {
            Type item = generic.getActualTypeArguments()[0];
            return argument instanceof List<?> list && areAll(list, item);
        }
        return false;
    }

    private static boolean areAll(List<?> list, Type type) {
        for (Object item : list) {
            if (item != null && !isA(item, type)) {
                return false;
            }
        }
        return true;
    }

    /** Asks for the classes that most code returns first: whether something is a stage takes longer to tell. */
    private @Nullable Object result(@Nullable Object returned) {
        if (isJson(returned)) {
            return returned;
        }
        return returned instanceof CompletionStage<?> stage ? stage.thenApply(this::stored) : stored(returned);
    }

    private static boolean isJson(@Nullable Object value) {
        return value == null
                || value instanceof Long
                || value instanceof String
                || value instanceof Boolean
                || (value instanceof Double number && !number.isNaN() && !number.isInfinite());
    }

    private @Nullable Object stored(@Nullable Object result) {
        return result == null || isJson(result) ? result : new JavaValue(result, types::write);
    }

    /** Says that a value is what the types of the handles promise. */
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals", "NullAway"})
    static <T> T cast(@Nullable Object value) {
        return (T) value;
    }
}
