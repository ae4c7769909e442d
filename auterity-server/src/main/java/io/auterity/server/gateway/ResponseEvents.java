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
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A stream of OpenAI's responses. The provider's events are passed on as they are, because only providers of this interface
 * answer it. Only if another provider goes on with a broken stream are events written here: the response, its open item and
 * its numbers stay those that the caller has seen, and the last event has the whole of it. Confined to one thread.
 */
final class ResponseEvents extends EventWriter {

    /** The items that call a tool. */
    private static final Map<String, Call> CALLS = Map.of(
            "function_call", new Call("fc_", "arguments", "response.function_call_arguments"),
            "custom_tool_call", new Call("ctc_", "input", "response.custom_tool_call_input"));

    private static final Map<String, String> INCOMPLETE =
            Map.of("length", "max_output_tokens", "content_filter", "content_filter");

    private final Form.Mark mark;
    private final Map<Long, Object> items = new TreeMap<>(); // those that have ended, by their place
    private Map<String, @Nullable Object> response = new LinkedHashMap<>();
    private long next; // the number of the next event
    private long place = -1; // of the latest item
    private @Nullable Item open;
    private String call = "function_call"; // what kind of item the next call of a tool is

    /**
     * A kind of item that calls a tool.
     *
     * @param id how ids begin, which OpenAI looks at when items come back
     * @param text what the text is called that the tool gets
     * @param events how the names of the events begin that bring the text
     */
    private record Call(String id, String text, String events) {}

    /** An item that has begun: a message with its parts, a call of a tool, or something of the provider's. */
    private static final class Item {
        private final Map<String, @Nullable Object> json;
        private final List<Object> parts = new ArrayList<>();
        private final StringBuilder text = new StringBuilder(); // of the open part, or what a tool is called with
        private boolean isPartOpen;

        private Item(Map<String, @Nullable Object> json) {
            this.json = new LinkedHashMap<>(json); // which grows
        }

        private String id() {
            return String.valueOf(json.get("id"));
        }

        private String type() {
            return String.valueOf(json.get("type"));
        }

        private boolean isMessage() {
            return type().equals("message");
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
            case "response.function_call_arguments.delta", "response.custom_tool_call_input.delta" -> {
                if (open != null) {
                    open.text.append(json.get("delta"));
                }
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

    @Override
    void goOn(ProviderEvent event) {
        String type = String.valueOf(object(event.json(), "item").get("type"));
        call = CALLS.containsKey(type) ? type : call;
    }

    private void send(String type, Map<String, ? extends @Nullable Object> fields) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("type", type);
        json.put("sequence_number", next++);
        json.putAll(fields);
        write(type, json);
    }

    /** Says that the response begins, if it has no events of a provider's. */
    private void created() {
        if (next > 0) {
            return;
        }
        response.put("id", "resp_" + mark.id());
        response.put("object", "response");
        response.put("created_at", mark.seconds());
        response.put("model", model());
        response.put("status", "in_progress");
        response.put("output", List.of());
        send("response.created", Map.of("response", response));
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

    private Item begin(String prefix, Map<String, @Nullable Object> json) {
        created();
        close(true);
        place++;
        Item item = new Item(json);
        item.json.put("id", prefix + mark.id() + "_" + place);
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
            item = begin("msg_", Map.of("type", "message", "role", "assistant", "content", List.of()));
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
        Call kind = Objects.requireNonNull(CALLS.get(call));
        Item item = open;
        if (item == null || !CALLS.containsKey(item.type()) || !id.isEmpty()) {
            item = begin(kind.id(), Map.of("type", call, "call_id", id, "name", name, kind.text(), ""));
        }
        if (!arguments.isEmpty()) {
            item.text.append(arguments);
            send(kind.events() + ".delta", at(item, "delta", arguments));
        }
    }

    private void close(boolean isWhole) {
        Item item = open;
        open = null;
        if (item == null) {
            return;
        }
        String text = item.text.toString();
        Call kind = CALLS.get(item.type());
        if (item.isMessage()) {
            if (item.isPartOpen) {
                Map<String, Object> done = at(item, "text", text);
                done.put("logprobs", List.of());
                send("response.output_text.done", done);
                send("response.content_part.done", at(item, "part", part(text)));
                item.parts.add(part(text));
            }
            item.json.put("content", item.parts);
        } else if (kind != null) {
            send(kind.events() + ".done", at(item, kind.text(), text));
            item.json.put(kind.text(), text);
        }
        item.json.put("status", isWhole && (item.isMessage() || kind != null) ? "completed" : "incomplete");
        items.put(place, item.json);
        send("response.output_item.done", Map.of("output_index", place, "item", item.json));
    }

    @Override
    void writeEnd(Reply reply, boolean isPassedOn) {
        if (isPassedOn) {
            return; // the last event, too
        }
        String missing = INCOMPLETE.get(reply.answer().finishReason());
        created();
        close(missing == null);
        response.putIfAbsent("id", "resp_" + mark.id());
        response.putIfAbsent("object", "response");
        response.putIfAbsent("created_at", mark.seconds());
        response.put("model", model());
        response.put("status", missing == null ? "completed" : "incomplete");
        response.put("incomplete_details", missing == null ? null : Map.of("reason", missing));
        response.put("output", List.copyOf(items.values()));
        response.put("usage", counts(reply.usage()));
        Map<String, Object> last = new LinkedHashMap<>();
        last.put("response", response);
        tellParts(last);
        send(missing == null ? "response.completed" : "response.incomplete", last);
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
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("code", String.valueOf(fields.get("code")));
        json.put("message", String.valueOf(fields.get("message")));
        json.put("param", fields.get("param"));
        send("error", json);
    }
}
