package io.auterity.relay.provider;

import io.auterity.definition.Json;
import io.auterity.relay.money.Usage;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a model answered.
 *
 * @param text the text, empty if it only calls tools
 * @param toolCalls the calls in OpenAI's form: {@code id}, {@code type} and {@code function} with {@code name} and
 *     {@code arguments}, a JSON text; they are data, nothing here calls anything
 * @param finishReason why it ended: {@code stop}, {@code length}, {@code tool_calls}, {@code content_filter} (a
 *     refusal, too)
 * @param usage what the provider says it used, or empty if it says nothing
 * @param headroom what the provider tells of its rate limits, or empty
 * @param written the whole answer as the provider wrote it, or empty for streams and providers in this process
 */
public record ProviderAnswer(
        String text,
        List<Map<String, Object>> toolCalls,
        String finishReason,
        Optional<Usage> usage,
        Optional<Headroom> headroom,
        Optional<Written> written) {

    /**
     * An answer as a provider wrote it.
     *
     * @param protocol the interface it is in
     * @param json the JSON text
     */
    public record Written(Protocol protocol, String json) {
        /** Checks that both parts are there. */
        public Written {
            Objects.requireNonNull(protocol, "protocol");
            Objects.requireNonNull(json, "json");
        }
    }

    /** Copies the calls. */
    public ProviderAnswer {
        toolCalls = List.copyOf(toolCalls);
        Objects.requireNonNull(written, "written");
    }

    /**
     * Makes an answer that no provider wrote.
     *
     * @param text the text
     * @param toolCalls the calls in OpenAI's form
     * @param finishReason why it ended
     * @param usage what was used, or empty if nobody knows
     * @param headroom what is left of the rate limits, or empty
     */
    public ProviderAnswer(
            String text,
            List<Map<String, Object>> toolCalls,
            String finishReason,
            Optional<Usage> usage,
            Optional<Headroom> headroom) {
        this(text, toolCalls, finishReason, usage, headroom, Optional.empty());
    }

    /**
     * Returns a copy with another text, also in what the provider wrote.
     *
     * @param other the text
     * @return the copy; empty if the provider wrote the text in several pieces, so that nobody can say where the other belongs
     */
    public Optional<ProviderAnswer> saying(String other) {
        if (other.equals(text)) {
            return Optional.of(this);
        }
        Optional<Written> rewritten =
                written.map(one -> new Written(one.protocol(), Json.write(replaced(Json.read(one.json()), other))));
        return rewritten.equals(written) && written.isPresent()
                ? Optional.empty()
                : Optional.of(new ProviderAnswer(other, toolCalls, finishReason, usage, headroom, rewritten));
    }

    private @Nullable Object replaced(@Nullable Object json, String other) {
        if (json instanceof Map<?, ?> map) {
            Map<String, @Nullable Object> copy = new LinkedHashMap<>();
            map.forEach((name, value) -> copy.put(String.valueOf(name), replaced(value, other)));
            return copy;
        }
        if (json instanceof List<?> list) {
            List<@Nullable Object> copy = new ArrayList<>();
            list.forEach(value -> copy.add(replaced(value, other)));
            return copy;
        }
        return text.equals(json) ? other : json;
    }
}
