package io.auterity.journal;

import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;

/**
 * Which runs a journal may forget: those that ended in one of these ways and so long ago, by the store's clock. Besides,
 * a run is kept as long as a child of it has not ended, and as long as the run that started it has not.
 *
 * @param statuses how they ended, at least one way
 * @param age how long ago they ended at least; zero or more
 */
public record Expiry(Set<RunStatus> statuses, Duration age) {

    /** Checks that the statuses are ends. */
    public Expiry {
        if (statuses.isEmpty()) {
            throw new IllegalArgumentException("name at least one status of runs to forget");
        }
        for (RunStatus status : statuses) {
            if (!status.isTerminal()) {
                throw new IllegalArgumentException(
                        "runs that are " + status.text() + " have not ended and are never forgotten; name ends only");
            }
        }
        if (age.isNegative()) {
            throw new IllegalArgumentException("the age must be zero or more, not " + age);
        }
        statuses = Set.copyOf(new TreeSet<>(statuses));
    }
}
