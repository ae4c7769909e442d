package io.auterity.connector.http;

import io.auterity.connector.OutboundGuard;
import io.auterity.connector.StepException;
import java.io.IOException;
import java.util.Set;
import okhttp3.Headers;
import okhttp3.HttpUrl;
import okhttp3.Interceptor;
import okhttp3.Request;
import okhttp3.Response;

/**
 * Sends a request and follows its redirects one by one, each vetted like the first address (RFC 9110, section 15.4).
 *
 * <p>Across origins nothing goes along that the step wrote for the first one: no credential, no cookie, no header but
 * those that say what the message is; nor does anything return when another origin redirects back. A redirect from https to http is refused unless the operator allows it.
 */
final class FollowRedirects implements Interceptor {

    static final String TOO_MANY = "too-many-redirects";

    private static final Set<String> HARMLESS =
            Set.of("Accept", "Accept-Language", "Content-Type", "Idempotency-Key", "User-Agent");

    private final OutboundGuard guard;
    private final boolean isDowngradeAllowed;

    FollowRedirects(OutboundGuard guard, boolean isDowngradeAllowed) {
        this.guard = guard;
        this.isDowngradeAllowed = isDowngradeAllowed;
    }

    @Override
    public Response intercept(Chain chain) throws IOException {
        Sending sending = Sending.of(chain.request());
        try {
            return follow(chain, sending);
        } catch (StepException e) {
            throw new IOException(e.getMessage(), e); // the client knows no other exception
        }
    }

    private Response follow(Chain chain, Sending sending) throws IOException {
        Request request = chain.request();
        HttpUrl origin = request.url();
        boolean hasLeft = false;
        int redirects = 0;
        while (true) {
            sending.prepareHop(request.url(), guard);
            hasLeft |= !Target.isSameOrigin(origin, request.url());
            Request signed = hasLeft ? request : sending.signed(request);
            Response response = HiddenRetries.reveal(chain.proceed(signed));
            String location = response.header("Location");
            if (!isRedirect(response.code()) || location == null || sending.maxRedirects() == 0) {
                return response;
            }
            response.close();
            if (++redirects > sending.maxRedirects()) {
                throw new StepException(
                        TOO_MANY,
                        "more than " + sending.maxRedirects() + " redirects, the last to be followed from "
                                + Target.shown(request.url()),
                        false);
            }
            request = next(request, target(request.url(), location), response.code());
        }
    }

    private static boolean isRedirect(int status) {
        return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
    }

    /** Where a response says to go; vetted with the next request. */
    HttpUrl target(HttpUrl from, String location) {
        HttpUrl target = from.resolve(location);
        if (target == null) {
            throw new StepException(
                    OutboundGuard.REFUSED,
                    "the redirect from " + Target.shown(from) + " is refused: it leads to no http or https address",
                    false);
        }
        if (from.isHttps() && !target.isHttps() && !isDowngradeAllowed) {
            throw new StepException(
                    OutboundGuard.REFUSED,
                    "the redirect from " + Target.shown(from) + " to " + Target.shown(target)
                            + " is refused: it leads from https to http",
                    false);
        }
        return target.newBuilder().fragment(null).build();
    }

    private static Request next(Request request, HttpUrl target, int status) {
        Request.Builder next = request.newBuilder().url(target);
        boolean isHead = request.method().equals("HEAD");
        boolean becomesGet = status == 303
                || ((status == 301 || status == 302) && request.method().equals("POST"));
        if (becomesGet && !isHead) {
            next.method("GET", null).removeHeader("Content-Type").removeHeader("Content-Encoding");
        }
        if (!Target.isSameOrigin(request.url(), target)) {
            next.headers(harmless(next.build().headers()));
        }
        return next.build();
    }

    private static Headers harmless(Headers headers) {
        Headers.Builder kept = new Headers.Builder();
        for (String name : HARMLESS) {
            headers.values(name).forEach(value -> kept.add(name, value));
        }
        return kept.build();
    }
}
