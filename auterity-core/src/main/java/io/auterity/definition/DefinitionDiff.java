package io.auterity.definition;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What makes two definitions mean different things: exactly what also makes their {@link DefinitionHash hashes} differ.
 * Descriptions, layout, and the order of steps are no difference. Immutable and thread-safe.
 *
 * @param keys what differs outside steps, as in {@code input.properties.n}
 * @param steps steps that were added, removed or changed, in the order of their paths
 */
public record DefinitionDiff(List<KeyChange> keys, List<StepChange> steps) {

    /** The keys below which there are blocks of steps, and nothing that users name. */
    private static final Set<String> BLOCKS = Set.of("repeat", "try", "catch", "finally");

    /** Copies the lists. */
    public DefinitionDiff {
        keys = List.copyOf(keys);
        steps = List.copyOf(steps);
    }

    /** What became of a step. */
    public enum Kind {
        /** Only the later definition has it. */
        ADDED,
        /** Only the earlier definition has it. */
        REMOVED,
        /** Both have it, and it is not the same. */
        CHANGED
    }

    /**
     * A key with another value.
     *
     * @param key the key, with those around it, as in {@code with.url}
     * @param before its value as JSON in the earlier definition; empty if it is absent there
     * @param after its value as JSON in the later definition; empty if it is absent there
     */
    public record KeyChange(String key, Optional<String> before, Optional<String> after) {
        @Override
        public String toString() {
            return key + ": " + before.orElse("(absent)") + " -> " + after.orElse("(absent)");
        }
    }

    /**
     * A step that is not the same in both.
     *
     * @param kind what became of it
     * @param path its name, with those of the steps around it, as in {@code each/greet}
     * @param keys what changed in it; empty when it was added or removed. Steps in it are changes of their own
     */
    public record StepChange(Kind kind, String path, List<KeyChange> keys) {
        /** Copies the list. */
        public StepChange {
            keys = List.copyOf(keys);
        }
    }

    /**
     * Compares two definitions.
     *
     * @param before the earlier one; step names are unique in their blocks
     * @param after the later one; step names are unique in their blocks
     * @return what differs
     * @throws IllegalArgumentException if two steps of a block have the same name
     */
    public static DefinitionDiff between(Definition before, Definition after) {
        Comparison comparison = new Comparison();
        comparison.compare("", "", Document.canonical(before), Document.canonical(after), comparison.keys);
        return new DefinitionDiff(comparison.keys, comparison.steps);
    }

    /**
     * Says whether both mean the same.
     *
     * @return whether nothing differs
     */
    public boolean isEmpty() {
        return keys.isEmpty() && steps.isEmpty();
    }

    /**
     * Returns the steps of the workflow's own block that are not the same, or hold one that is not.
     *
     * @return their names, sorted
     */
    public Set<String> outermost() {
        return steps.stream().map(step -> step.path().split("/", 2)[0]).collect(Collectors.toCollection(TreeSet::new));
    }

    /**
     * Describes the differences for people: a line for each, with {@code +} for what was added, {@code -} for what was
     * removed and {@code ~} for what changed.
     *
     * @return the lines, without a line break at the end; {@code no difference} when there is none
     */
    public String text() {
        List<String> lines = new ArrayList<>();
        keys.forEach(key -> lines.add("~ " + key));
        for (StepChange step : steps) {
            String sign = step.kind() == Kind.ADDED ? "+" : step.kind() == Kind.REMOVED ? "-" : "~";
            lines.add(sign + " step " + step.path());
            step.keys().forEach(key -> lines.add("    " + key));
        }
        return lines.isEmpty() ? "no difference" : String.join("\n", lines);
    }

    /**
     * Returns the differences as a JSON object.
     *
     * @return {@code keys} and {@code steps}, with values as JSON values; an absent value has no key
     */
    public Map<String, Object> json() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("keys", keys.stream().map(DefinitionDiff::json).toList());
        List<Object> all = new ArrayList<>();
        for (StepChange step : steps) {
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("change", step.kind().name().toLowerCase(Locale.ROOT));
            one.put("step", step.path());
            one.put("keys", step.keys().stream().map(DefinitionDiff::json).toList());
            all.add(one);
        }
        json.put("steps", all);
        return json;
    }

    private static Map<String, @Nullable Object> json(KeyChange change) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("key", change.key());
        change.before().ifPresent(value -> json.put("before", Json.read(value)));
        change.after().ifPresent(value -> json.put("after", Json.read(value)));
        return json;
    }

    /** Walks down two documents side by side. */
    private static final class Comparison {

        private final List<KeyChange> keys = new ArrayList<>();
        private final List<StepChange> steps = new ArrayList<>();

        /**
         * Compares two objects.
         *
         * @param path the step around them; empty for the workflow
         * @param prefix the keys around them, with a dot behind
         * @param changes takes the keys that differ; null when these objects are not part of a step or a workflow
         */
        private void compare(String path, String prefix, Map<?, ?> before, Map<?, ?> after, List<KeyChange> changes) {
            for (String key : union(before, after)) {
                Object old = before.get(key);
                Object now = after.get(key);
                if (Objects.equals(old, now) && before.containsKey(key) == after.containsKey(key)) {
                    continue;
                }
                boolean isBlock = prefix.isEmpty()
                        ? key.equals("steps") || key.equals("race")
                        : BLOCKS.contains(block(prefix)) && key.equals("steps");
                if (isBlock) {
                    String inner = path + (path.isEmpty() ? "" : "/") + within(prefix);
                    steps(inner, object(old), object(now));
                } else if (old instanceof Map<?, ?> oldObject && now instanceof Map<?, ?> newObject) {
                    compare(path, prefix + key + ".", oldObject, newObject, changes);
                } else if (prefix.isEmpty() && BLOCKS.contains(key)) {
                    compare(path, key + ".", object(old), object(now), changes);
                } else {
                    changes.add(new KeyChange(prefix + key, value(before, key), value(after, key)));
                }
            }
        }

        private static String block(String prefix) {
            return prefix.substring(0, prefix.length() - 1);
        }

        /** Steps of a {@code catch} may be named as those of its {@code try}. */
        private static String within(String prefix) {
            return prefix.equals("catch.") || prefix.equals("finally.") ? block(prefix) + "/" : "";
        }

        private void steps(String prefix, Map<?, ?> before, Map<?, ?> after) {
            for (String name : union(before, after)) {
                String path = prefix + name;
                if (!before.containsKey(name)) {
                    steps.add(new StepChange(Kind.ADDED, path, List.of()));
                } else if (!after.containsKey(name)) {
                    steps.add(new StepChange(Kind.REMOVED, path, List.of()));
                } else {
                    step(path, object(before.get(name)), object(after.get(name)));
                }
            }
        }

        private void step(String path, Map<?, ?> before, Map<?, ?> after) {
            int place = steps.size();
            List<KeyChange> changes = new ArrayList<>();
            compare(path, "", before, after, changes);
            if (!changes.isEmpty()) {
                steps.add(place, new StepChange(Kind.CHANGED, path, changes));
            }
        }

        private static Map<?, ?> object(@Nullable Object value) {
            return value instanceof Map<?, ?> map ? map : Map.of();
        }

        private static Optional<String> value(Map<?, ?> object, String key) {
            return object.containsKey(key) ? Optional.of(Json.write(object.get(key))) : Optional.empty();
        }

        private static Set<String> union(Map<?, ?> before, Map<?, ?> after) {
            Set<String> keys = new TreeSet<>();
            before.keySet().forEach(key -> keys.add((String) key));
            after.keySet().forEach(key -> keys.add((String) key));
            return new LinkedHashSet<>(keys);
        }
    }
}
