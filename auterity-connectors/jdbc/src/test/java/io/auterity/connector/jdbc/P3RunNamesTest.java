package io.auterity.connector.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is no name of a run is refused by the databases themselves, whoever writes it. */
class P3RunNamesTest {

    private static final List<String> NONE = List.of(
            "",
            " ",
            "\0",
            "a\0b",
            "a b",
            "a\n",
            "a/b",
            "../a",
            "a'b",
            "\u00e9",
            "e\u0301",
            "\uD83D\uDE00",
            "x".repeat(201));

    private static final List<String> NAMES = List.of("a", "A", "._:-", "0", "z".repeat(200));

    @TempDir
    private Path folder;

    @Test
    void P3_postgresql_refuses_names_that_are_none() throws Exception {
        for (TestPostgres server : List.of(TestPostgres.newest(), TestPostgres.oldest())) {
            String schema = TestPostgres.newSchema();
            JdbcJournal.builder().url(server.url()).schema(schema).open().close();
            refuses(server.url(), schema + ".run");
        }
    }

    @Test
    void P3_sqlite_refuses_names_that_are_none() throws Exception {
        Path file = folder.resolve("journal.db");
        JdbcJournal.sqlite(file).close();
        refuses("jdbc:sqlite:" + file, "auterity_run");
    }

    @Test
    void P3_mariadb_refuses_names_that_are_none() throws Exception {
        refuses(TestMariaDb.server().url(TestMariaDb.emptyDatabase()), "auterity_run");
    }

    @Test
    void P3_h2_refuses_names_that_are_none() throws Exception {
        String url = "jdbc:h2:" + folder.resolve("journal") + ";WRITE_DELAY=0";
        JdbcJournal.builder().url(url).open().close();
        refuses(url, "auterity.run");
    }

    private static void refuses(String url, String table) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url)) {
            long id = 1;
            for (String name : NAMES) {
                insert(connection, table, id++, name);
            }
            assertThatThrownBy(() -> insert(connection, table, 100, "a")).isInstanceOf(SQLException.class);
            for (String name : NONE) {
                assertThatThrownBy(() -> insert(connection, table, 200, name))
                        .as("%s: a name of %d characters: %s", url, name.length(), name)
                        .isInstanceOf(SQLException.class);
            }
            assertThat(insert(connection, table, 200, "b")).isOne();
        }
    }

    private static int insert(Connection connection, String table, long id, String name) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("insert into " + table
                + " (id, name, workflow, version, tenant, parent, parent_step, started_at)"
                + " values (?, ?, 'w', 'v', 't', '', '', 0)")) {
            statement.setLong(1, id);
            statement.setString(2, name);
            return statement.executeUpdate();
        }
    }
}
