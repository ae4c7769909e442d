package io.auterity.relay.prompt;

import io.auterity.connector.JsonSchema;
import io.auterity.definition.Json;
import io.auterity.expression.Environment;
import io.auterity.expression.EvaluationException;
import io.auterity.expression.ExpressionException;
import io.auterity.expression.Template;
import io.auterity.expression.Type;
import io.auterity.relay.provider.Prompt;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A prompt that is written once and filled with values: a name, a version, messages with expressions in them, and the
 * schema of what these read.
 *
 * <p>The expressions are those of workflows, <code>&#36;{{ input.name }}</code>, checked against the schema when the template
 * is read. What a value says is data: it is never read as an expression. A text that is filled in is part of what the model
 * reads, though, and may try to talk it into something; put it into a message of the user, not of the system.
 *
 * <p>The {@link #hash} is that of the whole content, so a call that carries it can be told from one of the same name and
 * version whose words somebody has changed. Immutable and thread-safe.
 */
public final class PromptTemplate {

    private static final int INPUT = 0;

    private final String name;
    private final long version;
    private final JsonSchema schema;
    private final List<Map<String, Template>> messages; // one entry each: what the role says
    private final Map<String, @Nullable Object> parameters;
    private final String hash;

    /**
     * What a template is made of, as it is written.
     *
     * @param name letters, digits, dots and dashes
     * @param version 1 or more
     * @param input a type word or a JSON Schema for each value; all are required
     * @param messages role and content of each
     * @param parameters what else the prompt says, as {@code temperature}
     */
    public record Source(
            String name,
            long version,
            Map<String, Object> input,
            List<Map<String, String>> messages,
            Map<String, @Nullable Object> parameters) {}

    /**
     * Compiles a template.
     *
     * @param source what it is made of
     * @throws PromptTemplateException with everything that is wrong with it
     */
    public PromptTemplate(Source source) {
        List<String> problems = new ArrayList<>();
        if (!source.name().matches("[A-Za-z0-9][A-Za-z0-9.-]{0,99}")) {
            problems.add("name: has 1 to 100 letters, digits, dots and dashes, not '" + source.name() + "'");
        }
        if (source.version() < 1) {
            problems.add("version: is 1 or more, not " + source.version());
        }
        if (source.messages().isEmpty()) {
            problems.add("messages: there is at least one");
        }
        Map<String, Object> whole = schema(source.input());
        JsonSchema checked = JsonSchema.of(Map.of());
        Environment environment = Environment.empty();
        try {
            checked = JsonSchema.of(whole);
            environment = Environment.builder()
                    .variable("input", INPUT, Type.of(whole))
                    .build();
        } catch (RuntimeException e) { // a schema is wrong in many ways, which its reader says
            problems.add("input: " + e.getMessage());
        }
        name = source.name();
        version = source.version();
        schema = checked;
        messages = new ArrayList<>();
        for (int i = 0; i < source.messages().size() && problems.isEmpty(); i++) {
            Map<String, String> message = source.messages().get(i);
            String role = message.getOrDefault("role", "");
            if (!List.of("system", "developer", "user", "assistant").contains(role)) {
                problems.add("messages[" + i + "]/role: is system, developer, user or assistant, not '" + role + "'");
            }
            try {
                messages.add(Map.of(role, Template.compile(message.getOrDefault("content", ""), environment)));
            } catch (ExpressionException e) {
                String place = "messages[" + i + "]/content: ";
                e.problems().forEach(problem -> problems.add(place + problem));
            }
        }
        if (!problems.isEmpty()) {
            throw new PromptTemplateException(
                    PromptTemplateException.INVALID, "template '" + name + "@" + version + "'", problems);
        }
        parameters = new LinkedHashMap<>(source.parameters());
        hash = hash(source);
    }

    private static Map<String, Object> schema(Map<String, Object> input) {
        Map<String, Object> properties = new LinkedHashMap<>();
        input.forEach((key, value) -> properties.put(key, value instanceof String type ? Map.of("type", type) : value));
        return Map.of(
                "type",
                "object",
                "properties",
                properties,
                "required",
                List.copyOf(properties.keySet()),
                "additionalProperties",
                false);
    }

    private static String hash(Source source) {
        String text = Json.write(List.of(
                source.name(),
                source.version(),
                new TreeMap<>(source.input()),
                source.messages().stream().map(TreeMap::new).toList(),
                new TreeMap<>(source.parameters())));
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /**
     * Fills the template.
     *
     * @param values a JSON value for each name of the input
     * @return the prompt
     * @throws PromptTemplateException if the values do not satisfy the schema, or an expression has none for them
     */
    public Prompt fill(Map<String, ?> values) {
        List<String> problems = new ArrayList<>(schema.problems(values));
        List<Map<String, Object>> filled = new ArrayList<>();
        for (int i = 0; i < messages.size() && problems.isEmpty(); i++) {
            Map.Entry<String, Template> message =
                    messages.get(i).entrySet().iterator().next();
            try {
                Object text = message.getValue().evaluate(slot -> values);
                filled.add(Prompt.message(message.getKey(), text(text)));
            } catch (EvaluationException e) {
                problems.add("messages[" + i + "]/content: " + e.getMessage());
            }
        }
        if (!problems.isEmpty()) {
            throw new PromptTemplateException(
                    PromptTemplateException.UNFILLED, "filling template '" + reference() + "'", problems);
        }
        return new Prompt(filled, parameters);
    }

    /** A text that is one expression has the value of that; in a prompt it is a text all the same. */
    private static String text(@Nullable Object value) {
        return value == null ? "" : value instanceof String text ? text : Json.write(value);
    }

    /**
     * Returns the name.
     *
     * @return the name
     */
    public String name() {
        return name;
    }

    /**
     * Returns the version.
     *
     * @return 1 or more
     */
    public long version() {
        return version;
    }

    /**
     * Returns the hash of the content.
     *
     * @return SHA-256 in hexadecimal digits
     */
    public String hash() {
        return hash;
    }

    /**
     * Returns how the template is called by steps.
     *
     * @return as in {@code greeting@2}
     */
    public String reference() {
        return name + "@" + version;
    }

    /**
     * Returns what steering rules and the log know of it.
     *
     * @return the fact {@code template} with {@code name}, {@code version} and {@code hash}
     */
    public Map<String, Object> facts() {
        return Map.of("template", Map.of("name", name, "version", version, "hash", hash));
    }

    @Override
    public String toString() {
        return "PromptTemplate[" + reference() + ", " + hash.substring(0, 12) + "]";
    }
}
