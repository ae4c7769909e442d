package io.auterity.server.gateway;

import io.auterity.definition.Closest;
import io.auterity.definition.Durations;
import io.auterity.definition.Problem;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A part of a configuration file; what is wrong with it goes into one list, and reading goes on with something harmless.
 * Confined to one thread.
 */
final class Section {

    private final Map<?, ?> values;
    private final String place;
    private final List<Problem> problems;

    Section(@Nullable Object value, String place, Set<String> known, List<Problem> problems) {
        this.place = place;
        this.problems = problems;
        if (value instanceof Map<?, ?> map) {
            values = map;
        } else {
            values = Map.of();
            problem("", "is a map, not " + shown(value), "write its keys below it");
        }
        if (!known.isEmpty()) {
            for (Object key : values.keySet()) {
                if (!known.contains(String.valueOf(key))) {
                    problem(String.valueOf(key), "is not known here", Closest.fix(String.valueOf(key), known));
                }
            }
        }
    }

    private static String shown(@Nullable Object value) {
        String text = String.valueOf(value);
        return text.length() <= 60 ? text : text.substring(0, 60) + "...";
    }

    void problem(String key, String what, String fix) {
        problems.add(new Problem(RelayFileException.INVALID, at(key), what, fix, Optional.empty()));
    }

    String at(String key) {
        return place.isEmpty() ? key : key.isEmpty() ? place : place + "/" + key;
    }

    @Nullable
    Object get(String key) {
        return values.get(key);
    }

    /** What stands at a key that YAML reads as a number. */
    @Nullable
    Object number(int key) {
        return values.get(key);
    }

    /** A section for each key. */
    Map<String, Section> sections(String key, Set<String> known) {
        Map<String, Section> sections = new LinkedHashMap<>();
        Section whole = section(key, Set.of());
        whole.values.forEach((name, value) -> sections.put(
                String.valueOf(name), new Section(value, whole.at(String.valueOf(name)), known, problems)));
        return sections;
    }

    Section section(String key, Set<String> known) {
        Object value = values.get(key);
        return new Section(value == null ? Map.of() : value, at(key), known, problems);
    }

    List<Section> list(String key, Set<String> known) {
        List<Section> sections = new ArrayList<>();
        List<?> items = items(key);
        for (int i = 0; i < items.size(); i++) {
            sections.add(new Section(items.get(i), at(key) + "[" + i + "]", known, problems));
        }
        return sections;
    }

    private List<?> items(String key) {
        Object value = values.get(key);
        if (value != null && !(value instanceof List<?>)) {
            problem(key, "is a list, not " + shown(value), "write '- ' before each item");
        }
        return value instanceof List<?> list ? list : List.of();
    }

    List<String> texts(String key) {
        return items(key).stream().map(String::valueOf).toList();
    }

    Set<String> keys() {
        Set<String> keys = new LinkedHashSet<>();
        values.keySet().forEach(key -> keys.add(String.valueOf(key)));
        return keys;
    }

    /** A text that must be there; {@code ""} after the problem is noted. */
    String text(String key) {
        Object value = values.get(key);
        if (value == null || String.valueOf(value).isBlank()) {
            problem(key, "is required", "add it");
            return "";
        }
        return String.valueOf(value);
    }

    Optional<String> optional(String key) {
        return Optional.ofNullable(values.get(key)).map(String::valueOf);
    }

    /** One of some words. */
    <T> T word(String key, Map<String, T> words, @Nullable T usual) {
        Object value = values.get(key);
        T found = value == null ? usual : words.get(String.valueOf(value));
        if (found == null) {
            problem(
                    key,
                    value == null ? "is required" : "is '" + shown(value) + "', which is none of its words",
                    value == null
                            ? "write one of " + String.join(", ", words.keySet())
                            : Closest.fix(String.valueOf(value), words.keySet()));
            return words.values().iterator().next();
        }
        return found;
    }

    long whole(String key, long usual, long least, long most) {
        Object value = values.get(key);
        if (value == null) {
            return usual;
        }
        if ((value instanceof Integer || value instanceof Long)
                && ((Number) value).longValue() >= least
                && ((Number) value).longValue() <= most) {
            return ((Number) value).longValue();
        }
        problem(key, "is " + shown(value), "write a whole number between " + least + " and " + most);
        return least;
    }

    boolean flag(String key) {
        Object value = values.get(key);
        if (value != null && !(value instanceof Boolean)) {
            problem(key, "is " + shown(value), "write true or false");
        }
        return Boolean.TRUE.equals(value);
    }

    Duration duration(String key, Duration usual) {
        Object value = values.get(key);
        if (value == null) {
            return usual;
        }
        Optional<Duration> time = Durations.parse(String.valueOf(value)).filter(given -> given.toMillis() > 0);
        if (time.isEmpty()) {
            problem(key, "is '" + shown(value) + "', which is no duration above zero", "write 500ms, 30s or 5m");
        }
        return time.orElse(usual);
    }

    /** Makes something of a value; what it throws becomes a problem. */
    <T> Optional<T> made(String key, @Nullable Object value, String fix, Function<String, T> maker) {
        if (value == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(maker.apply(String.valueOf(value)));
        } catch (RuntimeException e) {
            problem(key, String.valueOf(e.getMessage()), fix);
            return Optional.empty();
        }
    }
}
