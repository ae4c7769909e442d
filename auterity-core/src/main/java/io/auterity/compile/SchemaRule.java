package io.auterity.compile;

import io.auterity.connector.JsonSchema;
import io.auterity.definition.Closest;
import io.auterity.regex.Regex;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A JSON Schema in a definition is one: its keywords are spelled right and have values of the right form, its references
 * lead somewhere, its bounds leave room. Keywords that are far from any known one are annotations and left alone.
 */
final class SchemaRule {

    private static final int MAX_DEPTH = 64;
    private static final Set<String> TYPES =
            Set.of("string", "integer", "number", "boolean", "object", "array", "null");
    private static final Set<String> ONE_SCHEMA = Set.of(
            "items",
            "additionalProperties",
            "not",
            "if",
            "then",
            "else",
            "contains",
            "propertyNames",
            "unevaluatedItems",
            "unevaluatedProperties",
            "contentSchema");
    private static final Set<String> SCHEMA_LISTS = Set.of("allOf", "anyOf", "oneOf", "prefixItems");
    private static final Set<String> SCHEMA_MAPS =
            Set.of("properties", "patternProperties", "$defs", "definitions", "dependentSchemas");
    private static final Set<String> COUNTS = Set.of(
            "minLength",
            "maxLength",
            "minItems",
            "maxItems",
            "minProperties",
            "maxProperties",
            "minContains",
            "maxContains");
    private static final Set<String> NUMBERS =
            Set.of("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf");
    private static final Set<String> TEXTS = Set.of(
            "title",
            "description",
            "format",
            "pattern",
            "$ref",
            "$anchor",
            "$comment",
            "contentEncoding",
            "contentMediaType");
    private static final Set<String> OTHERS = Set.of(
            "type",
            "enum",
            "const",
            "required",
            "default",
            "examples",
            "deprecated",
            "readOnly",
            "writeOnly",
            "uniqueItems",
            "dependentRequired");
    private static final List<Set<String>> KNOWN =
            List.of(OTHERS, ONE_SCHEMA, SCHEMA_LISTS, SCHEMA_MAPS, COUNTS, NUMBERS, TEXTS);
    private static final List<String> ALL_KNOWN =
            KNOWN.stream().flatMap(Set::stream).sorted().toList();

    private final Compilation compilation;
    private final Map<String, Object> root;
    private final Set<String> anchors = new HashSet<>();
    private final Map<Place, String> references = new LinkedHashMap<>();
    private final Map<Place, Map<?, ?>> defaults = new LinkedHashMap<>();
    private boolean sound = true;

    private SchemaRule(Compilation compilation, Map<String, Object> root) {
        this.compilation = compilation;
        this.root = root;
    }

    /** Reports what is wrong with a schema, and says whether nothing is. */
    static boolean check(Compilation compilation, Place place, Map<String, Object> schema) {
        SchemaRule rule = new SchemaRule(compilation, schema);
        rule.schema(place, schema, 0);
        rule.references.forEach(rule::resolve);
        if (rule.sound) {
            rule.usable(place);
        }
        return rule.sound;
    }

    /** What looks right keyword by keyword may still be nothing to check a value with. */
    private void usable(Place place) {
        try {
            JsonSchema.of(root);
        } catch (IllegalArgumentException refused) {
            problem(place, String.valueOf(refused.getMessage()), "change what stands there");
            return;
        }
        defaults.forEach(this::fits);
    }

    /** A default satisfies the schema it stands in. */
    private void fits(Place place, Map<?, ?> schema) {
        Map<String, Object> alone = new LinkedHashMap<>();
        schema.forEach((keyword, value) -> alone.put((String) keyword, value));
        if (root.containsKey("$defs")) {
            alone.put("$defs", root.get("$defs"));
        }
        List<String> problems;
        try {
            problems = JsonSchema.of(alone).problems(schema.get("default"));
        } catch (IllegalArgumentException leadsElsewhere) {
            return; // a reference to a place beside it: whether the default fits shows when it is used
        }
        if (!problems.isEmpty()) {
            problem(
                    place,
                    "the default does not fit the schema it stands in: " + String.join("; ", problems),
                    "change one of the two");
        }
    }

    private void problem(Place place, String what, String fix) {
        sound = false;
        compilation.problems().add(Code.SCHEMA, place, what, fix);
    }

    private void schema(Place place, @Nullable Object schema, int depth) {
        if (depth > MAX_DEPTH) {
            problem(place, "the schema is nested more than " + MAX_DEPTH + " deep", "use $defs and $ref");
        } else if (schema instanceof Map<?, ?> map) {
            map.forEach((keyword, value) -> keyword(place.at((String) keyword), (String) keyword, value, depth));
            bounds(place, map);
            required(place, map);
            if (map.containsKey("default")) {
                defaults.put(place.at("default"), map);
            }
        } else if (!(schema instanceof Boolean)) {
            problem(place, "a schema is an object, true or false, not " + shown(schema), "write {type: ...}");
        }
    }

    private void keyword(Place place, String keyword, @Nullable Object value, int depth) {
        if (ONE_SCHEMA.contains(keyword)) {
            schema(place, value, depth + 1);
        } else if (SCHEMA_LISTS.contains(keyword)) {
            schemas(place, keyword, value, depth);
        } else if (SCHEMA_MAPS.contains(keyword)) {
            named(place, keyword, value, depth);
        } else if (COUNTS.contains(keyword)) {
            demand(place, keyword, value instanceof Long count && count >= 0, "a whole number, 0 or more", value);
        } else if (NUMBERS.contains(keyword)) {
            demand(place, keyword, value instanceof Long || value instanceof Double, "a number", value);
        } else if (TEXTS.contains(keyword)) {
            text(place, keyword, value);
        } else if (keyword.equals("type")) {
            type(place, value);
        } else if (keyword.equals("enum")) {
            demand(place, keyword, value instanceof List<?> list && !list.isEmpty(), "a list of constants", value);
        } else if (keyword.equals("required")) {
            boolean names = value instanceof List<?> list && list.stream().allMatch(String.class::isInstance);
            demand(place, keyword, names, "a list of property names", value);
        } else if (!OTHERS.contains(keyword) && !keyword.startsWith("$") && !keyword.startsWith("x-")) {
            Optional<String> closest = Closest.to(keyword, ALL_KNOWN);
            closest.ifPresent(
                    known -> problem(place, "'" + keyword + "' is no keyword of JSON Schema", "use '" + known + "'"));
        }
    }

    private void demand(Place place, String keyword, boolean holds, String wanted, @Nullable Object value) {
        if (!holds) {
            problem(place, "'" + keyword + "' takes " + wanted + ", not " + shown(value), "write " + wanted);
        }
    }

    private void type(Place place, @Nullable Object value) {
        List<?> names = value instanceof List<?> list ? list : Collections.singletonList(value);
        for (Object name : names) {
            if (!(name instanceof String text) || !TYPES.contains(text)) {
                problem(
                        place,
                        shown(name) + " is no type",
                        name instanceof String text
                                ? Closest.fix(text, TYPES.stream().sorted().toList())
                                : "write a type such as string");
            }
        }
    }

    private void text(Place place, String keyword, @Nullable Object value) {
        demand(place, keyword, value instanceof String, "a text", value);
        if (keyword.equals("pattern") && value instanceof String pattern) {
            pattern(place, pattern);
        }
        if (keyword.equals("$anchor")) {
            anchors.add("#" + value);
        }
        if (keyword.equals("$ref") && value instanceof String pointer) {
            references.put(place, pointer);
        }
    }

    private void resolve(Place place, String pointer) {
        if (!anchors.contains(pointer) && find(pointer) == null) {
            problem(place, "'" + pointer + "' leads nowhere", "write '#/$defs/<name>' and define it under '$defs'");
        }
    }

    private void pattern(Place place, String pattern) {
        try {
            Regex.compile(pattern);
        } catch (IllegalArgumentException e) {
            problem(
                    place,
                    "'" + pattern + "' is no pattern: " + e.getMessage(),
                    "write a shorter one in RE2 syntax, which has no look-around and no back references");
        }
    }

    private @Nullable Object find(String pointer) {
        Object at = pointer.startsWith("#") ? root : null;
        for (String raw : pointer.substring(Math.min(1, pointer.length())).split("/", -1)) {
            String token = raw.replace("~1", "/").replace("~0", "~");
            if (!token.isEmpty()) {
                at = at instanceof Map<?, ?> map ? map.get(token) : null;
            }
        }
        return at;
    }

    private void schemas(Place place, String keyword, @Nullable Object value, int depth) {
        if (!(value instanceof List<?> list) || list.isEmpty()) {
            demand(place, keyword, false, "a list of schemas", value);
            return;
        }
        int index = 0;
        for (Object item : list) {
            schema(place.at(Integer.toString(index++)), item, depth + 1);
        }
    }

    private void named(Place place, String keyword, @Nullable Object value, int depth) {
        if (!(value instanceof Map<?, ?> map)) {
            demand(place, keyword, false, "an object of schemas by name", value);
            return;
        }
        map.forEach((name, schema) -> {
            Place at = place.at((String) name);
            if (keyword.equals("patternProperties")) {
                pattern(at, (String) name);
            }
            schema(at, schema, depth + 1);
        });
    }

    private void bounds(Place place, Map<?, ?> schema) {
        for (String what : List.of("Length", "Items", "Properties", "Contains", "imum")) {
            if (schema.get("min" + what) instanceof Number least
                    && schema.get("max" + what) instanceof Number most
                    && least.doubleValue() > most.doubleValue()) {
                problem(
                        place,
                        "no value fits: min" + what + " is " + least + " and max" + what + " is " + most,
                        "make max" + what + " the larger of the two");
            }
        }
    }

    private void required(Place place, Map<?, ?> schema) {
        boolean closed = Boolean.FALSE.equals(schema.get("additionalProperties"));
        if (closed && schema.get("required") instanceof List<?> names && !schema.containsKey("patternProperties")) {
            Map<?, ?> properties = schema.get("properties") instanceof Map<?, ?> map ? map : Map.of();
            for (Object name : names) {
                if (name instanceof String text && !properties.containsKey(text)) {
                    problem(
                            place.at("required"),
                            "property '" + text + "' is required, but not defined, and others are not allowed",
                            "define it under 'properties'");
                }
            }
        }
    }

    private static String shown(@Nullable Object value) {
        String text = String.valueOf(value);
        return "'" + (text.length() > 40 ? text.substring(0, 37) + "..." : text) + "'";
    }
}
