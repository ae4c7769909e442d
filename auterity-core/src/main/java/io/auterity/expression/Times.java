package io.auterity.expression;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;

/**
 * Timestamps and durations as texts.
 *
 * <p>A timestamp is an RFC 3339 text. A duration is written as CEL writes it ({@code 1h30m}, {@code 1.5s}; units
 * {@code d h m s ms us ns}) or as ISO 8601 writes it ({@code PT1H30M}).
 */
final class Times {
    /** The first and last instant of the years 1 to 9999, the range of CEL's timestamps. */
    static final Instant MIN = Instant.parse("0001-01-01T00:00:00Z");

    static final Instant MAX = Instant.parse("9999-12-31T23:59:59.999999999Z");
    /** The largest duration of CEL, about 10,000 years. */
    static final long MAX_DURATION_SECONDS = 315_576_000_000L;

    private static final int MAX_LENGTH = 64;

    private Times() {}

    static boolean isText(Kind kind, String text) {
        try {
            if (kind == Kind.TIMESTAMP) {
                parseTimestamp(text, 0);
            } else {
                parseDuration(text, 0);
            }
            return true;
        } catch (Fault notOfThisFormat) {
            return false;
        }
    }

    static Instant parseTimestamp(String text, int at) {
        if (text.length() <= MAX_LENGTH) {
            try {
                return checked(
                        OffsetDateTime.parse(text, DateTimeFormatter.ISO_OFFSET_DATE_TIME)
                                .toInstant(),
                        at);
            } catch (DateTimeParseException wrong) {
                throw new Fault(EvaluationException.Code.ARGUMENT, at, notATimestamp());
            }
        }
        throw new Fault(EvaluationException.Code.ARGUMENT, at, notATimestamp());
    }

    private static String notATimestamp() {
        return "the text is not a timestamp such as '2026-01-31T09:30:00Z'";
    }

    static Instant checked(Instant instant, int at) {
        if (instant.isBefore(MIN) || instant.isAfter(MAX)) {
            throw new Fault(EvaluationException.Code.OVERFLOW, at, "a timestamp leaves the years 1 to 9999");
        }
        return instant;
    }

    static Duration checked(Duration duration, int at) {
        long seconds = duration.getSeconds();
        if (seconds > MAX_DURATION_SECONDS || seconds < -MAX_DURATION_SECONDS) {
            throw new Fault(EvaluationException.Code.OVERFLOW, at, "a duration exceeds 10,000 years");
        }
        return duration;
    }

    static Instant plus(Instant instant, Duration duration, int at) {
        try {
            return checked(instant.plus(duration), at);
        } catch (DateTimeException | ArithmeticException tooLarge) {
            throw new Fault(EvaluationException.Code.OVERFLOW, at, "a timestamp leaves the years 1 to 9999");
        }
    }

    static Duration plus(Duration left, Duration right, int at) {
        try {
            return checked(left.plus(right), at);
        } catch (ArithmeticException tooLarge) {
            throw new Fault(EvaluationException.Code.OVERFLOW, at, "a duration exceeds 10,000 years");
        }
    }

    static Duration negated(Duration duration, int at) {
        return checked(duration, at).negated();
    }

    static Duration parseDuration(String text, int at) {
        if (!text.isEmpty() && text.length() <= MAX_LENGTH) {
            try {
                return checked(isIso(text) ? parseIso(text) : parseUnits(text), at);
            } catch (DateTimeParseException | ArithmeticException | NumberFormatException wrong) {
                throw new Fault(EvaluationException.Code.ARGUMENT, at, notADuration());
            }
        }
        throw new Fault(EvaluationException.Code.ARGUMENT, at, notADuration());
    }

    private static String notADuration() {
        return "the text is not a duration such as '1h30m', '250ms' or 'PT1H30M'";
    }

    private static boolean isIso(String text) {
        char first = text.charAt(0);
        return first == 'P' || (first == '-' || first == '+') && text.length() > 1 && text.charAt(1) == 'P';
    }

    /** Weeks stand alone, as in {@code P2W}; years and months are of no fixed length. */
    private static Duration parseIso(String text) {
        boolean weeks = text.endsWith("W");
        return weeks
                ? Duration.parse(text.substring(0, text.length() - 1) + "D").multipliedBy(7)
                : Duration.parse(text);
    }

    private static Duration parseUnits(String text) {
        int i = text.charAt(0) == '-' || text.charAt(0) == '+' ? 1 : 0;
        if (i == text.length()) {
            throw new NumberFormatException(text);
        }
        if (text.substring(i).equals("0")) {
            return Duration.ZERO;
        }
        Duration sum = Duration.ZERO;
        while (i < text.length()) {
            int start = i;
            while (i < text.length() && (isDigit(text.charAt(i)) || text.charAt(i) == '.')) {
                i++;
            }
            int unit = i;
            while (i < text.length() && text.charAt(i) != '.' && !isDigit(text.charAt(i))) {
                i++;
            }
            sum = sum.plus(amount(text.substring(start, unit), nanosIn(text.substring(unit, i))));
        }
        return text.charAt(0) == '-' ? sum.negated() : sum;
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private static long nanosIn(String unit) {
        return switch (unit) {
            case "d" -> 86_400_000_000_000L;
            case "h" -> 3_600_000_000_000L;
            case "m" -> 60_000_000_000L;
            case "s" -> 1_000_000_000L;
            case "ms" -> 1_000_000L;
            case "us", "\u00b5s", "\u03bcs" -> 1_000L;
            case "ns" -> 1L;
            default -> throw new NumberFormatException(unit);
        };
    }

    private static Duration amount(String number, long nanos) {
        int dot = number.indexOf('.');
        String whole = dot < 0 ? number : number.substring(0, dot);
        String fraction = dot < 0 ? "" : number.substring(dot + 1);
        if (whole.isEmpty() && fraction.isEmpty()) {
            throw new NumberFormatException(number);
        }
        Duration amount = Duration.ofNanos(nanos).multipliedBy(whole.isEmpty() ? 0 : Long.parseLong(whole));
        long scale = nanos;
        long rest = 0;
        for (int i = 0; i < fraction.length(); i++) {
            if (!isDigit(fraction.charAt(i))) {
                throw new NumberFormatException(number);
            }
            // Digits below a nanosecond are cut off, as CEL's Go and Java libraries do.
            rest += (fraction.charAt(i) - '0') * (scale / 10);
            scale /= 10;
        }
        return amount.plusNanos(rest);
    }

    /** CEL's form of a duration: seconds with as many digits as it has, such as {@code 90s} or {@code 0.25s}. */
    static String celText(Duration duration) {
        boolean negative = duration.isNegative();
        Duration size = duration.abs();
        StringBuilder text = new StringBuilder();
        if (negative) {
            text.append('-');
        }
        text.append(size.getSeconds());
        if (size.getNano() != 0) {
            String nanos = String.valueOf(1_000_000_000L + size.getNano()).substring(1);
            int end = nanos.length();
            while (nanos.charAt(end - 1) == '0') {
                end--;
            }
            text.append('.').append(nanos, 0, end);
        }
        return text.append('s').toString();
    }
}
