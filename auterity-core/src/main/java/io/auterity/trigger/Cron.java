package io.auterity.trigger;

import com.cronutils.model.definition.CronDefinition;
import com.cronutils.model.definition.CronDefinitionBuilder;
import com.cronutils.model.time.ExecutionTime;
import com.cronutils.parser.CronParser;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Optional;

/**
 * A cron expression: which minutes of the calendar it means, whatever the time zone.
 *
 * <p>Five fields: minute, hour, day of the month, month, day of the week; each {@code *}, a number, a range, a list of
 * those, any of them with a step ({@code 8-18/2}); months and days of the week also by the first three letters of their
 * English names; Sunday is 0 and 7. Or one of {@code @hourly}, {@code @daily} ({@code @midnight}), {@code @weekly},
 * {@code @monthly}, {@code @yearly} ({@code @annually}). Where the day of the month and the day of the week both are
 * restricted, that is, are not {@code *}, a day that either of them means is meant.
 *
 * <p>Immutable and thread-safe.
 */
public final class Cron {

    /** The most characters of an expression. */
    public static final int MAX_LENGTH = 256;

    /** How far ahead a time is looked for; February 29 is at most eight years away. */
    private static final int MOST_YEARS = 9;

    private static final CronDefinition FIELDS = CronDefinitionBuilder.defineCron()
            .withMinutes()
            .withStrictRange()
            .and()
            .withHours()
            .withStrictRange()
            .and()
            .withDayOfMonth()
            .withStrictRange()
            .and()
            .withMonth()
            .withStrictRange()
            .and()
            .withDayOfWeek()
            .withValidRange(0, 7)
            .withMondayDoWValue(1)
            .withIntMapping(7, 0)
            .withStrictRange()
            .and()
            .withSupportedNicknameHourly()
            .withSupportedNicknameDaily()
            .withSupportedNicknameMidnight()
            .withSupportedNicknameWeekly()
            .withSupportedNicknameMonthly()
            .withSupportedNicknameYearly()
            .withSupportedNicknameAnnually()
            .instance();

    private final String expression;
    private final ExecutionTime times;

    private Cron(String expression, ExecutionTime times) {
        this.expression = expression;
        this.times = times;
    }

    /**
     * Reads an expression.
     *
     * @param expression the text
     * @return the expression
     * @throws IllegalArgumentException if it is none; the message says why, for people
     */
    public static Cron parse(String expression) {
        if (expression.length() > MAX_LENGTH) {
            throw new IllegalArgumentException(
                    "it has " + expression.length() + " characters, more than " + MAX_LENGTH);
        }
        String text = expression.strip().toUpperCase(Locale.ROOT);
        try {
            // A parser is a few small maps; it is not documented to be thread-safe.
            return new Cron(
                    expression,
                    ExecutionTime.forCron(
                            new CronParser(FIELDS).parse(text.startsWith("@") ? text.toLowerCase(Locale.ROOT) : text)));
        } catch (RuntimeException e) { // the library also lets exceptions of its internals escape
            throw new IllegalArgumentException(reason(e), e);
        }
    }

    private static String reason(RuntimeException e) {
        String message = String.valueOf(e.getMessage());
        int said = message.lastIndexOf("cron expression. ");
        return (said < 0 ? message : message.substring(said + "cron expression. ".length())).strip();
    }

    /**
     * Finds the next minute that the expression means.
     *
     * @param after the time of some clock; that minute itself is not found
     * @return the first minute after it; empty if none comes within eight years, as for February 30
     */
    public Optional<LocalDateTime> next(LocalDateTime after) {
        LocalDateTime from = after.truncatedTo(ChronoUnit.MINUTES);
        // On clocks that are never put forward or back the library's own treatment of such changes does not matter.
        return times.nextExecution(from.atZone(ZoneOffset.UTC))
                .map(ZonedDateTime::toLocalDateTime)
                .filter(next -> next.isBefore(from.plusYears(MOST_YEARS)));
    }

    @Override
    public String toString() {
        return expression;
    }
}
