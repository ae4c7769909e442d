package io.auterity.server;

import io.auterity.definition.RunId;
import io.auterity.event.RunListener;
import io.auterity.journal.JournalEntry;
import io.auterity.journal.JournalEntry.OfStep;
import io.auterity.journal.JournalEntry.StepStarted;
import io.auterity.journal.JournalEntry.StepWaiting;
import io.auterity.journal.JournalEntry.StepWaiting.Reason;
import io.auterity.journal.RunCatalog;
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
 * Says which of the runs under way here only wait for somebody: their open steps wait for signals, decisions or other
 * runs, without a time at which that ends, and nothing has happened for a while. Thread-safe.
 */
final class Rest implements RunListener {

    /** How long nothing must have happened. */
    private static final Duration QUIET = Duration.ofSeconds(2);

    private static final Set<Reason> FOR_SOMEBODY = Set.of(Reason.SIGNAL, Reason.APPROVAL, Reason.CHILD);

    private final InstantSource clock;
    private final Set<String> started = ConcurrentHashMap.newKeySet();
    private volatile Instant last;

    Rest(InstantSource clock) {
        this.clock = clock;
        this.last = clock.instant();
    }

    @Override
    public void onEntry(RunId run, String workflow, JournalEntry entry) {
        last = clock.instant();
        if (entry instanceof StepStarted step) {
            started.add(run + "/" + step.step());
        } else if (entry instanceof OfStep step) {
            started.remove(run + "/" + step.step());
        }
    }

    /** Whether a run waits for somebody. */
    boolean isOf(RunSummary run, RunCatalog catalog) {
        if (JournalVisit.waitsForSomebody(run)) {
            return true;
        }
        if (last.plus(QUIET).isAfter(clock.instant()) || !started.isEmpty()) {
            return false;
        }
        Map<String, OfStep> latest = new LinkedHashMap<>();
        for (JournalEntry entry : catalog.read(run.id())) {
            if (entry instanceof OfStep step) {
                latest.put(step.step(), step);
            }
        }
        List<StepWaiting> waits = latest.values().stream()
                .filter(StepWaiting.class::isInstance)
                .map(StepWaiting.class::cast)
                .toList();
        return !waits.isEmpty()
                && waits.stream().allMatch(wait -> wait.until() == 0 && FOR_SOMEBODY.contains(wait.reason()));
    }
}
