package io.auterity;

import io.auterity.definition.Failure;
import io.auterity.definition.RunId;
import io.auterity.journal.Journal;
import io.auterity.journal.JournalEntry;
import io.auterity.journal.JournalEntry.RunEnded;
import io.auterity.journal.RunStatus;
import io.auterity.journal.RunSummary;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Runs that are in the journal and not in this engine, and those who wait for them. Whoever waits is told when the run
 * has ended here after all, or when the journal says so. Thread-safe.
 */
final class Recorded {

    /** The most runs looked up at a time. */
    private static final int MOST_AT_ONCE = 100;

    private final Journal journal;
    private final ConcurrentHashMap<RunId, List<Waiter>> waiters = new ConcurrentHashMap<>();
    private Iterator<RunId> next = Collections.emptyIterator(); // by the one thread that looks

    Recorded(Journal journal) {
        this.journal = journal;
    }

    /** Is told how a run ended, or that nobody can tell any more. */
    interface Waiter {
        void ended(RunStatus status, @Nullable Object output, @Nullable Failure failure);

        void forgotten(RuntimeException why);

        /** Returns the same, held for as long as it has to be told. */
        Waiter held();
    }

    /** Returns what becomes of a run. */
    <O extends @Nullable Object> CompletableFuture<RunResult<O>> result(RunId id, Function<@Nullable Object, O> load) {
        CompletableFuture<RunResult<O>> result = new CompletableFuture<>();
        add(id, new Result<>(() -> result, id, load));
        look(id);
        return result;
    }

    /** Tells a result how the run ended, if somebody still waits for it or holds it. */
    static <O extends @Nullable Object> Waiter waiter(
            CompletableFuture<RunResult<O>> result, RunId id, Function<@Nullable Object, O> load) {
        WeakReference<CompletableFuture<RunResult<O>>> weak = new WeakReference<>(result);
        return new Result<>(weak::get, id, load).held();
    }

    /** A result that somebody holds, or held. */
    private record Result<O extends @Nullable Object>(
            Supplier<@Nullable CompletableFuture<RunResult<O>>> future, RunId id, Function<@Nullable Object, O> load)
            implements Waiter {

        /** With dependents, others than those who hold the result want to be told. */
        @Override
        public Waiter held() {
            CompletableFuture<RunResult<O>> wanted = future.get();
            return wanted != null && wanted.getNumberOfDependents() > 0 ? new Result<>(() -> wanted, id, load) : this;
        }

        @Override
        public void ended(RunStatus status, @Nullable Object output, @Nullable Failure failure) {
            CompletableFuture<RunResult<O>> wanted = future.get();
            if (wanted != null) {
                complete(wanted, id, load, status, output, failure);
            }
        }

        @Override
        public void forgotten(RuntimeException why) {
            CompletableFuture<RunResult<O>> wanted = future.get();
            if (wanted != null) {
                wanted.completeExceptionally(why);
            }
        }
    }

    void add(RunId id, Waiter waiter) {
        waiters.compute(id, (any, known) -> {
            List<Waiter> all = known == null ? new ArrayList<>(1) : new ArrayList<>(known);
            all.add(waiter.held());
            return all;
        });
    }

    /** Somebody has begun to wait: from now on the result is held here, even if nobody else holds it any more. */
    void awaited(RunId id) {
        waiters.computeIfPresent(
                id, (any, known) -> known.stream().map(Waiter::held).toList());
    }

    /** Tells those who wait that a run has ended. */
    void ended(RunId id, RunStatus status, @Nullable Object output, @Nullable Failure failure) {
        List<Waiter> all = waiters.remove(id);
        if (all != null) {
            all.forEach(waiter -> waiter.ended(status, output, failure));
        }
    }

    /** Looks whether a run has ended that somebody waits for. */
    void check(RunId id) {
        if (waiters.containsKey(id)) {
            look(id);
        }
    }

    /** Looks whether a run has ended elsewhere. */
    private void look(RunId id) {
        List<JournalEntry> entries = journal.read(id);
        if (!entries.isEmpty() && entries.get(entries.size() - 1) instanceof RunEnded end) {
            ended(id, end.status(), end.output(), end.failure().orElse(null));
        }
    }

    /** Looks for the end of runs that somebody waits for and that are not here; a bounded number at a time. */
    void look(Function<RunId, Boolean> isHere) {
        Iterator<RunId> round = next.hasNext() ? next : waiters.keySet().iterator();
        next = round;
        for (int looked = 0; looked < MOST_AT_ONCE && round.hasNext(); ) {
            RunId id = round.next();
            if (!isHere.apply(id)) {
                looked++;
                Optional<RunSummary> run = journal.catalog().find(id);
                if (run.isEmpty()) {
                    forgotten(id);
                } else if (run.get().end().isPresent()) {
                    look(id);
                }
            }
        }
    }

    private void forgotten(RunId id) {
        List<Waiter> all = waiters.remove(id);
        if (all != null) {
            EngineException why = new EngineException(
                    EngineException.UNKNOWN_RUN,
                    "run '" + id
                            + "' is no longer in the journal: it ended, and was forgotten before this engine looked"
                            + " how; keep runs longer than they are waited for");
            all.forEach(waiter -> waiter.forgotten(why));
        }
    }

    static <O extends @Nullable Object> void complete(
            CompletableFuture<RunResult<O>> result,
            RunId id,
            Function<@Nullable Object, O> load,
            RunStatus status,
            @Nullable Object output,
            @Nullable Failure failure) {
        try {
            O loaded = status == RunStatus.SUCCEEDED ? load.apply(output) : null;
            result.complete(new RunResult<>(id, status, loaded, Optional.ofNullable(failure)));
        } catch (RuntimeException | Error mismatch) { // the output is recorded; only this caller's type does not fit it
            result.completeExceptionally(mismatch);
        }
    }
}
