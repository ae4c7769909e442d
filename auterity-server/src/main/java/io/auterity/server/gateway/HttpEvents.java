package io.auterity.server.gateway;

import io.auterity.relay.provider.Sink;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.function.BiConsumer;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Response;

/** Server-sent events on a response; each write waits until the client has taken it, and with it the provider. */
final class HttpEvents implements EventOutput {

    private final Response response;
    private final BiConsumer<Response, Sink.Beginning> head;

    /**
     * Makes the output.
     *
     * @param response the response, not begun
     * @param head sets the headers that say who answers
     */
    HttpEvents(Response response, BiConsumer<Response, Sink.Beginning> head) {
        this.response = response;
        this.head = head;
    }

    @Override
    public void begin(Sink.Beginning beginning) {
        response.setStatus(200);
        response.getHeaders().put("Content-Type", "text/event-stream; charset=utf-8");
        response.getHeaders().put("Cache-Control", "no-cache");
        response.getHeaders().put("X-Accel-Buffering", "no"); // what keeps nginx from gathering events
        head.accept(response, beginning);
    }

    @Override
    public void event(String name, String data) {
        // a line break in the data would end it
        String lines = data.indexOf('\n') < 0 ? data : data.replace("\n", "\ndata: ");
        send((name.isEmpty() ? "" : "event: " + name + "\n") + "data: " + lines + "\n\n");
    }

    @Override
    public void comment(String text) {
        send(": " + text + "\n\n");
    }

    private void send(String text) {
        try {
            Content.Sink.write(response, false, ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
        } catch (IOException e) {
            throw new UncheckedIOException("the client has gone", e);
        }
    }
}
