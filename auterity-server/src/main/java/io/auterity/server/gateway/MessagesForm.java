package io.auterity.server.gateway;

import io.auterity.definition.Json;
import io.auterity.definition.JsonException;
import io.auterity.relay.Reply;
import io.auterity.relay.money.Meter;
import io.auterity.relay.money.Usage;
import io.auterity.relay.provider.Original;
import io.auterity.relay.provider.Protocol;
import io.auterity.relay.provider.ProviderAnswer;
import io.auterity.relay.provider.ProviderEvent;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Anthropic's messages. */
final class MessagesForm implements Form {

    private static final Map<String, String> REASONS = Map.of(
            "stop", "end_turn",
            "length", "max_tokens",
            "tool_calls", "tool_use",
            "content_filter", "refusal");

    private final boolean isCounted;

    /**
     * Makes the form.
     *
     * @param isCounted whether the prompt is only counted, so that an answer has no limit
     */
    MessagesForm(boolean isCounted) {
        this.isCounted = isCounted;
    }

    @Override
    public Inquiry read(Fields body, Map<String, String> headers) {
        Optional<Long> limit = body.whole("max_tokens", 1, MOST_TOKENS);
        if (limit.isEmpty() && !isCounted) {
            throw body.wrong("max_tokens", "is required, and a whole number above zero");
        }
        String beta = headers.getOrDefault("anthropic-beta", "");
        Original original = new Original(Protocol.MESSAGES, body.json());
        try {
            original = beta.isEmpty() ? original : original.header("anthropic-beta", beta);
        } catch (IllegalArgumentException e) {
            throw Refused.field("anthropic-beta", String.valueOf(e.getMessage()));
        }
        return new MessagesReader(body).inquiry(original, limit);
    }

    @Override
    public String whole(Reply reply, Mark mark) {
        ProviderAnswer answer = reply.answer();
        Optional<String> written = answer.written()
                .filter(text -> text.protocol() == Protocol.MESSAGES)
                .map(ProviderAnswer.Written::json);
        if (written.isPresent()) {
            return written.get();
        }
        List<Object> content = new ArrayList<>();
        if (!answer.text().isEmpty()) {
            content.add(block(answer.text()));
        }
        for (Map<String, Object> call : answer.toolCalls()) {
            Fields function = Fields.of(call.get("function"), "function");
            Map<String, @Nullable Object> use = new LinkedHashMap<>();
            use.put("type", "tool_use");
            use.put("id", call.get("id"));
            use.put("name", function.get("name"));
            use.put("input", input(function.optionalText("arguments").orElse("")));
            content.add(use);
        }
        Map<String, @Nullable Object> json =
                frame(mark, reply.deployment().model().toString());
        json.put("content", content);
        json.put("stop_reason", reason(answer));
        json.put("usage", counts(reply.line().charge().usage()));
        return Json.write(json);
    }

    /** Models write JSON, but not always; Anthropic's clients read an object. */
    private static Object input(String arguments) {
        try {
            return Json.read(arguments) instanceof Map<?, ?> map ? map : Map.of("arguments", arguments);
        } catch (JsonException e) {
            return arguments.isEmpty() ? Map.of() : Map.of("arguments", arguments);
        }
    }

    private static String reason(ProviderAnswer answer) {
        return REASONS.getOrDefault(answer.finishReason(), "end_turn");
    }

    private static Map<String, Object> block(String text) {
        Map<String, Object> block = new LinkedHashMap<>();
        block.put("type", "text");
        block.put("text", text);
        return block;
    }

    private static Map<String, @Nullable Object> frame(Mark mark, String model) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("id", "msg_" + mark.id());
        json.put("type", "message");
        json.put("role", "assistant");
        json.put("model", model);
        json.put("content", List.of());
        json.put("stop_reason", null);
        json.put("stop_sequence", null);
        return json;
    }

    private static Map<String, Object> counts(Usage usage) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("input_tokens", usage.inputTokens() - usage.count(Meter.CACHED_INPUT));
        json.put("cache_read_input_tokens", usage.count(Meter.CACHED_INPUT));
        json.put("cache_creation_input_tokens", 0L);
        json.put("output_tokens", usage.outputTokens());
        return json;
    }

    @Override
    public EventWriter stream(EventOutput out, Inquiry inquiry, Mark mark) {
        return new Blocks(out, mark);
    }

    @Override
    public Map<String, Object> error(Refused refused, Mark mark) {
        Map<String, Object> error = new LinkedHashMap<>();
        error.put("type", type(refused.status()));
        error.put("message", refused.text());
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("type", "error");
        json.put("error", error);
        json.put("request_id", mark.id());
        return json;
    }

    private static String type(int status) {
        return switch (status) {
            case 401 -> "authentication_error";
            case 402 -> "billing_error";
            case 403 -> "permission_error";
            case 404 -> "not_found_error";
            case 413 -> "request_too_large";
            case 429 -> "rate_limit_error";
            case 503 -> "overloaded_error";
            case 504 -> "timeout_error";
            default -> status >= 500 ? "api_error" : "invalid_request_error";
        };
    }

    /** A stream of blocks, one open at a time. */
    private static final class Blocks extends EventWriter {

        private static final int NONE = -1;
        private static final int TEXT = -2;
        private static final int OTHER = -3;

        private final Mark mark;
        private boolean hasStarted;
        private long index = -1;
        private int open = NONE;

        Blocks(EventOutput out, Mark mark) {
            super(out, Protocol.MESSAGES);
            this.mark = mark;
        }

        @Override
        void passOn(ProviderEvent event) {
            Map<String, ?> json = event.json();
            String type = String.valueOf(json.get("type"));
            switch (type) {
                case "message_start" -> hasStarted = true;
                case "content_block_start" -> {
                    index = json.get("index") instanceof Long number ? number : index + 1;
                    boolean isText =
                            json.get("content_block") instanceof Map<?, ?> block && "text".equals(block.get("type"));
                    open = isText ? TEXT : OTHER;
                }
                case "content_block_stop" -> open = NONE;
                default -> {
                    // nothing that the rest of an answer needs
                }
            }
            write(type, event.data());
        }

        private void send(String type, Map<String, Object> fields) {
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("type", type);
            json.putAll(fields);
            write(type, json);
        }

        private void start() {
            if (!hasStarted) {
                hasStarted = true;
                Map<String, @Nullable Object> message = frame(mark, model());
                message.put("usage", counts(Usage.NONE)); // what it is comes with the end
                send("message_start", Map.of("message", message));
            }
        }

        private void open(int block, Map<String, Object> content) {
            start();
            if (open != block) {
                close();
                open = block;
                index++;
                send("content_block_start", Map.of("index", index, "content_block", content));
            }
        }

        private void close() {
            if (open != NONE) {
                open = NONE;
                send("content_block_stop", Map.of("index", index));
            }
        }

        @Override
        void writeText(String text) {
            open(TEXT, block(""));
            send("content_block_delta", Map.of("index", index, "delta", Map.of("type", "text_delta", "text", text)));
        }

        @Override
        void writeReasoning(String text) {
            // a block of thoughts needs the signature that only Anthropic's models give
        }

        @Override
        void writeTool(int tool, String id, String name, String arguments) {
            Map<String, Object> use = new LinkedHashMap<>();
            use.put("type", "tool_use");
            use.put("id", id);
            use.put("name", name);
            use.put("input", Map.of());
            open(tool, use);
            if (!arguments.isEmpty()) {
                send(
                        "content_block_delta",
                        Map.of("index", index, "delta", Map.of("type", "input_json_delta", "partial_json", arguments)));
            }
        }

        @Override
        void writeEnd(Reply reply, boolean isPassedOn) {
            if (isPassedOn) {
                return;
            }
            start();
            close();
            Map<String, @Nullable Object> delta = new LinkedHashMap<>();
            delta.put("stop_reason", reason(reply.answer()));
            delta.put("stop_sequence", null);
            Map<String, Object> last = new LinkedHashMap<>();
            last.put("delta", delta);
            last.put("usage", counts(reply.usage()));
            tellParts(last);
            send("message_delta", last);
            send("message_stop", Map.of());
        }

        @Override
        void writeError(Map<String, Object> error) {
            write("error", error);
        }
    }
}
