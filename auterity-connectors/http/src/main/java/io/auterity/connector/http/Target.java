package io.auterity.connector.http;

import io.auterity.connector.OutboundGuard;
import io.auterity.connector.StepException;
import io.auterity.definition.Failure;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import okhttp3.HttpUrl;

/**
 * Addresses of requests: read by the parser of the client that will connect, vetted by the guard, and written without
 * what may be secret in them.
 */
final class Target {

    private static final Pattern SCHEME = Pattern.compile("\\s*([A-Za-z][A-Za-z0-9+.-]*):.*", Pattern.DOTALL);

    private Target() {}

    /** Reads and vets the address a step has written. */
    static HttpUrl of(String text, OutboundGuard guard) {
        if (text.chars().anyMatch(c -> c < ' ' || c == 0x7f)) {
            throw invalid("it contains a control character");
        }
        if (text.indexOf('\\') >= 0) {
            throw invalid("it contains a backslash, which programs read in different ways; write %5C");
        }
        HttpUrl url = HttpUrl.parse(text);
        if (url == null) {
            Matcher scheme = SCHEME.matcher(text);
            if (scheme.matches()) {
                String name = scheme.group(1).toLowerCase(Locale.ROOT);
                if (!name.equals("http") && !name.equals("https")) {
                    guard.check(name, "", 0);
                }
                throw unreadable();
            }
            throw invalid("expected an absolute address, as in https://example.com/path");
        }
        vet(url, guard);
        return url;
    }

    /** Vets what can be known of an address before its host is resolved. */
    static void vet(HttpUrl url, OutboundGuard guard) {
        if (!url.username().isEmpty() || !url.password().isEmpty()) {
            throw new StepException(
                    OutboundGuard.REFUSED,
                    "connecting to " + shown(url) + " is refused: its address holds a user name or password; use a"
                            + " credential instead",
                    false);
        }
        if (!url.equals(HttpUrl.parse(url.toString()))) { // some hosts of letters beyond ASCII mean another in Punycode
            throw unreadable();
        }
        guard.check(url.scheme(), url.host(), url.port());
    }

    static boolean isSameOrigin(HttpUrl one, HttpUrl other) {
        return one.scheme().equals(other.scheme()) && one.host().equals(other.host()) && one.port() == other.port();
    }

    /** Writes an address without user information, query and fragment. */
    static String shown(HttpUrl url) {
        return url.newBuilder()
                .username("")
                .password("")
                .query(null)
                .fragment(null)
                .build()
                .toString();
    }

    private static StepException unreadable() {
        return new StepException(
                OutboundGuard.REFUSED, "connecting to the URL is refused: its host cannot be read", false);
    }

    private static StepException invalid(String why) {
        return new StepException(Failure.INVALID_INPUT, "invalid input at /url: " + why, false);
    }
}
