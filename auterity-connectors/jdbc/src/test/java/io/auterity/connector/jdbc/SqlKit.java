package io.auterity.connector.jdbc;

import io.auterity.connector.ConnectorProvider.Surroundings;
import io.auterity.connector.Connectors;
import io.auterity.connector.Credentials.Credential;
import io.auterity.connector.OutboundGuard;
import io.auterity.connector.StepContext;
import io.auterity.connector.StepException;
import io.auterity.connector.TestContext;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The connector sql as an engine would make it. */
final class SqlKit implements AutoCloseable {

    private static final Map<String, Credential> CREDENTIALS = Map.of(
            "db", new Credential("basic", Map.of("username", "postgres", "password", "postgres"), Set.of()),
            "mariadb", new Credential("basic", Map.of("username", "root", "password", ""), Set.of()));

    private final Connectors connectors;

    SqlKit(OutboundGuard guard, SqlConnector connector) {
        connectors = Connectors.builder()
                .add(connector)
                .build(new Surroundings(
                        guard,
                        name -> Optional.ofNullable(CREDENTIALS.get(name)),
                        InstantSource.fixed(Instant.EPOCH),
                        (delay, task) -> () -> {},
                        (workflow, input, parent) -> CompletableFuture.completedFuture(null)));
    }

    /** May reach this machine. */
    static SqlKit local() {
        return new SqlKit(OutboundGuard.builder().allow("127.0.0.1").build(), new SqlConnector());
    }

    static Map<String, Object> connection(TestPostgres server) {
        Map<String, Object> connection = new LinkedHashMap<>();
        connection.put("kind", "postgresql");
        connection.put("host", "127.0.0.1");
        connection.put("port", (long) server.port());
        connection.put("database", "postgres");
        connection.put("auth", "db");
        return connection;
    }

    static Map<String, Object> connection(TestMariaDb server, String database) {
        Map<String, Object> connection = new LinkedHashMap<>();
        connection.put("kind", "mariadb");
        connection.put("host", "127.0.0.1");
        connection.put("port", (long) server.port());
        connection.put("database", database);
        connection.put("auth", "mariadb");
        return connection;
    }

    @SuppressWarnings("unchecked")
    Map<String, Object> call(String operation, Map<String, Object> connection, String sql, @Nullable Object params)
            throws Exception {
        return (Map<String, Object>) call(operation, connection, sql, params, new TestContext());
    }

    @Nullable
    Object call(
            String operation, Map<String, Object> connection, String sql, @Nullable Object params, StepContext context)
            throws Exception {
        Map<String, Object> input = new LinkedHashMap<>(Map.of("connection", connection, "sql", sql));
        if (params != null) {
            input.put("params", params);
        }
        return connectors.get("sql." + operation).call(input, context);
    }

    StepException failure(String operation, Map<String, Object> connection, String sql, @Nullable Object params)
            throws Exception {
        try {
            call(operation, connection, sql, params);
        } catch (StepException refused) {
            return refused;
        }
        throw new AssertionError("it was not refused");
    }

    StepException failure(String operation, Map<String, Object> input) throws Exception {
        try {
            connectors.get("sql." + operation).call(input, new TestContext());
        } catch (StepException refused) {
            return refused;
        }
        throw new AssertionError("it was not refused");
    }

    @Override
    public void close() {
        connectors.close();
    }
}
