package io.auterity.definition;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/** Other definitions made of one by reflection on its records, so that a new component is never forgotten. */
public final class Variants {

    private Variants() {}

    /**
     * Shuffles what carries no order: the steps of every block, the branches of races, and the keys of every map.
     *
     * @param definition a definition
     * @param random the source of the order
     * @return a definition that means the same
     */
    public static Definition shuffled(Definition definition, Random random) {
        return (Definition) shuffledValue(definition, random);
    }

    private static Object shuffledValue(Object value, Random random) {
        if (value instanceof Record r) {
            Object[] parts = parts(r);
            for (int i = 0; i < parts.length; i++) {
                parts[i] = shuffledValue(parts[i], random);
            }
            return made(r, parts).orElseThrow();
        }
        if (value instanceof Optional<?> optional) {
            return optional.map(inner -> shuffledValue(inner, random));
        }
        if (value instanceof List<?> list) {
            List<Object> items = new ArrayList<>();
            list.forEach(item -> items.add(shuffledValue(item, random)));
            if (!items.isEmpty() && items.get(0) instanceof Step) {
                Collections.shuffle(items, random);
            }
            return items;
        }
        if (value instanceof Map<?, ?> map) {
            List<Object> keys = new ArrayList<>(map.keySet());
            Collections.shuffle(keys, random);
            Map<Object, Object> shuffled = new LinkedHashMap<>();
            keys.forEach(key -> shuffled.put(key, shuffledValue(map.get(key), random)));
            return shuffled;
        }
        return value;
    }

    /**
     * Makes every variant that differs in one place only: a text, a number, a missing item or entry, an absent option.
     *
     * @param definition a definition
     * @return the variants by the place that differs; descriptions stay as they are
     */
    public static Map<String, Definition> mutants(Definition definition) {
        Map<String, Definition> mutants = new LinkedHashMap<>();
        changes(definition).forEach((place, mutant) -> mutants.put(place, (Definition) mutant));
        return mutants;
    }

    private static Map<String, Object> changes(Object value) {
        Map<String, Object> mutants = new LinkedHashMap<>();
        if (value instanceof Retry retry && retry.maxAttempts() == 1) {
            mutants.put("/maxAttempts", retry.maxAttempts(2)); // the only part that counts
        } else if (value instanceof Record r) {
            RecordComponent[] components = r.getClass().getRecordComponents();
            Object[] parts = parts(r);
            for (int i = 0; i < parts.length; i++) {
                if (components[i].getName().equals("description")) {
                    continue;
                }
                int index = i;
                changes(parts[i]).forEach((place, mutant) -> {
                    Object[] changed = parts.clone();
                    changed[index] = mutant;
                    made(r, changed).ifPresent(it -> mutants.put("/" + components[index].getName() + place, it));
                });
            }
        } else if (value instanceof Optional<?> optional && optional.isPresent()) {
            mutants.put(" absent", Optional.empty());
            changes(optional.get()).forEach((place, mutant) -> mutants.put(place, Optional.of(mutant)));
        } else if (value instanceof List<?> list) {
            for (int i = 0; i < list.size(); i++) {
                List<Object> less = new ArrayList<>(list);
                less.remove(i);
                mutants.put("/" + i + " removed", less);
                int index = i;
                changes(list.get(i)).forEach((place, mutant) -> {
                    List<Object> changed = new ArrayList<>(list);
                    changed.set(index, mutant);
                    mutants.put("/" + index + place, changed);
                });
            }
        } else if (value instanceof Map<?, ?> map) {
            for (Object key : map.keySet()) {
                Map<Object, Object> less = new LinkedHashMap<>(map);
                less.remove(key);
                mutants.put("/" + key + " removed", less);
                changes(map.get(key)).forEach((place, mutant) -> {
                    Map<Object, Object> changed = new LinkedHashMap<>(map);
                    changed.put(key, mutant);
                    mutants.put("/" + key + place, changed);
                });
            }
        } else {
            single(value).ifPresent(mutant -> mutants.put("", mutant));
        }
        return mutants;
    }

    private static Optional<Object> single(Object value) {
        if (value instanceof String text) {
            return Optional.of(text + "x");
        }
        if (value instanceof Boolean flag) {
            return Optional.of(!flag);
        }
        if (value instanceof Integer number) {
            return Optional.of(number + 1);
        }
        if (value instanceof Long number) {
            return Optional.of(number - 1);
        }
        if (value instanceof Double number) {
            return Optional.of(number == 0 ? 0.25 : -number);
        }
        if (value instanceof Duration duration) {
            return Optional.of(duration.plusMillis(1));
        }
        if (value instanceof Enum<?> word) {
            Object[] words = word.getDeclaringClass().getEnumConstants();
            return Optional.of(words[(word.ordinal() + 1) % words.length]);
        }
        return Optional.empty();
    }

    private static Object[] parts(Record value) {
        RecordComponent[] components = value.getClass().getRecordComponents();
        Object[] parts = new Object[components.length];
        for (int i = 0; i < parts.length; i++) {
            try {
                components[i].getAccessor().setAccessible(true);
                parts[i] = components[i].getAccessor().invoke(value);
            } catch (ReflectiveOperationException e) {
                throw new AssertionError(e);
            }
        }
        return parts;
    }

    /** The record with these parts; empty when it refuses them. */
    private static Optional<Object> made(Record like, Object[] parts) {
        try {
            Constructor<?> constructor = like.getClass().getDeclaredConstructors()[0];
            for (Constructor<?> candidate : like.getClass().getDeclaredConstructors()) {
                constructor = candidate.getParameterCount() == parts.length ? candidate : constructor;
            }
            constructor.setAccessible(true);
            return Optional.of(constructor.newInstance(parts));
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof IllegalArgumentException) {
                return Optional.empty();
            }
            throw new AssertionError(e);
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }
}
