package io.auterity.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Counts are of what was done, zero if nothing was, and say so where nobody can count. */
class CountsTest {

    private static final int ROWS = 20;

    @Test
    void zero_is_a_count() {
        Count count = Count.of("timers", "10-pending/other", 0.5, 0, "fsyncs/timer");
        assertThat(count.line()).isEqualTo("timers, 10-pending/other, 0.500, 0, -, fsyncs/timer, 1");
        assertThat(count.json()).containsEntry("peer", 0.0).doesNotContainKeys("ratio", "notCounted");
        assertThat(Count.of("a", "b/c", 2, 8, "x/y").line()).isEqualTo("a, b/c, 2.00, 8.00, 0.250, x/y, 1");
    }

    @Test
    void what_nobody_counts_has_a_reason_instead_of_a_number() {
        Count count = Count.impossible("sqlite", "append-1/jdbc", "fsyncs/row", "nobody tells");
        assertThat(count.line())
                .isEqualTo("sqlite, append-1/jdbc, not counted, not counted, -, fsyncs/row, 1 (nobody tells)");
        assertThat(count.json()).containsEntry("notCounted", "nobody tells").doesNotContainKeys("ours", "peer");
        assertThatIllegalArgumentException().isThrownBy(() -> Count.of("a", "b", 1, -1, "x"));
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () -> new Count("a", "b", OptionalDouble.of(1), OptionalDouble.empty(), "x", Optional.empty()));
    }

    @Test
    void a_database_reports_statements_bytes_and_flushes() {
        List<Result> results = new ArrayList<>();
        new Counts(20, 4_000, 10)
                .per(10)
                .against(new Counts(44, 800, 11), "durable", "10-steps-c1/dbos", "workflow", results::add);
        assertThat(results)
                .extracting(Result::line)
                .containsExactly(
                        "durable, 10-steps-c1/dbos, 2.00, 44.0, 0.0455, statements/workflow, 1",
                        "durable, 10-steps-c1/dbos, 400, 800, 0.500, WAL bytes/workflow, 1",
                        "durable, 10-steps-c1/dbos, 1.00, 11.0, 0.0909, fsyncs/workflow, 1");
    }

    @Test
    void counts_what_postgresql_does_in_one_database() throws Exception {
        try (PostgresServer server = new PostgresServer()) {
            String counted = server.newDatabase("counted");
            String other = server.newDatabase("other");
            server.executeIn("counted", "create table t (n int)");
            server.executeIn("other", "create table t (n int)");
            // Sessions tell of their flushes when they end, too, as those here do: three seconds are plenty.
            try (PostgresCounter counter = new PostgresCounter(server, Duration.ofSeconds(3))) {
                Counts counts = counter.of("counted", () -> {
                    insert(server, counted);
                    insert(server, other);
                });
                assertThat(counts.statements()).isBetween((double) ROWS, ROWS + 5.0); // and the driver's own
                assertThat(counts.walBytes()).isGreaterThan(2 * ROWS * 50.0);
                assertThat(counts.fsyncs()).isBetween(2.0 * ROWS, 2.0 * ROWS + 30); // the server writes, too

                Counts nothing = counter.ofEver("counted", Duration.ofMillis(1));
                assertThat(nothing.statements()).isZero();
            }
        }
    }

    private static void insert(PostgresServer server, String url) throws SQLException {
        try (Connection connection = server.connect(url);
                PreparedStatement statement = connection.prepareStatement("insert into t values (1)")) {
            for (int i = 0; i < ROWS; i++) {
                statement.executeUpdate();
            }
        }
    }

    @Test
    void counts_what_sqlite_does_with_a_file(@TempDir Path folder) throws Exception {
        SqliteCounter counter = new SqliteCounter(folder.resolve("counted.db"));
        try (Connection connection = counter.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("create table t (n int)");
            connection.setAutoCommit(false);
            try (PreparedStatement insert = connection.prepareStatement("insert into t values (?)")) {
                SqliteCounter.Done before = counter.done();
                for (int i = 0; i < ROWS; i++) {
                    insert.setInt(1, i);
                    insert.addBatch();
                }
                insert.executeBatch();
                connection.commit();

                SqliteCounter.Done done = counter.done().minus(before);
                assertThat(done.statements()).isEqualTo(ROWS + 2); // BEGIN and COMMIT
                assertThat(done.commits()).isEqualTo(1);
                assertThat(done.walBytes()).isEqualTo(4096 + 24); // a page and its header
            }
        }
    }
}
