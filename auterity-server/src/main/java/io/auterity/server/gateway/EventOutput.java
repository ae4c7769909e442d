package io.auterity.server.gateway;

import io.auterity.relay.provider.Sink;

/** Where the events of a stream go; each method blocks until the client has taken it. Confined to one thread. */
interface EventOutput {

    /**
     * Begins the response.
     *
     * @param beginning who answers
     */
    void begin(Sink.Beginning beginning);

    /**
     * Writes an event.
     *
     * @param name its name, or empty for none
     * @param data its data
     */
    void event(String name, String data);

    /**
     * Writes a line that clients pass over.
     *
     * @param text the line
     */
    void comment(String text);
}
