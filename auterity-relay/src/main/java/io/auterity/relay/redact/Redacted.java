package io.auterity.relay.redact;

import io.auterity.definition.Json;
import io.auterity.definition.JsonException;
import io.auterity.relay.provider.Original;
import io.auterity.relay.provider.Prompt;
import io.auterity.relay.provider.Protocol;
import io.auterity.relay.provider.ProviderAnswer;
import io.auterity.relay.provider.Sink;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A prompt without personal data, and the data, to be put back into its answer. Immutable once made; thread-safe. */
public final class Redacted {

    /** What is no text of anybody's, but says how the rest is to be read, or where something lies. */
    private static final Set<String> KEPT = Set.of(
            "type",
            "role",
            "id",
            "tool_call_id",
            "tool_use_id",
            "call_id",
            "item_id",
            "model",
            "url",
            "image_url",
            "file_data",
            "encoding_format",
            "signature",
            "encrypted_content",
            "parameters",
            "input_schema",
            "schema");

    /** A JSON text within a JSON text: what a model wishes to call a tool with. */
    private static final String ARGUMENTS = "arguments";

    /** Objects of which the caller or the model chooses the keys, so that none of them tells what its value is. */
    private static final Set<String> FREE = Set.of(ARGUMENTS, "input", "metadata");

    private final Redaction redaction;
    private final Map<String, String> placeholders = new HashMap<>(); // by datum
    private final Map<String, String> data = new LinkedHashMap<>(); // by placeholder
    private final Map<String, Integer> counts = new HashMap<>();
    private final String everything;
    private final Prompt prompt;

    @SuppressWarnings("unchecked") // an object stays one
    Redacted(Redaction redaction, Prompt given) {
        this.redaction = redaction;
        everything = Json.write(given.messages());
        List<Map<String, Object>> messages = new ArrayList<>();
        given.messages()
                .forEach(message -> messages.add((Map<String, Object>) Objects.requireNonNull(redact(message))));
        Map<String, @Nullable Object> parameters =
                (Map<String, @Nullable Object>) Objects.requireNonNull(redact(given.parameters()));
        Optional<Original> original = given.original()
                .map(written -> new Original(
                        written.protocol(),
                        (Map<String, @Nullable Object>) Objects.requireNonNull(redact(written.body())),
                        written.headers()));
        prompt = data.isEmpty() ? given : new Prompt(messages, parameters, original);
    }

    /**
     * Returns what the provider may see.
     *
     * @return the prompt; the same as before if there was nothing personal in it
     */
    public Prompt prompt() {
        return prompt;
    }

    /**
     * Says how much was replaced.
     *
     * @return how many different data
     */
    public int count() {
        return data.size();
    }

    /**
     * Puts the data back into a whole answer.
     *
     * @param answer the provider's answer
     * @return the answer as the caller gets it
     */
    @SuppressWarnings("unchecked") // an object stays one
    public ProviderAnswer restore(ProviderAnswer answer) {
        if (data.isEmpty()) {
            return answer;
        }
        List<Map<String, Object>> calls = new ArrayList<>();
        answer.toolCalls().forEach(call -> calls.add((Map<String, Object>) Objects.requireNonNull(restored(call))));
        Optional<ProviderAnswer.Written> written = answer.written()
                .map(text -> text.protocol() == Protocol.EMBEDDINGS
                        ? text
                        : new ProviderAnswer.Written(text.protocol(), Json.write(restored(Json.read(text.json())))));
        return new ProviderAnswer(
                restore(answer.text()), calls, answer.finishReason(), answer.usage(), answer.headroom(), written);
    }

    /**
     * Puts the data back into a stream.
     *
     * @param sink takes the pieces as the caller gets them
     * @return takes the provider's; a placeholder that is split between pieces is held back until it is whole
     */
    public Sink restoring(Sink sink) {
        return data.isEmpty() ? sink : new RestoringSink(this, sink);
    }

    /** Puts the data back into a text. */
    String restore(String text) {
        return replaced(text, UnaryOperator.identity());
    }

    /** Puts the data back into a piece of JSON, in which it is a part of texts. */
    String restoreInJson(String json) {
        return replaced(json, datum -> {
            String quoted = Json.write(datum);
            return quoted.substring(1, quoted.length() - 1);
        });
    }

    private String replaced(String text, UnaryOperator<String> form) {
        String restored = text;
        if (text.indexOf('[') >= 0) {
            for (Map.Entry<String, String> entry : data.entrySet()) {
                restored = restored.replace(entry.getKey(), form.apply(entry.getValue()));
            }
        }
        return restored;
    }

    @Nullable
    Object restored(@Nullable Object json) {
        return walk("", json, false, this::restore, this::restoreInJson);
    }

    /** How much of the end of a text may be the beginning of a placeholder. */
    int unfinished(String text) {
        int open = text.lastIndexOf('[');
        String end = open < 0 ? "" : text.substring(open);
        return data.keySet().stream().anyMatch(placeholder -> placeholder.startsWith(end) && !placeholder.equals(end))
                ? end.length()
                : 0;
    }

    private @Nullable Object redact(@Nullable Object json) {
        return walk("", json, false, this::redact, arguments -> {
            try {
                return Json.write(walk("", Json.read(arguments), true, this::redact, this::redact));
            } catch (JsonException e) {
                return redact(arguments); // no JSON after all
            }
        });
    }

    /**
     * Takes data out of a text as it was taken out of the prompt, what has no placeholder yet included.
     *
     * @param text the text
     * @return the text with placeholders
     */
    public String redact(String text) {
        StringBuilder redacted = new StringBuilder();
        int from = 0;
        for (Redaction.Found found : redaction.find(text).values()) {
            redacted.append(text, from, found.start());
            redacted.append(placeholder(found.kind(), text.substring(found.start(), found.end())));
            from = found.end();
        }
        return redacted.append(text, from, text.length()).toString();
    }

    private String placeholder(String kind, String datum) {
        return placeholders.computeIfAbsent(datum, unknown -> {
            String placeholder;
            do { // the caller may have written such a text
                placeholder = "[" + kind + "_" + counts.merge(kind, 1, Integer::sum) + "]";
            } while (everything.contains(placeholder));
            data.put(placeholder, datum);
            return placeholder;
        });
    }

    private static @Nullable Object walk(
            String key,
            @Nullable Object json,
            boolean isFree,
            UnaryOperator<String> text,
            UnaryOperator<String> arguments) {
        if (json instanceof String string) {
            return key.equals(ARGUMENTS) && !isFree ? arguments.apply(string) : text.apply(string);
        }
        if (json instanceof Long || json instanceof Integer) { // a card's number is one without quotes, too
            String digits = String.valueOf(json);
            String changed = text.apply(digits);
            return changed.equals(digits) ? json : changed;
        }
        if (json instanceof Map<?, ?> map
                && (isFree || !"base64".equals(map.get("type")))) { // an image's bytes are no text
            boolean hasFreeKeys = isFree || FREE.contains(key);
            Map<String, @Nullable Object> walked = new LinkedHashMap<>();
            map.forEach((name, value) -> {
                boolean isKept = !hasFreeKeys && KEPT.contains(String.valueOf(name));
                walked.put(
                        String.valueOf(name),
                        isKept ? value : walk(String.valueOf(name), value, hasFreeKeys, text, arguments));
            });
            return walked;
        }
        if (json instanceof List<?> list) {
            List<@Nullable Object> walked = new ArrayList<>();
            list.forEach(value -> walked.add(walk("", value, isFree, text, arguments)));
            return walked;
        }
        return json;
    }
}
