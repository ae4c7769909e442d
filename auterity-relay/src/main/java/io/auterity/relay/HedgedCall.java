package io.auterity.relay;

import io.auterity.relay.money.Usage;
import io.auterity.relay.provider.Cancellation;
import io.auterity.relay.provider.ErrorClass;
import io.auterity.relay.provider.ProviderEvent;
import io.auterity.relay.provider.ProviderException;
import io.auterity.relay.provider.Sink;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Two calls for one answer (the idea is Dean and Barroso's, "The Tail at Scale", 2013). The second begins when the first has
 * delivered nothing for some time. Who delivers first, a piece of a stream or a whole answer, has won; the other is cancelled
 * and settles itself.
 *
 * <p>Both run on threads of their own. What the winner delivers is handed to the caller's thread piece by piece, and the next
 * is read when that has taken it; so the sink is called as if there were one call. Confined to the caller's thread, except
 * for the runners' sinks.
 */
final class HedgedCall {

    private static final Logger LOG = LoggerFactory.getLogger(HedgedCall.class);

    private final Executor threads;
    private final Sink sink;
    private final Function<Runner, OneCall.Outcome> maker;
    private final List<Runner> runners = new ArrayList<>();
    private final List<ProviderException> failures = new ArrayList<>();
    private final AtomicReference<@Nullable Runner> leader = new AtomicReference<>();

    /** What is to be done on the caller's thread: at most a piece and an end of each of the two. */
    private final BlockingQueue<Runnable> inbox = new LinkedBlockingQueue<>();

    /** Whose end ends all of it. */
    private @Nullable Runner last;

    /** Whether the caller's thread has gone, and reads the inbox no more. */
    private volatile boolean isClosed;

    /** What became of it: the call that counts, and what failed before. */
    record Finish(OneCall call, OneCall.Outcome outcome, List<ProviderException> failuresBefore) {}

    /**
     * Makes one.
     *
     * @param threads runs the calls, never on the thread that asks
     * @param sink takes what the winner delivers
     * @param maker makes the call of a runner, delivering to its sink
     */
    HedgedCall(Executor threads, Sink sink, Function<Runner, OneCall.Outcome> maker) {
        this.threads = threads;
        this.sink = sink;
        this.maker = maker;
    }

    /** How a call is prepared: with what will tell it that the other was quicker. */
    interface Preparation {
        Optional<OneCall> prepare(Cancellation cancellation);
    }

    /**
     * Makes the calls.
     *
     * @param first the first
     * @param after how long to wait for something of it
     * @param second prepares the second; empty if there is to be none
     * @return what became of it; empty if the first could not even be prepared
     * @throws RejectedExecutionException if there is no thread for the first; it has not been made then
     */
    Optional<Finish> run(Preparation first, Duration after, Preparation second) {
        if (!start(first)) {
            return Optional.empty();
        }
        boolean isInterrupted = false;
        boolean isSecondDue = true;
        long due = System.nanoTime() + after.toNanos();
        while (last == null) {
            try {
                Runnable message = isSecondDue
                        ? inbox.poll(Math.max(0, due - System.nanoTime()), TimeUnit.NANOSECONDS)
                        : inbox.take();
                if (message != null) {
                    message.run();
                } else {
                    isSecondDue = false;
                    if (leader.get() == null) {
                        startSecond(second);
                    }
                }
            } catch (InterruptedException e) {
                isInterrupted = true; // the calls end, and so does this
                isSecondDue = false;
                runners.forEach(runner -> runner.cancellation.cancel());
            }
        }
        runners.stream().filter(runner -> runner != last).forEach(runner -> runner.lost(runner.thrown));
        close();
        if (isInterrupted) {
            Thread.currentThread().interrupt();
        }
        return Optional.of(last.finish(failures));
    }

    /** Lets nobody wait for a thread that has gone: what is in the inbox, or comes into it, finds it closed. */
    private void close() {
        isClosed = true;
        for (Runnable message = inbox.poll(); message != null; message = inbox.poll()) {
            message.run();
        }
    }

    private void post(Runnable message) {
        inbox.add(message);
        if (isClosed && inbox.remove(message)) {
            message.run();
        }
    }

    private void startSecond(Preparation second) {
        try {
            start(second);
        } catch (RejectedExecutionException e) {
            return; // no thread is free, and one call is enough
        }
    }

    private boolean start(Preparation preparation) {
        Cancellation cancellation = new Cancellation();
        Optional<OneCall> call = preparation.prepare(cancellation);
        if (call.isPresent()) {
            Runner runner = new Runner(call.get(), cancellation);
            try {
                threads.execute(runner);
            } catch (RejectedExecutionException e) {
                call.get().drop();
                throw e;
            }
            runners.add(runner);
        }
        return call.isPresent();
    }

    private void cancelOthers(Runner winner) {
        runners.stream().filter(runner -> runner != winner).forEach(runner -> runner.cancellation.cancel());
    }

    /** One of the two. Runs, and delivers, on a thread of its own; the rest is the caller's thread. */
    final class Runner implements Runnable, Sink {

        private final OneCall call;
        private final Cancellation cancellation;
        private OneCall.@Nullable Outcome outcome;
        private @Nullable Throwable thrown;

        private Runner(OneCall call, Cancellation cancellation) {
            this.call = call;
            this.cancellation = cancellation;
        }

        OneCall call() {
            return call;
        }

        @Override
        public void run() {
            try {
                OneCall.Outcome made = maker.apply(this);
                post(() -> ended(made, null));
            } catch (RuntimeException | Error e) { // thrown again on the caller's thread, if this call counts
                post(() -> ended(null, e));
            }
        }

        private void ended(OneCall.@Nullable Outcome made, @Nullable Throwable e) {
            if (isClosed) {
                lost(e);
                return;
            }
            outcome = made;
            thrown = e;
            boolean isWinner =
                    leader.get() == this || (made != null && made.answer().isPresent());
            boolean areOthersRunning =
                    runners.stream().anyMatch(other -> other.outcome == null && other.thrown == null);
            if (isWinner) {
                cancelOthers(this);
                last = this;
            } else if (!areOthersRunning) { // nobody has won; what one has thrown comes out
                last = runners.stream()
                        .filter(runner -> runner.thrown != null)
                        .findFirst()
                        .orElse(this);
            } else if (made != null) { // whom the other was quicker than is cancelled, and has not failed
                made.failure()
                        .filter(why -> why.errorClass() != ErrorClass.CANCELLED)
                        .ifPresent(failures::add);
            }
        }

        /** What a call throws that does not count is told to nobody else. */
        private void lost(@Nullable Throwable e) {
            if (e != null) {
                LOG.warn("one of two calls failed, and the other counts: {}", call.deployment(), e);
            }
        }

        private Finish finish(List<ProviderException> before) {
            if (thrown instanceof Error error) {
                throw error;
            }
            if (thrown instanceof RuntimeException exception) {
                throw exception;
            }
            return new Finish(call, Objects.requireNonNull(outcome), before);
        }

        /** Has the caller's thread take a piece, and waits until it has. */
        private void hand(Consumer<Sink> piece) {
            CompletableFuture<@Nullable Void> taken = new CompletableFuture<>();
            post(() -> {
                try {
                    if (isClosed) {
                        throw new ProviderException(ErrorClass.CANCELLED, "the other call has answered");
                    }
                    piece.accept(sink);
                    taken.complete(null);
                } catch (RuntimeException | Error e) { // ends the call, which throws it again
                    taken.completeExceptionally(e);
                }
            });
            try {
                taken.join();
            } catch (CompletionException e) {
                if (e.getCause() instanceof Error error) {
                    throw error;
                }
                throw e.getCause() instanceof RuntimeException cause ? cause : e;
            }
        }

        @Override
        public void begin(Beginning beginning) {
            if (!leader.compareAndSet(null, this)) {
                throw new ProviderException(ErrorClass.CANCELLED, "the other call was quicker");
            }
            hand(to -> {
                cancelOthers(this);
                to.begin(beginning);
            });
        }

        /** Never called: only the first call of a request is hedged, and it goes on with nothing. */
        @Override
        public void continued(Beginning beginning) {
            throw new IllegalStateException("a hedged call goes on with no stream");
        }

        @Override
        public void stopped() {
            hand(Sink::stopped);
        }

        @Override
        public void end() {
            hand(Sink::end);
        }

        @Override
        public void event(ProviderEvent event) {
            hand(to -> to.event(event));
        }

        @Override
        public void text(String text) {
            hand(to -> to.text(text));
        }

        @Override
        public void reasoning(String text) {
            hand(to -> to.reasoning(text));
        }

        @Override
        public void tool(int index, String id, String name, String arguments) {
            hand(to -> to.tool(index, id, name, arguments));
        }

        @Override
        public void usage(Usage usage) {
            hand(to -> to.usage(usage));
        }
    }
}
