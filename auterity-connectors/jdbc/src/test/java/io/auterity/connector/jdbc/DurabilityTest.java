package io.auterity.connector.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteDataSource;

/** A database that would lose what was acknowledged is refused, with what to change. */
class DurabilityTest {

    @TempDir
    private Path folder;

    private static void refuses(JdbcJournalBuilder builder, String what) {
        refuses(builder, JdbcJournalException.NOT_DURABLE, what);
    }

    private static void refuses(JdbcJournalBuilder builder, String code, String what) {
        assertThatThrownBy(() -> builder.open().close())
                .isInstanceOfSatisfying(
                        JdbcJournalException.class,
                        refused -> assertThat(refused.code()).isEqualTo(code))
                .hasMessageContaining(what);
    }

    @Test
    void refuses_postgresql_without_fsync_unless_allowed() throws Exception {
        try (EmbeddedPostgres unsafe = EmbeddedPostgres.builder()
                .setPGStartupWait(Duration.ofSeconds(60))
                .start()) {
            String url = "jdbc:postgresql://127.0.0.1:" + unsafe.getPort() + "/postgres?user=postgres";
            refuses(JdbcJournal.builder().url(url), "set fsync = on");
            JdbcJournal.builder().url(url).allowingLoss().open().close();
        }
    }

    @Test
    void refuses_postgresql_that_commits_without_waiting_for_the_disk() {
        String url = TestPostgres.newest().url() + "&options=-c%20synchronous_commit=off";
        refuses(JdbcJournal.builder().url(url).schema(TestPostgres.newSchema()), "set synchronous_commit = on");
    }

    @Test
    void refuses_postgresql_that_takes_no_writes_as_a_standby_does() {
        String url = TestPostgres.newest().url() + "&options=-c%20default_transaction_read_only=on";
        refuses(
                JdbcJournal.builder().url(url).schema(TestPostgres.newSchema()).allowingLoss(),
                JdbcJournalException.UNSUPPORTED,
                "it is a standby, or default_transaction_read_only is on");
    }

    @Test
    void S5_refuses_connections_that_put_values_into_statements() {
        String url = TestPostgres.newest().url() + "&preferQueryMode=simple";
        assertThatThrownBy(() -> JdbcJournal.builder()
                        .url(url)
                        .schema(TestPostgres.newSchema())
                        .open()
                        .close())
                .isInstanceOf(JdbcJournalException.class)
                .hasMessageContaining("preferQueryMode=simple");
    }

    @Test
    void refuses_mariadb_that_flushes_later_unless_allowed() throws Exception {
        TestMariaDb server = TestMariaDb.server();
        String database = server.newDatabase();
        try {
            for (int later : List.of(0, 2)) {
                server.execute(database, "set global innodb_flush_log_at_trx_commit = " + later);
                refuses(JdbcJournal.builder().url(server.url(database)), "set innodb_flush_log_at_trx_commit = 1");
            }
            JdbcJournal.builder()
                    .url(server.url(database))
                    .allowingLoss()
                    .open()
                    .close();
        } finally {
            server.execute(database, "set global innodb_flush_log_at_trx_commit = 1");
        }
    }

    @Test
    void warns_of_what_a_crash_of_the_machine_could_cost_on_mariadb() throws Exception {
        List<String> refused = new ArrayList<>();
        List<String> warned = new ArrayList<>();
        Dialect dialect = new MariaDbDialect(new Tables("", ""));
        try (TestMariaDb unsafe = TestMariaDb.start("--skip-innodb-doublewrite", "--log-bin", "--sync-binlog=0");
                Connection connection = unsafe.dataSource("mysql").getConnection()) {
            dialect.checkDurability(connection, refused::add, warned::add);
        }
        assertThat(refused).isEmpty();
        assertThat(warned)
                .satisfiesExactlyInAnyOrder(
                        warning -> assertThat(warning).contains("innodb_doublewrite"),
                        warning -> assertThat(warning).contains("sync_binlog"));

        warned.clear();
        try (Connection connection = TestMariaDb.server().dataSource("mysql").getConnection()) {
            dialect.checkDurability(connection, refused::add, warned::add);
        }
        assertThat(refused).isEmpty();
        assertThat(warned).isEmpty();
    }

    @Test
    void warns_of_torn_pages_on_postgresql() throws Exception {
        List<String> refused = new ArrayList<>();
        List<String> warned = new ArrayList<>();
        Dialect dialect = new PostgresDialect(new Tables("", ""));
        try (EmbeddedPostgres unsafe =
                        TestPostgres.start(EmbeddedPostgres.builder().setServerConfig("full_page_writes", "off"));
                Connection connection = unsafe.getPostgresDatabase().getConnection()) {
            dialect.checkDurability(connection, refused::add, warned::add);
        }
        assertThat(refused).isEmpty();
        assertThat(warned).singleElement().asString().contains("full_page_writes");
    }

    @Test
    void says_which_databases_there_are_when_no_driver_takes_the_url() {
        for (String url : List.of("jdbc:oracle:thin:@db:1521/x", "postgresql://db/app")) {
            assertThatThrownBy(() -> JdbcJournal.builder().url(url).open())
                    .isInstanceOfSatisfying(
                            JdbcJournalException.class,
                            refused -> assertThat(refused.code()).isEqualTo(JdbcJournalException.UNSUPPORTED))
                    .hasMessageContaining("jdbc:postgresql:, jdbc:sqlite:, jdbc:mariadb: and jdbc:h2:");
        }
    }

    @Test
    void refuses_h2_that_writes_later() {
        refuses(JdbcJournal.builder().url("jdbc:h2:" + folder.resolve("late")), "WRITE_DELAY=0");
    }

    @Test
    void refuses_sqlite_that_does_not_synchronise_or_keep_a_log() {
        for (Map.Entry<String, String> unsafe : Map.of(
                        "synchronous=NORMAL", "synchronous = FULL",
                        "synchronous=OFF", "synchronous = FULL",
                        "journal_mode=MEMORY", "use WAL",
                        "journal_mode=OFF", "use WAL")
                .entrySet()) {
            SQLiteDataSource source = new SQLiteDataSource();
            source.setUrl("jdbc:sqlite:" + folder.resolve("unsafe.db") + "?" + unsafe.getKey());
            refuses(JdbcJournal.builder().dataSource(source), unsafe.getValue());
        }
    }

    @Test
    void warns_of_sqlite_that_keeps_no_write_ahead_log() throws Exception {
        List<String> refused = new ArrayList<>();
        List<String> warned = new ArrayList<>();
        Dialect dialect = new SqliteDialect(new Tables("", ""));
        SQLiteDataSource source = new SQLiteDataSource();
        for (String mode : List.of("WAL", "DELETE")) {
            source.setUrl("jdbc:sqlite:" + folder.resolve("modes.db") + "?synchronous=FULL&journal_mode=" + mode);
            try (Connection connection = source.getConnection()) {
                assertThat(warned).isEmpty();
                dialect.checkDurability(connection, refused::add, warned::add);
            }
        }
        assertThat(refused).isEmpty();
        assertThat(warned).singleElement().asString().contains("journal_mode is DELETE", "use WAL");
        JdbcJournal.builder().dataSource(source).open().close();
    }

    @Test
    void opens_sqlite_as_the_host_has_set_it_up() throws Exception {
        SQLiteDataSource source = new SQLiteDataSource();
        source.setUrl("jdbc:sqlite:" + folder.resolve("host.db") + "?journal_mode=WAL&synchronous=FULL");
        JdbcJournal.builder().dataSource(source).tablePrefix("flow_").open().close();
    }
}
