package io.auterity.relay;

import io.auterity.definition.Json;
import io.auterity.relay.money.Meter;
import io.auterity.relay.money.Usage;
import io.auterity.relay.provider.Prompt;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How many tokens a prompt has at most.
 *
 * <p>A byte-level tokenizer never makes more tokens than there are bytes, whatever its vocabulary, so the length in UTF-8
 * is an upper bound for every provider. It is about four times the truth for English; budgets need the bound, and get the
 * difference back when the call is settled.
 */
final class PromptSize {

    /** What a message costs beside its text; the providers' own figures are below ten. */
    private static final long MESSAGE = 32;

    /** What an image costs at most, whatever its size; the providers scale larger ones down. */
    private static final long IMAGE = 8_000;

    private static final int MOST_BYTES_A_TOKEN = 4;

    private PromptSize() {}

    static Usage most(Prompt prompt, long maxOutput) {
        long tokens = bytes(Json.write(prompt.parameters()));
        for (Map<String, Object> message : prompt.messages()) {
            tokens += MESSAGE + size(message.get("content"));
            Object calls = message.get("tool_calls");
            tokens += calls == null ? 0 : bytes(Json.write(calls));
        }
        return Usage.NONE.with(Meter.INPUT, tokens).with(Meter.OUTPUT, maxOutput);
    }

    private static long size(@Nullable Object content) {
        if (content instanceof String text) {
            return bytes(text);
        }
        long tokens = 0;
        for (Object part : content instanceof List<?> parts ? parts : List.of()) {
            boolean isImage = part instanceof Map<?, ?> map && map.containsKey("image_url");
            tokens += isImage ? IMAGE : bytes(Json.write(part));
        }
        return tokens;
    }

    static long bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }

    /** What a text probably has. */
    static long expected(long bytes) {
        return Math.max(1, bytes / MOST_BYTES_A_TOKEN);
    }
}
