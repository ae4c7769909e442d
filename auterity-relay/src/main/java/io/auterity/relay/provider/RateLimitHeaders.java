package io.auterity.relay.provider;

import io.auterity.definition.Retry;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import okhttp3.Headers;
import org.jspecify.annotations.Nullable;

/**
 * Reads what the headers of an answer tell of rate limits: {@code x-ratelimit-remaining-requests} with {@code -limit-} and
 * {@code -reset-} as OpenAI names them, {@code anthropic-ratelimit-requests-remaining} as Anthropic does, and their like. What
 * cannot be read is as if it were not there.
 */
final class RateLimitHeaders {

    /** For how long what is left counts if nobody told when it resets. */
    static final Duration UNTOLD = Duration.ofSeconds(5);

    /** A part of a duration as OpenAI writes it: {@code 6m0s}, {@code 20ms}, {@code 1h2m3.5s}. */
    private static final Pattern PART = Pattern.compile("([0-9]{1,13}(?:\\.[0-9]{1,9})?)(ms|us|ns|d|h|m|s)");

    private static final Map<String, Long> NANOS = Map.of(
            "ns", 1L,
            "us", 1_000L,
            "ms", 1_000_000L,
            "s", 1_000_000_000L,
            "m", 60_000_000_000L,
            "h", 3_600_000_000_000L,
            "d", 86_400_000_000_000L);

    private static final int LONGEST_TEXT = 64;
    private static final BigDecimal A_DAY = BigDecimal.valueOf(Retry.LONGEST_ASKED.toNanos());

    private static final long FIRST_EPOCH_SECOND = 1_000_000_000;
    private static final long FIRST_EPOCH_MILLI = 1_000_000_000_000L;

    private RateLimitHeaders() {}

    /** The least that is left of any limit, and of several that are used up the one that takes longest. */
    static Optional<Headroom> read(Headers headers, Instant now) {
        List<Headroom> limits = new ArrayList<>();
        for (String name : headers.names()) {
            String lower = name.toLowerCase(Locale.ROOT);
            if (lower.contains("ratelimit") && lower.contains("remaining")) {
                Duration resets = Optional.ofNullable(headers.get(lower.replace("remaining", "reset")))
                        .flatMap(text -> resets(text, now))
                        .orElse(UNTOLD);
                left(headers.get(name), headers.get(lower.replace("remaining", "limit")))
                        .ifPresent(left -> limits.add(new Headroom(left, resets)));
            }
        }
        return limits.stream()
                .min(Comparator.comparingDouble(Headroom::left)
                        .thenComparing(Headroom::resets, Comparator.reverseOrder()));
    }

    /** Nothing is nothing of any limit, also of one that is not told. */
    private static Optional<Double> left(@Nullable String remaining, @Nullable String limit) {
        if (remaining == null || !remaining.matches("[0-9]{1,15}")) {
            return Optional.empty();
        }
        double left = Long.parseLong(remaining);
        if (left == 0) {
            return Optional.of(0.0);
        }
        return limit != null && limit.matches("[1-9][0-9]{0,14}")
                ? Optional.of(Math.min(1, left / Long.parseLong(limit)))
                : Optional.empty();
    }

    /** How long until a limit resets, a day at most; a time that has passed is now. */
    static Optional<Duration> resets(String header, Instant now) {
        String text = header.strip();
        if (text.length() > LONGEST_TEXT) {
            return Optional.empty();
        }
        return number(text, now)
                .or(() -> duration(text))
                .or(() -> instant(text, now))
                .map(time -> time.isNegative() ? Duration.ZERO : time)
                .map(time -> time.compareTo(Retry.LONGEST_ASKED) > 0 ? Retry.LONGEST_ASKED : time);
    }

    /** Seconds; what would be decades from now is a time of the Unix epoch, in seconds or milliseconds. */
    private static Optional<Duration> number(String text, Instant now) {
        if (!text.matches("[0-9]{1,13}(\\.[0-9]{1,9})?")) {
            return Optional.empty();
        }
        BigDecimal number = new BigDecimal(text);
        long whole = number.longValue();
        if (whole < FIRST_EPOCH_SECOND) {
            return Optional.of(time(number, "s"));
        }
        return Optional.of(Duration.between(
                now, whole < FIRST_EPOCH_MILLI ? Instant.ofEpochSecond(whole) : Instant.ofEpochMilli(whole)));
    }

    private static Optional<Duration> duration(String text) {
        Matcher part = PART.matcher(text);
        Duration sum = Duration.ZERO;
        int end = 0;
        while (part.find() && part.start() == end) {
            sum = sum.plus(time(new BigDecimal(part.group(1)), part.group(2)));
            end = part.end();
        }
        return end > 0 && end == text.length() ? Optional.of(sum) : Optional.empty();
    }

    private static Duration time(BigDecimal number, String unit) {
        BigDecimal nanos = number.multiply(BigDecimal.valueOf(NANOS.getOrDefault(unit, 1L)));
        return Duration.ofNanos(
                nanos.min(A_DAY).setScale(0, RoundingMode.CEILING).longValueExact());
    }

    /** RFC 3339, as Anthropic writes it. */
    private static Optional<Duration> instant(String text, Instant now) {
        try {
            return Optional.of(Duration.between(now, OffsetDateTime.parse(text).toInstant()));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }
}
