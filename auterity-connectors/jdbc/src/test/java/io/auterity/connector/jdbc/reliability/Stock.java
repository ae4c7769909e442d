package io.auterity.connector.jdbc.reliability;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** What a store holds while workers use it, seen through a connection of its own. Not thread-safe. */
abstract class Stock implements AutoCloseable {

    private final Connection connection;

    private Stock(Connection connection) {
        this.connection = connection;
    }

    static Stock of(Postgres server) throws SQLException {
        return new OfServer(DriverManager.getConnection(server.store().address(), "postgres", ""));
    }

    /** A journal in a file of SQLite that is there already. */
    static Stock of(Path file) throws SQLException {
        return new OfFile(
                DriverManager.getConnection("jdbc:" + Store.sqlite(file).address()));
    }

    /** How many rows there are, in all tables. */
    long rows() throws SQLException {
        return Long.parseLong(text("select " + text(countsOfTables())));
    }

    /** Makes the expression that counts the rows of all tables. */
    abstract String countsOfTables();

    /** What the store takes on the disk. */
    abstract long bytes() throws SQLException;

    /** How many others are connected to the store, if it is a server. */
    abstract long connections() throws SQLException;

    final String text(String query) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(query)) {
            result.next();
            return result.getString(1);
        }
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }

    private static final class OfServer extends Stock {

        private OfServer(Connection connection) {
            super(connection);
        }

        @Override
        String countsOfTables() {
            return "select string_agg(format('(select count(*) from %I.%I)', schemaname, tablename), ' + ')"
                    + " from pg_tables where schemaname not in ('pg_catalog', 'information_schema')";
        }

        @Override
        long bytes() throws SQLException {
            return Long.parseLong(text("select pg_database_size(current_database())"));
        }

        @Override
        long connections() throws SQLException {
            return Long.parseLong(text("select count(*) from pg_stat_activity"
                    + " where backend_type = 'client backend' and pid <> pg_backend_pid()"));
        }
    }

    private static final class OfFile extends Stock {

        private OfFile(Connection connection) {
            super(connection);
        }

        @Override
        String countsOfTables() {
            return "select group_concat('(select count(*) from \"' || name || '\")', ' + ')"
                    + " from sqlite_master where type = 'table'";
        }

        /** The pages of the file, those included that have yet to be written back to it. */
        @Override
        long bytes() throws SQLException {
            return Long.parseLong(text("select page_count * page_size from pragma_page_count, pragma_page_size"));
        }

        @Override
        long connections() {
            return 0;
        }
    }
}
