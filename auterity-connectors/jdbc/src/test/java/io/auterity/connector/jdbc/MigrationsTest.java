package io.auterity.connector.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.auterity.definition.RunId;
import io.auterity.journal.Journal.Lease;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteDataSource;

/** The tables are the same whether we make them or the application's own tool does. */
class MigrationsTest {

    @TempDir
    private Path folder;

    private static List<String> columns(Connection connection, String schema) throws Exception {
        List<String> all = new ArrayList<>();
        try (ResultSet rows = connection.getMetaData().getColumns(null, schema, "%", "%")) {
            while (rows.next()) {
                if (!rows.getString("TABLE_NAME").equals("migration")) { // Flyway's own
                    all.add(rows.getString("TABLE_NAME") + "." + rows.getString("COLUMN_NAME") + " "
                            + rows.getString("TYPE_NAME").replace(schema, "schema") + " "
                            + rows.getString("IS_NULLABLE"));
                }
            }
        }
        return all;
    }

    @Test
    void postgresql_gets_the_same_tables_from_the_exported_statements() throws Exception {
        TestPostgres server = TestPostgres.newest();
        String ours = TestPostgres.newSchema();
        String theirs = TestPostgres.newSchema();
        JdbcJournal.builder().url(server.url()).schema(ours).open().close();
        server.execute(JdbcJournal.builder().schema(theirs).migrations("postgresql"));

        try (Connection connection = server.dataSource().getConnection()) {
            assertThat(columns(connection, theirs))
                    .isEqualTo(columns(connection, ours))
                    .hasSizeGreaterThan(40);
            assertThat(indexesAndConstraints(connection, theirs))
                    .isEqualTo(indexesAndConstraints(connection, ours))
                    .hasSizeGreaterThan(30);
        }
        try (JdbcJournal journal = JdbcJournal.builder()
                .dataSource(server.dataSource())
                .schema(theirs)
                .withoutMigrations()
                .open()) {
            Lease lease = journal.open("a", Rig.LONG);
            Rig.await(Rig.append(journal, lease, RunId.of("run"), Rig.start(), Rig.end()));
            assertThat(journal.read(RunId.of("run"))).containsExactly(Rig.start(), Rig.end());
        }
    }

    private static List<String> indexesAndConstraints(Connection connection, String schema) throws Exception {
        List<String> all = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement("""
            select indexdef from pg_indexes where schemaname = ? and tablename <> 'migration'
            union all
            select conrelid::regclass || ' ' || pg_get_constraintdef(oid) from pg_constraint
              where connamespace = ?::regnamespace and conrelid::regclass::text not like '%.migration'
            order by 1\
            """)) {
            statement.setString(1, schema);
            statement.setString(2, schema);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    all.add(rows.getString(1).replace(schema + ".", ""));
                }
            }
        }
        return all;
    }

    @Test
    void sqlite_gets_the_same_tables_from_the_exported_statements() throws Exception {
        Path ours = folder.resolve("ours.db");
        JdbcJournal.sqlite(ours).close();
        SQLiteDataSource theirs = new SQLiteDataSource();
        theirs.setUrl("jdbc:sqlite:" + folder.resolve("theirs.db"));
        try (Connection connection = theirs.getConnection();
                Statement statement = connection.createStatement()) {
            statement.executeUpdate(JdbcJournal.builder().migrations("sqlite"));
        }

        SQLiteDataSource made = new SQLiteDataSource();
        made.setUrl("jdbc:sqlite:" + ours);
        assertThat(objects(theirs)).isEqualTo(objects(made)).hasSizeGreaterThan(15);
    }

    @Test
    void mariadb_gets_the_same_tables_from_the_exported_statements() throws Exception {
        TestMariaDb server = TestMariaDb.server();
        String ours = server.newDatabase();
        String theirs = server.newDatabase();
        JdbcJournal.builder().url(server.url(ours)).open().close();
        try (Connection connection = DriverManager.getConnection(server.url(theirs) + "&allowMultiQueries=true");
                Statement statement = connection.createStatement()) {
            statement.execute(JdbcJournal.builder().migrations("mariadb"));
        }

        Map<String, String> made = definitions(server, ours);
        made.remove("auterity_migration");
        assertThat(definitions(server, theirs)).isEqualTo(made).hasSize(Tables.NAMES.size());
    }

    private static Map<String, String> definitions(TestMariaDb server, String database) throws Exception {
        Map<String, String> all = new TreeMap<>();
        try (Connection connection = server.dataSource(database).getConnection();
                Statement statement = connection.createStatement()) {
            List<String> names = new ArrayList<>();
            try (ResultSet rows = statement.executeQuery("show tables")) {
                while (rows.next()) {
                    names.add(rows.getString(1));
                }
            }
            for (String name : names) {
                try (ResultSet row = statement.executeQuery("show create table " + name)) {
                    row.next();
                    all.put(name, row.getString(2));
                }
            }
        }
        return all;
    }

    @Test
    void h2_gets_the_same_tables_from_the_exported_statements() throws Exception {
        String ours = "jdbc:h2:" + folder.resolve("ours") + ";WRITE_DELAY=0";
        JdbcJournal.builder().url(ours).open().close();
        try (Connection theirs = DriverManager.getConnection("jdbc:h2:" + folder.resolve("theirs"));
                Connection made = DriverManager.getConnection(ours)) {
            try (Statement statement = theirs.createStatement()) {
                statement.execute(JdbcJournal.builder().migrations("h2"));
            }
            assertThat(script(theirs)).isEqualTo(script(made)).hasSizeGreaterThan(30);
        }
    }

    /** The statements that make what is there, as H2 sees it. */
    private static TreeSet<String> script(Connection connection) throws Exception {
        TreeSet<String> all = new TreeSet<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("script nodata nosettings schema AUTERITY")) {
            while (rows.next()) {
                String each = rows.getString(1);
                if (each.matches("(?s)(CREATE|ALTER) .*") && !each.contains("migration")) { // Flyway's own
                    all.add(each.replaceAll("CONSTRAINT_[0-9A-F_]+", "CONSTRAINT"));
                }
            }
        }
        return all;
    }

    private static TreeSet<String> objects(SQLiteDataSource source) throws Exception {
        TreeSet<String> all = new TreeSet<>();
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("select name, sql from sqlite_master where sql is not null")) {
            while (rows.next()) {
                if (!rows.getString(1).contains("migration")) {
                    all.add(rows.getString(2));
                }
            }
        }
        return all;
    }

    @Test
    void says_so_when_the_tables_are_not_there() {
        TestPostgres server = TestPostgres.newest();
        assertThatThrownBy(() -> JdbcJournal.builder()
                        .url(server.url())
                        .schema(TestPostgres.newSchema())
                        .withoutMigrations()
                        .open())
                .isInstanceOfSatisfying(
                        JdbcJournalException.class,
                        refused -> assertThat(refused.code()).isEqualTo(JdbcJournalException.UNSUPPORTED));
    }

    @Test
    void opens_again_on_tables_that_are_there() throws Exception {
        Path file = folder.resolve("again.db");
        try (JdbcJournal journal = JdbcJournal.sqlite(file)) {
            Rig.await(Rig.append(journal, journal.open("a", Rig.LONG), RunId.of("run"), Rig.start()));
        }
        try (JdbcJournal journal = JdbcJournal.sqlite(file)) {
            assertThat(journal.read(RunId.of("run"))).hasSize(1);
        }
    }

    @Test
    void S5_takes_no_name_that_could_be_more_than_a_name() {
        for (String name : List.of("a b", "a;b", "a\"b", "a'b", "A", "1a", "a.b", "x".repeat(31), "a--")) {
            assertThatIllegalArgumentException()
                    .as(name)
                    .isThrownBy(() -> JdbcJournal.builder().schema(name).migrations("postgresql"));
            assertThatIllegalArgumentException()
                    .as(name)
                    .isThrownBy(() -> JdbcJournal.builder().tablePrefix(name).migrations("postgresql"));
        }
        assertThat(JdbcJournal.builder().schema("x".repeat(30)).migrations("postgresql"))
                .contains("x".repeat(30) + ".run");
    }
}
