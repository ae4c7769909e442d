package io.auterity.connector.jdbc;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;
import org.sqlite.jdbc4.JDBC4Connection;

/**
 * A data source whose statements work, until they are told to fail once each as a database would let them; either instead
 * of being executed, or after that, as when the answer is lost. A commit counts as a statement. Thread-safe.
 */
final class FailingStatements {

    private static final String COMMIT = "commit";

    private final DataSource source;
    private final Map<String, Integer> seen = new ConcurrentHashMap<>();
    private final Set<String> toFail = ConcurrentHashMap.newKeySet();
    private volatile Mood mood = new Mood(Error.of("00000"), false);

    /**
     * What a database says.
     *
     * @param exception makes the exception of a text
     * @param endsTransaction whether nothing is left of the transaction
     * @param endsConnection whether nobody can use the connection any more
     */
    record Error(Function<String, SQLException> exception, boolean endsTransaction, boolean endsConnection) {

        static Error of(String state) {
            return of(state, 0);
        }

        /** An error of a server, which has ended the connection if its class says so. */
        static Error of(String state, int code) {
            boolean isGone = state.startsWith("08") || state.startsWith("57P");
            return new Error(text -> new SQLException(text, state, code), isGone || state.equals("40001"), isGone);
        }

        static Error of(SQLiteErrorCode code) {
            return new Error(text -> new SQLiteException(text, code), false, false);
        }
    }

    private record Mood(Error error, boolean afterwards) {}

    FailingStatements(DataSource source) {
        this.source = source;
    }

    /** Statements on what the source lends. */
    DataSource dataSource() {
        return proxy(DataSource.class, (proxy, method, arguments) -> {
            Object result = call(source, method, arguments);
            return result instanceof Connection connection ? new Connected(connection).proxy() : result;
        });
    }

    /**
     * Statements on a SQLite file, by the driver's own connections: the journal takes these out of what a pool lends, and
     * goes past everything that stands before them.
     */
    static FailingStatements sqlite(Path file, SQLiteConfig config) {
        FailingStatements[] all = new FailingStatements[1];
        DataSource source = proxy(DataSource.class, (proxy, method, arguments) -> {
            return method.getName().equals("getConnection") ? all[0].new OfSqlite(file, config) : 0;
        });
        all[0] = new FailingStatements(source);
        return all[0];
    }

    /** What {@link #sqlite} lends. */
    DataSource plain() {
        return source;
    }

    private final class OfSqlite extends JDBC4Connection {

        private OfSqlite(Path file, SQLiteConfig config) throws SQLException {
            super("jdbc:sqlite:" + file, file.toString(), config.toProperties());
        }

        @Override
        public Statement createStatement(int type, int concurrency, int holdability) throws SQLException {
            return failing(super.createStatement(type, concurrency, holdability), "", this::fail);
        }

        @Override
        public PreparedStatement prepareStatement(String sql, int type, int concurrency, int holdability)
                throws SQLException {
            return (PreparedStatement)
                    failing(super.prepareStatement(sql, type, concurrency, holdability), sql, this::fail);
        }

        @Override
        public void commit() throws SQLException {
            try {
                perhaps(
                        COMMIT,
                        () -> {
                            super.commit();
                            return null;
                        },
                        this::fail);
            } catch (SQLException | RuntimeException e) {
                throw e;
            } catch (Throwable e) {
                throw new AssertionError(e);
            }
        }

        private void fail(Mood now) {
            // As SQLite does, the transaction goes on.
        }
    }

    /** The text of every statement so far, and the word commit. */
    Set<String> seen() {
        return Set.copyOf(seen.keySet());
    }

    /** What {@link #seen} says, without what was executed only once, and may never be again. */
    Set<String> seenAgain() {
        return seen.entrySet().stream()
                .filter(statement -> statement.getValue() > 1)
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());
    }

    /** How often statements were executed that have these words in them. */
    long executions(String words) {
        return seen.entrySet().stream()
                .filter(statement -> statement.getKey().contains(words))
                .mapToLong(Map.Entry::getValue)
                .sum();
    }

    /** How often each statement was executed since they were last forgotten. */
    Map<String, Integer> executions() {
        return Map.copyOf(seen);
    }

    void forget() {
        seen.clear();
    }

    /** Lets each of these fail once, with an SQLSTATE. */
    void fail(Set<String> statements, String state, boolean afterwards) {
        fail(statements, Error.of(state), afterwards);
    }

    /** Lets each of these fail once. */
    void fail(Set<String> statements, Error error, boolean afterwards) {
        mood = new Mood(error, afterwards);
        toFail.addAll(statements);
    }

    /** What was told to fail and has not been executed since. */
    Set<String> outstanding() {
        return new HashSet<>(toFail);
    }

    private final class Connected {
        private final Connection connection;
        private volatile boolean isGone;

        private Connected(Connection connection) {
            this.connection = connection;
        }

        private Connection proxy() {
            return FailingStatements.proxy(Connection.class, (proxy, method, arguments) -> {
                if (isGone && !method.getName().matches("close|isClosed|abort|rollback|isValid")) {
                    throw new SQLException("the connection is gone", "08003");
                }
                if (isGone && method.getName().equals("isValid")) {
                    return false;
                }
                if (method.getName().equals(COMMIT)) {
                    return perhaps(COMMIT, () -> call(connection, method, arguments), this::fail);
                }
                Object result = call(connection, method, arguments);
                return result instanceof Statement statement
                        ? failing(statement, arguments == null ? "" : String.valueOf(arguments[0]), this::fail)
                        : result;
            });
        }

        private void fail(Mood now) throws SQLException {
            isGone |= now.error.endsConnection;
            if (now.error.endsTransaction && !now.afterwards && !connection.getAutoCommit()) {
                connection.rollback(); // as the server does
            }
        }
    }

    private Statement failing(Statement statement, String prepared, Failing how) {
        Class<? extends Statement> type = statement instanceof CallableStatement
                ? CallableStatement.class
                : statement instanceof PreparedStatement ? PreparedStatement.class : Statement.class;
        return proxy(type, (proxy, method, arguments) -> {
            if (!method.getName().startsWith("execute")) {
                return call(statement, method, arguments);
            }
            boolean isText = arguments != null && arguments.length > 0 && arguments[0] instanceof String;
            String text = isText ? (String) arguments[0] : prepared;
            return perhaps(text, () -> call(statement, method, arguments), how);
        });
    }

    private interface Action {
        @Nullable
        Object go() throws Throwable;
    }

    /** What becomes of a connection whose statement fails. */
    private interface Failing {
        void fail(Mood now) throws SQLException;
    }

    private @Nullable Object perhaps(String text, Action action, Failing how) throws Throwable {
        seen.merge(text, 1, Integer::sum);
        if (!toFail.remove(text)) {
            return action.go();
        }
        Mood now = mood;
        if (now.afterwards) {
            action.go();
        }
        how.fail(now);
        throw now.error.exception.apply("made to fail: " + text);
    }

    /** Calls what a proxy stands before. */
    static @Nullable Object call(Object target, Method method, @Nullable Object @Nullable [] arguments)
            throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    static <T> T proxy(Class<T> type, InvocationHandler handler) {
        return type.cast(
                Proxy.newProxyInstance(FailingStatements.class.getClassLoader(), new Class<?>[] {type}, handler));
    }
}
