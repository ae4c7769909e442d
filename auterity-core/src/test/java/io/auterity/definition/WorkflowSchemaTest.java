package io.auterity.definition;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Holds the published JSON Schema and the reader together. */
class WorkflowSchemaTest {

    private static final Map<String, Object> PUBLISHED = published();

    private static final Schema SCHEMA = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
            .getSchema(Json.write(PUBLISHED), InputFormat.JSON);

    /** What JSON Schema has no word for: repeated keys, sizes, contradictions inside schemas, braces of expressions. */
    private static final Set<String> BEYOND_SCHEMA = Set.of(
            Codes.REPEATED, Codes.LIMIT, Codes.CONTRADICTION, Codes.EXPRESSION, Codes.YAML_FEATURE, Codes.INSTANT);

    @Provide
    Arbitrary<Definition> definitions() {
        return Definitions.definitions(1);
    }

    @Test
    void is_itself_a_valid_schema() {
        Schema meta = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                .getSchema(SchemaLocation.of("https://json-schema.org/draft/2020-12/schema"));
        assertThat(meta.validate(Json.write(PUBLISHED), InputFormat.JSON)).isEmpty();
        assertThat(meta.validate("{\"properties\": 1}", InputFormat.JSON)).isNotEmpty();
    }

    // --- the same keys, words and ranges

    @Test
    void has_the_keys_of_the_reader_and_no_others() {
        assertThat(keys()).containsExactly(Keys.WORKFLOW.toArray(String[]::new));
        assertThat(keys("properties", "defaults")).containsExactlyElementsOf(Keys.DEFAULTS);
        assertThat(keys("properties", "onFailure")).containsExactlyElementsOf(Keys.ON_FAILURE);
        assertThat(keys("$defs", "step")).containsExactlyElementsOf(Keys.COMMON);
        assertThat(keys("$defs", "block")).containsExactlyElementsOf(Keys.BLOCK);
        assertThat(keys("$defs", "case")).containsExactlyElementsOf(Keys.CASE);
        assertThat(keys("$defs", "retry", "anyOf", "2")).containsExactlyElementsOf(Keys.RETRY);
        assertThat(keys("$defs", "onError", "anyOf", "2")).containsExactlyElementsOf(Keys.ON_ERROR);
        assertThat(keys("$defs", "kind-repeat", "properties", "repeat")).containsExactlyElementsOf(Keys.REPEAT);
        assertThat(keys("$defs", "kind-await", "properties", "await", "anyOf", "1"))
                .containsExactlyElementsOf(Keys.AWAIT);
        assertThat(keys("$defs", "kind-approve", "properties", "approve")).containsExactlyElementsOf(Keys.APPROVE);
        assertThat(keys("$defs", "kind-emit", "properties", "emit", "anyOf", "1"))
                .containsExactlyElementsOf(Keys.EMIT);
        assertThat(keys("$defs", "kind-fail", "properties", "fail", "anyOf", "1"))
                .containsExactlyElementsOf(Keys.FAIL);
        assertThat(keys("$defs", "kind-java", "properties", "java")).containsExactlyElementsOf(Keys.JAVA);
        assertThat(keys("$defs", "trigger")).containsExactlyElementsOf(Keys.TRIGGER);
        assertThat(keys("$defs", "webhook")).containsExactlyElementsOf(Keys.WEBHOOK);
        assertThat(keys("$defs", "schedule")).containsExactlyElementsOf(Keys.SCHEDULE);
        assertThat(list("$defs", "schedule", "oneOf"))
                .extracting("required")
                .isEqualTo(Keys.TIMING.stream().map(List::of).toList());
    }

    @Test
    void has_the_kinds_of_the_reader_and_no_others() {
        for (Keys.Kind kind : Keys.Kind.values()) {
            assertThat(keys("$defs", "kind-" + kind.key)).containsExactlyElementsOf(kind.bare);
        }
        List<String> references = Stream.of(Keys.Kind.values())
                .map(kind -> "#/$defs/kind-" + kind.key)
                .toList();
        for (String step : List.of("step", "bareStep")) {
            assertThat(list("$defs", step, "oneOf")).extracting("$ref").isEqualTo(references);
        }
        assertThat(list("$defs", "onError", "anyOf", "2", "properties", "fallback", "if", "oneOf"))
                .extracting("required")
                .isEqualTo(Keys.Kind.keys().stream().map(List::of).toList());
    }

    @Test
    void has_the_words_of_the_reader_and_no_others() {
        assertThat(words("$defs", "step", "properties", "join")).containsExactlyElementsOf(Keys.JOIN.keySet());
        assertThat(words("$defs", "kind-forEach", "properties", "onItemError"))
                .containsExactlyElementsOf(Keys.ITEM_ERRORS.keySet());
        assertThat(words("$defs", "kind-approve", "properties", "approve", "properties", "else"))
                .containsExactlyInAnyOrderElementsOf(Keys.OTHERWISE.keySet());
        assertThat(words("$defs", "schedule", "properties", "catchUp"))
                .containsExactlyElementsOf(Keys.CATCH_UP.keySet());
        assertThat(words("$defs", "schedule", "properties", "overlap"))
                .containsExactlyElementsOf(Keys.OVERLAP.keySet());
        assertThat(list("$defs", "onError", "anyOf").subList(0, 2))
                .extracting("const")
                .containsExactlyInAnyOrderElementsOf(Keys.ERROR_WORDS.keySet());
        assertThat(list("$defs", "type", "enum")).isEqualTo(List.copyOf(SchemaShorthand.TYPES));
        assertThat(at("$defs", "retry", "anyOf", "0", "const")).isEqualTo(Keys.NO_RETRY);
        assertThat(at("properties", "auterity", "const")).isEqualTo(Keys.VERSION);
    }

    @Test
    void has_the_durations_and_defaults_of_the_reader() {
        assertThat(at("$defs", "duration", "pattern")).isEqualTo("^(?:" + Durations.SHORT + "|" + Durations.ISO + ")$");
        String[] retry = {"$defs", "retry", "anyOf", "2", "properties"};
        assertThat(at(retry, "maxAttempts", "default")).isEqualTo((long) Retry.DEFAULT_MAX_ATTEMPTS);
        assertThat(at(retry, "delay", "default")).isEqualTo(Durations.print(Retry.DEFAULT_DELAY));
        assertThat(at(retry, "multiplier", "default")).isEqualTo((long) Retry.DEFAULT_MULTIPLIER);
        assertThat(at(retry, "maxDelay", "default")).isEqualTo(Durations.print(Retry.DEFAULT_MAX_DELAY));
        assertThat(at(retry, "jitter", "default")).isEqualTo(Retry.DEFAULT_JITTER);
        assertThat(at("$defs", "instant", "pattern")).isEqualTo("^(?:" + Part.INSTANT + ")$");
        String[] schedule = {"$defs", "schedule", "properties"};
        assertThat(at(schedule, "zone", "default")).isEqualTo(Trigger.Timing.Cron.DEFAULT_ZONE);
        assertThat(at(schedule, "catchUp", "default")).isEqualTo("latest");
        assertThat(at(schedule, "overlap", "default")).isEqualTo("allow");
        assertThat(at(schedule, "catchUpLimit", "default")).isEqualTo((long) Trigger.Firing.DEFAULT_CATCH_UP_LIMIT);
        String[] forEach = {"$defs", "kind-forEach", "properties"};
        assertThat(at(forEach, "as", "default")).isEqualTo(StepKind.ForEach.DEFAULT_AS);
        assertThat(at(forEach, "concurrency", "default")).isEqualTo((long) StepKind.ForEach.DEFAULT_CONCURRENCY);
        assertThat(at("$defs", "kind-repeat", "properties", "repeat", "properties", "max", "default"))
                .isEqualTo((long) StepKind.Repeat.DEFAULT_MAX);
        assertThat(at("properties", "defaults", "properties", "timeout", "default"))
                .isEqualTo(Durations.print(Policy.DEFAULT_TIMEOUT));
    }

    @Test
    void has_the_ranges_of_the_reader() {
        String[] retry = {"$defs", "retry", "anyOf", "2", "properties"};
        assertThat(at(retry, "maxAttempts", "maximum")).isEqualTo((long) Retry.MOST_ATTEMPTS);
        assertThat(at("$defs", "retry", "anyOf", "1", "maximum")).isEqualTo((long) Retry.MOST_ATTEMPTS);
        assertThat(at(retry, "multiplier", "maximum")).isEqualTo((long) Retry.LARGEST_MULTIPLIER);
        assertThat(at("$defs", "kind-forEach", "properties", "concurrency", "maximum"))
                .isEqualTo((long) StepKind.ForEach.MOST_CONCURRENCY);
        assertThat(at("$defs", "kind-repeat", "properties", "repeat", "properties", "max", "maximum"))
                .isEqualTo((long) StepKind.Repeat.MOST_TIMES);
        assertThat(at("$defs", "schedule", "properties", "catchUpLimit", "maximum"))
                .isEqualTo((long) Trigger.Firing.MOST_CATCH_UP);
        assertThat(at("properties", "maxRuns", "maximum")).isEqualTo((long) Settings.MOST_RUNS);
    }

    @Test
    void every_key_has_a_description_for_editors() {
        List<String> silent = new ArrayList<>();
        describe(PUBLISHED, "", silent);
        assertThat(silent).isEmpty();
    }

    private static void describe(Object schema, String path, List<String> silent) {
        if (schema instanceof Map<?, ?> map) {
            map.forEach((key, value) -> {
                if (key.equals("properties")
                        && !path.endsWith("/if")
                        && !path.endsWith("/then")
                        && !path.endsWith("/1")) {
                    ((Map<?, ?>) value).forEach((name, property) -> {
                        Object resolved = property instanceof Map<?, ?> m && m.get("$ref") instanceof String reference
                                ? at(reference.substring(2).split("/"))
                                : property;
                        boolean told = ((Map<?, ?>) property).containsKey("description")
                                || ((Map<?, ?>) resolved).containsKey("description");
                        if (!told) {
                            silent.add(path + "/" + name);
                        }
                    });
                }
                describe(value, path + "/" + key, silent);
            });
        }
    }

    // --- the same verdict

    @Property(tries = 50, seed = "20261122")
    void what_the_writer_writes_satisfies_the_schema(@ForAll("definitions") Definition definition) {
        assertThat(SCHEMA.validate(DefinitionWriter.json(definition), InputFormat.JSON))
                .isEmpty();
        assertThat(SCHEMA.validate(DefinitionHash.canonical(definition), InputFormat.JSON))
                .isEmpty();
    }

    @Property(tries = 500, seed = "20261122")
    void what_is_damaged_is_refused_by_both_or_by_none(
            @ForAll("definitions") Definition definition, @ForAll Random random) {
        Object damaged = Damage.anywhere(Document.shortest(definition), random);
        sameVerdict(Json.write(damaged));
    }

    @ParameterizedTest
    @MethodSource("io.auterity.definition.DefinitionProblemsTest#texts")
    void what_is_written_wrong_is_refused_by_both(String text) {
        sameVerdict(text);
    }

    private static void sameVerdict(String text) {
        List<String> codes = codes(text);
        boolean beyond = !codes.isEmpty() && BEYOND_SCHEMA.containsAll(codes)
                || codes.contains(Codes.SYNTAX)
                || codes.contains(Codes.YAML_FEATURE);
        if (!beyond) {
            Reading reading = new Reading("", Limits.DEFAULT);
            Object document = Part.root(reading, node(text)).json();
            if (reading.count() > 0) {
                return; // it holds a number that JSON cannot say
            }
            assertThat(SCHEMA.validate(Json.write(document), InputFormat.JSON).isEmpty())
                    .as("the schema accepts what the reader says %s to: %s", codes, text)
                    .isEqualTo(codes.isEmpty());
        }
    }

    private static Node node(String text) {
        return JsonNodes.mayBe(text) ? JsonNodes.read(text, Limits.DEFAULT) : YamlNodes.read(text, Limits.DEFAULT);
    }

    private static List<String> codes(String text) {
        try {
            new DefinitionReader().read(text);
            return List.of();
        } catch (DefinitionException e) {
            return e.problems().stream().map(Problem::code).distinct().toList();
        }
    }

    // --- looking into the schema

    private static List<String> keys(String... path) {
        Object properties = at(path, "properties");
        assertThat(properties).as("%s", List.of(path)).isInstanceOf(Map.class);
        return ((Map<?, ?>) properties).keySet().stream().map(String::valueOf).toList();
    }

    private static List<Object> words(String... path) {
        List<Object> words = new ArrayList<>();
        list(at(path, "oneOf")).forEach(word -> words.add(((Map<?, ?>) word).get("const")));
        return words;
    }

    private static List<Object> list(String... path) {
        return list(at(path));
    }

    @SuppressWarnings("unchecked")
    private static List<Object> list(Object value) {
        return (List<Object>) value;
    }

    private static Object at(String[] path, String... more) {
        return at(Stream.concat(Stream.of(path), Stream.of(more)).toArray(String[]::new));
    }

    private static Object at(String... path) {
        Object value = PUBLISHED;
        for (String segment : path) {
            value = value instanceof List<?> list
                    ? list.get(Integer.parseInt(segment))
                    : ((Map<?, ?>) value).get(segment);
            assertThat(value).as(segment + " of " + List.of(path)).isNotNull();
        }
        return value;
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> published() {
        try (InputStream stream = Definition.class.getResourceAsStream("/io/auterity/workflow.schema.json")) {
            return (Map<String, Object>) Json.read(stream.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
