package io.auterity.definition;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Reads {@code retry}: {@code none}, a number of attempts, or an object. */
final class RetryReader {

    private RetryReader() {}

    static Optional<Retry> read(Part part) {
        if (part.is(Keys.NO_RETRY)) {
            return Optional.of(Retry.NONE);
        }
        if (part.isNumber()) {
            return part.integer(1, Retry.MOST_ATTEMPTS).map(Retry.exponential(Retry.DEFAULT_DELAY)::maxAttempts);
        }
        if (!part.object("'none', a number of attempts, or an object such as {maxAttempts: 3}", Keys.RETRY)) {
            return Optional.empty();
        }
        int maxAttempts = part.get("maxAttempts")
                .flatMap(p -> p.integer(1, Retry.MOST_ATTEMPTS))
                .orElse(Retry.DEFAULT_MAX_ATTEMPTS);
        Duration delay = part.get("delay").flatMap(Part::pause).orElse(Retry.DEFAULT_DELAY);
        double multiplier = part.get("multiplier")
                .flatMap(p -> p.number(1, Retry.LARGEST_MULTIPLIER))
                .orElse(Retry.DEFAULT_MULTIPLIER);
        Duration maxDelay = part.get("maxDelay").flatMap(Part::pause).orElse(Retry.maxDelayOf(delay));
        double jitter = part.get("jitter").flatMap(p -> p.number(0, 1)).orElse(Retry.DEFAULT_JITTER);
        List<String> on = part.get("on").map(p -> p.texts("an error code")).orElse(List.of());
        return Optional.of(new Retry(maxAttempts, delay, multiplier, maxDelay, jitter, on));
    }
}
