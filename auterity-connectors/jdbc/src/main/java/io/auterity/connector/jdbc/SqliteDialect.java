package io.auterity.connector.jdbc;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jooq.SQLDialect;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConnection;

/**
 * SQLite 3.42 and later, with a write-ahead log that is synchronised at every commit. A transaction begins "immediate",
 * so there is one writer at a time and a look at the lease holds until the commit.
 */
final class SqliteDialect extends Dialect {

    /** Of the connection that wrote last; null while a batch uses them. */
    private final AtomicReference<@Nullable KeptStatements> kept = new AtomicReference<>();

    SqliteDialect(Tables tables) {
        super(tables);
    }

    @Override
    boolean write(Access access, long epoch, Batch batch) throws SQLException {
        List<KeptStatements> others = new ArrayList<>(1);
        try {
            return access.transactionOnce(connection -> {
                if (!SqliteTransaction.isFor(connection)) {
                    return write(connection, Statements.of(connection), epoch, batch);
                }
                KeptStatements statements = take(connection.unwrap(SQLiteConnection.class), others);
                boolean done = false;
                try {
                    boolean held = write(connection, statements, epoch, batch);
                    done = true;
                    return held;
                } finally {
                    if (!done || !kept.compareAndSet(null, statements)) {
                        statements.close();
                    }
                }
            });
        } finally {
            // Not before: their connection may be in use, by somebody who waits for this transaction to end.
            others.forEach(KeptStatements::close);
        }
    }

    private KeptStatements take(SQLiteConnection connection, List<KeptStatements> others) {
        KeptStatements last = kept.getAndSet(null);
        if (last != null) {
            if (last.areOf(connection)) {
                return last;
            }
            others.add(last);
        }
        return new KeptStatements(connection);
    }

    @Override
    String product() {
        return "SQLite";
    }

    @Override
    String folder() {
        return "sqlite";
    }

    @Override
    SQLDialect jooq() {
        return SQLDialect.SQLITE;
    }

    @Override
    String now() {
        return "cast(round(unixepoch('now', 'subsec') * 1000) as integer)";
    }

    @Override
    String locksFree() {
        return "";
    }

    @Override
    String locksRows() {
        return "";
    }

    @Override
    String locksLease() {
        return "";
    }

    @Override
    void checkDurability(Connection connection, Consumer<String> refuse, Consumer<String> warn) throws SQLException {
        String mode = pragma(connection, "pragma journal_mode");
        if (!mode.equalsIgnoreCase("wal") && !mode.equalsIgnoreCase("delete")) {
            refuse.accept("journal_mode is " + mode + ": a crash loses or damages data; use WAL");
        }
        if (mode.equalsIgnoreCase("delete")) {
            warn.accept("journal_mode is DELETE: a power failure can undo what was acknowledged last unless synchronous"
                    + " is EXTRA, and nothing is recorded while somebody reads; use WAL");
        }
        if (!SqliteSync.isFull(connection)) {
            refuse.accept("synchronous is less than FULL: a power failure loses what was acknowledged last;"
                    + " set synchronous = FULL");
        }
    }

    @Override
    Optional<Path> file(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select file from pragma_database_list where name = 'main'")) {
            return row.next() && !row.getString(1).isEmpty()
                    ? Optional.of(Path.of(row.getString(1)))
                    : Optional.empty();
        }
    }

    private static String pragma(Connection connection, String pragma) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(pragma)) {
            row.next();
            return row.getString(1);
        }
    }
}
