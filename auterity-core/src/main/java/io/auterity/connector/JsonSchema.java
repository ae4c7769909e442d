package io.auterity.connector;

import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaException;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.ValidationLimitExceededException;
import com.networknt.schema.ValidationLimitExceededException.LimitKind;
import com.networknt.schema.dialect.DefaultDialectRegistry;
import com.networknt.schema.dialect.Dialect;
import com.networknt.schema.dialect.Dialects;
import com.networknt.schema.keyword.AnnotationKeyword;
import com.networknt.schema.path.NodePath;
import io.auterity.definition.Values;
import io.auterity.regex.Regex;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * A JSON Schema (2020-12) ready to check values with.
 *
 * <p>References lead to places within the schema only: nothing is fetched or read from anywhere. Patterns run on a
 * linear-time engine, so that no value can make one run away; they may therefore not look around or refer back. A check
 * takes at most {@value #STEPS_A_PART} steps for each part of the value and {@value #SPARE_STEPS} in all beyond that,
 * since schemas that refer to each other can multiply.
 *
 * <p>Immutable and thread-safe.
 */
public final class JsonSchema {

    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    private static final String OWN_METASCHEMAS = "https://json-schema.org/";
    private static final int MOST_PROBLEMS = 20;

    private static final Dialect DIALECT = quiet(Dialects.getDraft202012());

    /** Keywords that may be applied for each part of a value: each item, each member, and the value itself. */
    static final long STEPS_A_PART = 1_000;

    static final long SPARE_STEPS = 100_000;

    /** How deep schemas may be applied inside each other: each level of the value takes some. */
    static final int DEEPEST = 1_000;

    private final Map<String, Object> source;
    private final Schema schema;

    private JsonSchema(Map<String, Object> source, Schema schema) {
        this.source = source;
        this.schema = schema;
    }

    /**
     * Prepares a schema.
     *
     * @param schema the schema as JSON
     * @return the prepared schema
     * @throws IllegalArgumentException if it is no valid schema, or refers to a place outside itself; the message says
     *     where
     */
    public static JsonSchema of(Map<String, Object> schema) {
        SchemaCheck.check(schema);
        SchemaRegistry registry = SchemaRegistry.withDefaultDialect(
                DIALECT,
                builder -> builder.dialectRegistry(JsonSchema::dialect)
                        .schemaLoader(
                                loader -> loader.allow(iri -> iri.toString().startsWith(OWN_METASCHEMAS)))
                        .schemaRegistryConfig(SchemaRegistryConfig.builder()
                                .regularExpressionFactory(JsonSchema::linear)
                                .losslessNarrowing(true)
                                .build()));
        try {
            Schema prepared = registry.getSchema(node(schema));
            prepared.initializeValidators(); // what references lead to as well, which would be read with the first
            // value
            return new JsonSchema(Values.copyOf(schema), prepared);
        } catch (SchemaException e) {
            throw new IllegalArgumentException("this is no usable JSON Schema: " + e.getMessage(), e);
        }
    }

    private static Dialect dialect(String id, SchemaRegistry registry) {
        Dialect dialect = DefaultDialectRegistry.getInstance().getDialect(id, registry);
        return dialect.getId().equals(DIALECT.getId()) ? DIALECT : quiet(dialect);
    }

    /** A keyword that the specification does not know is an annotation; the library's own way is to log a warning. */
    private static Dialect quiet(Dialect dialect) {
        return Dialect.builder(dialect)
                .unknownKeywordFactory((keyword, context) -> new AnnotationKeyword(keyword))
                .build();
    }

    private static com.networknt.schema.regex.RegularExpression linear(String pattern) {
        return Regex.compile(pattern)::find;
    }

    /**
     * Checks a value.
     *
     * @param value a JSON value
     * @return what is wrong, each with its path as in {@code /items/3/price: string found, number expected}; at most
     *     {@value #MOST_PROBLEMS}, empty when the value satisfies the schema
     */
    public List<String> problems(@Nullable Object value) {
        JsonNode node = node(value);
        long steps = SPARE_STEPS + STEPS_A_PART * parts(node);
        try {
            return schema
                    .validate(
                            node,
                            context -> context.executionConfig(
                                    limits -> limits.maxEvaluationSteps(steps).maxEvaluationDepth(DEEPEST)))
                    .stream()
                    .limit(MOST_PROBLEMS)
                    .map(JsonSchema::problem)
                    .toList();
        } catch (ValidationLimitExceededException exceeded) {
            boolean deep = exceeded.getLimitKind() == LimitKind.EVALUATION_DEPTH;
            return List.of(place(exceeded.getInstanceLocation()) + ": the schema takes more than "
                    + (deep ? DEEPEST + " levels" : steps + " steps") + " to check this value");
        }
    }

    private static long parts(JsonNode node) {
        long parts = 1;
        for (JsonNode part : node) {
            parts += parts(part);
        }
        return parts;
    }

    /**
     * Fills in what the schema has a {@code default} for: missing properties of an object, and of the objects that its
     * properties hold.
     *
     * @param value a JSON value
     * @return the value itself if it misses nothing, else a copy with the defaults behind what is there
     */
    public @Nullable Object withDefaults(@Nullable Object value) {
        return filled(source, value);
    }

    private static @Nullable Object filled(@Nullable Object schema, @Nullable Object value) {
        if (!(schema instanceof Map<?, ?> keywords)
                || !(keywords.get("properties") instanceof Map<?, ?> properties)
                || !(value instanceof Map<?, ?> object)) {
            return value;
        }
        Map<String, @Nullable Object> changed = new LinkedHashMap<>();
        properties.forEach((name, property) -> {
            if (object.containsKey(name)) {
                Object inside = filled(property, object.get(name));
                if (inside != object.get(name)) {
                    changed.put((String) name, inside);
                }
            } else if (property instanceof Map<?, ?> map && map.containsKey("default")) {
                changed.put((String) name, map.get("default"));
            }
        });
        if (changed.isEmpty()) {
            return value;
        }
        Map<String, @Nullable Object> whole = new LinkedHashMap<>();
        object.forEach((name, item) -> whole.put((String) name, item));
        whole.putAll(changed);
        return Collections.unmodifiableMap(whole);
    }

    private static String problem(Error error) {
        return place(error.getInstanceLocation()) + ": " + error.getMessage();
    }

    private static String place(NodePath path) {
        String text = path.toString();
        return text.isEmpty() ? "/" : text;
    }

    private static JsonNode node(@Nullable Object value) {
        if (value == null) {
            return NODES.nullNode();
        }
        if (value instanceof String text) {
            return NODES.stringNode(text);
        }
        if (value instanceof Boolean truth) {
            return NODES.booleanNode(truth);
        }
        if (value instanceof Long || value instanceof Integer || value instanceof Short || value instanceof Byte) {
            return NODES.numberNode(((Number) value).longValue());
        }
        if (value instanceof Number number) {
            return NODES.numberNode(number.doubleValue());
        }
        if (value instanceof List<?> list) {
            ArrayNode array = NODES.arrayNode(list.size());
            list.forEach(item -> array.add(node(item)));
            return array;
        }
        if (value instanceof Map<?, ?> map) {
            ObjectNode object = NODES.objectNode();
            map.forEach((key, item) -> object.set(String.valueOf(key), node(item)));
            return object;
        }
        return NODES.stringNode(value.toString()); // an instant or a duration, as it will be written
    }
}
