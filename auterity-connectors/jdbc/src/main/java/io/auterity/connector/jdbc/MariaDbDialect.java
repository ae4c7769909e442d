package io.auterity.connector.jdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.function.Consumer;
import org.jooq.SQLDialect;

/** MariaDB 10.11 and later, with InnoDB. */
final class MariaDbDialect extends Dialect {

    private static final int OLDEST_MAJOR = 10;
    private static final int OLDEST_MINOR = 11;

    MariaDbDialect(Tables tables) {
        super(tables);
    }

    @Override
    String product() {
        return "MariaDB";
    }

    @Override
    String folder() {
        return "mariadb";
    }

    @Override
    SQLDialect jooq() {
        return SQLDialect.MARIADB;
    }

    @Override
    String now() {
        return "cast(unix_timestamp(sysdate(3)) * 1000 as signed)";
    }

    @Override
    String locksFree() {
        return " for update skip locked";
    }

    @Override
    String locksLease() {
        return " lock in share mode";
    }

    @Override
    void checkDurability(Connection connection, Consumer<String> refuse, Consumer<String> warn) throws SQLException {
        int major = connection.getMetaData().getDatabaseMajorVersion();
        int minor = connection.getMetaData().getDatabaseMinorVersion();
        if (major < OLDEST_MAJOR || (major == OLDEST_MAJOR && minor < OLDEST_MINOR)) {
            throw new JdbcJournalException(
                    JdbcJournalException.UNSUPPORTED,
                    "MariaDB " + major + "." + minor + " is too old; use 10.11 or later");
        }
        if (!variable(connection, "innodb_flush_log_at_trx_commit").equals("1")) {
            refuse.accept("innodb_flush_log_at_trx_commit is not 1: a crash loses what was acknowledged last;"
                    + " set innodb_flush_log_at_trx_commit = 1");
        }
        if (variable(connection, "innodb_doublewrite").matches("(?i)off|0")) {
            warn.accept("innodb_doublewrite is off: a crash of the machine can damage pages unless its file system"
                    + " writes them whole");
        }
        String binlog = variable(connection, "log_bin");
        if (binlog.matches("(?i)on|1") && !variable(connection, "sync_binlog").equals("1")) {
            warn.accept("sync_binlog is not 1: after a crash of the machine replicas may miss what was acknowledged");
        }
    }

    private static String variable(Connection connection, String name) throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement("show global variables where variable_name = ?")) {
            statement.setString(1, name);
            try (ResultSet row = statement.executeQuery()) {
                return row.next() ? row.getString(2) : "";
            }
        }
    }
}
