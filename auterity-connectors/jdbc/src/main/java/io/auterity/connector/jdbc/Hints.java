package io.auterity.connector.jdbc;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * Tells whoever looks for work that there may be some: those who use this journal at once, other processes through
 * {@link Notices}. Thread-safe.
 */
final class Hints implements AutoCloseable {

    /** The word for runs and messages; any other is the name of a queue, which is never empty. */
    private static final String RUNS = "";

    /** What users of queues are told when it may be any. */
    private static final String ANY_QUEUE = "";

    private final Notices notices;
    private final List<Runnable> forRuns = new CopyOnWriteArrayList<>();
    private final List<Consumer<String>> forQueues = new CopyOnWriteArrayList<>();
    private final AtomicBoolean hears = new AtomicBoolean();

    Hints(Notices notices) {
        this.notices = notices;
    }

    /** Asks to be told of runs to claim and messages to receive. */
    AutoCloseable onRuns(Runnable hint) {
        return add(forRuns, hint);
    }

    /** Asks to be told of queues in which runs may begin. */
    AutoCloseable onQueue(Consumer<String> hint) {
        return add(forQueues, hint);
    }

    private <T> AutoCloseable add(List<T> all, T one) {
        all.add(one);
        if (hears.compareAndSet(false, true)) {
            notices.hear(this::heard, this::missed);
        }
        return () -> all.remove(one);
    }

    private void heard(String word) {
        if (word.equals(RUNS)) {
            here();
        } else {
            forQueues.forEach(hint -> hint.accept(word));
        }
    }

    private void missed() {
        here();
        forQueues.forEach(hint -> hint.accept(ANY_QUEUE));
    }

    /** There may be runs or messages, for this journal's users only. */
    void here() {
        forRuns.forEach(Runnable::run);
    }

    /** There may be runs or messages, for anybody. */
    void everywhere() {
        here();
        notices.tell(RUNS);
    }

    /** Runs may begin in a queue, anywhere. */
    void queue(String name) {
        forQueues.forEach(hint -> hint.accept(name));
        notices.tell(name);
    }

    @Override
    public void close() {
        notices.close();
    }
}
