package io.auterity.connector.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.auterity.connector.OutboundGuard;
import io.auterity.connector.StepException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What sql.query and sql.update do on MariaDB. */
@Tag("once")
class MariaDbSqlConnectorTest {

    private static TestMariaDb server;
    private static Map<String, Object> connection;
    private static SqlKit kit;

    @BeforeAll
    static void makeTable() throws Exception {
        server = TestMariaDb.server();
        String database = server.newDatabase();
        connection = SqlKit.connection(server, database);
        kit = SqlKit.local();
        server.execute(
                database,
                "create table car (id int primary key, name text, price decimal(10, 2), sold boolean, at datetime,"
                        + " extra json, photo blob)",
                "insert into car select seq, concat('car ', seq), seq * 1.5, seq % 2 = 0, '2026-01-02 03:04:05',"
                        + " '{\"n\": 1}', x'00ff' from seq_1_to_20");
    }

    @AfterAll
    static void close() {
        if (kit != null) {
            kit.close();
        }
    }

    @Test
    void reads_rows_with_named_parameters() throws Exception {
        Map<String, Object> output = kit.call(
                "query",
                connection,
                "select id, name, price, sold, at, extra, photo, null as nothing from car"
                        + " where id = :id and name <> ':id' -- not :this\n and id > 0",
                Map.of("id", 3L));

        Map<String, Object> row = new LinkedHashMap<>();
        row.put("id", 3L);
        row.put("name", "car 3");
        row.put("price", 4.5);
        row.put("sold", false);
        row.put("at", "2026-01-02T03:04:05");
        row.put("extra", "{\"n\": 1}");
        row.put("photo", "AP8=");
        row.put("nothing", null);
        assertThat(output).isEqualTo(Map.of("rows", List.of(row), "truncated", false));
    }

    @Test
    void changes_rows_with_parameters_by_position() throws Exception {
        assertThat(kit.call(
                        "update",
                        connection,
                        "insert into car (id, name, price, sold, at, extra) values (?, ?, ?, ?, ?, ?)",
                        Arrays.asList(100L, "it's", "12.34", true, "2026-05-06 00:00:00", Map.of("a", 1L))))
                .isEqualTo(Map.of("count", 1L));
        assertThat(kit.call("query", connection, "select name, price from car where id = ?", List.of(100L))
                        .get("rows"))
                .isEqualTo(List.of(Map.of("name", "it's", "price", 12.34)));
        assertThat(kit.call("update", connection, "delete from car where id = :id", Map.of("id", 100L)))
                .isEqualTo(Map.of("count", 1L));
    }

    @Test
    void says_when_there_were_more_rows() throws Exception {
        Map<String, Object> output = kit.call("query", connection, "select seq from seq_1_to_1001", null);

        assertThat((List<?>) output.get("rows")).hasSize(1_000);
        assertThat(output.get("truncated")).isEqualTo(true);
        assertThat(kit.call("query", connection, "select seq from seq_1_to_1000", null)
                        .get("truncated"))
                .isEqualTo(false);
    }

    @Test
    void changes_nothing_in_a_query() throws Exception {
        assertThat(kit.failure("query", connection, "delete from car returning id", null)
                        .code())
                .isEqualTo("sql");
        assertThat(kit.call("query", connection, "select count(*) as n from car", null)
                        .get("rows"))
                .isEqualTo(List.of(Map.of("n", 20L)));
    }

    @Test
    void tells_what_is_wrong() throws Exception {
        StepException unknown = kit.failure("query", connection, "select * from nowhere", null);
        assertThat(unknown.code()).isEqualTo("sql");
        assertThat(unknown.isRetryable()).isFalse();
        assertThat(kit.failure("update", connection, "insert into car (id) values (1)", null)
                        .code())
                .isEqualTo("sql");
        assertThat(kit.failure("query", connection, "select 1; drop table car", null)
                        .code())
                .isEqualTo("invalid-input");
        assertThat(kit.failure("query", connection, "select '\\'; drop table car; -- '", null)
                        .isRetryable())
                .isFalse();
    }

    @Test
    void goes_only_where_the_outbound_guard_lets_it() throws Exception {
        try (SqlKit strict = new SqlKit(OutboundGuard.strict(), new SqlConnector())) {
            StepException refused = strict.failure("query", connection, "select 1", null);
            assertThat(refused.code()).isEqualTo(OutboundGuard.REFUSED);
        }
    }

    @Test
    void ends_a_statement_that_takes_too_long() throws Exception {
        Map<String, Object> input = Map.of("connection", connection, "sql", "select sleep(100)", "timeoutSeconds", 1L);
        assertThat(kit.failure("query", input).code()).isEqualTo("timeout");
        Map<String, Object> update = Map.of(
                "connection", connection, "sql", "update car set sold = sleep(100) where id = 1", "timeoutSeconds", 1L);
        assertThat(kit.failure("update", update).code()).isEqualTo("timeout");
    }
}
