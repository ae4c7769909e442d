package io.auterity.relay.provider;

import io.auterity.connector.Credentials;
import io.auterity.connector.OutboundGuard;
import io.auterity.connector.StepException;
import io.auterity.definition.Json;
import io.auterity.definition.JsonException;
import io.auterity.relay.money.ServiceTier;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.NoRouteToHostException;
import java.net.Proxy;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import okhttp3.Call;
import okhttp3.ConnectionPool;
import okhttp3.HttpUrl;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import okio.BufferedSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A provider over HTTP, through the outbound guard: only vetted addresses are connected to, redirects are not followed,
 * and a key goes only where its credential allows.
 *
 * <p>A key that is refused, or whose money or rate limits are used up, rests for a while, and the next of the endpoint is taken. Thread-safe; the calling
 * thread blocks.
 */
public final class HttpProvider implements Provider, AutoCloseable {

    /** The most bytes of an answer, or of all events of a stream: 32 MiB. */
    public static final long MAX_BYTES = 32L * 1024 * 1024;

    private static final Logger LOG = LoggerFactory.getLogger(HttpProvider.class);
    private static final MediaType JSON = Objects.requireNonNull(MediaType.parse("application/json"));
    private static final Duration CONNECT = Duration.ofSeconds(10);
    private static final Duration KEY_RESTS = Duration.ofMinutes(5);
    private static final int EXCERPT = 300;

    /** Fewer would have each burst of calls pay for new connections. */
    private static final int MOST_IDLE = 256;

    /** Shorter than a minute: many a load balancer or NAT in between forgets silent connections after that, and tells nobody. */
    static final Duration IDLE = Duration.ofSeconds(50);

    private final Endpoint endpoint;
    private final OutboundGuard guard;
    private final Credentials credentials;
    private final InstantSource clock;
    private final Wire chat;
    private final OkHttpClient client;
    private final Map<String, Instant> resting = new HashMap<>(); // until when, by credential; guarded by itself
    private final Map<String, HttpUrl> allowed = new ConcurrentHashMap<>(); // what the guard allows: a few per endpoint

    /**
     * Makes a provider.
     *
     * @param endpoint where it is reached
     * @param guard the one way to the network
     * @param credentials where its keys are
     * @param clock the time, for keys that rest and for what the keys before have left of a call's time
     */
    public HttpProvider(Endpoint endpoint, OutboundGuard guard, Credentials credentials, InstantSource clock) {
        this.endpoint = endpoint;
        this.guard = guard;
        this.credentials = credentials;
        this.clock = clock;
        chat = endpoint.dialect() == Endpoint.Dialect.ANTHROPIC
                ? new AnthropicWire()
                : new OpenAiWire(endpoint.dialect());
        client = new OkHttpClient.Builder()
                .dns(host -> lookUp(guard, host))
                .socketFactory(guard.socketFactory())
                .proxy(Proxy.NO_PROXY)
                .followRedirects(false)
                .followSslRedirects(false)
                .retryOnConnectionFailure(false) // a retry is the relay's to decide and to pay
                .connectionPool(new ConnectionPool(MOST_IDLE, IDLE.toMillis(), TimeUnit.MILLISECONDS))
                .connectTimeout(CONNECT)
                .readTimeout(0, TimeUnit.MILLISECONDS) // the call's time ends it
                .writeTimeout(0, TimeUnit.MILLISECONDS)
                .addNetworkInterceptor(
                        chain -> { // the socket's own time-out would not grow with that of the source
                            Objects.requireNonNull(chain.connection()).socket().setSoTimeout(0);
                            return chain.proceed(chain.request());
                        })
                .build();
    }

    /** What a call is written in: what it was written in by somebody else, if the provider has that, or else chat. */
    private Wire wire(ProviderCall call) {
        Protocol protocol = call.prompt().original().map(Original::protocol).orElse(chat.protocol());
        boolean isChat = protocol == Protocol.CHAT_COMPLETIONS || protocol == Protocol.MESSAGES;
        if (!isChat && endpoint.dialect() == Endpoint.Dialect.ANTHROPIC) {
            throw new ProviderException(ErrorClass.NOT_FOUND, "the provider has no " + protocol);
        }
        return isChat
                ? chat
                : protocol == Protocol.EMBEDDINGS
                        ? new EmbeddingsWire(endpoint.dialect())
                        : new ResponsesWire(endpoint.dialect());
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
    public ProviderAnswer call(ProviderCall call, Sink sink) {
        ProviderException failure = null;
        Instant start = clock.instant();
        int keys = Math.max(1, endpoint.credentials().size());
        for (int i = 0; i < keys; i++) {
            Optional<String> key = awake(i == 0);
            ProviderCall rest = i == 0 ? call : call.after(spent(start)); // all keys share the time of the call
            if (failure != null && (key.isEmpty() || rest.time().silence().isZero())) {
                break;
            }
            HeldBack pieces = new HeldBack(sink);
            try {
                ProviderAnswer answer = once(rest, key, pieces);
                pieces.release();
                return withOtherKeys(answer, key);
            } catch (ProviderException e) {
                failure = e;
                boolean isKeyRefused = e.errorClass().remedy() == Remedy.OTHER_KEY && key.isPresent();
                if (isKeyRefused) {
                    rest(
                            key.get(),
                            e.retryAfter()
                                    .or(() -> e.headroom()
                                            .filter(Headroom::isExhausted)
                                            .map(Headroom::resets))
                                    .orElse(KEY_RESTS));
                }
                if (!isKeyRefused || pieces.isBegun()) { // what has begun is not begun again with another key
                    pieces.release();
                    throw e;
                }
            }
        }
        throw Objects.requireNonNull(failure);
    }

    /** Lets a key rest whose limits are used up; while another one is awake, the deployment has room. */
    private ProviderAnswer withOtherKeys(ProviderAnswer answer, Optional<String> key) {
        Optional<Headroom> exhausted = answer.headroom().filter(Headroom::isExhausted);
        if (exhausted.isEmpty() || key.isEmpty() || endpoint.credentials().size() == 1) {
            return answer;
        }
        rest(key.get(), exhausted.get().resets());
        return awake(false).isEmpty()
                ? answer
                : new ProviderAnswer(
                        answer.text(),
                        answer.toolCalls(),
                        answer.finishReason(),
                        answer.usage(),
                        Optional.empty(),
                        answer.written());
    }

    /** How much time has passed; the clock can be set back. */
    private Duration spent(Instant start) {
        Duration passed = Duration.between(start, clock.instant());
        return passed.isNegative() ? Duration.ZERO : passed;
    }

    /** The first key that does not rest; for the first try the first of all if all rest: better a refusal than no call. */
    private Optional<String> awake(boolean isFirst) {
        List<String> names = endpoint.credentials();
        synchronized (resting) {
            return names.stream()
                    .filter(name -> !clock.instant().isBefore(resting.getOrDefault(name, Instant.MIN)))
                    .findFirst()
                    .or(() -> names.stream().filter(name -> isFirst).findFirst());
        }
    }

    private void rest(String name, Duration time) {
        synchronized (resting) {
            resting.put(name, clock.instant().plus(time));
        }
    }

    @Override
    public boolean understands(Prompt prompt) {
        return chat.protocol() == Protocol.CHAT_COMPLETIONS
                || prompt.original().isPresent()
                || ChatDemands.of(prompt).only().isEmpty();
    }

    @Override
    public boolean has(ServiceTier tier) {
        return endpoint.has(tier);
    }

    @Override
    public OptionalLong countTokens(ProviderCall call) {
        if (!(chat instanceof AnthropicWire anthropic)) {
            return OptionalLong.empty();
        }
        try {
            String url = endpoint.url("/messages/count_tokens");
            Request request = request(anthropic, url, anthropic.counted(call), call, awake(true));
            Call exchange = client.newCall(request);
            exchange.timeout().timeout(Math.max(1, call.timeLeft().toMillis()), TimeUnit.MILLISECONDS);
            call.cancellation().onCancel(exchange::cancel);
            try (Response response = exchange.execute()) {
                if (response.code() == 200
                        && JsonPath.object(excerpt(response)).get("input_tokens") instanceof Long count) {
                    return OptionalLong.of(Math.max(0, count));
                }
            }
        } catch (IOException | ProviderException e) {
            LOG.debug("a prompt is not counted", e);
        }
        return OptionalLong.empty();
    }

    private ProviderAnswer once(ProviderCall call, Optional<String> credential, Sink sink) {
        if (call.cancellation().isCancelled()) {
            throw new ProviderException(ErrorClass.CANCELLED, "the call was cancelled");
        }
        Wire wire = wire(call);
        Call exchange = patient(call.time())
                .newCall(request(wire, wire.url(endpoint, call), wire.body(call), call, credential));
        exchange.timeout().timeout(Math.max(1, call.timeLeft().toMillis()), TimeUnit.MILLISECONDS);
        call.cancellation().onCancel(exchange::cancel);
        try (Response response = exchange.execute()) {
            if (response.code() != 200) {
                throw Refusals.of(response, excerpt(response), clock.instant());
            }
            Optional<Headroom> headroom = RateLimitHeaders.read(response.headers(), clock.instant());
            try {
                return call.isStream()
                        ? stream(wire, response, call, sink).answer(headroom, Optional.empty())
                        : whole(wire, response, headroom, sink);
            } catch (ProviderException e) { // as an error object in the answer, which knows no headers
                throw Refusals.told(e, response, clock.instant());
            }
        } catch (IOException e) {
            throw explain(e, call);
        }
    }

    /** A client that bears as much silence as the call; it shares connections and threads with the others. */
    private OkHttpClient patient(ProviderCall.Time time) {
        return time.silence().equals(time.left())
                ? client
                : client.newBuilder()
                        .readTimeout(Math.max(1, time.silence().toMillis()), TimeUnit.MILLISECONDS)
                        .build();
    }

    private Request request(
            Wire wire, String url, Map<String, Object> json, ProviderCall call, Optional<String> credential) {
        HttpUrl target = allowed.computeIfAbsent(url, this::checked);
        byte[] body;
        try {
            body = Json.writeBytes(json);
        } catch (JsonException e) { // nested too deeply in the provider's form
            throw new ProviderException(ErrorClass.REQUEST, "the call cannot be written: " + e.getMessage());
        }
        Request.Builder request = new Request.Builder().url(target).post(RequestBody.create(body, JSON));
        call.prompt()
                .original()
                .filter(written -> written.protocol() == wire.protocol())
                .ifPresent(written -> written.headers().forEach(request::header));
        credential.ifPresent(name -> wire.headers(key(name)).forEach(request::header));
        return request.build();
    }

    /** The guard says the same of an address each time; what the address resolves to is vetted with each connection. */
    private HttpUrl checked(String url) {
        try {
            guard.check(URI.create(url));
        } catch (StepException e) {
            throw new ProviderException(ErrorClass.REFUSED, String.valueOf(e.getMessage()));
        }
        return HttpUrl.get(url);
    }

    private String key(String name) {
        Credentials.Credential credential = credentials
                .find(name)
                .orElseThrow(() -> new ProviderException(ErrorClass.KEY, "credential '" + name + "' is not known"));
        String host = endpoint.baseUrl().getHost();
        if (!credential.allows(host)) {
            throw new ProviderException(ErrorClass.REFUSED, "credential '" + name + "' may not be sent to " + host);
        }
        String token = credential.values().get("token");
        if (token == null || !token.matches("[\\x21-\\x7e]+")) {
            throw new ProviderException(
                    ErrorClass.KEY, "credential '" + name + "' has no token that a header can carry");
        }
        return token;
    }

    private static ProviderAnswer whole(Wire wire, Response response, Optional<Headroom> headroom, Sink sink)
            throws IOException {
        BufferedSource source = response.body().source();
        if (source.request(MAX_BYTES + 1)) {
            throw new ProviderException(ErrorClass.MALFORMED, "the answer has more than " + MAX_BYTES + " bytes");
        }
        String text = source.readUtf8();
        Gathered gathered = wire.answer(JsonPath.object(text));
        gathered.tier().ifPresent(sink::tier);
        return gathered.answer(headroom, Optional.of(new ProviderAnswer.Written(wire.protocol(), text)));
    }

    private static Gathered stream(Wire wire, Response response, ProviderCall call, Sink sink) throws IOException {
        Gathered gathered = new Gathered();
        boolean isWhole = false;
        try {
            isWhole = read(wire, response.body().source(), call.time(), gathered, sink);
        } catch (IOException e) {
            if (!gathered.isFinished() || call.cancellation().isCancelled()) {
                throw e;
            }
        }
        if (!isWhole && !gathered.isFinished()) { // who has said why it ended has said all but what was used
            throw new ProviderException(ErrorClass.CUT_OFF, "the stream ended in the middle");
        }
        return gathered;
    }

    /** Reads a stream, and says whether its last event has come. */
    private static boolean read(Wire wire, BufferedSource source, ProviderCall.Time time, Gathered gathered, Sink sink)
            throws IOException {
        EventStream events = new EventStream(source, MAX_BYTES);
        for (Optional<String> data = events.next(); data.isPresent(); data = events.next()) {
            if (wire.event(data.get(), gathered, sink)) {
                return true;
            }
            if (gathered.hasContent()) {
                Duration pause = gathered.isContinuable() ? time.pause() : time.left();
                source.timeout().timeout(Math.max(1, pause.toMillis()), TimeUnit.MILLISECONDS);
            }
        }
        return false;
    }

    private static String excerpt(Response response) throws IOException {
        BufferedSource source = response.body().source();
        source.request(EXCERPT * 4L);
        String text = source.getBuffer().readUtf8(Math.min(source.getBuffer().size(), EXCERPT * 4L));
        return text.length() <= EXCERPT * 4 ? text : text.substring(0, EXCERPT * 4);
    }

    private static ProviderException explain(IOException e, ProviderCall call) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof StepException refused) {
                return new ProviderException(ErrorClass.REFUSED, String.valueOf(refused.getMessage()));
            }
        }
        if (call.cancellation().isCancelled()) {
            return new ProviderException(ErrorClass.CANCELLED, "the call was cancelled");
        }
        if (e instanceof ConnectException || e instanceof NoRouteToHostException || e instanceof UnknownHostException) {
            return new ProviderException(ErrorClass.CONNECTION, "no connection: " + e.getMessage());
        }
        if (e instanceof InterruptedIOException) {
            return new ProviderException(ErrorClass.TIMEOUT, "no answer in time");
        }
        return new ProviderException(ErrorClass.CUT_OFF, "the connection broke: " + e.getMessage());
    }

    /** Ends what the provider holds. */
    @Override
    public void close() {
        client.dispatcher().cancelAll();
        client.connectionPool().evictAll();
    }
}
