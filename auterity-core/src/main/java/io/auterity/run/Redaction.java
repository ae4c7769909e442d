package io.auterity.run;

import io.auterity.connector.StepException;
import io.auterity.definition.Failure;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Cuts the secrets that an attempt used out of what it leaves behind. They come the longest first, so that one inside
 * another leaves nothing of that behind.
 */
final class Redaction {

    static final Comparator<String> LONGEST_FIRST =
            Comparator.comparingInt(String::length).reversed();

    private static final String MASK = "***";

    /** From how many characters on the beginning of a secret tells something. */
    private static final int TELLING = 4;

    private Redaction() {}

    static Failure of(Failure failure, List<String> secrets) {
        if (secrets.isEmpty()) {
            return failure;
        }
        // The cause goes, too: its message, and those of its own causes, may hold the secret.
        String code = text(failure.code(), secrets);
        String message = message(failure.message(), secrets);
        StepException cause = failure.cause() instanceof StepException step
                        && step.retryAfter().isPresent()
                ? new StepException(code, message, failure.retryable())
                        .retryAfter(step.retryAfter().get())
                : null;
        return new Failure(code, message, failure.retryable(), cause);
    }

    static @Nullable Object of(@Nullable Object value, List<String> secrets) {
        if (secrets.isEmpty()) {
            return value;
        }
        if (value instanceof String text) {
            return text(text, secrets);
        }
        if (value instanceof List<?> list) {
            List<@Nullable Object> copy = new ArrayList<>(list.size());
            list.forEach(item -> copy.add(of(item, secrets)));
            return copy;
        }
        return value instanceof Map<?, ?> map ? ofMap(map, secrets) : value;
    }

    @SuppressWarnings("NullAway") // JSON objects may hold null
    private static Map<String, Object> ofMap(Map<?, ?> map, List<String> secrets) {
        Map<String, Object> copy = new LinkedHashMap<>();
        map.forEach((key, item) -> copy.put(text(String.valueOf(key), secrets), of(item, secrets)));
        return copy;
    }

    static String of(String text, List<String> secrets) {
        return secrets.isEmpty() ? text : text(text, secrets);
    }

    /** A message may quote an answer and cut it off within a secret, whose beginning is then its end. */
    private static String message(String text, List<String> secrets) {
        String redacted = text(text, secrets);
        for (String secret : secrets) {
            for (int length = Math.min(secret.length() - 1, redacted.length()); length >= TELLING; length--) {
                int start = redacted.length() - length;
                if (redacted.regionMatches(start, secret, 0, length)) {
                    return redacted.substring(0, start) + MASK;
                }
            }
        }
        return redacted;
    }

    private static String text(String text, List<String> secrets) {
        String redacted = text;
        for (String secret : secrets) {
            if (!secret.isEmpty()) {
                redacted = redacted.replace(secret, MASK);
            }
        }
        return redacted;
    }
}
