package io.auterity.relay.provider;

import io.auterity.relay.money.Usage;

/** Takes what arrives of a stream; called on the thread of the call, in order. */
public interface Sink {

    /** Takes nothing. */
    Sink NONE = text -> {};

    /**
     * Takes a piece of the answer's text.
     *
     * @param text the piece, not empty
     */
    void text(String text);

    /**
     * Takes what has been used so far, when the provider says so before the end.
     *
     * @param usage a running total
     */
    default void usage(Usage usage) {}
}
