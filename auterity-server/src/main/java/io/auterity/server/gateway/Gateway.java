package io.auterity.server.gateway;

import io.auterity.definition.Json;
import io.auterity.relay.Relay;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.Promise;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.eclipse.jetty.util.thread.Scheduler;

/**
 * Answers the interfaces of OpenAI and Anthropic over HTTP/1.1, by a relay.
 *
 * <p>Bodies arrive without holding a thread, so a slow client costs none; a call has one until its answer has been
 * written. At most {@link GatewaySettings.Capacity#maxCalls} run at once, and more are told to come back. A stream is
 * written as fast as its client takes it, and read from the provider no faster. A client that goes away ends its call at
 * the provider.
 *
 * <p>Thread-safe.
 */
public final class Gateway implements AutoCloseable {

    /** What the server itself needs threads for. */
    private static final int OWN_THREADS = 16;

    /** How many times the silence that is allowed a whole body may take. */
    private static final int BODY_IDLES = 4;

    private final Server server;
    private final ServerConnector connector;

    private Gateway(Server server, ServerConnector connector) {
        this.server = server;
        this.connector = connector;
    }

    /**
     * Starts a gateway.
     *
     * @param host the address to listen at
     * @param port the port, or 0 for any that is free
     * @param relay who answers
     * @param settings the rest
     * @param clock the time
     * @return the running gateway
     * @throws UncheckedIOException if the port cannot be had
     * @throws IllegalArgumentException if the deployments of a model are at providers of two protocols
     */
    public static Gateway start(String host, int port, Relay relay, GatewaySettings settings, InstantSource clock) {
        GatewaySettings.Capacity capacity = settings.capacity();
        QueuedThreadPool threads = new QueuedThreadPool(capacity.maxCalls() + OWN_THREADS, OWN_THREADS);
        threads.setName("gateway");
        Server server = new Server(threads);
        HttpConfiguration http = new HttpConfiguration();
        http.setSendServerVersion(false);
        // a model's name has a slash, which clients encode when it stands in a path; no path here means a file
        http.setUriCompliance(UriCompliance.DEFAULT.with("models", UriCompliance.Violation.AMBIGUOUS_PATH_SEPARATOR));
        ServerConnector connector = new ServerConnector(server, 1, 1, new HttpConnectionFactory(http));
        connector.setHost(host);
        connector.setPort(port);
        connector.setIdleTimeout(capacity.idle().toMillis());
        server.addConnector(connector);
        server.addBean(new NetworkConnectionLimit(capacity.maxConnections(), server));
        server.setErrorHandler(new PlainErrors());
        server.setHandler(new Requests(relay, settings, clock));
        try {
            server.start();
        } catch (IOException e) {
            stop(server);
            throw new UncheckedIOException(String.valueOf(e.getMessage()), e);
        } catch (Exception e) { // its signature says no more
            stop(server);
            throw new IllegalStateException("the HTTP server does not start", e);
        }
        return new Gateway(server, connector);
    }

    private static void stop(Server server) {
        try {
            server.stop();
        } catch (Exception e) { // its signature says no more
            throw new IllegalStateException("the HTTP server does not stop", e);
        }
    }

    /**
     * Returns the port it listens at.
     *
     * @return the port
     */
    public int port() {
        return connector.getLocalPort();
    }

    /** Stops: calls on their way are cut off. */
    @Override
    public void close() {
        stop(server);
    }

    /** Errors that the server finds before a request reaches us, as a request line that is none. */
    private static final class PlainErrors implements Request.Handler {
        @Override
        public boolean handle(Request request, Response response, Callback callback) {
            response.getHeaders().put("Content-Type", "application/json");
            Refused refused = Refused.of(response.getStatus(), "invalid_http", "this is no request of HTTP");
            byte[] json = Json.writeBytes(OpenAiErrors.of(refused));
            response.write(true, ByteBuffer.wrap(json), callback);
            return true;
        }
    }

    /** Where requests go. */
    private static final class Requests extends Handler.Abstract.NonBlocking {

        private static final Form CHAT = new ChatForm();
        private static final Form COUNTED = new MessagesForm(true);
        private static final Map<String, Form> FORMS = Map.of(
                "/v1/chat/completions", CHAT,
                "/v1/messages", new MessagesForm(false),
                "/v1/messages/count_tokens", COUNTED,
                "/v1/responses", new ResponsesForm(),
                "/v1/embeddings", new EmbeddingsForm());
        private static final String MODELS = "/v1/models";
        private static final String SCORES = "/v1/scores";

        private final Relay relay;
        private final GatewaySettings settings;
        private final InstantSource clock;
        private final Models models;
        private final Keys keys;
        private final Semaphore places;

        Requests(Relay relay, GatewaySettings settings, InstantSource clock) {
            this.relay = relay;
            this.settings = settings;
            this.clock = clock;
            models = new Models(relay.policy(), settings.aliases(), settings.protocols());
            keys = new Keys(settings.keys(), clock);
            places = new Semaphore(settings.capacity().maxCalls());
        }

        @Override
        public boolean handle(Request request, Response response, Callback callback) {
            String path = Request.getPathInContext(request);
            request.addIdleTimeoutListener(silence -> false); // a model may think longer than a client may dawdle
            Form.Mark mark =
                    new Form.Mark(UUID.randomUUID().toString(), clock.instant().getEpochSecond());
            response.getHeaders().put("x-request-id", mark.id());
            boolean isAnthropic = request.getHeaders().contains("anthropic-version");
            Form form = FORMS.getOrDefault(path, isAnthropic ? COUNTED : CHAT);
            Exchange exchange = new Exchange(request, response, form, mark, settings.defaults());
            try {
                if (path.equals("/health/live")) {
                    exchange.tell(Map.of("status", "up"), callback);
                } else if (path.equals(MODELS) || path.startsWith(MODELS + "/")) {
                    method(request, "GET");
                    exchange.tell(listed(path, keys.find(key(request)).key(), isAnthropic), callback);
                } else if (FORMS.containsKey(path)) {
                    method(request, "POST");
                    receive(
                            request,
                            exchange,
                            keys.find(key(request)),
                            form == COUNTED ? Purpose.COUNT : Purpose.ANSWER,
                            callback);
                } else if (path.equals(SCORES)) {
                    method(request, "POST");
                    receive(request, exchange, keys.find(key(request)), Purpose.SCORE, callback);
                } else {
                    throw Refused.of(404, "not_found", "there is nothing at this path");
                }
            } catch (RuntimeException e) {
                exchange.fail(Failures.of(e, mark), callback);
            }
            return true;
        }

        private static void method(Request request, String method) {
            if (!request.getMethod().equals(method)) {
                throw Refused.of(405, "method_not_allowed", "this path takes " + method);
            }
        }

        private static String key(Request request) {
            String bearer = Optional.ofNullable(request.getHeaders().get("Authorization"))
                    .orElse("");
            if (bearer.regionMatches(true, 0, "Bearer ", 0, "Bearer ".length())) {
                return bearer.substring("Bearer ".length()).strip();
            }
            // Azure's clients call it api-key
            return List.of("x-api-key", "api-key").stream()
                    .flatMap(name -> Optional.ofNullable(request.getHeaders().get(name)).stream())
                    .findFirst()
                    .orElse("");
        }

        private Map<String, Object> listed(String path, VirtualKey key, boolean isAnthropic) {
            List<String> names = models.names(key);
            if (path.equals(MODELS)) {
                return isAnthropic ? Models.anthropic(names) : Models.openAi(names);
            }
            String name =
                    path.substring(MODELS.length() + 1).replace("%2F", "/").replace("%2f", "/");
            if (!names.contains(name)) {
                throw Refused.of(
                        404, "model_not_found", "there is no such model; GET /v1/models lists those of this key");
            }
            return isAnthropic ? Models.anthropic(name) : Models.openAi(name);
        }

        /** Reads the body without a thread, and answers on one. */
        private void receive(
                Request request, Exchange exchange, Keys.Holder holder, Purpose purpose, Callback callback) {
            int limit = settings.capacity().maxRequestBytes();
            String encoding = Optional.ofNullable(request.getHeaders().get("Content-Encoding"))
                    .orElse("identity");
            if (!encoding.equalsIgnoreCase("identity")) {
                throw Refused.of(415, "unsupported_encoding", "bodies are not compressed here");
            }
            if (request.getLength() > limit) {
                throw tooLarge(limit);
            }
            // silence ends a connection sooner, but a byte now and then would keep it for ever
            Scheduler.Task late = request.getComponents()
                    .getScheduler()
                    .schedule(
                            () -> request.fail(new TimeoutException("the body takes too long")),
                            settings.capacity().idle().multipliedBy(BODY_IDLES).toMillis(),
                            TimeUnit.MILLISECONDS);
            Content.Source.asByteArrayAsync(request, limit, new Promise.Invocable.NonBlocking<>() {
                @Override
                public void succeeded(byte[] body) {
                    late.cancel();
                    enter(exchange, holder, body, purpose, callback);
                }

                @Override
                public void failed(Throwable failure) {
                    late.cancel();
                    if (failure instanceof TimeoutException) {
                        exchange.fail(Refused.of(408, "timeout", "the body did not arrive in time"), callback);
                    } else if (failure instanceof IllegalStateException) {
                        exchange.fail(tooLarge(limit), callback);
                    } else {
                        callback.failed(failure); // the client stopped in the middle
                    }
                }
            });
        }

        private static Refused tooLarge(int limit) {
            return Refused.of(413, "request_too_large", "a body has " + limit + " bytes at most");
        }

        private void enter(Exchange exchange, Keys.Holder holder, byte[] body, Purpose purpose, Callback callback) {
            if (!places.tryAcquire()) {
                exchange.fail(
                        Refused.of(503, "overloaded", "the gateway has as many calls as it can take")
                                .after(Duration.ofSeconds(1)),
                        callback);
                return;
            }
            try {
                holder.enter();
            } catch (Refused refused) {
                places.release();
                exchange.fail(refused, callback);
                return;
            }
            getServer().getThreadPool().execute(() -> {
                AtomicBoolean hasLeft = new AtomicBoolean();
                Runnable leave = () -> {
                    if (hasLeft.compareAndSet(false, true)) {
                        holder.leave();
                    }
                };
                try {
                    exchange.answer(relay, models, holder.key(), body, purpose, leave, callback);
                } finally {
                    leave.run();
                    places.release();
                }
            });
        }
    }
}
