package io.auterity.benchmarks;

import java.io.IOException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.atomic.LongAdder;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteCommitListener;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteConnection;
import org.sqlite.SQLiteDataSource;

/**
 * Connections to a SQLite file that count what is done with them: statements at JDBC's interface, of a batch one for each
 * row, since that is how SQLite executes it, and BEGIN and COMMIT; commits that wrote something, of which SQLite tells
 * itself; and bytes of the write-ahead log by the size of its file, which grows and grows because nothing is carried over
 * into the database meanwhile ({@code wal_autocheckpoint=0}). Flushes are not counted: neither SQLite nor its driver tells
 * of them, nor does Linux of those of one process. Thread-safe.
 */
final class SqliteCounter {

    /** Why there are no flushes. */
    static final String NO_FSYNCS =
            "nobody tells how often SQLite flushes; with synchronous=FULL each commit does once";

    private final Path log;
    private final SQLiteDataSource source;
    private final LongAdder statements = new LongAdder();
    private final LongAdder commits = new LongAdder();

    /** What was done up to a moment, or between two. */
    record Done(long statements, long commits, long walBytes) {
        Done minus(Done earlier) {
            return new Done(statements - earlier.statements, commits - earlier.commits, walBytes - earlier.walBytes);
        }
    }

    SqliteCounter(Path file) {
        log = file.resolveSibling(file.getFileName() + "-wal");
        SQLiteConfig config = new SQLiteConfig();
        config.setJournalMode(SQLiteConfig.JournalMode.WAL);
        config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
        config.setTransactionMode(SQLiteConfig.TransactionMode.IMMEDIATE);
        source = new SQLiteDataSource(config);
        source.setUrl("jdbc:sqlite:" + file);
    }

    Done done() throws IOException {
        return new Done(statements.sum(), commits.sum(), Files.exists(log) ? Files.size(log) : 0);
    }

    DataSource dataSource() {
        return proxy(DataSource.class, (proxy, method, arguments) -> {
            Object result = call(source, method, arguments);
            return result instanceof Connection connection ? counted(connection) : result;
        });
    }

    private Connection counted(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("pragma wal_autocheckpoint = 0");
        }
        connection.unwrap(SQLiteConnection.class).addCommitListener(new SQLiteCommitListener() {
            @Override
            public void onCommit() {
                commits.increment();
            }

            @Override
            public void onRollback() {}
        });
        return proxy(Connection.class, (proxy, method, arguments) -> {
            if (method.getName().equals("isWrapperFor")) {
                return false; // who takes the driver's own connection out of this one would not be counted
            }
            if (method.getName().equals("commit")) {
                statements.add(2);
            }
            Object result = call(connection, method, arguments);
            return result instanceof Statement statement ? counted(statement) : result;
        });
    }

    private Statement counted(Statement statement) {
        Class<? extends Statement> type =
                statement instanceof PreparedStatement ? PreparedStatement.class : Statement.class;
        LongAdder rows = new LongAdder();
        return proxy(type, (proxy, method, arguments) -> {
            String name = method.getName();
            if (name.equals("addBatch")) {
                rows.increment();
            } else if (name.startsWith("execute")) {
                statements.add(name.endsWith("Batch") ? rows.sumThenReset() : 1);
            }
            return call(statement, method, arguments);
        });
    }

    private static @Nullable Object call(Object target, Method method, @Nullable Object @Nullable [] arguments)
            throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getTargetException();
        }
    }

    private static <T> T proxy(Class<T> type, InvocationHandler handler) {
        return type.cast(Proxy.newProxyInstance(SqliteCounter.class.getClassLoader(), new Class<?>[] {type}, handler));
    }
}
