package io.auterity.examples;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.auterity.definition.Json;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A service on this machine that says what a car is worth, and that is busy at times: {@code GET /quotes?name=&year=&horsepower=}
 * answers {@code {price}}, or 503 for a quarter of the cars the first time or two.
 *
 * <p>Which cars these are, and all prices, follow from the car and a seed: however many requests run at a time, and in
 * whatever order, each one gets the same answer. Requests are told apart by their {@code Idempotency-Key}.
 */
public final class Valuations implements AutoCloseable {

    private final HttpServer server;
    private final ScheduledExecutorService threads = Executors.newScheduledThreadPool(2);
    private final Map<String, AtomicInteger> attempts = new ConcurrentHashMap<>();
    private final AtomicInteger refusals = new AtomicInteger();
    private final long seed;
    private final Duration delay;

    /**
     * Starts the service on a free port of 127.0.0.1.
     *
     * @param seed decides which cars it is busy for
     * @param delay how long an answer takes
     */
    public Valuations(long seed, Duration delay) {
        this.seed = seed;
        this.delay = delay;
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException("no port of 127.0.0.1 can be opened", e);
        }
        server.createContext("/quotes", this::accept);
        server.setExecutor(threads);
        server.start();
    }

    /**
     * Returns where the service is.
     *
     * @return {@code 127.0.0.1:PORT}
     */
    public String host() {
        return "127.0.0.1:" + server.getAddress().getPort();
    }

    /**
     * Returns how often it was busy.
     *
     * @return the answers with status 503 so far
     */
    public int refusals() {
        return refusals.get();
    }

    private void accept(HttpExchange exchange) {
        threads.schedule(() -> answer(exchange), delay.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void answer(HttpExchange exchange) {
        Map<String, String> car = query(exchange.getRequestURI().getRawQuery());
        String key = exchange.getRequestHeaders().getFirst("Idempotency-Key");
        int attempt = attempts.computeIfAbsent(String.valueOf(key), any -> new AtomicInteger())
                .incrementAndGet();
        if (attempt <= busyTimes(car)) {
            refusals.incrementAndGet();
            send(exchange, 503, Map.of("error", "busy, try again"));
        } else {
            send(exchange, 200, Map.of("price", price(car)));
        }
    }

    private int busyTimes(Map<String, String> car) {
        Random random = new Random(seed ^ car.hashCode());
        return random.nextInt(4) == 0 ? 1 + random.nextInt(2) : 0;
    }

    /** What a car is worth: more for power and for every year since 1970. */
    private static long price(Map<String, String> car) {
        long horsepower = Long.parseLong(car.getOrDefault("horsepower", "0"));
        long year = Long.parseLong(car.getOrDefault("year", "1970"));
        return 400 + 18 * horsepower + 90 * (year - 1970);
    }

    private static Map<String, String> query(String raw) {
        Map<String, String> query = new LinkedHashMap<>();
        for (String pair : raw.split("&")) {
            int equals = pair.indexOf('=');
            query.put(
                    URLDecoder.decode(pair.substring(0, equals), StandardCharsets.UTF_8),
                    URLDecoder.decode(pair.substring(equals + 1), StandardCharsets.UTF_8));
        }
        return query;
    }

    private static void send(HttpExchange exchange, int status, Map<String, Object> body) {
        byte[] bytes = Json.writeBytes(body);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        try (exchange;
                OutputStream out = start(exchange, status, bytes.length)) {
            out.write(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException("the caller has gone", e);
        }
    }

    private static OutputStream start(HttpExchange exchange, int status, int length) throws IOException {
        exchange.sendResponseHeaders(status, length);
        return exchange.getResponseBody();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
