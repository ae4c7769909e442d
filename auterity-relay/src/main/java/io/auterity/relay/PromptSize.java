package io.auterity.relay;

import io.auterity.definition.Json;
import io.auterity.relay.money.Meter;
import io.auterity.relay.money.Usage;
import io.auterity.relay.provider.Original;
import io.auterity.relay.provider.Prompt;
import io.auterity.relay.provider.Protocol;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How many tokens a prompt has at most.
 *
 * <p>A byte-level tokenizer never makes more tokens than there are bytes, whatever its vocabulary, so the length in UTF-8
 * is an upper bound for every provider. It is about four times the truth for English; budgets need the bound, and get the
 * difference back when the call is settled. A part of a message that is an image counts as one, whatever its bytes are;
 * what looks like an image elsewhere, as in the arguments of a tool, is text.
 */
final class PromptSize {

    /** What a message costs beside its text; the providers' own figures are below ten. */
    private static final long MESSAGE = 32;

    /** What an image costs at most, whatever its size; the providers scale larger ones down. */
    private static final long IMAGE = 8_000;

    private static final int MOST_BYTES_A_TOKEN = 4;

    /** What tells a map that is written in JSON from its text: quotes, colons and commas. */
    private static final long MARKS = 6;

    private PromptSize() {}

    static Usage most(Prompt prompt, long maxOutput) {
        long tokens = size(prompt.parameters()) + messages(prompt.messages());
        Original original = prompt.original().orElse(null);
        if (original != null) { // which may hold more than its translation
            tokens = Math.max(tokens, body(original.body()));
        }
        boolean isCached = original != null
                && original.protocol() == Protocol.MESSAGES
                && Json.write(original.body()).contains("\"cache_control\"");
        return Usage.NONE
                .with(isCached ? Meter.CACHE_WRITE_1H : Meter.INPUT, tokens) // writing a cache costs more than reading
                .with(Meter.OUTPUT, maxOutput);
    }

    private static long body(Map<String, @Nullable Object> body) {
        long tokens = 0;
        for (Map.Entry<String, @Nullable Object> entry : body.entrySet()) {
            boolean isConversation =
                    entry.getKey().equals("messages") || entry.getKey().equals("input");
            tokens += MARKS
                    + bytes(entry.getKey())
                    + (isConversation && entry.getValue() instanceof List<?> list
                            ? messages(list)
                            : size(entry.getValue()));
        }
        return tokens;
    }

    private static long messages(List<?> messages) {
        return messages.stream().mapToLong(message -> MESSAGE + parts(message)).sum();
    }

    /** A message, or a tool's result: what is in its content are parts, some of which may be images. */
    private static long parts(@Nullable Object message) {
        if (!(message instanceof Map<?, ?> map)) {
            return size(message);
        }
        long tokens = 0;
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            String key = String.valueOf(entry.getKey());
            boolean isContent = key.equals("content") || key.equals("output");
            tokens += MARKS
                    + bytes(key)
                    + (isContent && entry.getValue() instanceof List<?> list
                            ? list.stream().mapToLong(PromptSize::part).sum()
                            : size(entry.getValue()));
        }
        return tokens;
    }

    private static long part(@Nullable Object part) {
        if (!(part instanceof Map<?, ?> map)) {
            return size(part);
        }
        Object type = map.get("type");
        if ("image_url".equals(type) || "input_image".equals(type) || "image".equals(type)) {
            Map<Object, @Nullable Object> rest = new HashMap<>(map);
            rest.remove("image_url");
            rest.remove("source");
            return IMAGE + size(rest);
        }
        return "tool_result".equals(type) ? parts(map) : size(map);
    }

    private static long size(@Nullable Object value) {
        if (value instanceof Map<?, ?> map) {
            long tokens = 0;
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                tokens += MARKS + bytes(String.valueOf(entry.getKey())) + size(entry.getValue());
            }
            return tokens;
        }
        if (value instanceof List<?> list) {
            return list.stream().mapToLong(item -> 1 + size(item)).sum();
        }
        return bytes(String.valueOf(value));
    }

    static long bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }

    /** What a text probably has. */
    static long expected(long bytes) {
        return Math.max(1, bytes / MOST_BYTES_A_TOKEN);
    }
}
