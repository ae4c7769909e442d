package io.auterity.definition;

import io.auterity.definition.Policy.OnError;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/**
 * Random definitions with every kind of step and nested blocks, for properties.
 *
 * <p>They are well-formed, so that they can be written, read and hashed, but their expressions and names refer to nothing:
 * whoever compiles them must expect problems.
 */
public final class Definitions {

    /** Texts that a careless writer or reader of YAML turns into something else. */
    static final List<String> TRICKY = List.of(
            "",
            " ",
            "~",
            "null",
            "true",
            "False",
            "yes",
            "no",
            "on",
            "off",
            "y",
            "0",
            "-1",
            "1.5",
            "1e3",
            ".5",
            "0x1F",
            "0o17",
            ".inf",
            "-.INF",
            ".nan",
            "1:30",
            "2024-01-31",
            "- a",
            "-",
            "? a",
            "a: b",
            "a:",
            ":a",
            "a #b",
            "#a",
            "'",
            "\"",
            "\\",
            "it's",
            "say \"hi\"",
            "c:\\dir",
            "[a]",
            "{a}",
            "a, b",
            "&a",
            "*a",
            "!a",
            "!!str a",
            "%a",
            "@a",
            "`a`",
            "|",
            ">",
            "---",
            "...",
            "<<",
            "=",
            " a",
            "a ",
            "\ta",
            "a\tb",
            "a\n",
            "\na",
            "a\nb",
            "a\n\n",
            "a\n \nb",
            "a\nb\n",
            "a\n  b",
            " a\nb",
            "a\n\tb",
            "a\r\nb",
            "\u0000",
            "\u0007",
            "\u007f",
            "\u0085",
            "\u00a0",
            "\u2028",
            "\ufeff",
            "\ufffe",
            "\ud83d\ude00",
            "\ud800",
            "\udc00x",
            "${{ a }}",
            "${{ a ? b : c }}",
            "x ${{ a }} y",
            "${{ {'a': 'b'}['a'] }}",
            "${{",
            "}}",
            "10m",
            "250ms",
            "PT1S",
            "long ".repeat(60) + "text");

    private static final int DEPTH = 3;

    private Definitions() {}

    /** Returns definitions with blocks nested up to three levels deep. */
    public static Arbitrary<Definition> definitions() {
        return definitions(DEPTH);
    }

    /** Returns definitions with blocks nested up to some levels deep. */
    public static Arbitrary<Definition> definitions(int depth) {
        Arbitrary<List<Trigger>> triggers = triggers().list().ofMaxSize(3);
        return Combinators.combine(ids(), descriptions(), objectSchemas(), settings(), blocks(depth), triggers)
                .as(Definition::new);
    }

    private static Arbitrary<Trigger> triggers() {
        Arbitrary<Instant> instants = Arbitraries.longs()
                .between(0, 250_000_000_000L)
                .map(Instant::ofEpochSecond)
                .map(instant -> instant.plusNanos(instant.getEpochSecond() % 3 * 1_000));
        Arbitrary<Trigger.Timing> timings = Arbitraries.oneOf(
                Combinators.combine(Arbitraries.of("@daily", "0 9 * * MON-FRI"), Arbitraries.of("UTC", "Asia/Tokyo"))
                        .as(Trigger.Timing.Cron::new),
                timeouts().map(Trigger.Timing.Every::new),
                instants.map(Trigger.Timing.At::new));
        Arbitrary<Trigger.Window> windows = Combinators.combine(instants.optional(0.3), instants.optional(0.3))
                .as(Trigger.Window::new);
        Arbitrary<Trigger.Firing> firings = Combinators.combine(
                        Arbitraries.of(Trigger.CatchUp.class),
                        Arbitraries.integers().between(1, Trigger.Firing.MOST_CATCH_UP),
                        Arbitraries.of(Trigger.Overlap.class))
                .as(Trigger.Firing::new);
        return Arbitraries.oneOf(
                Combinators.combine(
                                Arbitraries.of("", "morning"),
                                timings,
                                windows,
                                firings,
                                Arbitraries.of(true, false),
                                inputs())
                        .as(Trigger.Schedule::new),
                Arbitraries.of(Map.<String, Object>of(), Map.<String, Object>of("path", "leads"))
                        .map(Trigger.Webhook::new));
    }

    /** Returns blocks with steps nested up to some levels deep. */
    public static Arbitrary<Block> blocks(int depth) {
        return Combinators.combine(steps(depth, 0, 3), json().map(Template::new).optional(0.5))
                .as(Block::new);
    }

    /** Returns steps with different names. */
    public static Arbitrary<List<Step>> steps(int depth, int min, int max) {
        return steps(depth).list().uniqueElements(Step::name).ofMinSize(min).ofMaxSize(max);
    }

    /** Returns steps whose blocks are nested up to some levels deep. */
    public static Arbitrary<Step> steps(int depth) {
        return Combinators.combine(names(), kinds(depth), orders(), policies(depth), descriptions())
                .as(Step::new);
    }

    /** Returns every kind of step; those with blocks only while {@code depth} is above 0. */
    public static Arbitrary<StepKind> kinds(int depth) {
        List<Arbitrary<? extends StepKind>> kinds = new ArrayList<>(List.of(
                Combinators.combine(words(), inputs()).as(StepKind.Uses::new),
                templates().map(StepKind.Value::new),
                switches(),
                Combinators.combine(words(), inputs()).as(StepKind.Run::new),
                waits(),
                Combinators.combine(words(), someDurations(), schemas()).as(StepKind.Await::new),
                Combinators.combine(
                                words().list().uniqueElements().ofMaxSize(2),
                                someDurations(),
                                objectSchemas(),
                                Arbitraries.of(StepKind.Approve.Otherwise.class))
                        .as(StepKind.Approve::new),
                Combinators.combine(
                                words(),
                                Arbitraries.oneOf(templates(), objects().map(Template::new)))
                        .as(StepKind.Emit::new),
                Combinators.combine(
                                Arbitraries.oneOf(words(), Arbitraries.just(StepKind.Fail.DEFAULT_CODE)), templates())
                        .as(StepKind.Fail::new),
                Combinators.combine(templates().list().ofMaxSize(2), schemas()).as(StepKind.Java::new)));
        if (depth > 0) {
            kinds.addAll(nested(depth - 1));
        }
        return Arbitraries.oneOf(kinds);
    }

    private static List<Arbitrary<? extends StepKind>> nested(int depth) {
        Arbitrary<Block> blocks = Arbitraries.lazy(() -> blocks(depth));
        return List.of(
                Combinators.combine(
                                templates(),
                                Arbitraries.oneOf(words(), Arbitraries.just(StepKind.ForEach.DEFAULT_AS)),
                                Arbitraries.of(
                                        1, 8, StepKind.ForEach.DEFAULT_CONCURRENCY, StepKind.ForEach.MOST_CONCURRENCY),
                                Arbitraries.of(StepKind.ForEach.ItemErrors.class),
                                blocks)
                        .as(StepKind.ForEach::new),
                Combinators.combine(
                                blocks,
                                expressions().optional(0.5),
                                expressions().optional(0.5),
                                Arbitraries.of(1, 7, StepKind.Repeat.DEFAULT_MAX, StepKind.Repeat.MOST_TIMES),
                                durations())
                        .as(StepKind.Repeat::new),
                Arbitraries.lazy(() -> steps(depth, 2, 3)).map(StepKind.Race::new),
                Combinators.combine(blocks, blocks.optional(0.5), blocks.optional(0.5))
                        .as(StepKind.Try::new));
    }

    private static Arbitrary<StepKind.Switch> switches() {
        return Combinators.combine(expressions().optional(0.7), templates())
                .as(StepKind.Switch.Case::new)
                .list()
                .ofMinSize(1)
                .ofMaxSize(3)
                .map(StepKind.Switch::new);
    }

    private static Arbitrary<StepKind.Wait> waits() {
        return Arbitraries.oneOf(
                        durations().map(Durations::print),
                        Arbitraries.of("90m", "PT1.5S", "1h30m", "600s"),
                        expressions().map(expression -> "${{ " + expression + " }}"))
                .map(time -> new StepKind.Wait(new Template(time)));
    }

    /** Returns orders with needs, conditions and joins. */
    public static Arbitrary<Order> orders() {
        Arbitrary<Order> any = Combinators.combine(
                        words().list().uniqueElements().ofMaxSize(2),
                        expressions().optional(0.4),
                        Arbitraries.of(Order.Join.class))
                .as(Order::new);
        return Arbitraries.oneOf(Arbitraries.just(Order.DEFAULT), any);
    }

    /** Returns policies with retries, time-outs, fallbacks and undo steps. */
    public static Arbitrary<Policy> policies(int depth) {
        Arbitrary<StepKind> bare = Arbitraries.lazy(() -> kinds(Math.min(depth - 1, 1)));
        Arbitrary<OnError> onErrors = Arbitraries.oneOf(
                Arbitraries.just(new OnError.Fail()),
                Arbitraries.just(new OnError.Continue()),
                templates().map(OnError.FallbackValue::new),
                Arbitraries.of("value", "run", "fail", "uses")
                        .map(key -> new OnError.FallbackValue(new Template(Map.of(key, 1L)))),
                bare.map(OnError.FallbackStep::new));
        Arbitrary<Policy> any = Combinators.combine(
                        retries().optional(0.5), timeouts().optional(0.5), onErrors, bare.optional(0.2))
                .as(Policy::new);
        return Arbitraries.oneOf(Arbitraries.just(Policy.DEFAULT), any);
    }

    /** Returns retries within the ranges of the format. */
    public static Arbitrary<Retry> retries() {
        return Arbitraries.oneOf(
                Arbitraries.just(Retry.NONE),
                Arbitraries.integers().between(1, 9).map(Retry.exponential(Retry.DEFAULT_DELAY)::maxAttempts),
                Combinators.combine(
                                Arbitraries.of(1, 2, 5, Retry.MOST_ATTEMPTS),
                                durations(),
                                Arbitraries.of(1.0, 1.5, 2.0, 1000.0),
                                durations(),
                                Arbitraries.of(0.0, -0.0, 0.1, 0.2, 1.0),
                                Arbitraries.of("io", "http-5xx", "*", "timeout")
                                        .list()
                                        .uniqueElements()
                                        .ofMaxSize(2))
                        .as(Retry::new));
    }

    private static Arbitrary<Settings> settings() {
        Arbitrary<Settings.Defaults> defaults = Combinators.combine(
                        timeouts().optional(0.3), retries().optional(0.3))
                .as(Settings.Defaults::new);
        return Combinators.combine(
                        defaults,
                        inputs(),
                        timeouts().optional(0.3),
                        Arbitraries.of(1, 16, 100_000).optional(0.3),
                        ids().optional(0.3))
                .as(Settings::new);
    }

    // --- names and texts

    /** Returns names of steps that a compiler accepts. */
    public static Arbitrary<String> names() {
        return Arbitraries.oneOf(
                Arbitraries.of("a", "b", "c", "fetch-page", "score_2", "9lives", "yes", "null", "steps", "value"),
                Arbitraries.strings()
                        .withCharRange('a', 'z')
                        .numeric()
                        .ofMinLength(1)
                        .ofMaxLength(8));
    }

    private static Arbitrary<String> ids() {
        return Arbitraries.strings().withCharRange('a', 'z').ofMinLength(1).ofMaxLength(10);
    }

    /** Any text that is no blank one. */
    private static Arbitrary<String> words() {
        return Arbitraries.oneOf(names(), Arbitraries.of(TRICKY)).filter(word -> !word.isBlank());
    }

    private static Arbitrary<String> descriptions() {
        return Arbitraries.oneOf(Arbitraries.just(""), texts());
    }

    /** Returns texts of every sort, unpaired surrogates and control characters included. */
    public static Arbitrary<String> texts() {
        return Arbitraries.oneOf(
                names(),
                Arbitraries.of(TRICKY),
                Arbitraries.strings().ofMaxLength(12),
                Arbitraries.strings().withChars(" \t\n:#-'\"\\{}[],a$|>&*!%@`?").ofMaxLength(10));
    }

    /** Returns expressions without their braces; not all of them would compile. */
    public static Arbitrary<String> expressions() {
        return Arbitraries.oneOf(
                Arbitraries.of(
                        "input.a > 1",
                        "steps.a.output == 'hot'",
                        "true",
                        "1",
                        "a ? b : c",
                        "{'a': {'b': 1}}.a.b == 1",
                        "'}}' + \"${{\" == x",
                        "r'\\' == x",
                        "x # no comment",
                        "a\n&& b",
                        "not (an expression",
                        "'open"),
                names());
    }

    // --- durations

    /** Returns durations from zero. */
    public static Arbitrary<Duration> durations() {
        return Arbitraries.oneOf(
                Arbitraries.of(
                        Duration.ZERO,
                        Retry.DEFAULT_DELAY,
                        Retry.DEFAULT_MAX_DELAY,
                        Duration.ofMillis(1),
                        Duration.ofNanos(1),
                        Durations.LONGEST),
                Arbitraries.longs().between(0, 100_000).map(Duration::ofSeconds));
    }

    private static Arbitrary<Duration> timeouts() {
        return durations().filter(duration -> !duration.isZero());
    }

    private static Arbitrary<Optional<Duration>> someDurations() {
        return timeouts().optional(0.5);
    }

    // --- values

    /** Returns templates of every JSON type. */
    public static Arbitrary<Template> templates() {
        return json().map(Template::new);
    }

    private static Arbitrary<Map<String, Template>> inputs() {
        return objects().map(object -> {
            Map<String, Template> inputs = new LinkedHashMap<>();
            object.forEach((key, value) -> inputs.put(key, new Template(value)));
            return inputs;
        });
    }

    /** Returns JSON values nested up to three levels deep. */
    public static Arbitrary<Object> json() {
        return json(2);
    }

    private static Arbitrary<Object> json(int depth) {
        Arbitrary<Object> singles = Arbitraries.oneOf(
                texts().asGeneric(),
                texts().asGeneric(),
                Arbitraries.longs().asGeneric(),
                Arbitraries.doubles().between(-1e300, 1e300).asGeneric(),
                Arbitraries.<Object>of(
                        0.0, -0.0, 1.0, 1e21, 4.9e-324, Double.MAX_VALUE, 2e23, Long.MIN_VALUE, Long.MAX_VALUE),
                Arbitraries.<Object>of(true, false),
                Arbitraries.<Object>just(0L).injectNull(1));
        if (depth == 0) {
            return singles;
        }
        Arbitrary<Object> inner = Arbitraries.lazy(() -> json(depth - 1));
        Arbitrary<Object> lists = inner.list().ofMaxSize(3).asGeneric();
        return Arbitraries.frequencyOf(
                net.jqwik.api.Tuple.of(4, singles),
                net.jqwik.api.Tuple.of(1, lists),
                net.jqwik.api.Tuple.of(1, objects(depth - 1).asGeneric()));
    }

    private static Arbitrary<Map<String, Object>> objects() {
        return objects(1);
    }

    private static Arbitrary<Map<String, Object>> objects(int depth) {
        Arbitrary<String> keys = Arbitraries.frequencyOf(
                net.jqwik.api.Tuple.of(4, names()),
                net.jqwik.api.Tuple.of(2, texts().filter(Quote::isWhole)),
                net.jqwik.api.Tuple.of(1, Arbitraries.of("k".repeat(1_001), "long key ".repeat(200))));
        return Combinators.combine(
                        keys.list().uniqueElements().ofMaxSize(3),
                        Arbitraries.lazy(() -> json(depth)).list().ofSize(3))
                .as((names, values) -> {
                    Map<String, Object> object = new LinkedHashMap<>();
                    IntStream.range(0, names.size()).forEach(i -> object.put(names.get(i), values.get(i)));
                    return object;
                });
    }

    // --- schemas

    /** Returns schemas of anything. */
    public static Arbitrary<Map<String, Object>> schemas() {
        return Arbitraries.oneOf(
                Arbitraries.just(Map.of()),
                Arbitraries.of("string", "integer", "number", "boolean", "object", "array", "null", "any")
                        .map(type -> Map.of("type", type)),
                Arbitraries.of(
                        Map.of("enum", Arrays.asList("b", "a", 1L)),
                        Map.of("type", List.of("string", "null")),
                        Map.of("type", "string", "default", "x", "description", "for people: # no comment"),
                        Map.of("type", "array", "items", Map.of("type", "integer"), "maxItems", 3L)));
    }

    /** Returns empty ones and schemas of objects, those with a short form and others. */
    public static Arbitrary<Map<String, Object>> objectSchemas() {
        Arbitrary<Map<String, Object>> shortForms = Combinators.combine(
                        names().list().uniqueElements().ofMinSize(1).ofMaxSize(3),
                        schemas().list().ofSize(3),
                        Arbitraries.integers().between(0, 7))
                .as(Definitions::objectSchema);
        return Arbitraries.oneOf(
                Arbitraries.just(Map.of()),
                shortForms,
                Arbitraries.of(
                        Map.of("type", "object"),
                        Map.of("type", "object", "properties", Map.of()),
                        Map.of("type", "object", "properties", Map.of("a", true)),
                        Map.of("type", "object", "properties", Map.of("a?", Map.of())),
                        Map.of(
                                "type",
                                "object",
                                "properties",
                                Map.of("type", Map.of("type", "object")),
                                "required",
                                List.of("type")),
                        Map.of("type", "object", "properties", Map.of("$a", Map.of("type", "string"))),
                        Map.of(
                                "type",
                                "object",
                                "properties",
                                Map.of("a", Map.of("default", 1L)),
                                "required",
                                List.of("a")),
                        Map.of("$ref", "#/$defs/order", "$defs", Map.of("order", Map.of("type", "object"))),
                        Map.of("type", "object", "additionalProperties", false, "title", "string")));
    }

    private static Map<String, Object> objectSchema(
            List<String> names, List<Map<String, Object>> schemas, int required) {
        Map<String, Object> properties = new LinkedHashMap<>();
        List<String> needed = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            properties.put(names.get(i), schemas.get(i));
            if ((required >> i & 1) == 1) {
                needed.add(names.get(i));
            }
        }
        Map<String, Object> schema = new LinkedHashMap<>();
        schema.put("type", "object");
        schema.put("properties", properties);
        if (!needed.isEmpty()) {
            schema.put("required", needed);
        }
        return schema;
    }
}
