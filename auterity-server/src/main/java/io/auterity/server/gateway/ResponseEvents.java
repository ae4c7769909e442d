package io.auterity.server.gateway;

import io.auterity.relay.Reply;
import io.auterity.relay.money.Meter;
import io.auterity.relay.money.Usage;
import io.auterity.relay.provider.Protocol;
import io.auterity.relay.provider.ProviderEvent;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A stream of OpenAI's responses. The provider's events are passed on as they are, because only providers of this interface
 * answer it. Only if another provider goes on with a broken stream are events written here: the response, its open item and
 * its numbers stay those that the caller has seen, and the last event has the whole of it. Confined to one thread.
 */
final class ResponseEvents extends EventWriter {

    private final Form.Mark mark;
    private final Map<Long, Object> items = new TreeMap<>(); // those that have ended, by their place
    private Map<String, @Nullable Object> response = new LinkedHashMap<>();
    private long next; // the number of the next event
    private long place = -1; // of the latest item
    private @Nullable Item open;

    /** An item that has begun: a message with its parts, or a call of a tool. */
    private static final class Item {
        private final Map<String, @Nullable Object> json;
        private final List<Object> parts = new ArrayList<>();
        private final StringBuilder text = new StringBuilder(); // of the open part, or the arguments
        private boolean isPartOpen;

        private Item(Map<String, @Nullable Object> json) {
            this.json = new LinkedHashMap<>(json); // which grows
        }

        private String id() {
            return String.valueOf(json.get("id"));
        }

        private boolean isMessage() {
            return "message".equals(json.get("type"));
        }
    }

    ResponseEvents(EventOutput out, Form.Mark mark) {
        super(out, Protocol.RESPONSES);
        this.mark = mark;
    }

    // --- what the first provider says ---

    @Override
    void passOn(ProviderEvent event) {
        Map<String, ?> json = event.json();
        String type = String.valueOf(json.get("type"));
        next = Math.max(next, number(json, "sequence_number", next) + 1);
        switch (type) {
            case "response.created" -> response = object(json, "response");
            case "response.output_item.added" -> {
                place = number(json, "output_index", place + 1);
                open = new Item(object(json, "item"));
            }
            case "response.content_part.added" -> beginPart(message(json));
            case "response.output_text.delta" -> {
                Item item = message(json);
                item.isPartOpen = true;
                item.text.append(json.get("delta"));
            }
            case "response.content_part.done" -> {
                Item item = message(json);
                item.parts.add(object(json, "part"));
                item.isPartOpen = false;
            }
            case "response.output_item.done" -> {
                items.put(number(json, "output_index", place), object(json, "item"));
                open = null;
            }
            default -> {
                // nothing that the rest of an answer needs
            }
        }
        write(type, event.data());
    }

    private static long number(Map<String, ?> json, String name, long usual) {
        return json.get(name) instanceof Long number ? number : usual;
    }

    /** A copy; empty if there is none, which is the provider's affair. */
    private static Map<String, @Nullable Object> object(Map<String, ?> json, String name) {
        Map<String, @Nullable Object> copy = new LinkedHashMap<>();
        if (json.get(name) instanceof Map<?, ?> map) {
            map.forEach((key, value) -> copy.put(String.valueOf(key), value));
        }
        return copy;
    }

    /** The open message; providers that do not say that one begins have one all the same. */
    private Item message(Map<String, ?> json) {
        if (open == null || !open.isMessage()) {
            place = number(json, "output_index", place + 1);
            Map<String, @Nullable Object> item = new LinkedHashMap<>();
            item.put("type", "message");
            item.put("id", json.get("item_id"));
            item.put("role", "assistant");
            open = new Item(item);
        }
        return open;
    }

    private static void beginPart(Item item) {
        item.isPartOpen = true;
        item.text.setLength(0);
    }

    // --- what another one goes on with ---

    private void send(String type, Map<String, ?> fields) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("type", type);
        json.put("sequence_number", next++);
        json.putAll(fields);
        write(type, json);
    }

    private Map<String, Object> at(Item item, String name, Object value) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("item_id", item.id());
        fields.put("output_index", place);
        if (item.isMessage()) {
            fields.put("content_index", (long) item.parts.size());
        }
        fields.put(name, value);
        return fields;
    }

    private Item begin(Map<String, @Nullable Object> json) {
        close();
        place++;
        Item item = new Item(json);
        item.json.put("id", "item_" + mark.id() + "_" + place);
        item.json.put("status", "in_progress");
        open = item;
        send("response.output_item.added", Map.of("output_index", place, "item", item.json));
        return item;
    }

    private static Map<String, Object> part(String text) {
        return Map.of("type", "output_text", "text", text, "annotations", List.of());
    }

    @Override
    void writeText(String text) {
        Item item = open;
        if (item == null || !item.isMessage()) {
            item = begin(Map.of("type", "message", "role", "assistant", "content", List.of()));
        }
        if (!item.isPartOpen) {
            beginPart(item);
            send("response.content_part.added", at(item, "part", part("")));
        }
        item.text.append(text);
        Map<String, Object> delta = at(item, "delta", text);
        delta.put("logprobs", List.of());
        send("response.output_text.delta", delta);
    }

    @Override
    void writeReasoning(String text) {
        // thoughts are items with an id that only their provider can give
    }

    @Override
    void writeTool(int index, String id, String name, String arguments) {
        Item item = open;
        if (item == null || item.isMessage() || !id.isEmpty()) {
            item = begin(Map.of("type", "function_call", "call_id", id, "name", name, "arguments", ""));
        }
        if (!arguments.isEmpty()) {
            item.text.append(arguments);
            send("response.function_call_arguments.delta", at(item, "delta", arguments));
        }
    }

    private void close() {
        Item item = open;
        open = null;
        if (item == null) {
            return;
        }
        String text = item.text.toString();
        if (item.isMessage()) {
            if (item.isPartOpen) {
                Map<String, Object> done = at(item, "text", text);
                done.put("logprobs", List.of());
                send("response.output_text.done", done);
                send("response.content_part.done", at(item, "part", part(text)));
                item.parts.add(part(text));
            }
            item.json.put("content", item.parts);
        } else {
            send("response.function_call_arguments.done", at(item, "arguments", text));
            item.json.put("arguments", text);
        }
        item.json.put("status", "completed");
        items.put(place, item.json);
        send("response.output_item.done", Map.of("output_index", place, "item", item.json));
    }

    @Override
    void writeEnd(Reply reply, boolean isPassedOn) {
        if (isPassedOn) {
            return; // the last event, too
        }
        close();
        boolean isWhole = !reply.answer().finishReason().equals("length");
        response.putIfAbsent("id", "resp_" + mark.id());
        response.putIfAbsent("object", "response");
        response.putIfAbsent("created_at", mark.seconds());
        response.put("model", model());
        response.put("status", isWhole ? "completed" : "incomplete");
        response.put("incomplete_details", isWhole ? null : Map.of("reason", "max_output_tokens"));
        response.put("output", List.copyOf(items.values()));
        response.put("usage", counts(reply.usage()));
        Map<String, Object> last = new LinkedHashMap<>();
        last.put("response", response);
        mark(last);
        send(isWhole ? "response.completed" : "response.incomplete", last);
    }

    private static Map<String, Object> counts(Usage usage) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("input_tokens", usage.inputTokens());
        Map<String, Object> details = new LinkedHashMap<>();
        details.put("cached_tokens", usage.count(Meter.CACHED_INPUT));
        details.put("cache_write_tokens", usage.count(Meter.CACHE_WRITE) + usage.count(Meter.CACHE_WRITE_1H));
        json.put("input_tokens_details", details);
        json.put("output_tokens", usage.outputTokens());
        json.put("output_tokens_details", Map.of("reasoning_tokens", usage.count(Meter.REASONING)));
        json.put("total_tokens", usage.inputTokens() + usage.outputTokens());
        return json;
    }

    @Override
    void writeError(Map<String, Object> error) {
        Fields fields = Fields.of(error.get("error"), "error");
        write(
                "error",
                Map.of(
                        "type",
                        "error",
                        "code",
                        String.valueOf(fields.get("code")),
                        "message",
                        String.valueOf(fields.get("message"))));
    }
}
