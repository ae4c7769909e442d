package io.auterity.connector;

import io.auterity.definition.Failure;
import io.auterity.definition.Values;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.lang.reflect.WildcardType;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.json.JsonMapper;

/**
 * Connects Java types with JSON: derives their JSON Schema, reads values of them from JSON and writes them to JSON.
 *
 * <p>Records are read by the names of their components. A component that is an {@link Optional}, or annotated
 * {@code @Nullable}, may be missing; every other must be there. Unknown names are errors. Lists, sets, arrays, maps with
 * text keys, enums (by constant name), numbers, texts, {@link Instant}, {@link Duration} (also as {@code 10s}), dates,
 * {@link java.net.URI}, {@link java.util.UUID} and byte arrays (base64) nest freely. A sealed interface of records is
 * told apart by the property {@code type}, the simple name of the record. {@code Object} is any JSON. Any other class
 * goes through Jackson and its annotations, and has the schema that accepts everything.
 *
 * <p>Thread-safe; what is learnt of a type is kept for the life of the instance, so share one.
 */
public final class JsonTypes {

    private final Map<Type, Shape> shapes = new ConcurrentHashMap<>();
    private final Object lock = new Object(); // guards the mapper
    private @Nullable JsonMapper mapper;

    /** Makes an instance that knows no type yet. */
    public JsonTypes() {}

    private final Map<Type, Map<String, Object>> schemas = new ConcurrentHashMap<>();

    /**
     * Derives the JSON Schema of a type.
     *
     * @param type a class, or a generic type with its arguments
     * @return the schema (2020-12), as unmodifiable JSON; recursive types stand in {@code $defs}
     * @throws IllegalArgumentException if the type cannot be JSON, as a map with keys that are no texts
     */
    public Map<String, Object> schemaOf(Type type) {
        return schemas.computeIfAbsent(type, this::newSchemaOf);
    }

    private Map<String, Object> newSchemaOf(Type type) {
        Shape.Definitions definitions = new Shape.Definitions();
        return Values.copyOf(definitions.finish(shapeOf(type).schema(definitions)));
    }

    /**
     * Reads a value of a class from JSON.
     *
     * @param <T> the type
     * @param json the JSON value
     * @param type the class
     * @return the value; null only for JSON null where the class is {@code Object} or {@code Void}
     * @throws StepException with code {@value Failure#INVALID_INPUT} and all problems with their paths in the message
     */
    @SuppressWarnings({"unchecked", "NullAway"}) // a shape reads values of its own type, null only where T admits it
    public <T> T read(@Nullable Object json, Class<T> type) {
        return (T) read(json, (Type) type);
    }

    /**
     * Reads a value of a type from JSON.
     *
     * @param json the JSON value
     * @param type a class, or a generic type with its arguments
     * @return the value
     * @throws StepException with code {@value Failure#INVALID_INPUT} and all problems with their paths in the message
     */
    public @Nullable Object read(@Nullable Object json, Type type) {
        Reading reading = new Reading();
        Object value = shapeOf(type).read(json, reading);
        if (reading.problemCount() > 0) {
            throw new StepException(Failure.INVALID_INPUT, message(reading.problems()), false);
        }
        return value;
    }

    private static String message(List<String> problems) {
        return problems.size() == 1
                ? "invalid input at " + problems.get(0)
                : "invalid input, " + problems.size() + " problems:\n  " + String.join("\n  ", problems);
    }

    /**
     * Writes a value of a known type as JSON; unlike {@link #write(Object)} it marks the members of a sealed family.
     *
     * @param value the value, or null
     * @param type its declared type
     * @return the JSON in its normal form, unmodifiable and independent of the value
     * @throws IllegalArgumentException if the value, or a part of it, cannot be JSON, as NaN
     */
    public @Nullable Object write(@Nullable Object value, Type type) {
        return value == null ? null : shapeOf(type).write(value);
    }

    /**
     * Writes any value as JSON.
     *
     * @param value JSON already, or a value of a type this class reads; instants and durations become texts
     * @return the JSON in its normal form, unmodifiable and independent of the value
     * @throws IllegalArgumentException if the value, or a part of it, cannot be JSON, as NaN
     */
    public @Nullable Object write(@Nullable Object value) {
        if (value == null || value instanceof String || value instanceof Long || value instanceof Boolean) {
            return value;
        }
        if (value instanceof Map<?, ?> map) {
            return writeMap(map);
        }
        if (value instanceof Collection<?> items) {
            return writeAll(items);
        }
        if (value instanceof Optional<?> optional) {
            return write(optional.orElse(null));
        }
        if (value instanceof Enum<?> constant) {
            return constant.name();
        }
        return shapeOf(value.getClass()).write(value);
    }

    private Map<String, Object> writeMap(Map<?, ?> map) {
        Map<String, Object> object = new LinkedHashMap<>(map.size() * 2);
        map.forEach((key, item) -> {
            if (key instanceof Enum<?> constant) {
                put(object, constant.name(), write(item));
            } else if (key instanceof String name) {
                put(object, name, write(item));
            } else {
                throw new IllegalArgumentException("the key " + key + " of a JSON object is no text");
            }
        });
        return Collections.unmodifiableMap(object);
    }

    @SuppressWarnings("NullAway") // JSON objects may hold null
    static void put(Map<String, Object> object, String name, @Nullable Object value) {
        object.put(name, value);
    }

    private List<@Nullable Object> writeAll(Collection<?> items) {
        List<@Nullable Object> list = new ArrayList<>(items.size());
        for (Object item : items) {
            list.add(write(item));
        }
        return Collections.unmodifiableList(list);
    }

    /** Returns the shape of a type that needs nothing from around it. */
    Shape shapeOf(Type type) {
        Shape known = shapes.get(type);
        if (known != null) {
            return known;
        }
        Shape made = make(type, Map.of());
        Shape first = shapes.putIfAbsent(type, made);
        return first == null ? made : first;
    }

    /** Returns the shape of a type inside a generic record, whose variables have these meanings. */
    Shape shapeOf(Type type, Map<TypeVariable<?>, Type> meanings) {
        return meanings.isEmpty() ? shapeOf(type) : make(type, meanings);
    }

    private Shape make(Type type, Map<TypeVariable<?>, Type> meanings) {
        if (type instanceof Class<?> plain) {
            return make(plain);
        }
        if (type instanceof ParameterizedType generic) {
            return make(generic, meanings);
        }
        if (type instanceof WildcardType wildcard) {
            return shapeOf(wildcard.getUpperBounds()[0], meanings);
        }
        if (type instanceof TypeVariable<?> variable) {
            Type meaning = meanings.get(variable);
            return meaning == null ? shapeOf(Object.class) : shapeOf(meaning);
        }
        throw new IllegalArgumentException(
                "cannot say what " + type.getTypeName() + " looks like in JSON; use a List instead of a generic array");
    }

    private Shape make(Class<?> type) {
        if (type == Object.class) {
            return new Anything(this);
        }
        Optional<Shape> scalar = Scalars.of(type);
        if (scalar.isPresent()) {
            return scalar.get();
        }
        if (type.isArray()) {
            return new Containers.Elements(type.getComponentType(), shapeOf(type.getComponentType()));
        }
        if (type == Optional.class) {
            return new Containers.Maybe(shapeOf(Object.class));
        }
        if (Collection.class.isAssignableFrom(type)) {
            return new Containers.Items(type, shapeOf(Object.class));
        }
        if (Map.class.isAssignableFrom(type)) {
            return new Containers.Entries(type, String.class, this, shapeOf(Object.class));
        }
        if (type.isRecord()) {
            return new RecordShape(type, Map.of(), this);
        }
        if (type.isSealed() && type.isInterface()) {
            return new SealedShape(type, this);
        }
        return new Bean(mapper().constructType(type), mapper(), this);
    }

    private Shape make(ParameterizedType generic, Map<TypeVariable<?>, Type> meanings) {
        Class<?> raw = (Class<?>) generic.getRawType();
        Type[] arguments = generic.getActualTypeArguments();
        if (raw == Optional.class) {
            return new Containers.Maybe(shapeOf(arguments[0], meanings));
        }
        if (Collection.class.isAssignableFrom(raw) && arguments.length == 1) {
            return new Containers.Items(raw, shapeOf(arguments[0], meanings));
        }
        if (Map.class.isAssignableFrom(raw) && arguments.length == 2) {
            return new Containers.Entries(raw, arguments[0], this, shapeOf(arguments[1], meanings));
        }
        if (!raw.isRecord()) {
            return new Bean(mapper().constructType(generic), mapper(), this);
        }
        Map<TypeVariable<?>, Type> bound = new LinkedHashMap<>();
        for (int i = 0; i < arguments.length; i++) {
            Type argument = arguments[i];
            Type outer = argument instanceof TypeVariable<?> variable ? meanings.get(variable) : null;
            bound.put(raw.getTypeParameters()[i], outer == null ? argument : outer);
        }
        return new RecordShape(raw, bound, this);
    }

    /** Any JSON: read as it is, written by the class of the value. */
    private record Anything(JsonTypes types) implements Shape {
        @Override
        public @Nullable Object read(@Nullable Object json, Reading reading) {
            return json;
        }

        @Override
        public @Nullable Object write(Object value) {
            if (value.getClass() == Object.class) {
                throw new IllegalArgumentException("a java.lang.Object without a class of its own cannot be JSON");
            }
            return types.write(value);
        }

        @Override
        public Map<String, Object> schema(Definitions definitions) {
            return new LinkedHashMap<>();
        }
    }

    /** Made for the first class that needs it: few programs have one, and it takes longer than all else at a start. */
    private JsonMapper mapper() {
        synchronized (lock) {
            JsonMapper made = mapper == null
                    ? JsonMapper.builder()
                            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                            .build()
                    : mapper;
            mapper = made;
            return made;
        }
    }

    /** A class this library knows nothing of: Jackson reads and writes it. */
    private record Bean(JavaType type, JsonMapper mapper, JsonTypes types) implements Shape {
        @Override
        public @Nullable Object read(@Nullable Object json, Reading reading) {
            if (json != null && type.isTypeOrSubTypeOf(json.getClass())) {
                return json;
            }
            try {
                return mapper.convertValue(json, type);
            } catch (JacksonException | IllegalArgumentException e) {
                return reading.problem("no " + type.getRawClass().getSimpleName() + ": " + firstLine(e));
            }
        }

        private static String firstLine(RuntimeException e) {
            String text = e instanceof JacksonException jackson ? jackson.getOriginalMessage() : e.getMessage();
            return String.valueOf(text).lines().findFirst().orElse("");
        }

        @Override
        public @Nullable Object write(Object value) {
            try {
                Object json = mapper.convertValue(value, Object.class);
                if (json != null && json.getClass() == value.getClass()) {
                    throw new IllegalArgumentException(
                            "cannot write a " + value.getClass().getName() + " as JSON");
                }
                return types.write(json);
            } catch (JacksonException e) {
                throw new IllegalArgumentException(
                        "cannot write a " + value.getClass().getName() + " as JSON: " + firstLine(e), e);
            }
        }

        @Override
        public Map<String, Object> schema(Definitions definitions) {
            return new LinkedHashMap<>();
        }
    }
}
