package io.auterity.relay.provider;

import io.auterity.definition.Retry;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.Optional;
import okhttp3.Response;

/** Reads why a provider refused, from its status and the beginning of its answer. */
final class Refusals {

    private Refusals() {}

    static ProviderException of(Response response, String excerpt, Instant now) {
        String text = excerpt.strip().replaceAll("\\s+", " ");
        String message = "it answered " + response.code()
                + (text.isEmpty() ? "" : ": " + text.substring(0, Math.min(300, text.length())));
        return new ProviderException(
                classify(response.code(), excerpt.toLowerCase(Locale.ROOT)),
                message,
                retryAfter(response, now).map(Refusals::bounded));
    }

    static ErrorClass classify(int status, String text) {
        return switch (status) {
            case 401, 403 -> ErrorClass.KEY;
            case 402 -> ErrorClass.QUOTA;
            case 404 -> ErrorClass.NOT_FOUND;
            case 408 -> ErrorClass.TIMEOUT;
            case 413 -> ErrorClass.CONTEXT;
            case 429 -> text.contains("insufficient_quota") ? ErrorClass.QUOTA : ErrorClass.RATE_LIMIT;
            default -> status >= 500 ? ErrorClass.OVERLOADED : request(text);
        };
    }

    private static ErrorClass request(String text) {
        if (text.contains("context_length_exceeded")
                || text.contains("prompt is too long")
                || text.contains("maximum context length")) {
            return ErrorClass.CONTEXT;
        }
        return text.contains("content_filter") || text.contains("content_policy")
                ? ErrorClass.CONTENT
                : ErrorClass.REQUEST;
    }

    /** Milliseconds where the provider says them, or else RFC 9110, section 10.2.3: seconds or a date. */
    private static Optional<Duration> retryAfter(Response response, Instant now) {
        String millis = String.valueOf(response.header("retry-after-ms"));
        if (millis.matches("[0-9]{1,9}")) {
            return Optional.of(Duration.ofMillis(Long.parseLong(millis)));
        }
        String text = String.valueOf(response.header("Retry-After")).strip();
        if (text.matches("[0-9]{1,7}")) {
            return Optional.of(Duration.ofSeconds(Long.parseLong(text)));
        }
        try {
            Duration wait = Duration.between(
                    now,
                    ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME)
                            .toInstant());
            return Optional.of(wait.isNegative() ? Duration.ZERO : wait);
        } catch (DateTimeParseException e) {
            return Optional.empty();
        }
    }

    private static Duration bounded(Duration wait) {
        return wait.compareTo(Retry.LONGEST_ASKED) > 0 ? Retry.LONGEST_ASKED : wait;
    }
}
