package io.auterity;

import io.auterity.journal.Expiry;
import io.auterity.journal.RunStatus;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * How long a journal keeps runs that have ended, by how they ended. Immutable and thread-safe.
 *
 * <pre>{@code
 * Retention.FOREVER
 *         .keep(Duration.ofDays(7), RunStatus.SUCCEEDED)
 *         .keep(Duration.ofDays(30), RunStatus.FAILED, RunStatus.CANCELLED);
 * }</pre>
 *
 * <p>With a run its id is forgotten, too: from then on the same id starts another run. A run is kept beyond its time while
 * a child of it, or the run that started it, has not ended. Time goes by the journal's own clock.
 */
public final class Retention {

    /** Keeps every run; what an engine does when nothing else is said. */
    public static final Retention FOREVER = new Retention(Map.of());

    /** The shortest time that a run is kept: 1 minute, so that whoever waits for its end learns of it. */
    public static final Duration SHORTEST = Duration.ofMinutes(1);

    /** The longest time that can be given: 36,500 days. */
    public static final Duration LONGEST = Duration.ofDays(36_500);

    private final Map<RunStatus, Duration> times;

    private Retention(Map<RunStatus, Duration> times) {
        this.times = Map.copyOf(times);
    }

    /**
     * Keeps runs for a time after their end.
     *
     * @param time {@link #SHORTEST} to {@link #LONGEST}
     * @param ends how they ended; every way when none is named
     * @return this and that
     * @throws IllegalArgumentException if the time is out of range, or a status is none of a run that has ended
     */
    public Retention keep(Duration time, RunStatus... ends) {
        if (time.compareTo(SHORTEST) < 0 || time.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException(
                    "runs are kept for " + SHORTEST + " to " + LONGEST + ", not for " + time);
        }
        Map<RunStatus, Duration> more = new EnumMap<>(RunStatus.class);
        more.putAll(times);
        for (RunStatus end : ends.length == 0 ? RunStatus.values() : ends) {
            if (end.isTerminal()) {
                more.put(end, time);
            } else if (ends.length > 0) {
                throw new IllegalArgumentException("a run that is " + end.text() + " has not ended; name ends only");
            }
        }
        return new Retention(more);
    }

    /** What may be forgotten, the shortest time first. */
    List<Expiry> expiries() {
        Map<Duration, Set<RunStatus>> byTime = new TreeMap<>();
        times.forEach((end, time) ->
                byTime.computeIfAbsent(time, any -> new TreeSet<>()).add(end));
        return byTime.entrySet().stream()
                .map(one -> new Expiry(one.getValue(), one.getKey()))
                .toList();
    }

    @Override
    public String toString() {
        return "Retention" + new TreeMap<>(times);
    }
}
