package io.auterity.connector.jdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Locale;
import java.util.function.Consumer;
import org.jooq.SQLDialect;

/**
 * H2 2, for tests and trials: with {@code WRITE_DELAY=0} it keeps what was acknowledged when its process is killed, and
 * promises nothing for a crash of the machine, because it never synchronises its file. With its default it loses
 * acknowledged commits even when only its process is killed, so that is refused.
 */
final class H2Dialect extends Dialect {

    H2Dialect(Tables tables) {
        super(tables);
    }

    @Override
    String product() {
        return "H2";
    }

    @Override
    String folder() {
        return "h2";
    }

    @Override
    SQLDialect jooq() {
        return SQLDialect.H2;
    }

    @Override
    String catalogued(String name) {
        return name.toUpperCase(Locale.ROOT);
    }

    @Override
    String now() {
        return "cast(extract(epoch from current_timestamp) * 1000 as bigint)";
    }

    @Override
    String locksFree() {
        return " for update skip locked";
    }

    @Override
    String locksLease() {
        return " for update";
    }

    @Override
    void checkDurability(Connection connection, Consumer<String> refuse, Consumer<String> warn) throws SQLException {
        int delay = writeDelay(connection);
        if (delay != 0) {
            refuse.accept("WRITE_DELAY is " + delay + " ms: killing the process loses what was acknowledged last;"
                    + " add ;WRITE_DELAY=0 to the URL");
        }
        warn.accept("H2 survives that its process is killed, but not that the machine crashes or loses power; use"
                + " PostgreSQL, SQLite or MariaDB for runs that matter");
    }

    private static int writeDelay(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(
                        "select setting_value from information_schema.settings where setting_name = 'WRITE_DELAY'");
                ResultSet row = statement.executeQuery()) {
            return row.next() ? row.getInt(1) : 500;
        }
    }
}
