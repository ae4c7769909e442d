package io.auterity.expression;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import org.jspecify.annotations.Nullable;

/** The parts of timestamps, in UTC or a named zone, and of durations. */
final class TimeFunctions extends Functions {
    private static final int FULL_YEAR = 0;
    private static final int MONTH = 1;
    private static final int DATE = 2;
    private static final int DAY_OF_MONTH = 3;
    private static final int DAY_OF_WEEK = 4;
    private static final int DAY_OF_YEAR = 5;
    private static final int HOURS = 6;
    private static final int MINUTES = 7;
    private static final int SECONDS = 8;
    private static final int MILLISECONDS = 9;
    private static final int MAX_ZONE_LENGTH = 64;

    TimeFunctions() {
        date("getFullYear", FULL_YEAR);
        date("getMonth", MONTH);
        date("getDate", DATE);
        date("getDayOfMonth", DAY_OF_MONTH);
        date("getDayOfWeek", DAY_OF_WEEK);
        date("getDayOfYear", DAY_OF_YEAR);
        clock("getHours", HOURS);
        clock("getMinutes", MINUTES);
        clock("getSeconds", SECONDS);
        clock("getMilliseconds", MILLISECONDS);
    }

    private void date(String name, int operation) {
        add(method(name, operation, Type.INTEGER, Type.TIMESTAMP, Type.STRING).optional(1));
    }

    private void clock(String name, int operation) {
        date(name, operation);
        add(method(name, operation, Type.INTEGER, Type.DURATION));
    }

    @Override
    Object apply(
            int operation,
            Frame frame,
            @Nullable Object a,
            @Nullable Object b,
            @Nullable Object c,
            @Nullable Object d) {
        if (a instanceof Duration duration && operation >= HOURS && b == null) {
            // Parts of a negative duration are rounded towards zero, as in CEL; Java's are rounded down.
            return duration.isNegative()
                    ? -part(operation, Times.negated(duration, frame.at))
                    : part(operation, duration);
        }
        Instant instant = Values.toInstant(a, frame.at);
        ZoneId zone = b == null ? ZoneOffset.UTC : zone(text(frame, b), frame);
        ZonedDateTime time = instant.atZone(zone);
        return (long)
                switch (operation) {
                    case FULL_YEAR -> time.getYear();
                    case MONTH -> time.getMonthValue() - 1;
                    case DATE -> time.getDayOfMonth();
                    case DAY_OF_MONTH -> time.getDayOfMonth() - 1;
                    case DAY_OF_WEEK -> time.getDayOfWeek().getValue() % 7;
                    case DAY_OF_YEAR -> time.getDayOfYear() - 1;
                    case HOURS -> time.getHour();
                    case MINUTES -> time.getMinute();
                    case SECONDS -> time.getSecond();
                    default -> time.getNano() / 1_000_000;
                };
    }

    private static long part(int operation, Duration duration) {
        return switch (operation) {
            case HOURS -> duration.toHours();
            case MINUTES -> duration.toMinutes();
            case SECONDS -> duration.toSeconds();
            default -> duration.toMillisPart();
        };
    }

    private static ZoneId zone(String name, Frame frame) {
        if (name.length() <= MAX_ZONE_LENGTH) {
            try {
                boolean offset = !name.isEmpty() && Character.isDigit(name.charAt(0));
                return ZoneId.of(offset ? "+" + name : name);
            } catch (DateTimeException unknown) {
                throw noZone(frame);
            }
        }
        throw noZone(frame);
    }

    private static Fault noZone(Frame frame) {
        return frame.argument("the time zone is not known, expected a name such as 'Europe/Berlin' or an offset");
    }
}
