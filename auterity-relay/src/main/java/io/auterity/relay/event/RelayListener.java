package io.auterity.relay.event;

/**
 * Is told what a relay does with its calls.
 *
 * <p>Called on the threads of the calls, by several at the same time, and the call waits: implementations are thread-safe
 * and quick. What one throws is logged and changes nothing.
 */
@FunctionalInterface
public interface RelayListener {

    /**
     * Takes what happened.
     *
     * @param event the event; those of one request come in order
     */
    void on(RelayEvent event);
}
