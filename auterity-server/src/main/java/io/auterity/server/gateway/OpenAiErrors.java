package io.auterity.server.gateway;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Errors in the form that OpenAI's clients read. */
final class OpenAiErrors {

    private OpenAiErrors() {}

    static Map<String, Object> of(Refused refused) {
        Map<String, @Nullable Object> error = new LinkedHashMap<>();
        error.put("message", refused.text());
        error.put("type", type(refused.status()));
        error.put("param", refused.field().orElse(null));
        error.put("code", refused.word());
        return Map.of("error", error);
    }

    private static String type(int status) {
        return switch (status) {
            case 401 -> "authentication_error";
            case 402 -> "insufficient_quota";
            case 403 -> "permission_error";
            case 429 -> "rate_limit_error";
            default -> status >= 500 ? "server_error" : "invalid_request_error";
        };
    }
}
