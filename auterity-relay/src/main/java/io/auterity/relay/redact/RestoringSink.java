package io.auterity.relay.redact;

import io.auterity.definition.Json;
import io.auterity.relay.money.Usage;
import io.auterity.relay.provider.Protocol;
import io.auterity.relay.provider.ProviderEvent;
import io.auterity.relay.provider.Sink;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Puts data back into a stream. Of each part of the answer the end is held back while it may be the beginning of a
 * placeholder. Events of chats and messages are not passed on, because a placeholder can be split between two of them; whoever
 * wants them writes them from the pieces. Those of responses are written anew. Confined to the thread of its call.
 */
final class RestoringSink implements Sink {

    /** How the parts begin that events have. */
    private static final String EVENT = "event ";

    private static final String TEXT = "text";
    private static final String REASONING = "reasoning";

    private final Redacted redacted;
    private final Sink sink;
    private final Map<String, Held> parts = new LinkedHashMap<>();
    private boolean isContinued;

    /** What is held back of a part, and how it is delivered. */
    private static final class Held {
        private String text = "";
        private Consumer<String> delivery = piece -> {};
    }

    RestoringSink(Redacted redacted, Sink sink) {
        this.redacted = redacted;
        this.sink = sink;
    }

    private void deliver(String part, String piece, boolean isJson, Consumer<String> delivery) {
        flush(name -> !name.equals(part) && isEvent(name) == isEvent(part) && !isAwaited(name, part));
        Held held = parts.computeIfAbsent(part, unknown -> new Held());
        held.delivery = delivery;
        String all = held.text + piece;
        int rest = redacted.unfinished(all);
        held.text = all.substring(all.length() - rest);
        String whole = all.substring(0, all.length() - rest);
        if (!whole.isEmpty()) {
            delivery.accept(isJson ? redacted.restoreInJson(whole) : redacted.restore(whole));
        }
    }

    /** Events and the pieces that are read from them say the same twice, and neither ends what the other has begun. */
    private static boolean isEvent(String part) {
        return part.startsWith(EVENT);
    }

    /** Whoever goes on may think first, and then end the text's placeholder. */
    private boolean isAwaited(String name, String part) {
        return isContinued && name.equals(TEXT) && part.equals(REASONING);
    }

    private static void flush(Held held) {
        if (!held.text.isEmpty()) { // it was no placeholder
            String text = held.text;
            held.text = "";
            held.delivery.accept(text);
        }
    }

    private void flush(Predicate<String> which) {
        parts.forEach((name, held) -> {
            if (which.test(name)) {
                flush(held);
            }
        });
    }

    /** What is held back comes before: nobody but the last of all sinks knows what is missing then. */
    @Override
    public void stopped() {
        flush(name -> true);
        sink.stopped();
    }

    @Override
    public void end() {
        flush(name -> true);
        sink.end();
    }

    @Override
    public void begin(Beginning beginning) {
        sink.begin(beginning);
    }

    /** What is held back of the text may be the beginning of a placeholder that the other deployment ends. */
    @Override
    public void continued(Beginning beginning) {
        isContinued = true;
        sink.continued(beginning);
    }

    @Override
    public void event(ProviderEvent event) {
        if (event.protocol() != Protocol.RESPONSES) {
            return;
        }
        if (event.json().get("delta") instanceof String delta) {
            Map<String, @Nullable Object> json = new LinkedHashMap<>(event.json());
            String part = EVENT + json.get("type") + json.get("item_id") + json.get("content_index");
            boolean isJson = String.valueOf(json.get("type")).contains("arguments");
            deliver(part, delta, isJson, piece -> {
                json.put("delta", piece);
                pass(json);
            });
        } else {
            flush(RestoringSink::isEvent);
            @SuppressWarnings("unchecked") // an object stays one
            Map<String, @Nullable Object> json =
                    (Map<String, @Nullable Object>) Objects.requireNonNull(redacted.restored(event.json()));
            pass(json);
        }
    }

    private void pass(Map<String, @Nullable Object> json) {
        Map<String, @Nullable Object> copy = new LinkedHashMap<>(json);
        sink.event(new ProviderEvent(Protocol.RESPONSES, Json.write(copy), copy));
    }

    @Override
    public void text(String text) {
        deliver(TEXT, text, false, sink::text);
    }

    @Override
    public void reasoning(String text) {
        deliver(REASONING, text, false, sink::reasoning);
    }

    @Override
    public void tool(int index, String id, String name, String arguments) {
        if (!id.isEmpty() || !name.isEmpty()) {
            flush(part -> !isEvent(part));
            sink.tool(index, id, name, "");
        }
        deliver("tool " + index, arguments, true, piece -> sink.tool(index, "", "", piece));
    }

    @Override
    public void usage(Usage usage) {
        sink.usage(usage);
    }
}
