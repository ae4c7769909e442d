package io.auterity.connector.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.auterity.connector.ConnectorProvider.Surroundings;
import io.auterity.connector.Connectors;
import io.auterity.connector.Credentials;
import io.auterity.connector.Credentials.Credential;
import io.auterity.connector.Delays;
import io.auterity.connector.Operation;
import io.auterity.connector.OutboundGuard;
import io.auterity.connector.StepContext;
import io.auterity.connector.StepException;
import io.auterity.connector.TestContext;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import mockwebserver3.MockWebServer;

/** The operation {@code http.request}, for one test; with real timers unless the test rings them itself. */
final class HttpKit implements AutoCloseable {

    static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    private final ScheduledThreadPoolExecutor timers = new ScheduledThreadPoolExecutor(1, task -> {
        Thread thread = new Thread(task, "test-timers");
        thread.setDaemon(true);
        return thread;
    });
    private final Map<String, Credential> credentials = new LinkedHashMap<>();
    private final Connectors connectors;

    HttpKit(OutboundGuard guard, HttpSettings settings) {
        this(guard, settings, Optional.empty());
    }

    private HttpKit(OutboundGuard guard, HttpSettings settings, Optional<Delays> given) {
        timers.setRemoveOnCancelPolicy(true);
        Delays delays = given.orElse((delay, task) -> {
            Future<?> timer = timers.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
            return () -> timer.cancel(false);
        });
        Credentials found = name -> Optional.ofNullable(credentials.get(name));
        connectors = Connectors.builder()
                .add(new HttpConnector(settings))
                .build(new Surroundings(
                        guard,
                        found,
                        InstantSource.fixed(NOW),
                        delays,
                        (workflow, input, parent) -> CompletableFuture.completedFuture(null)));
    }

    /** A connector that may reach this machine. */
    static HttpKit local() {
        return new HttpKit(toThisMachine(), HttpSettings.DEFAULT);
    }

    /** The same with timers that ring when the test says. */
    static HttpKit local(Delays timers) {
        return new HttpKit(toThisMachine(), HttpSettings.DEFAULT, Optional.of(timers));
    }

    private static OutboundGuard toThisMachine() {
        return OutboundGuard.builder().allow("localhost").build();
    }

    /**
     * Closes a server. The library waits five seconds for its threads, and a busy machine may need longer to end them; its
     * sockets are closed by then.
     */
    static void close(MockWebServer server) {
        try {
            server.close();
        } catch (AssertionError late) {
            assertThat(late).hasMessage("Gave up waiting for queue to shut down");
        }
    }

    HttpKit credential(String name, Credential credential) {
        credentials.put(name, credential);
        return this;
    }

    CompletableFuture<Object> start(Map<String, Object> input, StepContext context) throws Exception {
        Object stage = connectors.get("http.request").call(input, context);
        @SuppressWarnings("unchecked")
        CompletionStage<Object> result = (CompletionStage<Object>) stage;
        return result.toCompletableFuture();
    }

    @SuppressWarnings("unchecked")
    Map<String, Object> send(Map<String, Object> input) throws Exception {
        try {
            return (Map<String, Object>)
                    start(input, new TestContext(Duration.ofSeconds(20))).get(30, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw (Exception) e.getCause();
        }
    }

    /** Sends a request that must fail. */
    StepException fail(Map<String, Object> input) throws Exception {
        try {
            Object output = send(input);
            throw new AssertionError("expected a failure, got " + output);
        } catch (StepException e) {
            return e;
        }
    }

    Operation.Description description() {
        return connectors.get("http.request").description();
    }

    int timers() {
        return timers.getQueue().size();
    }

    static InetAddress loopback() throws Exception {
        return InetAddress.getByName("127.0.0.1");
    }

    static Map<String, Object> json(Object... keysAndValues) {
        Map<String, Object> object = new LinkedHashMap<>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            object.put((String) keysAndValues[i], keysAndValues[i + 1]);
        }
        return object;
    }

    @Override
    public void close() {
        connectors.close();
        timers.shutdownNow();
    }
}
