package io.auterity.trigger;

import io.auterity.definition.Trigger.Schedule;
import io.auterity.definition.Trigger.Timing;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/**
 * The instants at which a schedule fires: a pure function of the schedule.
 *
 * <p><b>Clocks that change.</b> A cron expression is about the clocks of a zone. A time that they skip when they are put
 * forward fires at the first instant after the gap, once, however many of its times fall into the gap. A time that they
 * show twice when they are put back fires at its first showing only. Intervals are elapsed time: clocks do not matter.
 *
 * <p>Immutable and thread-safe.
 */
public final class Timetable {

    /** The shortest interval. */
    public static final Duration SHORTEST_INTERVAL = Duration.ofSeconds(1);

    private final Schedule schedule;
    private final Optional<Cron> cron;
    private final ZoneRules zone;

    private Timetable(Schedule schedule, Optional<Cron> cron, ZoneRules zone) {
        this.schedule = schedule;
        this.cron = cron;
        this.zone = zone;
    }

    /**
     * Makes the timetable of a schedule.
     *
     * @param schedule the schedule
     * @return its timetable
     * @throws IllegalArgumentException if its cron expression or zone is none, or its interval is too short
     */
    public static Timetable of(Schedule schedule) {
        if (schedule.timing() instanceof Timing.Cron timing) {
            return new Timetable(schedule, Optional.of(Cron.parse(timing.expression())), zone(timing.zone()));
        }
        if (schedule.timing() instanceof Timing.Every every && every.interval().compareTo(SHORTEST_INTERVAL) < 0) {
            throw new IllegalArgumentException(
                    "the interval " + every.interval() + " is shorter than " + SHORTEST_INTERVAL);
        }
        return new Timetable(schedule, Optional.empty(), ZoneOffset.UTC.getRules());
    }

    private static ZoneRules zone(String name) {
        try {
            return ZoneId.of(name).getRules();
        } catch (DateTimeException e) {
            throw new IllegalArgumentException("there is no time zone '" + name + "'", e);
        }
    }

    /**
     * Says whether there is such a time zone.
     *
     * @param name for instance {@code Europe/Berlin}
     * @return whether this Java knows it
     */
    public static boolean isZone(String name) {
        try {
            zone(name);
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /**
     * Returns the time zones there are.
     *
     * @return their names, in order
     */
    public static Collection<String> zones() {
        return new TreeSet<>(ZoneId.getAvailableZoneIds());
    }

    /**
     * Finds the next instant.
     *
     * @param after the instant after which to look; it is not found itself
     * @return the first instant after it; empty if there is none
     */
    public Optional<Instant> next(Instant after) {
        Instant from = schedule.window()
                .startAt()
                .map(start -> start.minusNanos(1))
                .filter(after::isBefore)
                .orElse(after);
        return firing(from)
                .filter(next ->
                        schedule.window().endAt().map(end -> !next.isAfter(end)).orElse(true));
    }

    private Optional<Instant> firing(Instant after) {
        if (schedule.timing() instanceof Timing.Every every) {
            return Optional.of(even(every.interval(), after));
        }
        if (schedule.timing() instanceof Timing.At at) {
            return Optional.of(at.instant()).filter(after::isBefore);
        }
        return cron.flatMap(times -> clock(times, after));
    }

    private Instant even(Duration interval, Instant after) {
        Instant anchor = schedule.window().startAt().orElse(Instant.EPOCH);
        long passed = Duration.between(anchor, after).dividedBy(interval);
        Instant candidate = anchor.plus(interval.multipliedBy(Math.max(passed - 1, 0)));
        while (!candidate.isAfter(after)) { // division rounds towards zero: at most three times
            candidate = candidate.plus(interval);
        }
        return candidate;
    }

    private Optional<Instant> clock(Cron times, Instant after) {
        LocalDateTime local = LocalDateTime.ofInstant(after, zone.getOffset(after));
        ZoneOffsetTransition shift = zone.getTransition(local);
        if (shift != null && shift.isOverlap() && !after.isBefore(shift.getInstant())) {
            // The second showing: what it shows has fired at the first.
            local = shift.getDateTimeBefore().minusNanos(1);
        }
        while (true) {
            Optional<LocalDateTime> next = times.next(local);
            if (next.isEmpty()) {
                return Optional.empty();
            }
            Instant instant = instant(next.get());
            if (instant.isAfter(after)) {
                return Optional.of(instant);
            }
            local = next.get();
        }
    }

    /** The instant of a time on the zone's clocks: the first showing, or the end of the gap. */
    private Instant instant(LocalDateTime local) {
        ZoneOffsetTransition shift = zone.getTransition(local);
        return shift != null && shift.isGap()
                ? shift.getInstant()
                : local.toInstant(shift == null ? zone.getOffset(local) : shift.getOffsetBefore());
    }

    /**
     * Lists instants.
     *
     * @param after the instant after which to begin
     * @param until the last instant to list
     * @param limit the most to list
     * @return the instants in order
     */
    public List<Instant> between(Instant after, Instant until, int limit) {
        List<Instant> instants = new ArrayList<>();
        Optional<Instant> next = next(after);
        while (next.isPresent() && instants.size() < limit && !next.get().isAfter(until)) {
            instants.add(next.get());
            next = next(next.get());
        }
        return instants;
    }
}
