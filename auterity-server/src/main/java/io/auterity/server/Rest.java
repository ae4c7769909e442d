package io.auterity.server;

import io.auterity.definition.RunId;
import io.auterity.event.RunListener;
import io.auterity.journal.JournalEntry;
import io.auterity.journal.JournalEntry.AttemptFailed;
import io.auterity.journal.JournalEntry.Emitted;
import io.auterity.journal.JournalEntry.OfStep;
import io.auterity.journal.JournalEntry.StepStarted;
import io.auterity.journal.JournalEntry.StepWaiting;
import io.auterity.journal.JournalEntry.StepWaiting.Reason;
import io.auterity.journal.RunCatalog;
import io.auterity.journal.RunStatus;
import io.auterity.journal.RunSummary;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Says which of the runs that have not ended rest: their open steps wait for signals, decisions or other runs, without
 * a time at which that ends, and nothing has happened for a while; or no engine here takes them up. Thread-safe.
 */
final class Rest implements RunListener {

    /** How long nothing must have happened. */
    private static final Duration QUIET = Duration.ofSeconds(2);

    /** How long a run that is due has to be taken up. It may need code that is elsewhere; then it is left to others. */
    private static final Duration TAKEN_UP = Duration.ofSeconds(30);

    private static final Set<Reason> FOR_SOMEBODY = Set.of(Reason.SIGNAL, Reason.APPROVAL, Reason.CHILD);

    /** What a run waits for. */
    enum For {
        /** For nothing, or for what comes by itself. */
        NOBODY,
        /** For a signal, a decision, another run, or to be let go on. */
        SOMEBODY,
        /** For an engine that takes runs from its queue. */
        QUEUE,
        /** For an engine that has its code. */
        CODE
    }

    private final InstantSource clock;
    private final Instant made;
    private final Set<String> started = ConcurrentHashMap.newKeySet();
    private final Set<String> waiting = ConcurrentHashMap.newKeySet();
    private final Map<RunId, String> owners = new ConcurrentHashMap<>();
    private volatile Instant last;
    private volatile Instant looked;

    Rest(InstantSource clock) {
        this.clock = clock;
        this.made = clock.instant();
        this.last = made;
        this.looked = made;
    }

    @Override
    public void onEntry(RunId run, String workflow, JournalEntry entry) {
        last = clock.instant();
        if (entry instanceof OfStep step) {
            note(run + "/" + step.step(), step);
        }
    }

    private void note(String key, OfStep entry) {
        if (entry instanceof StepStarted) {
            started.add(key);
        } else if (entry.isDurable() && !(entry instanceof Emitted)) { // the others come from a step that goes on
            started.remove(key);
        }
        if (entry instanceof StepWaiting) {
            waiting.add(key);
        } else {
            waiting.remove(key);
        }
    }

    /** Whether a step under way is a block, and what is inside it waits. */
    private boolean isWaitingInside(String key) {
        return waiting.stream()
                .anyMatch(wait -> wait.startsWith(key)
                        && wait.length() > key.length()
                        && "/[.".indexOf(wait.charAt(key.length())) >= 0);
    }

    /** Whether a run that was parked is about to be taken up, as it has been sent something, for example. */
    private boolean isDue(RunSummary run, Instant now) {
        return run.isParked() && run.standing().wakeAt() <= now.toEpochMilli() && now.isBefore(made.plus(TAKEN_UP));
    }

    /** Whether a run that is due has not been taken up in the time it had, as its code is not here. */
    private boolean isLeftToOthers(RunSummary run, Instant now) {
        return run.isParked()
                && run.standing().wakeAt() <= now.minus(TAKEN_UP).toEpochMilli()
                && !now.isBefore(made.plus(TAKEN_UP));
    }

    /** Notes who has a run before the engine is there that is to take it up. */
    void has(RunSummary run) {
        if (!run.standing().owner().isEmpty()) {
            owners.put(run.id(), run.standing().owner());
        }
    }

    /** Whether a run that somebody had is about to be taken up, and told what it was sent meanwhile, or just has been. */
    private boolean isBeingTakenUp(RunSummary run, Instant now) {
        String before = owners.get(run.id());
        if (before == null || !now.isBefore(made.plus(TAKEN_UP))) {
            return false;
        }
        return before.equals(run.standing().owner()) || owners.remove(run.id(), before);
    }

    /** Returns what a run that has not ended waits for. */
    For of(RunSummary run, RunCatalog catalog) {
        if (run.status() == RunStatus.QUEUED) {
            return For.QUEUE;
        }
        if (JournalVisit.waitsForSomebody(run)) {
            return For.SOMEBODY;
        }
        Instant now = clock.instant();
        if (looked.plus(QUIET).isBefore(now) || isDue(run, now) || isBeingTakenUp(run, now)) {
            last = now; // the machine has stalled, and what is about to happen has not had its time
        }
        boolean isQuiet = !last.plus(QUIET).isAfter(now) && started.stream().allMatch(this::isWaitingInside);
        For awaited = For.NOBODY;
        if (isQuiet && isLeftToOthers(run, now)) {
            awaited = For.CODE;
        } else if (isQuiet && onlyWaits(run, catalog)) {
            awaited = For.SOMEBODY;
        }
        looked = clock.instant();
        return awaited;
    }

    private static boolean onlyWaits(RunSummary run, RunCatalog catalog) {
        Map<String, OfStep> latest = new LinkedHashMap<>();
        for (JournalEntry entry : catalog.read(run.id())) {
            if (entry instanceof OfStep step) {
                latest.put(step.step(), step);
            }
        }
        if (latest.values().stream().anyMatch(AttemptFailed.class::isInstance)) {
            return false; // it is tried again by itself
        }
        List<StepWaiting> waits = latest.values().stream()
                .filter(StepWaiting.class::isInstance)
                .map(StepWaiting.class::cast)
                .toList();
        return !waits.isEmpty()
                && waits.stream().allMatch(wait -> wait.until() == 0 && FOR_SOMEBODY.contains(wait.reason()));
    }
}
