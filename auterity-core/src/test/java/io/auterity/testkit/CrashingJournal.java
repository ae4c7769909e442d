package io.auterity.testkit;

import io.auterity.journal.Journal;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A process that dies at a chosen call of its journal, without a process: before the call has changed anything, or after
 * the store has committed and before anybody hears of it.
 *
 * <p>From that call on the journal is dead: appends are never answered, every other call throws {@link Dead}. The test
 * lets go of the engine then, makes another one on the same store, and sees whether the runs come out right. To try every
 * crash point of a scenario, run it once without one, read {@link #calls}, and run it again for each number up to that.
 *
 * <p>A stand-in for the whole interface, so that a call added to it is a crash point too. Thread-safe if the store is.
 */
public final class CrashingJournal {

    private final Journal store;
    private final long fatal;
    private final Moment moment;
    private final Runnable onCrash;
    private final AtomicLong calls = new AtomicLong();
    private final Journal journal;
    private volatile boolean dead;

    /** On which side of the fatal call the process dies. */
    public enum Moment {
        /** The store has not seen the call. */
        BEFORE_CALL,
        /** The store has committed what the call asked for; the answer is lost. */
        AFTER_COMMIT
    }

    /** What a dead journal throws at those who still call it. */
    public static final class Dead extends RuntimeException {

        private static final long serialVersionUID = 1L;

        private Dead() {
            super("the process that owns this journal is supposed to be dead");
        }
    }

    private CrashingJournal(Journal store, long fatal, Moment moment, Runnable onCrash) {
        this.store = store;
        this.fatal = fatal;
        this.moment = moment;
        this.onCrash = onCrash;
        this.journal = (Journal)
                Proxy.newProxyInstance(Journal.class.getClassLoader(), new Class<?>[] {Journal.class}, new Handler());
    }

    /**
     * Puts a crash into the way of a journal's user.
     *
     * @param store keeps what is written before the crash
     * @param call which call is fatal: 1 for the first
     * @param moment on which side of it
     * @param onCrash told once, on the calling thread
     * @return the crash to come
     */
    public static CrashingJournal at(long call, Moment moment, Journal store, Runnable onCrash) {
        if (call < 1) {
            throw new IllegalArgumentException("call is 1 or more, not " + call);
        }
        return new CrashingJournal(store, call, moment, onCrash);
    }

    /**
     * Only counts the calls.
     *
     * @param store where they go
     * @return never crashes
     */
    public static CrashingJournal never(Journal store) {
        return new CrashingJournal(store, Long.MAX_VALUE, Moment.BEFORE_CALL, () -> {});
    }

    /**
     * Returns what the engine is given.
     *
     * @return the journal
     */
    public Journal journal() {
        return journal;
    }

    /**
     * Returns how often the store was called, but for looking at what needs no store.
     *
     * @return the calls so far, the fatal one included
     */
    public long calls() {
        return Math.min(calls.get(), fatal);
    }

    /**
     * Says whether the fatal call has happened.
     *
     * @return whether the journal is dead
     */
    public boolean isDead() {
        return dead;
    }

    private final class Handler implements InvocationHandler {

        @Override
        public Object invoke(Object proxy, Method method, Object[] arguments) throws Throwable {
            // Default methods come back as calls of others; a capability is not a call to the store.
            if (method.getDeclaringClass() == Object.class || method.getName().startsWith("is")) {
                return call(method, arguments);
            }
            if (dead) {
                return silence(method);
            }
            if (calls.incrementAndGet() != fatal) {
                return call(method, arguments);
            }
            if (moment == Moment.AFTER_COMMIT && call(method, arguments) instanceof CompletionStage<?> stage) {
                stage.toCompletableFuture().handle((nothing, thrown) -> nothing).join();
            }
            dead = true;
            onCrash.run();
            return silence(method);
        }

        private Object call(Method method, Object[] arguments) throws Throwable {
            try {
                return method.invoke(store, arguments);
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
        }

        private Object silence(Method method) {
            if (CompletionStage.class.isAssignableFrom(method.getReturnType())) {
                return new CompletableFuture<>();
            }
            throw new Dead();
        }
    }
}
