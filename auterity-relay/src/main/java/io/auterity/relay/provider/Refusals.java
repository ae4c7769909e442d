package io.auterity.relay.provider;

import io.auterity.definition.Retry;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import okhttp3.Response;

/**
 * Reads why a provider refused: from its status and the beginning of its answer, or from an error object in an answer of
 * status 200 or in an event of a stream. An error object means what the status means that the vendors send with it.
 */
final class Refusals {

    private static final int LONGEST_MESSAGE = 300;

    /** The codes and types of error objects, and their statuses; what is not here is the provider's own trouble. */
    private static final Map<String, Integer> STATUSES = Map.ofEntries(
            Map.entry("invalid_request_error", 400),
            Map.entry("invalid_prompt", 400),
            Map.entry("context_length_exceeded", 400),
            Map.entry("content_filter", 400),
            Map.entry("content_policy_violation", 400),
            Map.entry("authentication_error", 401),
            Map.entry("invalid_api_key", 401),
            Map.entry("billing_error", 402),
            Map.entry("billing_hard_limit_reached", 402),
            Map.entry("permission_error", 403),
            Map.entry("not_found_error", 404),
            Map.entry("model_not_found", 404),
            Map.entry("request_too_large", 413),
            Map.entry("overloaded_error", 529));

    private static final int BROKEN = 500;

    private Refusals() {}

    /** Throws what an answer, or an event of a stream, reports instead of content, if it does. */
    static void check(Map<String, Object> json) {
        Object error = json.get("error");
        if (error instanceof Map<?, ?>) {
            throw reported(JsonPath.map(error));
        }
        if (error instanceof String text && !text.isBlank()) { // as some compatible servers do
            throw reported(Map.of("message", text));
        }
        if (JsonPath.text(json.get("type")).equals("error")) { // as the events of responses do
            throw reported(json);
        }
    }

    /** Reads an error object; the code says more than the type. */
    static ProviderException reported(Map<String, Object> error) {
        String code = JsonPath.text(error.get("code")).toLowerCase(Locale.ROOT);
        String type = JsonPath.text(error.get("type")).toLowerCase(Locale.ROOT);
        int status = error.get("code") instanceof Long number && number >= 400 && number < 600
                ? number.intValue()
                : status(code).or(() -> status(type)).orElse(BROKEN);
        String text = Stream.of(code, type, JsonPath.text(error.get("message")))
                .filter(word -> !word.isEmpty())
                .collect(Collectors.joining(" "));
        return new ProviderException(
                classify(status, text.toLowerCase(Locale.ROOT)),
                "it reports " + (text.isEmpty() ? "an error" : excerpt(text)));
    }

    private static Optional<Integer> status(String word) {
        boolean isRate = word.contains("rate_limit") || word.contains("insufficient_quota");
        return isRate ? Optional.of(429) : Optional.ofNullable(STATUSES.get(word));
    }

    private static String excerpt(String text) {
        String line = text.strip().replaceAll("\\s+", " ");
        return line.substring(0, Math.min(LONGEST_MESSAGE, line.length()));
    }

    static ProviderException of(Response response, String excerpt, Instant now) {
        String text = excerpt(excerpt);
        String message = "it answered " + response.code() + (text.isEmpty() ? "" : ": " + text);
        return new ProviderException(
                classify(response.code(), excerpt.toLowerCase(Locale.ROOT)),
                message,
                retryAfter(response, now).map(Refusals::bounded),
                RateLimitHeaders.read(response.headers(), now));
    }

    /** Adds what the headers of an answer tell to what went wrong with the rest of it. */
    static ProviderException told(ProviderException wrong, Response response, Instant now) {
        ProviderException told = new ProviderException(
                wrong.errorClass(),
                String.valueOf(wrong.getMessage()),
                wrong.retryAfter().or(() -> retryAfter(response, now).map(Refusals::bounded)),
                wrong.headroom().or(() -> RateLimitHeaders.read(response.headers(), now)));
        told.initCause(wrong);
        return told;
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
                || text.contains("exceed context limit") // Anthropic: input length and max_tokens
                || text.contains("exceed_context_size") // llama.cpp
                || text.contains("exceeds the available context size")
                || text.contains("maximum context length")) {
            return ErrorClass.CONTEXT;
        }
        if (text.contains("credit balance is too low") || text.contains("billing_hard_limit_reached")) {
            return ErrorClass.QUOTA;
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
