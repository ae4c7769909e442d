package io.auterity.relay.budget;

import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.temporal.TemporalAdjusters;

/** How long a budget lasts before it begins anew. */
public enum Period {
    /** From midnight to midnight. */
    DAILY,
    /** From Monday to Sunday. */
    WEEKLY,
    /** A calendar month. */
    MONTHLY,
    /** A quarter of a calendar year. */
    QUARTERLY,
    /** A calendar year. */
    YEARLY,
    /** Never anew, as for a run. */
    TOTAL;

    /**
     * A stretch of time with one balance.
     *
     * @param opens its first instant
     * @param closes the first instant after it
     */
    public record Window(Instant opens, Instant closes) {

        /** The window that all time is in. */
        static final Window ALWAYS = new Window(Instant.EPOCH, Instant.MAX);

        /**
         * Says whether an instant is in this window.
         *
         * @param at the instant
         * @return whether it is
         */
        public boolean contains(Instant at) {
            return !at.isBefore(opens) && at.isBefore(closes);
        }
    }

    /**
     * Returns the window that an instant is in.
     *
     * @param at the instant
     * @param zone whose midnight counts
     * @return the window
     */
    public Window window(Instant at, ZoneId zone) {
        LocalDate day = at.atZone(zone).toLocalDate();
        return switch (this) {
            case DAILY -> window(day, day.plusDays(1), zone);
            case WEEKLY -> {
                LocalDate monday = day.with(TemporalAdjusters.previousOrSame(DayOfWeek.MONDAY));
                yield window(monday, monday.plusWeeks(1), zone);
            }
            case MONTHLY -> window(day.withDayOfMonth(1), day.withDayOfMonth(1).plusMonths(1), zone);
            case QUARTERLY -> {
                LocalDate first = day.withDayOfMonth(1).minusMonths((day.getMonthValue() - 1) % 3);
                yield window(first, first.plusMonths(3), zone);
            }
            case YEARLY -> window(day.withDayOfYear(1), day.withDayOfYear(1).plusYears(1), zone);
            case TOTAL -> Window.ALWAYS;
        };
    }

    private static Window window(LocalDate from, LocalDate to, ZoneId zone) {
        return new Window(
                from.atStartOfDay(zone).toInstant(), to.atStartOfDay(zone).toInstant());
    }
}
