package io.auterity.connector.http;

import io.auterity.connector.Delays;
import io.auterity.connector.JsonSchema;
import io.auterity.connector.OutboundGuard;
import io.auterity.connector.StepContext;
import io.auterity.connector.StepException;
import io.auterity.definition.Failure;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import javax.net.ssl.SSLException;
import okhttp3.Call;
import okhttp3.Callback;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;

/**
 * One request on its way.
 *
 * <p>It ends once: with the output, a failure, at cancellation, or when the attempt has no time left. The time is looked
 * at again when a timer rings, because progress makes the attempt's time-out start anew; progress is told every 256 KiB,
 * so a server that trickles cannot hold an attempt for ever.
 *
 * <p>Methods are called by the client's threads, the timers' and the cancelling one.
 */
final class Sending implements Callback {

    private static final int EXCERPT = 300;

    private final Plan plan;
    private final StepContext context;
    private final Delays delays;
    private final InstantSource clock;
    private final CompletableFuture<HttpOutput> result = new CompletableFuture<>();

    /** Cancels the timer that watches the time; a later one that slips through finds the request ended. */
    private volatile Runnable timer = () -> {};

    /**
     * What to send, and what to make of the answer.
     *
     * @param request the request without its credential
     * @param auth the credential
     * @param redactor cuts secrets out of messages
     * @param maxBytes the most bytes of the body
     * @param maxRedirects the most redirects
     * @param acceptStatus the statuses of 400 and above that are no failure
     * @param schema what the body must satisfy
     * @param isProxied whether a proxy connects to the destination
     */
    record Plan(
            Request request,
            Optional<Auth> auth,
            Redactor redactor,
            long maxBytes,
            int maxRedirects,
            List<Integer> acceptStatus,
            Optional<JsonSchema> schema,
            boolean isProxied) {}

    Sending(Plan plan, StepContext context, Delays delays, InstantSource clock) {
        this.plan = plan;
        this.context = context;
        this.delays = delays;
        this.clock = clock;
    }

    /** Returns what a request belongs to. */
    static Sending of(Request request) {
        Sending sending = request.tag(Sending.class);
        if (sending == null) {
            throw new IllegalStateException("every request of this client carries its sending");
        }
        return sending;
    }

    /** Sends the request; returns at once. */
    CompletionStage<HttpOutput> start(OkHttpClient client) {
        Call call = client.newCall(
                plan.request.newBuilder().tag(Sending.class, this).build());
        context.onCancel(() -> {
            result.completeExceptionally(new StepException(Failure.CANCELLED, "the request was cancelled", false));
            call.cancel();
        });
        watch(call, context.remaining());
        if (!result.isDone()) {
            call.enqueue(this);
        }
        return result.whenComplete((output, failure) -> timer.run());
    }

    private void watch(Call call, Duration remaining) {
        timer = delays.after(remaining, () -> {
            Duration rest = context.remaining();
            if (result.isDone()) {
                return;
            }
            if (rest.isZero()) {
                result.completeExceptionally(failure(Failure.TIMEOUT, "the attempt's time is over", true));
                call.cancel();
            } else {
                watch(call, rest);
            }
        });
    }

    int maxRedirects() {
        return plan.maxRedirects;
    }

    Request signed(Request request) {
        return plan.auth.isPresent() ? plan.auth.get().applyTo(request) : request;
    }

    /** Vets the address of the next hop; the client resolves it through the guard, unless a proxy will. */
    void prepareHop(HttpUrl url, OutboundGuard guard) throws UnknownHostException {
        Target.vet(url, guard);
        if (plan.isProxied && !guard.isAllowedByName(url.host(), url.port())) {
            guard.resolve(url.host(), url.port());
        }
    }

    @Override
    public void onResponse(Call call, Response response) {
        try (response) {
            result.complete(output(response));
        } catch (StepException e) {
            call.cancel(); // or closing would read on, to save the connection
            fail(e);
        } catch (IOException e) {
            onFailure(call, e);
        } catch (RuntimeException | Error e) {
            call.cancel();
            result.completeExceptionally(e);
        }
    }

    @Override
    public void onFailure(Call call, IOException e) {
        fail(explain(e));
    }

    private void fail(StepException e) {
        result.completeExceptionally(e);
    }

    private HttpOutput output(Response response) throws IOException {
        if (response.code() >= 400 && !plan.acceptStatus.contains(response.code())) {
            throw refusal(response);
        }
        byte[] bytes = ResponseBodies.read(response, plan.maxBytes, context);
        Object body = ResponseBodies.value(bytes, response);
        List<String> problems = plan.schema.isPresent() ? plan.schema.get().problems(body) : List.of();
        if (!problems.isEmpty()) {
            throw failure(
                    "response-invalid",
                    "the response body does not satisfy responseSchema:\n  " + String.join("\n  ", problems),
                    false);
        }
        return new HttpOutput(response.code(), headers(response), body);
    }

    private static Map<String, String> headers(Response response) {
        Map<String, String> headers = new TreeMap<>();
        for (String name : response.headers().names()) {
            headers.put(name.toLowerCase(Locale.ROOT), String.join(", ", response.headers(name)));
        }
        return headers;
    }

    private StepException refusal(Response response) {
        int status = response.code();
        Optional<Duration> wait = retryAfter(response);
        String excerpt = ResponseBodies.excerpt(response.body(), EXCERPT);
        StepException refusal = failure(
                "http-" + status,
                "it answered " + status
                        + (response.message().isEmpty() ? "" : " " + response.message())
                        + wait.map(time -> " and asks to wait " + time.toSeconds() + " s")
                                .orElse("")
                        + (excerpt.isEmpty() ? "" : ": " + excerpt),
                status == 408 || status == 425 || status == 429 || status >= 500);
        return wait.map(refusal::retryAfter).orElse(refusal);
    }

    /** The Retry-After header, RFC 9110, section 10.2.3: seconds, or a date. */
    private Optional<Duration> retryAfter(Response response) {
        String text = String.valueOf(response.header("Retry-After")).strip();
        if (text.matches("[0-9]{1,9}")) {
            return Optional.of(Duration.ofSeconds(Long.parseLong(text)));
        }
        try {
            Instant date = ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME)
                    .toInstant();
            Duration wait = Duration.between(clock.instant(), date);
            return Optional.of(wait.isNegative() ? Duration.ZERO : wait);
        } catch (DateTimeParseException e) {
            return Optional.empty();
        }
    }

    private StepException explain(IOException e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof StepException known) {
                return known;
            }
        }
        if (e.getCause() instanceof RejectedExecutionException) {
            return failure("io", "the connector has been closed", false);
        }
        if (e instanceof InterruptedIOException) {
            return failure(Failure.TIMEOUT, "no connection or no answer in time", true);
        }
        boolean isTls = e instanceof SSLException;
        return failure("io", (isTls ? "no trust: " : "") + describe(e), !isTls);
    }

    private static String describe(IOException e) {
        if (e instanceof UnknownHostException) {
            return "the host does not resolve";
        }
        String message = e.getMessage();
        return message == null ? e.getClass().getSimpleName() : message;
    }

    private StepException failure(String code, String what, boolean retryable) {
        String where = plan.request.method() + " " + Target.shown(plan.request.url());
        return new StepException(code, plan.redactor.redact(where + ": " + what), retryable);
    }

    /** Shows where the request goes, without anything secret. */
    @Override
    public String toString() {
        return plan.redactor.redact(plan.request.method() + " " + Target.shown(plan.request.url()));
    }
}
