package io.auterity.connector.http;

import io.auterity.connector.Connector;
import io.auterity.connector.ConnectorProvider.Surroundings;
import io.auterity.connector.JsonSchema;
import io.auterity.connector.Operation;
import io.auterity.connector.OutboundGuard;
import io.auterity.connector.StepContext;
import io.auterity.connector.StepException;
import io.auterity.definition.Failure;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import okhttp3.Authenticator;
import okhttp3.ConnectionPool;
import okhttp3.Dispatcher;
import okhttp3.Headers;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import org.jspecify.annotations.Nullable;

/**
 * The connector at work: one client, one pool of connections.
 *
 * <p>Every address is vetted three times over. Before anything is sent, {@link Target} vets the address as the client
 * reads it, with an IP address in it. When the client resolves a name, it asks the guard and gets vetted addresses only.
 * When it connects, the guard's sockets vet the address and the port once more, which also catches literal addresses
 * that the client does not resolve. A pooled connection leads to an address that was vetted for the same host and port by
 * the same guard, and so stays good when the name changes its meaning.
 */
final class HttpRequests implements Connector {

    private static final int IDLE_CONNECTIONS = 32;
    private static final long IDLE_MINUTES = 2;
    private static final long IDLE_THREAD_SECONDS = 30;

    private final HttpSettings settings;
    private final Surroundings surroundings;
    private final ThreadPoolExecutor threads;
    private final List<Operation> operations;
    private final Object lock = new Object(); // guards the client
    private @Nullable OkHttpClient client;

    HttpRequests(HttpSettings settings, Surroundings surroundings) {
        this.settings = settings;
        this.surroundings = surroundings;
        this.threads = threads();
        this.operations = List.of(Operation.ofAsync(
                        "request", HttpInput.class, HttpOutput.class, (input, context) -> send(input, context))
                .summary("Sends a request to an HTTP service and takes its response.")
                .retryable("io", "timeout", "http-408", "http-425", "http-429", "http-5xx"));
    }

    /** Threads that end when idle and never keep the host from ending; the dispatcher bounds how many there are. */
    private static ThreadPoolExecutor threads() {
        AtomicInteger number = new AtomicInteger();
        return new ThreadPoolExecutor(
                0, Integer.MAX_VALUE, IDLE_THREAD_SECONDS, TimeUnit.SECONDS, new SynchronousQueue<>(), task -> {
                    Thread thread = new Thread(task, "auterity-http-" + number.incrementAndGet());
                    thread.setDaemon(true);
                    return thread;
                });
    }

    /** Made at the first request: a program that only looks at workflows should not wait for it. */
    private OkHttpClient client() {
        synchronized (lock) {
            OkHttpClient made = client == null ? client(settings, surroundings.guard(), threads) : client;
            client = made;
            return made;
        }
    }

    private static OkHttpClient client(HttpSettings settings, OutboundGuard guard, ThreadPoolExecutor threads) {
        Dispatcher dispatcher = new Dispatcher(threads);
        dispatcher.setMaxRequests(settings.maxConcurrent());
        dispatcher.setMaxRequestsPerHost(settings.maxConcurrent());
        OkHttpClient.Builder builder = new OkHttpClient.Builder()
                .dispatcher(dispatcher)
                .connectionPool(new ConnectionPool(IDLE_CONNECTIONS, IDLE_MINUTES, TimeUnit.MINUTES))
                .dns(host -> lookUp(guard, host))
                .socketFactory(guard.socketFactory())
                .proxy(Proxy.NO_PROXY)
                .followRedirects(false)
                .followSslRedirects(false)
                .connectTimeout(settings.connectTimeout())
                .readTimeout(0, TimeUnit.MILLISECONDS) // the attempt's time-out ends the call, see Sending
                .writeTimeout(0, TimeUnit.MILLISECONDS)
                .addInterceptor(new FollowRedirects(guard, settings.isDowngradeAllowed()))
                .addNetworkInterceptor(new HiddenRetries());
        settings.tls().ifPresent(tls -> builder.sslSocketFactory(tls.sockets(), tls.trust()));
        return builder.build();
    }

    private static List<InetAddress> lookUp(OutboundGuard guard, String host) throws UnknownHostException {
        try {
            return guard.resolve(host);
        } catch (StepException e) {
            UnknownHostException refusal = new UnknownHostException(e.getMessage());
            refusal.initCause(e); // the client knows no other exception
            throw refusal;
        }
    }

    @Override
    public String name() {
        return "http";
    }

    @Override
    public List<Operation> operations() {
        return operations;
    }

    private CompletionStage<HttpOutput> send(HttpInput input, StepContext context) {
        Optional<HttpProxy> proxy = input.proxy().or(settings::proxy);
        HttpUrl url = Target.of(input.url(), surroundings.guard());
        Optional<Auth> auth = input.auth().map(name -> Auth.find(surroundings.credentials(), name));
        auth.ifPresent(found -> found.checkHost(url.host()));
        Optional<Auth> proxyAuth =
                proxy.flatMap(HttpProxy::auth).map(name -> Auth.find(surroundings.credentials(), name));
        if (proxy.isPresent() && auth.isPresent() && !url.isHttps()) {
            auth.get().checkHost(proxy.get().host()); // the proxy will see it
        }
        List<String> secrets = new ArrayList<>(Auth.secrets(auth));
        secrets.addAll(Auth.secrets(proxyAuth));
        Sending.Plan plan = new Sending.Plan(
                request(input, url, context),
                auth,
                Redactor.of(secrets),
                limit("maxBytes", input.maxBytes(), settings.maxBytes()),
                (int) limit("maxRedirects", input.maxRedirects().map(Integer::longValue), settings.maxRedirects()),
                input.acceptStatus().orElse(List.of()),
                input.responseSchema().map(HttpRequests::schema),
                proxy.isPresent());
        return new Sending(plan, context, surroundings.delays(), surroundings.clock())
                .start(proxy.map(through -> client(through, proxyAuth)).orElseGet(this::client));
    }

    private static Request request(HttpInput input, HttpUrl url, StepContext context) {
        HttpUrl.Builder address = url.newBuilder().fragment(null);
        Fields.forEach("query parameter", input.query().orElse(Map.of()), address::addQueryParameter);
        Headers headers = HeaderText.of(input.headers().orElse(Map.of()));
        Request.Builder request = new Request.Builder()
                .url(address.build())
                .headers(headers)
                .method(input.method().orElse("GET"), RequestBodies.of(input, headers));
        if (headers.get("Idempotency-Key") == null) {
            request.header("Idempotency-Key", context.idempotencyKey());
        }
        if (headers.get("User-Agent") == null) {
            request.header("User-Agent", "auterity");
        }
        return request.build();
    }

    private static long limit(String name, Optional<Long> asked, long most) {
        long limit = asked.orElse(most);
        if (limit > most) {
            throw new StepException(
                    Failure.INVALID_INPUT,
                    "invalid input at /" + name + ": " + limit + " is more than the operator allows, which is " + most,
                    false);
        }
        return limit;
    }

    private static JsonSchema schema(Map<String, Object> json) {
        try {
            return JsonSchema.of(json);
        } catch (IllegalArgumentException e) {
            throw new StepException(Failure.INVALID_INPUT, "invalid input at /responseSchema: " + e.getMessage(), false)
                    .causedBy(e);
        }
    }

    /** Returns a client through a proxy, which shares threads and connections with the others. */
    private OkHttpClient client(HttpProxy proxy, Optional<Auth> auth) {
        auth.ifPresent(found -> {
            found.checkHost(proxy.host());
            if (!found.credential().kind().equals("basic")) {
                throw new StepException(
                        "credential-invalid",
                        "credential '" + found.name() + "' for a proxy is not of kind basic",
                        false);
            }
        });
        surroundings.guard().check("http", proxy.host(), proxy.port());
        Authenticator authenticator =
                (route, response) -> response.request().header("Proxy-Authorization") != null || auth.isEmpty()
                        ? null
                        : response.request()
                                .newBuilder()
                                .header("Proxy-Authorization", auth.get().basic())
                                .build();
        return client().newBuilder()
                .proxy(new Proxy(Proxy.Type.HTTP, InetSocketAddress.createUnresolved(proxy.host(), proxy.port())))
                .proxyAuthenticator(authenticator)
                .build();
    }

    @Override
    public void close() {
        synchronized (lock) {
            if (client != null) {
                client.dispatcher().cancelAll();
                client.connectionPool().evictAll();
            }
        }
        threads.shutdown();
    }
}
