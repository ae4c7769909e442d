package io.auterity.relay.provider;

import io.auterity.relay.money.Usage;
import java.util.Map;
import java.util.Optional;

/** One provider interface: how a call is written, and how an answer and the events of a stream are read. */
interface Wire {

    /** Returns the interface that answers come in. */
    Protocol protocol();

    /** Returns the address of a call. */
    String url(Endpoint endpoint, ProviderCall call);

    /** Returns the headers that carry a key. */
    Map<String, String> headers(String key);

    /** Returns the body of a call. */
    Map<String, Object> body(ProviderCall call);

    /** Reads a whole answer. */
    Gathered answer(Map<String, Object> json);

    /**
     * Reads an event of a stream into what has been gathered; the sink gets the event first, then its pieces.
     *
     * @return whether the stream ends with it
     */
    boolean event(String data, Gathered gathered, Sink sink);

    /** Returns what the provider says has been used. */
    Optional<Usage> usage(Map<String, Object> json);
}
