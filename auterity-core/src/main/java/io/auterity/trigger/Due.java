package io.auterity.trigger;

import io.auterity.definition.Trigger.CatchUp;
import io.auterity.definition.Trigger.Firing;
import io.auterity.definition.Trigger.Overlap;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * What is to be done about a schedule now: a pure function of its timetable, its mark, the time, and whether the run it
 * started last is under way.
 *
 * <p>The <b>mark</b> is the instant up to which everything has been dealt with. Instants after it and not after now are
 * pending. A pending instant older than {@link #GRACE} has been missed: nobody fired while it passed. What is missed is
 * thinned as {@link CatchUp} says, and what is left meets {@link Overlap}. Nothing is ever fired before its time, and a
 * clock that is put back makes nothing pending a second time, since the mark stays.
 *
 * @param fire the instants to start runs for, the oldest first
 * @param mark the new mark, once they have been started
 * @param cancelPrevious whether the run before is to be cancelled; what is pending waits until it has ended
 */
public record Due(List<Instant> fire, Instant mark, boolean cancelPrevious) {

    /** How late an instant may be before it counts as missed: a minute. */
    public static final Duration GRACE = Duration.ofMinutes(1);

    /** Copies the list. */
    public Due {
        fire = List.copyOf(fire);
    }

    /**
     * Decides.
     *
     * @param timetable the schedule's timetable
     * @param firing how it treats missed and overlapping instants
     * @param mark the instant up to which everything has been dealt with
     * @param now the time
     * @param underWay whether the run it started last has not ended
     * @return what to do
     */
    public static Due of(Timetable timetable, Firing firing, Instant mark, Instant now, boolean underWay) {
        List<Instant> due = thinned(timetable, firing, mark, now);
        if (due.isEmpty()) {
            // What was dropped as missed is dealt with; otherwise the mark stays, so that nothing need be written.
            boolean dropped =
                    timetable.next(mark).map(next -> !next.isAfter(now)).orElse(false);
            return new Due(due, dropped ? now : mark, false);
        }
        Instant last = due.get(due.size() - 1);
        return switch (firing.overlap()) {
            case ALLOW -> new Due(due, last, false);
            case SKIP -> new Due(underWay ? List.of() : List.of(last), last, false);
            case QUEUE -> underWay ? new Due(List.of(), mark, false) : new Due(List.of(due.get(0)), due.get(0), false);
            case CANCEL_PREVIOUS -> underWay ? new Due(List.of(), mark, true) : new Due(List.of(last), last, false);
        };
    }

    private static List<Instant> thinned(Timetable timetable, Firing firing, Instant mark, Instant now) {
        int limit = firing.catchUp() == CatchUp.ALL ? firing.catchUpLimit() : 1;
        Instant grace = now.minus(GRACE);
        Instant begin = mark.isBefore(grace) ? grace.minusNanos(1) : mark;
        List<Instant> onTime = timetable.between(begin, now, Integer.MAX_VALUE);
        boolean enough = onTime.size() >= limit && firing.catchUp() != CatchUp.ALL || firing.catchUp() == CatchUp.NONE;
        if (enough || !mark.isBefore(grace)) {
            return onTime;
        }
        return newest(timetable, mark, now, Math.max(limit, onTime.size()));
    }

    /** The newest of the pending instants, found without walking through all of them. */
    private static List<Instant> newest(Timetable timetable, Instant mark, Instant now, int limit) {
        Duration back = GRACE;
        while (true) {
            Instant from = now.minus(back);
            boolean all = !from.isAfter(mark);
            List<Instant> found = timetable.between(all ? mark : from, now, Integer.MAX_VALUE);
            if (all || found.size() >= limit) {
                return found.subList(Math.max(0, found.size() - limit), found.size());
            }
            back = back.multipliedBy(2);
        }
    }
}
