package io.auterity.connector.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.auterity.Engine;
import io.auterity.Enqueue;
import io.auterity.Run;
import io.auterity.Workflow;
import io.auterity.definition.RunId;
import io.auterity.journal.Expiry;
import io.auterity.journal.RunQueue;
import io.auterity.journal.RunStatus;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.mariadb.jdbc.MariaDbDataSource;
import org.sqlite.SQLiteDataSource;

/**
 * The journal as a guest: on the application's own connections, of which there is one and which do not commit by
 * themselves, beside its tables, in tables that the application has made.
 */
class HostDataSourceTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    private Path folder;

    /** What the workflows are given. */
    record Order(String id) {}

    private final CountDownLatch entered = new CountDownLatch(1);
    private final CountDownLatch released = new CountDownLatch(1);

    /** A database, and what the host calls the journal's tables in it. */
    enum Database {
        POSTGRESQL,
        SQLITE,
        MARIADB,
        H2;

        DataSource source(Path folder) throws SQLException {
            switch (this) {
                case POSTGRESQL -> {
                    return TestPostgres.newest().dataSource();
                }
                case SQLITE -> {
                    SQLiteDataSource sqlite = new SQLiteDataSource();
                    sqlite.setUrl("jdbc:sqlite:" + folder.resolve("host.db") + "?journal_mode=WAL&synchronous=FULL");
                    return sqlite;
                }
                case MARIADB -> {
                    TestMariaDb server = TestMariaDb.server();
                    return new MariaDbDataSource(server.url(server.newDatabase()) + "&allowMultiQueries=true");
                }
                default -> {
                    JdbcDataSource h2 = new JdbcDataSource();
                    h2.setUrl("jdbc:h2:" + folder.resolve("host") + ";WRITE_DELAY=0");
                    return h2;
                }
            }
        }

        JdbcJournalBuilder journal() {
            JdbcJournalBuilder builder = JdbcJournal.builder().tablePrefix("flow_");
            return this == POSTGRESQL || this == H2 ? builder.schema(TestPostgres.newSchema()) : builder;
        }

        String folder() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private static HikariDataSource poolOfOne(DataSource source, Duration patience) {
        HikariConfig config = new HikariConfig();
        config.setDataSource(source);
        config.setMaximumPoolSize(1);
        config.setAutoCommit(false);
        config.setConnectionTimeout(patience.toMillis());
        return new HikariDataSource(config);
    }

    private static void execute(DataSource source, String sql) throws SQLException {
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement()) {
            statement.executeUpdate(sql);
        }
    }

    private static long number(DataSource source, String query) throws SQLException {
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            row.next();
            return row.getLong(1);
        }
    }

    private static String insert(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.executeUpdate("insert into stock (amount) values (1)");
            return "done";
        }
    }

    /** The names of all tables, but of the database's own. */
    private static Set<String> tables(DataSource source) throws SQLException {
        Set<String> names = new TreeSet<>();
        try (Connection connection = source.getConnection();
                ResultSet rows = connection
                        .getMetaData()
                        .getTables(connection.getCatalog(), null, "%", new String[] {"TABLE"})) {
            while (rows.next()) {
                names.add(rows.getString("TABLE_SCHEM") + "." + rows.getString("TABLE_NAME"));
            }
        }
        return names;
    }

    private String hold(Order order) throws InterruptedException {
        entered.countDown();
        assertThat(released.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        return order.id();
    }

    @ParameterizedTest
    @EnumSource
    void one_connection_is_enough_and_none_is_held_while_a_step_runs(Database database) throws Exception {
        DataSource source = database.source(folder);
        JdbcJournalBuilder builder = database.journal();
        execute(source, "create table stock (amount int)");
        Set<String> before = tables(source);
        execute(source, builder.migrations(database.folder()));
        Set<String> after = tables(source);

        Workflow<Order, String> slow = Workflow.define(
                "slow", Order.class, (flow, order) -> flow.step("hold").run(String.class, order, this::hold));
        try (HikariDataSource pool = poolOfOne(source, PATIENCE);
                JdbcJournal journal =
                        builder.dataSource(pool).withoutMigrations().open()) {
            Workflow<Order, String> book = Workflow.define(
                    "book",
                    Order.class,
                    (flow, order) -> flow.step("insert").runWithContext(String.class, order, (any, context) ->
                            (String) journal.transactional(context, HostDataSourceTest::insert)));
            try (Engine engine = Engine.builder()
                    .id("guest")
                    .journal(journal)
                    .queue(RunQueue.named("jobs").concurrency(1))
                    .register(slow)
                    .register(book)
                    .build()) {
                Run<String> held = engine.start(slow, RunId.of("held"), new Order("slow"));
                assertThat(entered.await(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                        .isTrue();

                assertThat(number(pool, "select count(*) from stock")).isZero(); // the host has its connection
                assertThat(engine.start(book, RunId.of("booked"), new Order("x"))
                                .await(PATIENCE)
                                .orElseThrow())
                        .isEqualTo("done");
                assertThat(engine.enqueue(book, RunId.of("queued"), new Order("x"), Enqueue.to("jobs"))
                                .await(PATIENCE)
                                .orElseThrow())
                        .isEqualTo("done");
                assertThat(held.status()).isEqualTo(RunStatus.RUNNING);

                released.countDown();
                assertThat(held.await(PATIENCE).orElseThrow()).isEqualTo("slow");
            }
            assertThat(number(pool, "select count(*) from stock")).isEqualTo(2);
            assertThat(journal.countExpired(new Expiry(Set.of(RunStatus.SUCCEEDED), Duration.ZERO)))
                    .isEqualTo(3);
        }
        assertThat(tables(source)).isEqualTo(after);
        after.removeAll(before);
        assertThat(after).hasSize(Tables.NAMES.size()).allMatch(name -> name.matches("(?i).*\\.flow_.*"));
    }

    @Test
    void says_that_making_the_tables_takes_two_connections() throws Exception {
        try (HikariDataSource pool = poolOfOne(Database.H2.source(folder), Duration.ofSeconds(5))) {
            assertThatThrownBy(() -> JdbcJournal.builder().dataSource(pool).open())
                    .isInstanceOf(JdbcJournalException.class)
                    .hasMessageContaining("two connections");
        }
    }
}
