package io.auterity.server;

import io.auterity.connector.JsonSchema;
import io.auterity.definition.Closest;
import io.auterity.definition.Json;
import io.auterity.definition.JsonException;
import io.auterity.definition.Problem;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Puts the input of a run together from {@code --input} options, the later ones on top: a JSON object, {@code @FILE}
 * with one, or {@code key=value}, where dots go down into objects and a value of {@code @FILE} is that file's content.
 */
final class RunInput {

    private static final Pattern ASSIGNMENT =
            Pattern.compile("([^={}\\[\\]\"@\\s][^={}\\[\\]\"\\s]*)=(.*)", Pattern.DOTALL);
    /** What may stand in a schema beside {@code properties} and speak of others; then the schema alone decides. */
    private static final Set<String> NAMES_MORE = Set.of(
            "additionalProperties",
            "unevaluatedProperties",
            "patternProperties",
            "propertyNames",
            "dependentSchemas",
            "allOf",
            "anyOf",
            "oneOf",
            "if",
            "$ref",
            "$dynamicRef");

    private static final int LONGEST_SCHEMA = 120;

    private final Shell shell;
    private final Map<String, Object> schema;
    private final List<Problem> problems = new ArrayList<>();
    private final Map<String, @Nullable Object> input = new LinkedHashMap<>();

    private RunInput(Shell shell, Map<String, Object> schema) {
        this.shell = shell;
        this.schema = schema;
    }

    /**
     * Reads an input without checking it.
     *
     * @param shell reads files
     * @param schema the JSON Schema that says which values are texts; empty when there is none
     * @param options the values of the options
     * @return the input
     * @throws Refusal with everything that is wrong
     */
    static Map<String, @Nullable Object> read(Shell shell, Map<String, Object> schema, List<String> options) {
        RunInput reading = new RunInput(shell, schema);
        options.forEach(reading::option);
        return reading.result("the input");
    }

    /**
     * Reads the input of a workflow and checks it.
     *
     * @param shell reads files
     * @param workflow the workflow's identifier
     * @param schema its input's JSON Schema
     * @param options the values of the options
     * @return an input that satisfies the schema
     * @throws Refusal with everything that is wrong
     */
    static Map<String, @Nullable Object> read(
            Shell shell, String workflow, Map<String, Object> schema, List<String> options) {
        return edit(shell, workflow, schema, Map.of(), options);
    }

    /**
     * Reads what is to be different in an input, and checks the whole.
     *
     * @param shell reads files
     * @param workflow the workflow's identifier
     * @param schema its input's JSON Schema
     * @param recorded the input so far
     * @param options the values of the options
     * @return an input that satisfies the schema
     * @throws Refusal with everything that is wrong
     */
    static Map<String, @Nullable Object> edit(
            Shell shell,
            String workflow,
            Map<String, Object> schema,
            Map<String, @Nullable Object> recorded,
            List<String> options) {
        RunInput reading = new RunInput(shell, schema);
        reading.input.putAll(recorded);
        options.forEach(reading::option);
        if (reading.problems.isEmpty()) {
            reading.fillIn();
            reading.check(workflow);
        }
        return reading.result("the input of workflow '" + workflow + "'");
    }

    private Map<String, @Nullable Object> result(String subject) {
        if (!problems.isEmpty()) {
            throw new Refusal(subject, problems);
        }
        return input;
    }

    // --- reading ---

    private void option(String option) {
        Matcher assignment = ASSIGNMENT.matcher(option);
        try {
            if (option.startsWith("@")) {
                object(json(content(option.substring(1)), option), option);
            } else if (assignment.matches()) {
                assign(assignment.group(1), assignment.group(2));
            } else if (option.stripLeading().startsWith("{")
                    || option.stripLeading().startsWith("[")) {
                object(json(option, "--input"), "--input");
            } else {
                problem(
                        Refusal.VALUE,
                        "--input",
                        "'" + shortened(option) + "' is neither a JSON object nor @FILE nor key=value",
                        "write --input key=value, --input '{\"key\": ...}' or --input @file.json");
            }
        } catch (Refusal refused) {
            problems.addAll(refused.problems());
        }
    }

    private void object(@Nullable Object value, String where) {
        if (value instanceof Map<?, ?> map) {
            map.forEach((key, item) -> input.put((String) key, item));
        } else {
            problem(
                    Refusal.VALUE,
                    where,
                    "the input of a workflow is a JSON object, and this is none",
                    "name the key it belongs to, as in --input key=" + (where.startsWith("@") ? where : "..."));
        }
    }

    private void assign(String key, String text) {
        List<String> path = Texts.path(key, schema);
        if (path.stream().anyMatch(String::isEmpty)) {
            problem(Refusal.VALUE, "--input " + key, "a part of the key is empty", "write key.inner=value");
            return;
        }
        Map<?, ?> wanted = Texts.schemaAt(schema, path);
        boolean isFile = text.startsWith("@") && !text.startsWith("@@");
        String value = isFile ? content(text.substring(1)) : text.startsWith("@@") ? text.substring(1) : text;
        try {
            put(
                    path,
                    isFile && text.endsWith(".json")
                            ? json(value, text)
                            : Texts.value(value, wanted, item -> fits(path, item)),
                    key);
        } catch (Texts.Unreadable e) {
            problem(
                    Refusal.VALUE,
                    "--input " + key,
                    e.getMessage() + ": '" + shortened(value) + "'",
                    "write it as JSON; the schema is " + shortened(Json.write(wanted)));
        }
    }

    /** Whether the schema has nothing against a value at its place; references and alternatives are followed. */
    private boolean fits(List<String> path, @Nullable Object value) {
        if (schema.isEmpty()) {
            return true;
        }
        Object whole = value;
        for (int i = path.size() - 1; i >= 0; i--) {
            Map<String, @Nullable Object> around = new LinkedHashMap<>();
            around.put(path.get(i), whole);
            whole = around;
        }
        String place = "/" + String.join("/", path);
        return JsonSchema.of(schema).problems(whole).stream()
                .noneMatch(problem -> problem.startsWith(place + ":") || problem.startsWith(place + "/"));
    }

    private void put(List<String> path, @Nullable Object value, String key) {
        Map<String, @Nullable Object> at = input;
        for (String part : path.subList(0, path.size() - 1)) {
            Object inner = at.get(part);
            if (inner != null && !(inner instanceof Map)) {
                problem(
                        Refusal.VALUE,
                        "--input " + key,
                        "'" + part + "' has been given a value that is no object",
                        "remove one of the two options");
                return;
            }
            Map<String, @Nullable Object> copy = new LinkedHashMap<>();
            if (inner instanceof Map<?, ?> map) {
                map.forEach((name, item) -> copy.put((String) name, item));
            }
            at.put(part, copy);
            at = copy;
        }
        at.put(path.get(path.size() - 1), value);
    }

    private String content(String file) {
        return new String(shell.read(file), StandardCharsets.UTF_8);
    }

    private static @Nullable Object json(String text, String where) {
        try {
            return Json.read(text.startsWith("\uFEFF") ? text.substring(1) : text);
        } catch (JsonException e) {
            throw Refusal.of(
                    "the input",
                    Refusal.VALUE,
                    where,
                    "this is not JSON: " + e.getMessage(),
                    "mend it at the given place");
        }
    }

    // --- checking ---

    /** Adds what the schema has defaults for, as the engine does. */
    private void fillIn() {
        if (!schema.isEmpty() && JsonSchema.of(schema).withDefaults(input) instanceof Map<?, ?> whole) {
            Map<?, ?> filled = new LinkedHashMap<>(whole);
            filled.forEach((key, value) -> input.put((String) key, value));
        }
    }

    private void check(String workflow) {
        String where = workflow + "/input";
        Map<?, ?> properties = schema.get("properties") instanceof Map<?, ?> map ? map : Map.of();
        if (schema.get("required") instanceof List<?> required) {
            for (Object key : required) {
                if (!input.containsKey(key)) {
                    Map<?, ?> wanted = Texts.schemaAt(schema, List.of((String) key));
                    String type = wanted.get("type") instanceof String text ? text : "value";
                    problem(
                            Refusal.INPUT,
                            where + "/" + key,
                            "the input '" + key + "' is missing",
                            "add --input " + key + "=<" + type + ">");
                }
            }
        }
        boolean isOpen = schema.keySet().stream().anyMatch(NAMES_MORE::contains);
        if (!properties.isEmpty() && !isOpen) {
            List<String> known =
                    properties.keySet().stream().map(String::valueOf).toList();
            input.keySet().stream()
                    .filter(key -> !known.contains(key))
                    .forEach(key -> problem(
                            Refusal.UNKNOWN_KEY,
                            where + "/" + key,
                            "the workflow has no input '" + key + "'",
                            Closest.fix(key, known)));
        }
        if (!schema.isEmpty()) {
            Map<String, Object> rest = new LinkedHashMap<>(schema);
            rest.remove("required"); // what is missing has been said above, with a better fix
            JsonSchema.of(rest).problems(input).forEach(problem -> mismatch(where, problem));
        }
    }

    private void mismatch(String where, String problem) {
        int colon = problem.indexOf(": ");
        String path = colon < 0 ? "/" : problem.substring(0, colon);
        List<String> keys =
                path.equals("/") ? List.of() : List.of(path.substring(1).split("/"));
        Map<?, ?> wanted = Texts.schemaAt(schema, keys);
        problem(
                Refusal.INPUT,
                where + (path.equals("/") ? "" : path),
                problem.substring(colon < 0 ? 0 : colon + 2),
                wanted.isEmpty()
                        ? "see the workflow's input schema"
                        : "the schema is " + shortened(Json.write(wanted)));
    }

    private void problem(String code, String where, String what, String fix) {
        problems.add(Refusal.problem(code, where, what, fix));
    }

    private static String shortened(String text) {
        String line = text.replaceAll("\\s+", " ");
        return line.length() <= LONGEST_SCHEMA ? line : line.substring(0, LONGEST_SCHEMA) + "...";
    }
}
