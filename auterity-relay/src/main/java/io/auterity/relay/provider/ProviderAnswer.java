package io.auterity.relay.provider;

import io.auterity.relay.money.Usage;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * What a model answered.
 *
 * @param text the text, empty if it only calls tools
 * @param toolCalls the calls in OpenAI's form: {@code id}, {@code type} and {@code function} with {@code name} and
 *     {@code arguments}, a JSON text; they are data, nothing here calls anything
 * @param finishReason why it ended: {@code stop}, {@code length}, {@code tool_calls}, {@code content_filter}
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
}
