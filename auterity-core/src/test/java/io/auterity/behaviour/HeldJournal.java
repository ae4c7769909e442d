package io.auterity.behaviour;

import io.auterity.journal.InMemoryJournal;
import io.auterity.journal.Journal;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A journal in memory whose appends for some runs are held: the appending thread waits, or the answer does. Thread-safe.
 */
final class HeldJournal {

    private final InMemoryJournal store = new InMemoryJournal();
    private final CountDownLatch release = new CountDownLatch(1);
    private final CountDownLatch held = new CountDownLatch(1);
    private final CompletableFuture<Void> answer = new CompletableFuture<>();
    private volatile @Nullable String wanted;
    private volatile boolean blocks;

    Journal journal() {
        return (Journal) Proxy.newProxyInstance(
                Journal.class.getClassLoader(), new Class<?>[] {Journal.class}, (proxy, method, arguments) -> {
                    Object result = call(method, arguments);
                    return method.getName().equals("append") && isHeld(arguments)
                            ? hold((CompletionStage<?>) result)
                            : result;
                });
    }

    private @Nullable Object call(Method method, Object @Nullable [] arguments) throws Throwable {
        try {
            return method.invoke(store, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    private boolean isHeld(Object[] arguments) {
        String text = wanted;
        return text != null && Arrays.deepToString(arguments).contains(text);
    }

    private CompletionStage<?> hold(CompletionStage<?> result) throws InterruptedException {
        held.countDown();
        if (!blocks) {
            return answer.thenCompose(nothing -> result);
        }
        if (!release.await(60, TimeUnit.SECONDS)) {
            throw new IllegalStateException("nobody has released the journal");
        }
        return result;
    }

    /** From now on the thread waits that appends something with this text in it. */
    void block(String text) {
        blocks = true;
        wanted = text;
    }

    /** From now on the answer waits to an append of something with this text in it. */
    void delay(String text) {
        wanted = text;
    }

    boolean awaitHeld() throws InterruptedException {
        return held.await(60, TimeUnit.SECONDS);
    }

    void release() {
        wanted = null;
        release.countDown();
        answer.complete(null);
    }
}
