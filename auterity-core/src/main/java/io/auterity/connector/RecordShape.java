package io.auterity.connector;

import io.auterity.definition.Closest;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Constructor;
import java.lang.reflect.InaccessibleObjectException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A record, by the names of its components. */
final class RecordShape implements Shape {

    private final Class<?> type;
    private final Map<TypeVariable<?>, Type> meanings;
    private final JsonTypes types;
    private final Constructor<?> constructor;

    /** Made at first use, because a record may hold itself; making them twice does no harm. */
    private volatile @Nullable Map<String, Component> components;

    RecordShape(Class<?> type, Map<TypeVariable<?>, Type> meanings, JsonTypes types) {
        this.type = type;
        this.meanings = meanings;
        this.types = types;
        Class<?>[] parameters = Arrays.stream(type.getRecordComponents())
                .map(RecordComponent::getType)
                .toArray(Class<?>[]::new);
        try {
            constructor = type.getDeclaredConstructor(parameters);
            constructor.setAccessible(true);
        } catch (NoSuchMethodException e) {
            throw new IllegalStateException("every record has a canonical constructor", e);
        } catch (InaccessibleObjectException e) {
            throw new IllegalArgumentException(
                    "the package of record " + type.getName() + " is closed; open it to the module of auterity-core",
                    e);
        }
    }

    /**
     * What is known of a component.
     *
     * @param isOptional whether it is an {@link Optional}
     * @param isNullable whether it may be null
     */
    private record Component(
            Shape shape, Method accessor, boolean isOptional, boolean isNullable, Optional<Describe> describe) {}

    private Map<String, Component> components() {
        Map<String, Component> known = components;
        if (known == null) {
            known = new LinkedHashMap<>();
            for (RecordComponent component : type.getRecordComponents()) {
                component.getAccessor().setAccessible(true);
                known.put(
                        component.getName(),
                        new Component(
                                types.shapeOf(component.getGenericType(), meanings),
                                component.getAccessor(),
                                component.getType() == Optional.class,
                                isNullable(component.getAnnotatedType()) || isNullable(component.getAccessor()),
                                Optional.ofNullable(component.getAnnotation(Describe.class))));
            }
            components = known;
        }
        return known;
    }

    private static boolean isNullable(AnnotatedElement element) {
        return Arrays.stream(element.getAnnotations())
                .anyMatch(annotation ->
                        annotation.annotationType().getSimpleName().equals("Nullable"));
    }

    @Override
    public @Nullable Object read(@Nullable Object json, Reading reading) {
        return type.isInstance(json) ? json : read(json, reading, "");
    }

    /** Reads, leaving out a property that another has read. */
    @Nullable
    Object read(@Nullable Object json, Reading reading, String except) {
        if (!(json instanceof Map<?, ?> object)) {
            return reading.expected("an object", json);
        }
        Map<String, Component> known = components();
        int before = reading.problemCount();
        @Nullable Object[] values = new @Nullable Object[known.size()];
        int index = 0;
        int found = 0;
        for (Map.Entry<String, Component> entry : known.entrySet()) {
            String name = entry.getKey();
            Object value = object.get(name);
            if (value != null || object.containsKey(name)) {
                found++;
            }
            values[index++] = readComponent(entry.getValue(), value, reading.at(name), object.containsKey(name));
        }
        if (found < object.size()) {
            refuseUnknown(object, except, reading);
        }
        return reading.problemCount() > before ? null : construct(values, reading);
    }

    private static @Nullable Object readComponent(
            Component component, @Nullable Object value, Reading reading, boolean isThere) {
        if (value == null && !component.isOptional) {
            if (component.isNullable || (isThere && component.accessor.getReturnType() == Object.class)) {
                return null;
            }
            return reading.problem(isThere ? "must not be null" : "is missing");
        }
        int before = reading.problemCount();
        Object read = component.shape.read(value, reading);
        if (value != null && reading.problemCount() == before && component.describe.isPresent()) {
            check(component.describe.get(), value, reading);
        }
        return read;
    }

    private static void check(Describe describe, Object value, Reading reading) {
        List<String> choices = List.of(describe.oneOf());
        if (value instanceof String text && !choices.isEmpty() && !choices.contains(text)) {
            reading.problem("'" + text + "' is no choice; " + Closest.fix(text, choices));
        }
        if (value instanceof Number number) {
            double amount = number.doubleValue();
            if (describe.minimum() != Long.MIN_VALUE && amount < describe.minimum()) {
                reading.problem("must be at least " + describe.minimum());
            }
            if (describe.maximum() != Long.MAX_VALUE && amount > describe.maximum()) {
                reading.problem("must be at most " + describe.maximum());
            }
        }
    }

    private void refuseUnknown(Map<?, ?> object, String except, Reading reading) {
        for (Object key : object.keySet()) {
            String name = String.valueOf(key);
            if (!components().containsKey(name) && !name.equals(except)) {
                reading.at(name)
                        .problem("is unknown; " + Closest.fix(name, components().keySet()));
            }
        }
    }

    private @Nullable Object construct(@Nullable Object[] values, Reading reading) {
        try {
            return constructor.newInstance(values);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof IllegalArgumentException || e.getCause() instanceof NullPointerException) {
                return reading.problem(String.valueOf(e.getCause().getMessage()));
            }
            throw new IllegalStateException("the constructor of " + type.getName() + " failed", e.getCause());
        } catch (InstantiationException | IllegalAccessException e) {
            throw new IllegalStateException("a record is constructible", e);
        }
    }

    @Override
    public Object write(Object value) {
        Map<String, Object> object = new LinkedHashMap<>();
        writeInto(object, value);
        return Collections.unmodifiableMap(object);
    }

    /** Writes the components; one that is empty is left out. */
    void writeInto(Map<String, Object> object, Object value) {
        components().forEach((name, component) -> {
            Object part = get(component.accessor, value);
            if (part instanceof Optional<?> optional && optional.isEmpty()) {
                return;
            }
            JsonTypes.put(object, name, part == null ? null : component.shape.write(part));
        });
    }

    private static @Nullable Object get(Method accessor, Object value) {
        try {
            return accessor.invoke(value);
        } catch (InvocationTargetException e) {
            throw new IllegalArgumentException("the accessor " + accessor + " failed", e.getCause());
        } catch (IllegalAccessException e) {
            throw new IllegalStateException("the accessor has been made accessible", e);
        }
    }

    @Override
    public Map<String, Object> schema(Definitions definitions) {
        List<Object> key = List.of(type, meanings);
        if (!definitions.begin(key)) {
            return definitions.reference(key, type.getSimpleName());
        }
        Map<String, Object> properties = new LinkedHashMap<>();
        List<Object> required = new ArrayList<>();
        components().forEach((name, component) -> {
            properties.put(name, schema(component, definitions));
            if (!component.isOptional && !component.isNullable) {
                required.add(name);
            }
        });
        Map<String, Object> schema = new LinkedHashMap<>();
        Describe describe = type.getAnnotation(Describe.class);
        schema.put("type", "object");
        if (describe != null) {
            schema.put("description", describe.value());
        }
        schema.put("properties", properties);
        if (!required.isEmpty()) {
            schema.put("required", required);
        }
        schema.put("additionalProperties", false);
        definitions.end(key, schema);
        return schema;
    }

    private static Map<String, Object> schema(Component component, Definitions definitions) {
        Map<String, Object> schema = component.shape.schema(definitions);
        if (component.isNullable && schema.get("type") instanceof String name && !schema.containsKey("enum")) {
            schema.put("type", List.of(name, "null"));
        } else if (component.isNullable && !schema.isEmpty()) {
            Map<String, Object> either = new LinkedHashMap<>();
            either.put("anyOf", List.of(schema, Map.of("type", "null")));
            schema = either;
        }
        if (component.describe.isPresent()) {
            describe(schema, component.describe.get());
        }
        return schema;
    }

    private static void describe(Map<String, Object> schema, Describe describe) {
        schema.put("description", describe.value());
        if (describe.oneOf().length > 0) {
            schema.put("enum", List.of((Object[]) describe.oneOf()));
        }
        if (!describe.language().isEmpty()) {
            schema.put("contentMediaType", describe.language());
        }
        if (describe.minimum() != Long.MIN_VALUE) {
            schema.put("minimum", describe.minimum());
        }
        if (describe.maximum() != Long.MAX_VALUE) {
            schema.put("maximum", describe.maximum());
        }
    }
}
