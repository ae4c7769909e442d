package io.auterity.connector.http;

import io.auterity.connector.StepException;
import io.auterity.definition.Failure;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import okhttp3.Headers;

/** Headers as a step writes them, checked so that no value can become another header or another request. */
final class HeaderText {

    /** Headers that say how the message is carried; they are this connector's business. */
    private static final Set<String> OWN = Set.of(
            "connection",
            "content-length",
            "expect",
            "host",
            "http2-settings",
            "keep-alive",
            "te",
            "trailer",
            "transfer-encoding",
            "upgrade");

    private HeaderText() {}

    static Headers of(Map<String, Object> headers) {
        Headers.Builder builder = new Headers.Builder();
        headers.forEach((name, value) -> {
            if (!isName(name)) {
                throw invalid("a header's name has a character that no header name has");
            }
            String folded = name.toLowerCase(Locale.ROOT);
            if (OWN.contains(folded) || folded.startsWith("proxy-")) {
                throw invalid("header '" + name + "' cannot be set by a step");
            }
            for (String text : Fields.texts("header '" + name + "'", value)) {
                if (!isValue(text)) {
                    throw invalid("header '" + name + "' has a character that no header value has, as a line break;"
                            + " encode it");
                }
                builder.add(name, text);
            }
        });
        return builder.build();
    }

    /** Whether a text is a token, RFC 9110, section 5.6.2. */
    static boolean isName(String text) {
        return !text.isEmpty()
                && text.chars()
                        .allMatch(c -> (c >= '0' && c <= '9')
                                || (c >= 'a' && c <= 'z')
                                || (c >= 'A' && c <= 'Z')
                                || "!#$%&'*+-.^_`|~".indexOf(c) >= 0);
    }

    /** Whether a text is visible ASCII with spaces and tabs, RFC 9110, section 5.5. */
    static boolean isValue(String text) {
        return text.chars().allMatch(c -> c == '\t' || (c >= ' ' && c <= '~'));
    }

    private static StepException invalid(String what) {
        return new StepException(Failure.INVALID_INPUT, "invalid input at /headers: " + what, false);
    }
}
