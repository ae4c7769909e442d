package io.auterity.definition;

import java.time.DateTimeException;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Durations as people write them: {@code 250ms}, {@code 10s}, {@code 5m}, {@code 2h}, {@code 3d}, several of them from
 * the largest unit to the smallest ({@code 1h30m}), or the days-to-seconds part of ISO 8601 ({@code PT1.5S}).
 *
 * <p>A day has 24 hours. None is negative, none longer than {@link #LONGEST}.
 *
 * <p>Thread-safe: functions without state.
 */
public final class Durations {

    /** The longest duration that can be written: 36,500 days, so that adding it to any sensible time is safe. */
    public static final Duration LONGEST = Duration.ofDays(36_500);

    /** The short form; each number may be missing, not all of them. Also the pattern of the published JSON Schema. */
    static final String SHORT = "(?=[0-9])(?:([0-9]{1,15})d)?(?:([0-9]{1,15})h)?(?:([0-9]{1,15})m(?!s))?"
            + "(?:([0-9]{1,15})s)?(?:([0-9]{1,15})ms)?";

    /** The part of ISO 8601 that is understood. */
    static final String ISO = "P(?=[0-9T])(?:[0-9]{1,15}D)?"
            + "(?:T(?=[0-9])(?:[0-9]{1,15}H)?(?:[0-9]{1,15}M)?(?:[0-9]{1,15}(?:\\.[0-9]{1,9})?S)?)?";

    private static final Pattern SHORT_PATTERN = Pattern.compile(SHORT);
    private static final Pattern ISO_PATTERN = Pattern.compile(ISO);
    private static final int LONGEST_TEXT = 100;

    private Durations() {}

    /**
     * Reads a duration.
     *
     * @param text the text
     * @return the duration; empty when the text is none, or one longer than {@link #LONGEST}
     */
    public static Optional<Duration> parse(String text) {
        if (text.length() > LONGEST_TEXT) {
            return Optional.empty();
        }
        try {
            Matcher parts = SHORT_PATTERN.matcher(text);
            if (parts.matches()) {
                return bounded(Duration.ofDays(number(parts, 1))
                        .plusHours(number(parts, 2))
                        .plusMinutes(number(parts, 3))
                        .plusSeconds(number(parts, 4))
                        .plusMillis(number(parts, 5)));
            }
            return ISO_PATTERN.matcher(text).matches() ? bounded(Duration.parse(text)) : Optional.empty();
        } catch (ArithmeticException | DateTimeException e) {
            return Optional.empty(); // beyond the range of Duration, and so longer than the longest
        }
    }

    /**
     * Writes a duration in the short form, in the largest unit that leaves no rest, or else in ISO 8601.
     *
     * @param duration the duration
     * @return a text that {@link #parse} reads back as an equal duration, unless it is negative or too long
     */
    public static String print(Duration duration) {
        long seconds = duration.getSeconds();
        if (seconds < 0 || duration.compareTo(LONGEST) > 0 || duration.getNano() % 1_000_000 != 0) {
            return duration.toString();
        }
        if (duration.getNano() != 0) {
            return duration.toMillis() + "ms";
        }
        if (seconds == 0 || seconds % 60 != 0) {
            return seconds + "s";
        }
        if (seconds % 3_600 != 0) {
            return seconds / 60 + "m";
        }
        return seconds % 86_400 != 0 ? seconds / 3_600 + "h" : seconds / 86_400 + "d";
    }

    private static long number(Matcher parts, int group) {
        String digits = parts.group(group);
        return digits == null ? 0 : Long.parseLong(digits);
    }

    private static Optional<Duration> bounded(Duration duration) {
        return duration.compareTo(LONGEST) > 0 ? Optional.empty() : Optional.of(duration);
    }
}
