package io.auterity.connector;

import java.time.Duration;
import java.time.format.DateTimeParseException;

/** Reads the durations people write: {@code 250ms 10s 5m 2h 3d}, or ISO-8601. */
final class DurationText {

    private DurationText() {}

    static Duration parse(String text) {
        int digits = 0;
        while (digits < text.length() && text.charAt(digits) >= '0' && text.charAt(digits) <= '9') {
            digits++;
        }
        if (digits == 0 || digits > 18) {
            return iso(text);
        }
        long amount = Long.parseLong(text.substring(0, digits));
        try {
            switch (text.substring(digits)) {
                case "ms":
                    return Duration.ofMillis(amount);
                case "s":
                    return Duration.ofSeconds(amount);
                case "m":
                    return Duration.ofMinutes(amount);
                case "h":
                    return Duration.ofHours(amount);
                case "d":
                    return Duration.ofDays(amount);
                default:
                    throw new IllegalArgumentException("a duration is written as 250ms, 10s, 5m, 2h, 3d or PT10S");
            }
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException("the duration is too long", e);
        }
    }

    private static Duration iso(String text) {
        try {
            return Duration.parse(text);
        } catch (DateTimeParseException e) {
            throw new IllegalArgumentException("a duration is written as 250ms, 10s, 5m, 2h, 3d or PT10S", e);
        }
    }
}
