package io.auterity.definition;

import java.time.Duration;
import java.util.List;
import java.util.Objects;

/**
 * When and how often a failed step is tried again, with exponential backoff and jitter.
 *
 * <p>The delay before attempt {@code n+1} is {@code min(maxDelay, delay * multiplier^(n-1))}, spread uniformly over
 * {@code ±jitter} of itself so that steps which failed together do not return together.
 *
 * @param maxAttempts attempts in all, the first included; 1 to {@value #MOST_ATTEMPTS}
 * @param delay the delay before the second attempt
 * @param multiplier the factor from one delay to the next; 1 to {@value #LARGEST_MULTIPLIER}
 * @param maxDelay the longest delay
 * @param jitter the spread as a share of the delay, 0 to 1
 * @param on the error codes that are tried again; {@code x} stands for one digit ({@code http-5xx}), {@code *} for
 *     every code; when empty, every failure that says it is retryable
 */
public record Retry(
        int maxAttempts, Duration delay, double multiplier, Duration maxDelay, double jitter, List<String> on) {

    /** One attempt. */
    public static final Retry NONE = new Retry(1, Duration.ZERO, 1, Duration.ZERO, 0, List.of());

    /** The delay before the second attempt when none is written: 200 ms. */
    public static final Duration DEFAULT_DELAY = Duration.ofMillis(200);

    /** The factor from one delay to the next when none is written. */
    public static final double DEFAULT_MULTIPLIER = 2;

    /** The longest delay when none is written: 1 minute, or the first delay if that is longer. */
    public static final Duration DEFAULT_MAX_DELAY = Duration.ofMinutes(1);

    /**
     * The longest that the other side of a failed attempt can ask to be left alone, as with HTTP's {@code Retry-After},
     * unless {@code maxDelay} is longer: 1 day.
     */
    public static final Duration LONGEST_ASKED = Duration.ofDays(1);

    /** The spread when none is written. */
    public static final double DEFAULT_JITTER = 0.2;

    /** The largest number of attempts that can be written. */
    public static final int MOST_ATTEMPTS = 1_000;

    /** The largest factor from one delay to the next that can be written. */
    public static final int LARGEST_MULTIPLIER = 1_000;

    /** The attempts in all when none are written. */
    public static final int DEFAULT_MAX_ATTEMPTS = 3;

    /** Copies the codes. */
    public Retry {
        Objects.requireNonNull(delay, "delay");
        Objects.requireNonNull(maxDelay, "maxDelay");
        on = List.copyOf(on);
    }

    /**
     * Starts from the defaults with another first delay.
     *
     * @param delay the delay before the second attempt
     * @return the retry, with {@value #DEFAULT_MAX_ATTEMPTS} attempts
     */
    public static Retry exponential(Duration delay) {
        return new Retry(DEFAULT_MAX_ATTEMPTS, delay, DEFAULT_MULTIPLIER, maxDelayOf(delay), DEFAULT_JITTER, List.of());
    }

    /** The longest delay when none is written; no shorter than the first. */
    static Duration maxDelayOf(Duration delay) {
        return delay.compareTo(DEFAULT_MAX_DELAY) > 0 ? delay : DEFAULT_MAX_DELAY;
    }

    /**
     * Waits the same time between all attempts.
     *
     * @param delay the delay
     * @return the retry, with {@value #DEFAULT_MAX_ATTEMPTS} attempts and no jitter
     */
    public static Retry fixed(Duration delay) {
        return new Retry(DEFAULT_MAX_ATTEMPTS, delay, 1, delay, 0, List.of());
    }

    /**
     * Returns a copy with another number of attempts.
     *
     * @param attempts attempts in all, the first included
     * @return the copy
     */
    public Retry maxAttempts(int attempts) {
        return new Retry(attempts, delay, multiplier, maxDelay, jitter, on);
    }

    /**
     * Returns a copy with another longest delay.
     *
     * @param longest the longest delay
     * @return the copy
     */
    public Retry maxDelay(Duration longest) {
        return new Retry(maxAttempts, delay, multiplier, longest, jitter, on);
    }

    /**
     * Returns a copy with another spread.
     *
     * @param share the spread as a share of the delay, 0 to 1
     * @return the copy
     */
    public Retry jitter(double share) {
        return new Retry(maxAttempts, delay, multiplier, maxDelay, share, on);
    }

    /**
     * Returns a copy that tries again on some error codes only.
     *
     * @param codes the codes; {@code x} stands for one digit, {@code *} for every code
     * @return the copy
     */
    public Retry on(String... codes) {
        return new Retry(maxAttempts, delay, multiplier, maxDelay, jitter, List.of(codes));
    }

    /**
     * Says whether a failure is tried again, leaving the number of attempts aside.
     *
     * @param failure what the attempt ended with
     * @return whether one of the codes matches, or without codes whether the failure is retryable
     */
    public boolean covers(Failure failure) {
        if (on.isEmpty()) {
            return failure.retryable();
        }
        for (String pattern : on) {
            if (matches(pattern, failure.code())) {
                return true;
            }
        }
        return false;
    }

    private static boolean matches(String pattern, String code) {
        if (pattern.equals("*") || pattern.equals(code)) {
            return true;
        }
        if (pattern.length() != code.length()) {
            return false;
        }
        for (int i = 0; i < pattern.length(); i++) {
            char expected = pattern.charAt(i);
            char actual = code.charAt(i);
            boolean digit = expected == 'x' && Character.isDigit(actual);
            if (!digit && expected != actual) {
                return false;
            }
        }
        return true;
    }

    /**
     * Returns the delay after an attempt.
     *
     * @param attempt the attempt that failed, 1-based
     * @param random a number from 0 (inclusive) to 1 (exclusive) that places the delay within the spread
     * @return the delay before the next attempt
     */
    public Duration delayAfter(int attempt, double random) {
        double factor = Math.pow(multiplier, attempt - 1.0);
        double nanos = Math.min((double) maxDelay.toNanos(), delay.toNanos() * factor);
        double spread = nanos * jitter * (2 * random - 1);
        return Duration.ofNanos((long) Math.max(0, nanos + spread));
    }

    /**
     * Returns the delay after an attempt whose other side asked to be left alone.
     *
     * @param attempt the attempt that failed, 1-based
     * @param random a number from 0 (inclusive) to 1 (exclusive) that places the delay within the spread
     * @param asked how long it asked for; of more than {@link #LONGEST_ASKED} and {@code maxDelay}, the longer of the two
     *     counts
     * @return the delay before the next attempt
     */
    public Duration delayAfter(int attempt, double random, Duration asked) {
        Duration most = longer(maxDelay, LONGEST_ASKED);
        return longer(delayAfter(attempt, random), asked.compareTo(most) > 0 ? most : asked);
    }

    private static Duration longer(Duration a, Duration b) {
        return a.compareTo(b) >= 0 ? a : b;
    }
}
