package io.auterity.definition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.auterity.testkit.OwnProcess;
import io.auterity.testkit.ProcessorTime;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;

/** R20: texts made to exhaust or to break in are refused quickly, with the limit's name. */
class R20HostileDefinitionsTest {

    private static final String HEAD = "auterity: 1\nid: w\nsteps:\n";
    private static final Duration LONGEST = Duration.ofSeconds(2);
    private static final int MEGABYTE = 1024 * 1024;

    /** Units that fill a megabyte by repetition, chosen for what a YAML scanner does with each. */
    private static final List<String> UNITS = List.of(
            " ",
            "\n",
            "\t",
            "#",
            "'",
            "\"",
            "\\",
            "!",
            "&",
            "*",
            "|",
            "|\n",
            ">",
            "-\n",
            "- ",
            "-",
            ":\n",
            ": ",
            "?\n",
            "? ",
            "{",
            "[",
            "{a: ",
            "[[",
            "{},",
            "[],",
            "[]\n",
            ",",
            "]",
            "}",
            "\"\\u",
            "---\n",
            "...\n",
            "%\n",
            "%YAML 1.1\n",
            "@",
            "`",
            "~",
            "a: a\n",
            "a\n",
            "a ",
            "a:",
            "a: ",
            "&a ",
            "&a a\n",
            "!a ",
            "!!str a\n",
            "'a'\n",
            "\"a\" ",
            "k: |\n  x\n",
            "- - - -\n",
            " - a\n",
            "1",
            "0x1",
            "+",
            "1.",
            "1e",
            "${{",
            "}}",
            "\r",
            "\r\n",
            "\u0085",
            "\u2028",
            "\ud83d\ude00",
            "\u00e9",
            "\ud800",
            "\u0000",
            "\ufeff",
            "a: &a b\n",
            "? a\n: b\n",
            "- &a x\n- *a\n",
            "{\"a\":",
            "{\"a\":1,",
            "[1,",
            "\"a\"",
            "  a: b\n ",
            "'\n",
            "\"\n",
            "\"\\\n",
            "a #\n",
            "x: {",
            "x: [",
            "- {",
            "!<",
            "!a!",
            "%TAG !a! b\n");

    /** Texts by name, each a way to ask for too much, and the limit or the code that stops it. */
    private static Map<String, String[]> attacks() {
        Map<String, String[]> attacks = new LinkedHashMap<>();
        attacks.put("billion laughs", new String[] {laughs(10, 9), "maxValues"});
        attacks.put("aliases of aliases", new String[] {laughs(1, 60), "maxAliases"});
        attacks.put("aliases that nest", new String[] {nestedAliases(40), "maxDepth"});
        attacks.put("an alias to itself", new String[] {HEAD + "  s: &s {value: *s}\n", "AUT-D014"});
        attacks.put("200,000 lists", new String[] {HEAD + "  s: {value: " + "[".repeat(200_000), "maxDepth"});
        attacks.put("200,000 objects", new String[] {HEAD + "  s: {value: " + "{a: ".repeat(200_000), "maxDepth"});
        attacks.put(
                "200,000 block lists",
                new String[] {HEAD + "  s:\n    value:\n      " + "- ".repeat(200_000), "maxDepth"});
        attacks.put("200,000 complex keys", new String[] {HEAD + "  " + "? ".repeat(200_000), "AUT-D014"});
        attacks.put("200,000 lists in JSON", new String[] {"{\"steps\": " + "[".repeat(200_000), "maxDepth"});
        attacks.put("200,000 objects in JSON", new String[] {"{\"steps\": " + "{\"a\":".repeat(200_000), "maxDepth"});
        attacks.put("blocks in blocks", new String[] {blocks(100), "maxDepth"});
        attacks.put("100,000 steps", new String[] {manySteps(100_000), "maxBytes"});
        attacks.put("20,000 steps", new String[] {manySteps(20_000), "maxItems"});
        attacks.put("20,000 steps in many blocks", new String[] {stepsInBlocks(20, 1_000), "maxSteps"});
        attacks.put("10 MB text", new String[] {HEAD + "  s: {value: " + "x".repeat(10 * MEGABYTE) + "}", "maxBytes"});
        attacks.put("a megabyte of digits", new String[] {
            HEAD + "  s: {value: " + "9".repeat(MEGABYTE - 100) + "}", "AUT-D010"
        });
        attacks.put("one key 9,000 times", new String[] {HEAD + "  s: {value: 1}\n".repeat(9_000), "AUT-D008"});
        attacks.put("9,000 unknown keys", new String[] {
            HEAD + "  s: {}\n" + numbered(9_000, i -> "k" + i + ": 1\n"), "AUT-D004"
        });
        attacks.put("a script engine", new String[] {
            HEAD + "  s: {value: !!javax.script.ScriptEngineManager [!!java.net.URLClassLoader [[!!java.net.URL "
                    + "[\"http://127.0.0.1:1/\"]]]]}\n",
            "AUT-D014"
        });
        attacks.put("a Java type in JSON", new String[] {
            "{\"auterity\": 1, \"id\": \"w\", \"@class\": \"java.lang.Runtime\", \"steps\": {}}", "AUT-D004"
        });
        attacks.put(
                "a version that is no number", new String[] {"%YAML 99999999999999999999.1\n---\n" + HEAD, "AUT-D001"});
        attacks.put("an impossible escape", new String[] {HEAD + "  s: {value: \"\\UFFFFFFFF\"}\n", "AUT-D001"});
        attacks.put("an impossible tag escape", new String[] {HEAD + "  s: {value: !<%FF%FE> x}\n", "AUT-D001"});
        return attacks;
    }

    @TestFactory
    List<DynamicTest> is_refused_quickly_with_the_limit_or_the_code() {
        return attacks().entrySet().stream()
                .map(attack -> DynamicTest.dynamicTest(attack.getKey(), () -> {
                    String text = attack.getValue()[0];
                    ProcessorTime.atMost(LONGEST, () -> readOrRefuse(text));
                    DefinitionException refused =
                            catchThrowableOfType(DefinitionException.class, () -> new DefinitionReader().read(text));
                    assertThat(refused).hasMessageContaining(attack.getValue()[1]);
                    assertThat(refused.getMessage()).hasSizeLessThan(100_000);
                }))
                .toList();
    }

    @Test
    @Timeout(120)
    void a_megabyte_of_anything_is_read_or_refused_quickly_in_64_megabytes() throws Exception {
        Path told = Files.createTempFile("hostile", ".txt");
        Process process = OwnProcess.start(List.of("-Xmx64m"), InLittleMemory.class, told);
        try {
            assertThat(process.waitFor(100, TimeUnit.SECONDS)).isTrue();
            assertThat(Files.readString(told)).isEqualTo(InLittleMemory.DONE);
        } finally {
            process.destroyForcibly();
            Files.delete(told);
        }
    }

    /** Reads every hostile text in a JVM that has little memory, and tells what took long. */
    static final class InLittleMemory {

        static final String DONE = "read or refused all";

        public static void main(String[] args) throws Exception {
            for (Map.Entry<String, String[]> attack : attacks().entrySet()) {
                timed(attack.getKey(), attack.getValue()[0]);
            }
            for (String unit : UNITS) {
                for (String text : megabytes(unit)) {
                    timed(Quote.of(unit), text);
                }
            }
            System.out.print(DONE);
        }

        private static void timed(String name, String text) throws Exception {
            try {
                ProcessorTime.atMost(LONGEST, () -> readOrRefuse(text));
            } catch (AssertionError tooLong) {
                System.out.println(name + ": " + tooLong.getMessage());
            }
        }
    }

    @Test
    void bytes_of_every_sort_end_in_a_definition_exception() {
        for (int first = 0; first < 256; first++) {
            byte[] text = (HEAD + "  s: {value: \"???\"}\n").getBytes(StandardCharsets.UTF_8);
            for (int i = 0, put = 0; i < text.length; i++) {
                if (text[i] == '?') {
                    text[i] = (byte) (first + 37 * put++);
                }
            }
            assertThatCode(() -> {
                        try {
                            new DefinitionReader().read(text, "");
                        } catch (DefinitionException e) {
                            assertThat(e.problems()).isNotEmpty();
                        }
                    })
                    .doesNotThrowAnyException();
        }
    }

    // --- limits, one below, at and one above

    @Test
    void the_limits_are_the_published_ones() {
        assertThat(Limits.DEFAULT).isEqualTo(new Limits(1_048_576, 64, 50, 10_000, 500_000, 10_000));
    }

    @Test
    void a_text_has_at_most_max_bytes() {
        String text = HEAD + "  s: {value: \u00e9}\n#";
        int bytes = text.getBytes(StandardCharsets.UTF_8).length;
        holds("maxBytes", MEGABYTE, size -> text + "x".repeat(size - bytes), Limits.DEFAULT);
        byte[] tooLong = (text + "x".repeat(MEGABYTE - bytes + 1)).getBytes(StandardCharsets.UTF_8);
        assertThat(catchThrowableOfType(DefinitionException.class, () -> new DefinitionReader().read(tooLong, "")))
                .hasMessageContaining("maxBytes");
    }

    @Test
    void values_nest_at_most_max_depth() {
        // the text itself, steps and the step are three levels
        holds(
                "maxDepth",
                64,
                depth -> HEAD + "  s: {value: " + "[".repeat(depth - 3) + "]".repeat(depth - 3) + "}",
                Limits.DEFAULT);
        holds(
                "maxDepth",
                64,
                depth -> "{\"auterity\":1,\"id\":\"w\",\"steps\":{\"s\":{\"value\":" + "[".repeat(depth - 3)
                        + "]".repeat(depth - 3) + "}}}",
                Limits.DEFAULT);
        holds(
                "maxDepth",
                Limits.DEEPEST,
                depth -> HEAD + "  s: {value: " + "[".repeat(depth - 3) + "]".repeat(depth - 3) + "}",
                Limits.DEFAULT.withMaxDepth(Limits.DEEPEST));
    }

    @Test
    void aliases_count_up_to_max_aliases() {
        holds("maxAliases", 50, count -> HEAD + "  s: {value: [&a x" + ", *a".repeat(count) + "]}", Limits.DEFAULT);
    }

    @Test
    void lists_and_objects_have_at_most_max_items() {
        holds("maxItems", 10_000, count -> HEAD + "  s: {value: [" + "x,".repeat(count) + "]}", Limits.DEFAULT);
        holds(
                "maxItems",
                10_000,
                count -> HEAD + "  s: {value: {" + numbered(count, i -> "k" + i + ": x,") + "}}",
                Limits.DEFAULT);
    }

    @Test
    void values_count_up_to_max_values() {
        // the text, version, id, steps, the step and the list are six
        holds(
                "maxValues",
                10,
                count -> HEAD + "  s: {value: [" + "x,".repeat(count - 6) + "]}",
                Limits.DEFAULT.withMaxValues(10));
        holds(
                "maxValues",
                16,
                count -> HEAD + "  s: {value: [&a [x, y], *a, *a" + ", z".repeat(count - 15) + "]}",
                Limits.DEFAULT.withMaxValues(16));
    }

    @Test
    void steps_count_up_to_max_steps_over_all_blocks() {
        holds(
                "maxSteps",
                10_000,
                count -> stepsInBlocks(2, count / 2 - 1) + numbered(count % 2, i -> "  x: {value: 1}\n"),
                Limits.DEFAULT);
        holds(
                "maxSteps",
                2,
                count -> HEAD + "  s: {value: 1" + ", undo: {value: 1}".repeat(count > 1 ? 1 : 0) + "}\n"
                        + numbered(count > 2 ? 1 : 0, i -> "  t: {value: 1}\n"),
                Limits.DEFAULT.withMaxSteps(2));
    }

    /** Accepts one below the limit and the limit, and refuses one above by the limit's name. */
    private static void holds(String name, int limit, IntFunction<String> text, Limits limits) {
        DefinitionReader reader = new DefinitionReader(limits);
        reader.read(text.apply(limit - 1));
        reader.read(text.apply(limit));
        DefinitionException refused =
                catchThrowableOfType(DefinitionException.class, () -> reader.read(text.apply(limit + 1)));
        assertThat(refused).as(name).hasMessageContaining("limit " + name);
        assertThat(refused.code()).isEqualTo("AUT-D011");
    }

    // --- texts

    private static void readOrRefuse(String text) {
        try {
            new DefinitionReader().read(text);
        } catch (DefinitionException e) {
            assertThat(e.problems()).isNotEmpty();
        }
    }

    /** A unit inside steps, repeated to almost a megabyte, and to less alone and inside a JSON object. */
    private static List<String> megabytes(String unit) {
        String filled = unit.repeat((MEGABYTE - 100) / unit.getBytes(StandardCharsets.UTF_8).length);
        String less = filled.substring(0, filled.length() / 10);
        return List.of(HEAD + "  " + filled, less, "{\"auterity\": 1, \"id\": \"w\", \"steps\": " + less);
    }

    private static String laughs(int width, int levels) {
        StringBuilder text = new StringBuilder("vars:\n  l0: &l0 [" + "x,".repeat(width) + "]\n");
        for (int i = 1; i <= levels; i++) {
            text.append("  l" + i + ": &l" + i + " [" + ("*l" + (i - 1) + ",").repeat(width) + "]\n");
        }
        return text + HEAD;
    }

    private static String nestedAliases(int levels) {
        StringBuilder text = new StringBuilder("vars:\n  l0: &l0 [[x]]\n");
        for (int i = 1; i <= levels; i++) {
            text.append("  l" + i + ": &l" + i + " [[*l" + (i - 1) + "]]\n");
        }
        return text + HEAD;
    }

    private static String blocks(int levels) {
        return HEAD + "  s: " + "{forEach: [1], steps: {s: ".repeat(levels) + "{value: 1}" + "}}".repeat(levels);
    }

    private static String manySteps(int count) {
        return HEAD + numbered(count, i -> "  s" + i + ": {value: 1}\n");
    }

    private static String stepsInBlocks(int blocks, int steps) {
        return HEAD
                + numbered(
                        blocks,
                        i -> "  b" + i + ":\n    forEach: [1]\n    steps:\n"
                                + numbered(steps, j -> "      s" + j + ": {value: 1}\n"));
    }

    private static String numbered(int count, IntFunction<String> line) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < count; i++) {
            text.append(line.apply(i));
        }
        return text.toString();
    }
}
