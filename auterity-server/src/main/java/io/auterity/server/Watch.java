package io.auterity.server;

import io.auterity.Engine;
import io.auterity.EngineException;
import io.auterity.Run;
import io.auterity.RunResult;
import io.auterity.definition.AuterityException;
import io.auterity.definition.RunId;
import io.auterity.event.ProgressRenderer;
import io.auterity.event.RunListener;
import io.auterity.journal.JournalEntry;
import io.auterity.journal.JournalEntry.AttemptFailed;
import io.auterity.journal.JournalEntry.OfStep;
import io.auterity.journal.JournalEntry.RunEnded;
import io.auterity.journal.JournalEntry.StepWaiting;
import io.auterity.journal.JournalEntry.StepWaiting.Reason;
import io.auterity.journal.RunStatus;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * Stays with a run until it has ended: shows its progress, answers what it waits for, and cancels it when its time is
 * up, when it is interrupted, or when it waits for what nobody can send.
 *
 * <p>Entries arrive on the engine's threads, one at a time; what must be done about them happens on the thread that calls
 * {@link #untilEnd}, by way of a mailbox.
 */
final class Watch implements RunListener {

    /** How many messages wait for the caller's thread; whoever has another waits, too. */
    private static final int MOST_MESSAGES = 10_000;

    private static final long TICK_MILLIS = 100;
    /** How long nothing must have happened before a run counts as stuck. */
    private static final long QUIET_MILLIS = 1_000;
    /** How long the last entries may take from the end of the run to here. */
    private static final Duration LAST_ENTRIES = Duration.ofSeconds(2);

    private static final String NOBODY = "it waits for what nobody can send here";

    private final ProgressRenderer progress;
    private final boolean isQuiet;
    private final Answers answers;
    private final InstantSource clock;
    private final String journal;
    private final BlockingQueue<Runnable> mailbox = new LinkedBlockingQueue<>(MOST_MESSAGES);
    private final Map<String, Wait> waits = new ConcurrentHashMap<>();
    private Optional<Engine> engine = Optional.empty();
    private Optional<Run<?>> watched = Optional.empty();
    private boolean isAlone;
    private boolean sawEnd;
    private boolean isLeaving;
    private volatile boolean isOver;
    private volatile long lastEntryAt = Long.MAX_VALUE;

    /** The engine had to let go of the run. */
    private static final class Lost extends AuterityException {

        private static final long serialVersionUID = 1L;

        Lost() {
            super(
                    Refusal.LOST,
                    "this process no longer has the run: its journal did not answer for too long, or others took the run"
                            + " over");
        }
    }

    /** Why a step waits, and whether that will end without an answer from here. */
    private record Wait(RunId run, Reason reason, boolean endsByItself) {}

    /** Makes a watch; a run in a journal that lasts is left there when it waits for an answer that nobody gives here. */
    Watch(ProgressRenderer progress, boolean isQuiet, Answers answers, InstantSource clock, String journal) {
        this.progress = progress;
        this.isQuiet = isQuiet;
        this.answers = answers;
        this.clock = clock;
        this.journal = journal;
    }

    // --- on the engine's threads ---

    @Override
    public void onEntry(RunId run, String workflow, JournalEntry entry) {
        if (!isQuiet) {
            progress.onEntry(run, workflow, entry);
        }
        lastEntryAt = clock.millis();
        if (entry instanceof OfStep ofStep) {
            noteWait(run, run + "/" + ofStep.step(), ofStep);
        } else if (entry instanceof RunEnded) {
            tell(() -> sawEnd |= watched.filter(own -> own.id().equals(run)).isPresent());
        }
    }

    private void noteWait(RunId run, String key, OfStep entry) {
        if (entry instanceof AttemptFailed) {
            waits.put(key, new Wait(run, Reason.TIMER, true));
        } else if (entry instanceof StepWaiting waiting) {
            waits.put(key, new Wait(run, waiting.reason(), waiting.until() != 0 || waiting.reason() == Reason.TIMER));
            if (waiting.reason() == Reason.SIGNAL || waiting.reason() == Reason.APPROVAL) {
                tell(() -> answer(run, waiting));
            }
        } else if (!waits.isEmpty()) {
            waits.remove(key);
        }
    }

    /** Puts a message into the mailbox, when there is room and as long as somebody reads it. */
    private void tell(Runnable message) {
        try {
            while (!isOver && !mailbox.offer(message, TICK_MILLIS, TimeUnit.MILLISECONDS)) {
                // there will be room soon, or nobody is left who reads it
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the engine is being closed
        }
    }

    @Override
    public void onMissed(long entries) {
        if (!isQuiet) {
            progress.onMissed(entries);
        }
    }

    /** Cancels the run soon; from any thread, also before there is a run. */
    void interrupt() {
        tell(() -> {
            progress.println("interrupted: cancelling the run; press Ctrl-C again to leave at once");
            watched.ifPresent(run -> run.cancel("interrupted"));
        });
    }

    /**
     * Leaves the run to its journal soon, or cancels it where it would be lost; from any thread, also before there is a
     * run.
     */
    void terminate() {
        if (isLasting()) {
            tell(() -> isLeaving = true);
        } else {
            interrupt();
        }
    }

    // --- on the caller's thread ---

    /** Whether the process is to end, and left the run for that. */
    boolean isLeaving() {
        return isLeaving;
    }

    /**
     * Waits for a run to end, and for the one that deals with its failure.
     *
     * @param in the engine it runs in
     * @param run the run
     * @param limit the longest time; later it is cancelled
     * @param takesUp whether the engine takes up again what it has lost
     * @return how it ended, or that it was left in its journal: it waits, or this process is to end
     * @throws AuterityException if the engine has lost the run and does not take it up again
     */
    <O> RunResult<O> untilEnd(Engine in, Run<O> run, Optional<Duration> limit, boolean takesUp) {
        engine = Optional.of(in);
        isAlone = !takesUp;
        try {
            Optional<RunResult<O>> result = stay(run, limit);
            return result.isPresent() ? ended(in, run, result.get()) : leave(in, run);
        } finally {
            isOver = true;
        }
    }

    private <O> RunResult<O> ended(Engine in, Run<O> run, RunResult<O> result) {
        in.find(run.id().onFailure()).ifPresent(this::stayWithMending);
        answers.unused().forEach(name -> progress.println("note: nobody waited for signal '" + name + "'"));
        return result;
    }

    /** Gives a run back to its journal, with what comes of its steps under way. */
    private <O> RunResult<O> leave(Engine in, Run<O> run) {
        if (isLeaving) {
            progress.println(Vigil.LEAVING);
        }
        RunStatus now = run.status();
        boolean hasEnded = !in.drain(Vigil.GRACE).contains(run.id());
        return hasEnded ? run.await(LAST_ENTRIES) : new RunResult<>(run.id(), now, null, Optional.empty());
    }

    /** Whatever becomes of it, the run itself has ended. */
    private void stayWithMending(Run<?> run) {
        try {
            stay(run, Optional.empty());
        } catch (AuterityException lost) {
            progress.println("run '" + run.id() + "' is left: " + lost.getMessage());
        }
    }

    /** Waits for a run to end; empty if it is to be left in its journal. */
    private <O> Optional<RunResult<O>> stay(Run<O> run, Optional<Duration> limit) {
        watched = Optional.of(run);
        sawEnd = false;
        Optional<Instant> deadline = limit.map(clock.instant()::plus);
        var result = run.result().toCompletableFuture();
        var ended = result.whenComplete((value, lost) -> mailbox.offer(() -> {})); // a full one needs no wake
        long hereAt = clock.millis();
        while (!ended.isDone()) {
            turn();
            if (!isAlone || run.isHere()) {
                hereAt = clock.millis();
            } else if (clock.millis() - hereAt > QUIET_MILLIS) {
                throw new Lost();
            }
            if (deadline.isPresent() && clock.instant().isAfter(deadline.get())) {
                deadline = Optional.empty();
                run.cancel("it took longer than --timeout allows");
            }
            if (isLeaving || (isLasting() && isStuck(run))) {
                return Optional.empty();
            }
            if (isStuck(run)) {
                run.cancel(NOBODY);
                cancelOthersThatWait(run);
            }
        }
        Instant latest = clock.instant().plus(LAST_ENTRIES);
        while (!sawEnd && clock.instant().isBefore(latest)) {
            turn();
        }
        return Optional.of(run.await(Duration.ZERO));
    }

    private void turn() {
        try {
            Runnable message = mailbox.poll(TICK_MILLIS, TimeUnit.MILLISECONDS);
            if (message == null) {
                if (!isQuiet) {
                    progress.refresh();
                }
                return;
            }
            for (; message != null; message = mailbox.poll()) {
                message.run();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while watching a run", e);
        }
    }

    /** Answers a step that waits, or says how it could have been answered. */
    private void answer(RunId run, StepWaiting waiting) {
        Optional<Run<?>> live = engine.flatMap(all -> all.find(run));
        if (live.isEmpty()) {
            return; // it has ended in the meantime
        }
        boolean isSignal = waiting.reason() == Reason.SIGNAL;
        try {
            if (isSignal ? signal(live.get(), waiting.subject()) : decide(live.get(), waiting.step())) {
                return;
            }
        } catch (EngineException goneOn) {
            progress.println("step '" + waiting.step() + "' no longer waits: " + goneOn.getMessage());
            return;
        }
        String what = "step '" + waiting.step() + "' waits for "
                + (isSignal
                        ? "signal '" + waiting.subject() + "'; send it with"
                        : "a decision" + (waiting.subject().isEmpty() ? "" : " of " + waiting.subject())
                                + "; decide with");
        if (isLasting()) {
            progress.println(what);
            commands(run, waiting, isSignal).forEach(command -> progress.println("    auterity runs " + command));
        } else if (isSignal) {
            progress.println(what + " --signal " + Shell.quoted(waiting.subject() + "=JSON"));
        } else {
            progress.println(what + " " + answers.howToDecide(waiting.step()));
        }
    }

    /** The commands that answer a run in a journal that outlives this process. */
    private List<String> commands(RunId run, StepWaiting waiting, boolean isSignal) {
        String step = waiting.step();
        String where = Journals.option(journal);
        return isSignal
                ? List.of("signal " + run + " " + Shell.quoted(waiting.subject() + "=JSON") + where)
                : List.of(
                        "approve " + run + " " + Shell.quoted(step + answers.form(step)) + where,
                        "reject " + run + " " + Shell.quoted(step) + where);
    }

    private boolean isLasting() {
        return !journal.equals(Journals.MEMORY);
    }

    private boolean signal(Run<?> run, String name) {
        Optional<Answers.Signal> signal = answers.takeSignal(name);
        signal.ifPresent(sent -> run.signal(name, sent.payload()));
        return signal.isPresent();
    }

    private boolean decide(Run<?> run, String step) {
        Optional<Answers.Decision> decision = answers.decision(step);
        decision.ifPresent(made -> run.decide(step, made.approved(), "command line", made.form()));
        return decision.isPresent();
    }

    /** A run that cleans up in place of a step of one that is cancelled goes on otherwise. */
    private void cancelOthersThatWait(Run<?> than) {
        for (Wait wait : waits.values()) {
            if (!wait.run.equals(than.id()) && wait.reason != Reason.CHILD) {
                engine.flatMap(in -> in.find(wait.run)).ifPresent(other -> other.cancel(NOBODY));
            }
        }
    }

    /** Whether nothing will ever happen again: all that is under way waits for answers that were not given. */
    private boolean isStuck(Run<?> run) {
        return clock.millis() - lastEntryAt > QUIET_MILLIS
                && (run.status() == RunStatus.WAITING || run.status() == RunStatus.COMPENSATING)
                && mailbox.isEmpty()
                && waits.values().stream().anyMatch(wait -> wait.reason != Reason.CHILD)
                && waits.values().stream().noneMatch(wait -> wait.endsByItself);
    }
}
