package io.auterity.server.gateway;

import io.auterity.definition.Json;
import io.auterity.relay.Reply;
import io.auterity.relay.provider.Protocol;
import io.auterity.relay.provider.ProviderEvent;
import io.auterity.relay.provider.Sink;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes the stream of one request. If the provider speaks the caller's interface, its events are written as they came,
 * without being composed again; otherwise they are made of the pieces, as are those of whoever goes on with a broken stream,
 * because a client can bear only one beginning. Confined to the thread of the call.
 */
abstract class EventWriter implements Sink {

    /** What marks an answer in parts; the vendors' clients keep fields that they do not know. */
    private static final String CONTINUED = "auterity_continued";

    private final EventOutput out;
    private final Protocol protocol;
    private boolean isBegun;
    private boolean isPassedOn;
    private String model = "";
    private String parts = ""; // who had a part in the answer, if several had

    EventWriter(EventOutput out, Protocol protocol) {
        this.out = out;
        this.protocol = protocol;
    }

    @Override
    public final void begin(Beginning beginning) {
        isBegun = true;
        model = beginning.deployment().model().toString();
        out.begin(beginning);
    }

    @Override
    public final void continued(Beginning beginning) {
        isPassedOn = false;
        model = beginning.deployment().model().toString();
        parts = String.join("; ", beginning.reasons());
        out.comment("x-auterity-continued: " + parts);
    }

    /** The end is written here, because the provider has not said it. */
    @Override
    public final void stopped() {
        isPassedOn = false;
    }

    @Override
    public final void event(ProviderEvent event) {
        if (event.protocol() == protocol && parts.isEmpty()) {
            isPassedOn = true;
            passOn(event);
        } else if (event.protocol() == protocol) {
            goOn(event);
        }
    }

    @Override
    public final void text(String text) {
        if (!isPassedOn) {
            writeText(text);
        }
    }

    @Override
    public final void reasoning(String text) {
        if (!isPassedOn) {
            writeReasoning(text);
        }
    }

    @Override
    public final void tool(int index, String id, String name, String arguments) {
        if (!isPassedOn) {
            writeTool(index, id, name, arguments);
        }
    }

    /** Ends the stream after the answer is whole and paid for. */
    final void end(Reply reply) {
        writeEnd(reply, isPassedOn);
    }

    /** Says whether anything has been written, after which an error can only be an event. */
    final boolean isBegun() {
        return isBegun;
    }

    final String model() {
        return model;
    }

    final void write(String name, Map<String, ? extends @Nullable Object> json) {
        out.event(name, Json.write(json));
    }

    final void write(String name, String data) {
        out.event(name, data);
    }

    /** Says in the last event that several had a part in the answer. */
    final void tellParts(Map<String, Object> json) {
        if (!parts.isEmpty()) {
            json.put(CONTINUED, parts);
        }
    }

    final void comment(String text) {
        out.comment(text);
    }

    /** Writes an event of the provider's. */
    abstract void passOn(ProviderEvent event);

    /** Takes an event of whoever goes on with a broken stream, before the pieces that are written instead of it. */
    void goOn(ProviderEvent event) {}

    abstract void writeText(String text);

    abstract void writeReasoning(String text);

    abstract void writeTool(int index, String id, String name, String arguments);

    abstract void writeEnd(Reply reply, boolean isPassedOn);

    /** Writes that the stream broke. */
    abstract void writeError(Map<String, Object> error);
}
