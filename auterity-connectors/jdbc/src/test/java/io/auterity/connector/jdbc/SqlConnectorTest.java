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
import org.junit.jupiter.api.Test;

/** What sql.query and sql.update do, against a real server. */
class SqlConnectorTest {

    private static final TestPostgres SERVER = TestPostgres.newest();
    private static final Map<String, Object> CONNECTION = SqlKit.connection(SERVER);
    private static final SqlKit KIT = SqlKit.local();

    @BeforeAll
    static void makeTable() throws Exception {
        SERVER.execute(
                "create table car (id int primary key, name text, price numeric, sold boolean, at timestamp, extra jsonb)",
                "insert into car select i, 'car ' || i, i * 1.5, i % 2 = 0, '2026-01-02 03:04:05', '{\"n\": 1}'"
                        + " from generate_series(1, 20) i");
    }

    @AfterAll
    static void dropTable() throws Exception {
        SERVER.execute("drop table car");
        KIT.close();
    }

    @Test
    void reads_rows_with_named_parameters() throws Exception {
        Map<String, Object> output = KIT.call(
                "query",
                CONNECTION,
                "select id, name, price, sold, at, extra, null as nothing from car"
                        + " where id = :id and name <> ':id' -- not :this\n and extra ? 'n' and id::int > 0",
                Map.of("id", 3L));

        Map<String, Object> row = new LinkedHashMap<>();
        row.put("id", 3L);
        row.put("name", "car 3");
        row.put("price", 4.5);
        row.put("sold", false);
        row.put("at", "2026-01-02T03:04:05");
        row.put("extra", "{\"n\": 1}");
        row.put("nothing", null);
        assertThat(output).isEqualTo(Map.of("rows", List.of(row), "truncated", false));
    }

    @Test
    void changes_rows_with_parameters_by_position() throws Exception {
        assertThat(KIT.call(
                        "update",
                        CONNECTION,
                        "insert into car (id, name, price, sold, at, extra) values (?, ?, ?, ?, ?, ?)",
                        Arrays.asList(100L, "it's", "12.34", true, "2026-05-06 00:00:00", Map.of("a", 1L))))
                .isEqualTo(Map.of("count", 1L));
        assertThat(KIT.call("query", CONNECTION, "select name, price from car where id = ?", List.of(100L))
                        .get("rows"))
                .isEqualTo(List.of(Map.of("name", "it's", "price", 12.34)));
        assertThat(KIT.call("update", CONNECTION, "delete from car where id = :id", Map.of("id", 100L)))
                .isEqualTo(Map.of("count", 1L));
    }

    @Test
    void says_when_there_were_more_rows() throws Exception {
        Map<String, Object> output = KIT.call("query", CONNECTION, "select i from generate_series(1, 1001) i", null);

        assertThat((List<?>) output.get("rows")).hasSize(1_000);
        assertThat(output.get("truncated")).isEqualTo(true);
        assertThat(KIT.call("query", CONNECTION, "select i from generate_series(1, 1000) i", null)
                        .get("truncated"))
                .isEqualTo(false);
    }

    @Test
    void changes_nothing_in_a_query() throws Exception {
        assertThat(KIT.failure("query", CONNECTION, "delete from car returning id", null)
                        .code())
                .isEqualTo("sql");
        assertThat(KIT.call("query", CONNECTION, "select count(*) as n from car", null)
                        .get("rows"))
                .isEqualTo(List.of(Map.of("n", 20L)));
    }

    @Test
    void tells_what_is_wrong() throws Exception {
        assertThat(KIT.failure("query", CONNECTION, "select * from nowhere", null)
                        .isRetryable())
                .isFalse();
        assertThat(KIT.failure("query", CONNECTION, "select :a", Map.of("b", 1L)))
                .hasMessageContaining("'a'");
        assertThat(KIT.failure("query", CONNECTION, "select :a::int", Map.of("a", 1L, "b", 1L)))
                .hasMessageContaining("'b'");
        assertThat(KIT.failure("query", CONNECTION, "select 1; drop table car", null)
                        .code())
                .isEqualTo("invalid-input");
        assertThat(KIT.failure("update", CONNECTION, " /* x */ commit", null).code())
                .isEqualTo("invalid-input");
        assertThat(KIT.failure("query", Map.of("kind", "journal"), "select 1", null))
                .hasMessageContaining("new SqlConnector(journal)");
    }

    @Test
    void keeps_decimals_exact() throws Exception {
        assertThat(KIT.call(
                                "query",
                                CONNECTION,
                                "select 0.1::numeric a, 12345678901234567890.12::numeric b, 5.00::numeric c,"
                                        + " 0.1234567890123456789::numeric d",
                                null)
                        .get("rows"))
                .isEqualTo(List.of(
                        Map.of("a", 0.1, "b", "12345678901234567890.12", "c", 5L, "d", "0.1234567890123456789")));
    }

    @Test
    void goes_only_where_the_outbound_guard_lets_it() throws Exception {
        try (SqlKit strict = new SqlKit(OutboundGuard.strict(), new SqlConnector())) {
            StepException refused = strict.failure("query", CONNECTION, "select 1", null);
            assertThat(refused.code()).isEqualTo(OutboundGuard.REFUSED);
        }
    }

    @Test
    void ends_a_statement_that_takes_too_long() throws Exception {
        Map<String, Object> input =
                Map.of("connection", CONNECTION, "sql", "select pg_sleep(100)::text", "timeoutSeconds", 1L);
        try (SqlKit kit = SqlKit.local()) {
            assertThat(kit.failure("query", input).code()).isEqualTo("timeout");
        }
    }
}
