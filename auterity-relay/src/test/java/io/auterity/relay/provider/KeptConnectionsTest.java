package io.auterity.relay.provider;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.auterity.connector.OutboundGuard;
import io.auterity.relay.decide.Deployment;
import io.auterity.relay.money.ModelName;
import io.auterity.relay.money.ServiceTier;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Connections to a provider over a real socket. */
class KeptConnectionsTest {

    private static final int CALLS = 20;

    @Test
    void as_many_calls_at_once_as_before_need_no_new_connections() throws Exception {
        ExecutorService threads = Executors.newCachedThreadPool();
        Set<InetSocketAddress> connections = ConcurrentHashMap.newKeySet();
        CyclicBarrier allAreThere = new CyclicBarrier(CALLS);
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), CALLS);
        server.setExecutor(threads);
        byte[] answer = "{\"choices\":[{\"message\":{\"content\":\"yes\"},\"finish_reason\":\"stop\"}]}"
                .getBytes(StandardCharsets.UTF_8);
        server.createContext("/", exchange -> {
            try (exchange) {
                exchange.getRequestBody().readAllBytes();
                connections.add(exchange.getRemoteAddress());
                allAreThere.await(30, TimeUnit.SECONDS);
                exchange.sendResponseHeaders(200, answer.length);
                exchange.getResponseBody().write(answer);
            } catch (Exception e) {
                throw new IOException(e);
            }
        });
        server.start();
        String url = "http://127.0.0.1:" + server.getAddress().getPort() + "/v1";
        try (HttpProvider provider = new HttpProvider(
                new Endpoint(Endpoint.Dialect.OPENAI_COMPATIBLE, URI.create(url), List.of()),
                OutboundGuard.builder().allow("127.0.0.1").build(),
                name -> Optional.empty(),
                InstantSource.system())) {
            for (int round = 0; round < 3; round++) {
                Callable<ProviderAnswer> call = () -> provider.call(call(), Sink.NONE);
                for (Future<ProviderAnswer> made : threads.invokeAll(Collections.nCopies(CALLS, call))) {
                    assertThat(made.get().text()).isEqualTo("yes");
                }
            }
        } finally {
            server.stop(0);
            threads.shutdownNow();
        }
        assertThat(connections).hasSize(CALLS);
    }

    /** The shortest time after which a common one forgets a connection is a minute. */
    @Test
    void no_connection_is_kept_until_a_load_balancer_in_between_has_forgotten_it() {
        assertThat(HttpProvider.IDLE).isLessThan(Duration.ofMinutes(1));
    }

    private static ProviderCall call() {
        Deployment deployment = new Deployment("d", ModelName.of("x/model"), "", ServiceTier.STANDARD);
        return new ProviderCall(deployment, Prompt.of("Is it?"), 10, false, Duration.ofSeconds(60), new Cancellation());
    }
}
