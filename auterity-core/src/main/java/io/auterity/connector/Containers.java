package io.auterity.connector;

import java.lang.reflect.Array;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The shapes of types that hold values of other types. */
final class Containers {

    private Containers() {}

    /** A value that may be missing. */
    record Maybe(Shape inner) implements Shape {
        @Override
        public Object read(@Nullable Object json, Reading reading) {
            return json == null ? Optional.empty() : Optional.ofNullable(inner.read(json, reading));
        }

        @Override
        public @Nullable Object write(Object value) {
            return ((Optional<?>) value).map(inner::write).orElse(null);
        }

        @Override
        public Map<String, Object> schema(Definitions definitions) {
            return inner.schema(definitions);
        }
    }

    /** A list or a set. */
    record Items(Class<?> type, Shape item) implements Shape {
        Items {
            if (!type.isAssignableFrom(List.class) && !type.isAssignableFrom(Set.class)) {
                throw new IllegalArgumentException("use List or Set instead of " + type.getName());
            }
        }

        @Override
        public @Nullable Object read(@Nullable Object json, Reading reading) {
            if (!(json instanceof List<?> list)) {
                return reading.expected("a list", json);
            }
            boolean isSet = type == Set.class;
            Collection<@Nullable Object> items = isSet ? new LinkedHashSet<>() : new ArrayList<>(list.size());
            int index = 0;
            for (Object element : list) {
                items.add(item.read(element, reading.at(index++)));
            }
            return isSet
                    ? Collections.unmodifiableSet((Set<@Nullable Object>) items)
                    : Collections.unmodifiableList((List<@Nullable Object>) items);
        }

        @Override
        public Object write(Object value) {
            List<@Nullable Object> list = new ArrayList<>(((Collection<?>) value).size());
            for (Object element : (Collection<?>) value) {
                list.add(element == null ? null : item.write(element));
            }
            return Collections.unmodifiableList(list);
        }

        @Override
        public Map<String, Object> schema(Definitions definitions) {
            Map<String, Object> schema = array(item.schema(definitions));
            if (type == Set.class) {
                schema.put("uniqueItems", true);
            }
            return schema;
        }
    }

    /** A Java array. */
    record Elements(Class<?> type, Shape element) implements Shape {
        @Override
        public @Nullable Object read(@Nullable Object json, Reading reading) {
            if (!(json instanceof List<?> list)) {
                return reading.expected("a list", json);
            }
            Object array = Array.newInstance(type, list.size());
            for (int i = 0; i < list.size(); i++) {
                int before = reading.problemCount();
                Object value = element.read(list.get(i), reading.at(i));
                if (reading.problemCount() == before) {
                    Array.set(array, i, value);
                }
            }
            return array;
        }

        @Override
        public Object write(Object value) {
            List<@Nullable Object> list = new ArrayList<>();
            for (int i = 0; i < Array.getLength(value); i++) {
                Object item = Array.get(value, i);
                list.add(item == null ? null : element.write(item));
            }
            return Collections.unmodifiableList(list);
        }

        @Override
        public Map<String, Object> schema(Definitions definitions) {
            return array(element.schema(definitions));
        }
    }

    private static Map<String, Object> array(Map<String, Object> items) {
        Map<String, Object> schema = new LinkedHashMap<>();
        schema.put("type", "array");
        if (!items.isEmpty()) {
            schema.put("items", items);
        }
        return schema;
    }

    /** A map from texts, or from the constants of an enum. */
    record Entries(Class<?> type, Type key, JsonTypes types, Shape item) implements Shape {
        Entries {
            boolean isText = key == String.class || key == Object.class || (key instanceof Class<?> c && c.isEnum());
            if (!type.isAssignableFrom(LinkedHashMap.class) || !isText) {
                throw new IllegalArgumentException("use a Map with texts as keys instead of " + type.getName() + "<"
                        + key.getTypeName() + ", ...>");
            }
        }

        @Override
        public @Nullable Object read(@Nullable Object json, Reading reading) {
            if (!(json instanceof Map<?, ?> map)) {
                return reading.expected("an object", json);
            }
            boolean isText = !(key instanceof Class<?> c && c.isEnum());
            Shape keys = isText ? types.shapeOf(String.class) : types.shapeOf(key);
            Map<@Nullable Object, @Nullable Object> entries = new LinkedHashMap<>(map.size() * 2);
            map.forEach((name, value) -> {
                Reading entry = reading.at(String.valueOf(name));
                entries.put(keys.read(name, entry), item.read(value, entry));
            });
            return Collections.unmodifiableMap(entries);
        }

        @Override
        public Object write(Object value) {
            Map<String, Object> object = new LinkedHashMap<>();
            ((Map<?, ?>) value).forEach((name, part) -> {
                String text = name instanceof Enum<?> constant ? constant.name() : (String) name;
                JsonTypes.put(object, text, part == null ? null : item.write(part));
            });
            return Collections.unmodifiableMap(object);
        }

        @Override
        public Map<String, Object> schema(Definitions definitions) {
            Map<String, Object> schema = new LinkedHashMap<>();
            schema.put("type", "object");
            if (key instanceof Class<?> c && c.isEnum()) {
                schema.put("propertyNames", types.shapeOf(key).schema(definitions));
            }
            Map<String, Object> values = item.schema(definitions);
            if (!values.isEmpty()) {
                schema.put("additionalProperties", values);
            }
            return schema;
        }
    }
}
