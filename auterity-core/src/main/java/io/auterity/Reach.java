package io.auterity;

import io.auterity.definition.Failure;
import io.auterity.definition.RunId;
import io.auterity.journal.Journal;
import io.auterity.journal.JournalEntry;
import io.auterity.journal.JournalEntry.RunPaused;
import io.auterity.journal.JournalEntry.RunResumed;
import io.auterity.journal.RunMessage;
import io.auterity.journal.RunStatus;
import io.auterity.journal.RunSummary;
import io.auterity.run.RunLoop;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The way to a run wherever it is: to its loop when this engine has it, otherwise through the inbox in the journal. Runs
 * move while people hold handles to them, so each call looks anew. Thread-safe.
 */
final class Reach {

    private static final String UNREACHABLE = "it has ended, or the journal does not know it";

    private final RunId id;
    private final Journal journal;
    private final @Nullable RunLoop first;
    private final Function<RunId, Optional<RunLoop>> loops;
    private final Runnable onCancel;

    /**
     * @param first the loop the run began with here; null for a run that has only been looked up
     * @param onCancel is told when the journal has been asked to cancel: a queued run has ended then
     */
    Reach(
            RunId id,
            Journal journal,
            @Nullable RunLoop first,
            Function<RunId, Optional<RunLoop>> loops,
            Runnable onCancel) {
        this.id = id;
        this.journal = journal;
        this.first = first;
        this.loops = loops;
        this.onCancel = onCancel;
    }

    /** Returns the loop of a run that is here, or that has just ended here. */
    Optional<RunLoop> loop() {
        Optional<RunLoop> here = loops.apply(id).filter(loop -> !loop.isAwaitingRecord());
        if (here.isEmpty() && first != null && !first.isGone() && !first.isAwaitingRecord()) {
            return Optional.of(first);
        }
        return here;
    }

    RunStatus status() {
        return loop().map(RunLoop::status)
                .orElseGet(() -> journal.catalog()
                        .find(id)
                        .map(RunSummary::status)
                        .orElseGet(() -> first == null ? RunStatus.QUEUED : first.status()));
    }

    boolean isPaused() {
        return loop().map(RunLoop::isPaused).orElseGet(this::isPausedElsewhere);
    }

    private boolean isPausedElsewhere() {
        boolean paused = false;
        for (JournalEntry entry : entries()) {
            paused = entry instanceof RunPaused || (paused && !(entry instanceof RunResumed));
        }
        return paused;
    }

    void cancel(String reason) {
        Optional<RunLoop> loop = loop();
        if (loop.isPresent()) {
            loop.get().stop(Failure.of(Failure.CANCELLED, reason, false));
        }
        if (loop.isEmpty() || loop.get().isGone()) {
            journal.send(id, new RunMessage.Cancel(reason));
            onCancel.run();
        }
    }

    void pause(boolean pause) {
        Optional<RunLoop> loop = loop();
        if (loop.isPresent()) {
            loop.get().pause(pause);
        }
        if (loop.isEmpty() || loop.get().isGone()) {
            journal.send(id, pause ? new RunMessage.Pause() : new RunMessage.Resume());
        }
    }

    /** Says why the run does not take it; what is left in the inbox of a run elsewhere counts as taken. */
    Optional<String> signal(String name, @Nullable Object payload) {
        return tell(new RunMessage.Signal(name, payload));
    }

    Optional<String> decide(String step, boolean approved, String by, Map<String, Object> form) {
        return tell(new RunMessage.Decision(step, approved, by, form));
    }

    /** Tells the loop; or leaves it in the inbox, also when the loop has let go of the run meanwhile. */
    private Optional<String> tell(RunMessage message) {
        Optional<RunLoop> loop = loop();
        if (loop.isPresent()) {
            Optional<String> refusal =
                    loop.get().ask(message).toCompletableFuture().join();
            if (refusal.isEmpty() || !loop.get().isGone()) {
                return refusal;
            }
        }
        return journal.send(id, message) ? Optional.empty() : Optional.of(UNREACHABLE);
    }

    List<JournalEntry> entries() {
        return journal.read(id);
    }
}
