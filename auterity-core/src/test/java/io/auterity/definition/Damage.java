package io.auterity.definition;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Random damage to documents and to texts, most of it small enough that the rest still means something. */
final class Damage {

    private static final List<String> PIECES = List.of(
            "\n",
            "\n  ",
            "  ",
            " ",
            "\t",
            ":",
            ": ",
            "- ",
            "? ",
            "#",
            " #",
            "'",
            "\"",
            "\\",
            "{",
            "}",
            "[",
            "]",
            ",",
            "&a ",
            "*a",
            "!",
            "!!str ",
            "!!int ",
            "|\n",
            ">\n",
            "|+\n",
            "---\n",
            "...\n",
            "%YAML 1.2\n",
            "<<: ",
            "~",
            "null",
            "1e9",
            "0x1F",
            ".inf",
            "\r",
            "\u0000",
            "\u0085",
            "\u2028",
            "\ufeff",
            "\ud800",
            "\ud83d\ude00",
            "${{",
            "}}",
            "\\u",
            "\\x");

    private Damage() {}

    /** Changes one place at random: another type, another word, a key more, less or renamed. */
    static Object anywhere(Object value, Random random) {
        if (value instanceof Map<?, ?> map && !map.isEmpty() && random.nextInt(8) > 0) {
            List<Object> keys = new ArrayList<>(map.keySet());
            Object key = keys.get(random.nextInt(keys.size()));
            Map<Object, Object> changed = new LinkedHashMap<>(map);
            switch (random.nextInt(12)) {
                case 0 -> changed.remove(key);
                case 1 -> changed.put(random.nextBoolean() ? "extra" : anyKey(random), single(random));
                case 2 -> changed.put(key + "x", changed.remove(key));
                default -> changed.put(key, anywhere(map.get(key), random));
            }
            return changed;
        }
        if (value instanceof List<?> list && !list.isEmpty() && random.nextInt(8) > 0) {
            List<Object> changed = new ArrayList<>(list);
            int index = random.nextInt(list.size());
            changed.set(index, anywhere(list.get(index), random));
            return changed;
        }
        return single(random);
    }

    private static String anyKey(Random random) {
        List<String> keys = new ArrayList<>(Keys.Kind.keys());
        keys.addAll(Keys.COMMON);
        keys.addAll(List.of("with", "steps", "output", "as", "catch", "required", "type", "default"));
        return keys.get(random.nextInt(keys.size()));
    }

    private static Object single(Random random) {
        return List.of(
                        "",
                        "text",
                        "none",
                        "fail",
                        "string",
                        "object",
                        "10s",
                        "0s",
                        "${{ a }}",
                        0L,
                        1L,
                        2L,
                        1.5,
                        -1L,
                        1e9,
                        3.0,
                        true,
                        false,
                        List.of(),
                        List.of("a"),
                        List.of(1L),
                        Map.of(),
                        Map.of("a", 1L),
                        Map.of("value", 1L),
                        Map.of("type", "object"),
                        Map.of("steps", Map.of()),
                        Map.of("required", true))
                .get(random.nextInt(27));
    }

    /** Deletes, repeats, moves or inserts a few pieces of a text. */
    static String text(String text, Random random) {
        StringBuilder damaged = new StringBuilder(text);
        for (int times = 1 + random.nextInt(3); times > 0 && damaged.length() > 1; times--) {
            int from = random.nextInt(damaged.length());
            int to = Math.min(damaged.length(), from + 1 + random.nextInt(12));
            switch (random.nextInt(4)) {
                case 0 -> damaged.delete(from, to);
                case 1 -> damaged.insert(random.nextInt(damaged.length()), damaged.substring(from, to));
                default -> damaged.insert(from, PIECES.get(random.nextInt(PIECES.size())));
            }
        }
        return damaged.toString();
    }
}
