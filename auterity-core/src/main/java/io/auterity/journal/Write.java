package io.auterity.journal;

import io.auterity.definition.RunId;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * What an engine changes about one run, all of it or nothing.
 *
 * @param run the run
 * @param entries what happened, in order; not changed by the caller afterwards, and empty only if something else changes
 * @param taken the numbers of the messages that these entries deal with; they leave the run's inbox
 * @param park gives the run up until so much time has passed by the store's clock, or a message comes; empty keeps it.
 *     A run whose inbox holds other messages than those taken is due at once
 * @param wakes a run that waits for this one, and is due at once if it is parked; empty for none
 */
public record Write(
        RunId run, List<JournalEntry> entries, List<Long> taken, Optional<Duration> park, Optional<RunId> wakes) {

    /** The time for which a run is parked that only a message or another run can wake: about ten thousand years. */
    public static final Duration FOREVER = Duration.ofDays(3_650_000);

    /** Checks that there is something to change. */
    public Write {
        Objects.requireNonNull(run, "run");
        taken = List.copyOf(taken);
        if (entries.isEmpty() && taken.isEmpty() && park.isEmpty()) {
            throw new IllegalArgumentException("a write to run '" + run + "' changes nothing");
        }
    }

    /**
     * Appends entries and changes nothing else.
     *
     * @param run the run
     * @param entries at least one entry
     * @return the write
     */
    public static Write of(RunId run, List<JournalEntry> entries) {
        return new Write(run, entries, List.of(), Optional.empty(), Optional.empty());
    }

    /**
     * Gives a run up.
     *
     * @param run the run
     * @param time until when at the latest, from now on by the store's clock; zero or less for at once
     * @return the write
     */
    public static Write park(RunId run, Duration time) {
        return new Write(run, List.of(), List.of(), Optional.of(time), Optional.empty());
    }

    /**
     * Says whether the run begins with this write.
     *
     * @return whether its first entry is {@link JournalEntry.RunStarted}
     */
    public boolean starts() {
        return !entries.isEmpty() && entries.get(0) instanceof JournalEntry.RunStarted;
    }

    /**
     * Says whether the run begins to take back what had succeeded.
     *
     * @return whether {@link JournalEntry.RunCompensating} is among the entries
     */
    public boolean compensates() {
        for (JournalEntry entry : entries) {
            if (entry instanceof JournalEntry.RunCompensating) {
                return true;
            }
        }
        return false;
    }

    /**
     * Returns the end of the run, if it comes with this write.
     *
     * @return the last entry, if it is {@link JournalEntry.RunEnded}
     */
    public Optional<JournalEntry.RunEnded> end() {
        return !entries.isEmpty() && entries.get(entries.size() - 1) instanceof JournalEntry.RunEnded end
                ? Optional.of(end)
                : Optional.empty();
    }
}
