package io.auterity.testkit;

import io.auterity.journal.Cells;
import io.auterity.journal.Journal;
import io.auterity.journal.RunCatalog;
import io.auterity.journal.RunQueues;
import io.auterity.journal.Write;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * A process that dies at a chosen call of its journal, without a process: before the call has changed anything, or after
 * the store has committed and before anybody hears of it.
 *
 * <p>From that call on the journal is dead: appends are never answered, every other call throws {@link Dead}, and so does
 * the append that starts a run, since somebody may wait for it. The test lets go of the engine then, makes another one on
 * the same store, and sees whether the runs come out right. To try every crash point of a scenario, run it once without
 * one, read {@link #calls}, and run it again for each number up to that.
 *
 * <p>A stand-in for the whole interface, its queues, cells and catalog too, so that a call added to it is a crash point
 * too. Thread-safe if the store is.
 */
public final class CrashingJournal {

    private final Journal store;
    private final long fatal;
    private final Moment moment;
    private final Runnable onCrash;
    private final List<String> calls = new ArrayList<>(); // guarded by itself
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
        this.journal = inFrontOf(Journal.class, store);
    }

    private <T> T inFrontOf(Class<T> type, T part) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, new Handler(part)));
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
     * Returns how the store was called, but for looking at what needs no store.
     *
     * @return the calls so far, the fatal one included, as in {@code Journal.append} and {@code RunQueues.claim}
     */
    public List<String> calls() {
        synchronized (calls) {
            return List.copyOf(calls);
        }
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

        private final Object part;

        private Handler(Object part) {
            this.part = part;
        }

        @Override
        public Object invoke(Object proxy, Method method, Object[] arguments) throws Throwable {
            if (isNoCall(method)) {
                return inFrontOfParts(call(method, arguments));
            }
            if (dead) {
                return silence(method, arguments);
            }
            if (!isFatal(method)) {
                return call(method, arguments);
            }
            if (moment == Moment.AFTER_COMMIT && call(method, arguments) instanceof CompletionStage<?> stage) {
                stage.toCompletableFuture().handle((nothing, thrown) -> nothing).join();
            }
            dead = true;
            onCrash.run();
            return silence(method, arguments);
        }

        /** Default methods come back as calls of others; capabilities, parts and hints are no calls to the store. */
        private static boolean isNoCall(Method method) {
            return method.getDeclaringClass() == Object.class
                    || method.getName().startsWith("is")
                    || method.getName().equals("onHint")
                    || method.getName().equals("recordedBytes")
                    || isPart(method.getReturnType());
        }

        private static boolean isPart(Class<?> type) {
            return type == RunQueues.class || type == Cells.class || type == RunCatalog.class;
        }

        private Object inFrontOfParts(Object result) {
            if (result instanceof RunQueues queues) {
                return queues == RunQueues.NONE ? queues : inFrontOf(RunQueues.class, queues);
            } else if (result instanceof Cells cells) {
                return inFrontOf(Cells.class, cells);
            } else if (result instanceof RunCatalog catalog) {
                return inFrontOf(RunCatalog.class, catalog);
            }
            return result;
        }

        private boolean isFatal(Method method) {
            synchronized (calls) {
                calls.add(method.getDeclaringClass().getSimpleName() + "." + method.getName());
                return calls.size() == fatal;
            }
        }

        private Object call(Method method, Object[] arguments) throws Throwable {
            try {
                return method.invoke(part, arguments);
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
        }

        private static Object silence(Method method, Object[] arguments) {
            boolean starts =
                    arguments != null && arguments[arguments.length - 1] instanceof Write write && write.starts();
            if (CompletionStage.class.isAssignableFrom(method.getReturnType()) && !starts) {
                return new CompletableFuture<>();
            }
            throw new Dead();
        }
    }
}
