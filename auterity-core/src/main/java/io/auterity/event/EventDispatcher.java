package io.auterity.event;

import java.util.List;
import java.util.concurrent.Executor;

/**
 * Hands entries to listeners, each through a bounded buffer of its own, on the threads of an executor.
 *
 * <p>Thread-safe. {@link #publish} neither blocks nor throws.
 */
public final class EventDispatcher {

    /** The entries a listener may be behind by before it misses some. */
    public static final int DEFAULT_BUFFER = 100_000;

    private final ListenerQueue[] queues;

    /**
     * Makes a dispatcher.
     *
     * @param listeners the listeners
     * @param executor runs the listeners, at most one task of each at a time
     * @param buffer the entries each may be behind by
     */
    public EventDispatcher(List<RunListener> listeners, Executor executor, int buffer) {
        this.queues = listeners.stream()
                .map(listener -> new ListenerQueue(listener, executor, buffer))
                .toArray(ListenerQueue[]::new);
    }

    /**
     * Says whether anybody listens.
     *
     * @return whether {@link #publish} has any effect
     */
    public boolean isListening() {
        return queues.length > 0;
    }

    /**
     * Tells all listeners, soon.
     *
     * @param batch what happened; not changed by the caller afterwards
     */
    public void publish(Batch batch) {
        for (ListenerQueue queue : queues) {
            queue.add(batch);
        }
    }
}
