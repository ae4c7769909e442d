package io.auterity.relay.provider;

import io.auterity.relay.money.Usage;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a model answered.
 *
 * @param text the text, empty if it only calls tools
 * @param toolCalls the calls in OpenAI's form: {@code id}, {@code type} and {@code function} with {@code name} and
 *     {@code arguments}, a JSON text; they are data, nothing here calls anything
 * @param finishReason why it ended: {@code stop}, {@code length}, {@code tool_calls}, {@code content_filter}
 * @param usage what the provider says it used, or empty if it says nothing
 * @param headroom how much of its rate limits the provider says is left, 0 to 1, or empty
 */
public record ProviderAnswer(
        String text,
        List<Map<String, Object>> toolCalls,
        String finishReason,
        Optional<Usage> usage,
        Optional<Double> headroom) {

    /** Copies the calls. */
    public ProviderAnswer {
        toolCalls = List.copyOf(toolCalls);
    }
}
