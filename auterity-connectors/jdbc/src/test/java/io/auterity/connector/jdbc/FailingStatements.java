package io.auterity.connector.jdbc;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * A data source whose statements work, until they are told to fail once each with an SQLSTATE; either instead of being
 * executed, or after that, as when the answer is lost. A commit counts as a statement. Thread-safe.
 */
final class FailingStatements {

    private static final String COMMIT = "commit";

    private final DataSource source;
    private final Map<String, Integer> seen = new ConcurrentHashMap<>();
    private final Set<String> toFail = ConcurrentHashMap.newKeySet();
    private volatile Mood mood = new Mood("00000", false);

    private record Mood(String state, boolean afterwards) {
        /** Whether nobody can use the connection any more. */
        boolean isTheConnectionGone() {
            return state.startsWith("08") || state.startsWith("57P");
        }
    }

    FailingStatements(DataSource source) {
        this.source = source;
    }

    DataSource dataSource() {
        return proxy(DataSource.class, (proxy, method, arguments) -> {
            Object result = call(source, method, arguments);
            return result instanceof Connection connection ? new Connected(connection).proxy() : result;
        });
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

    /** Lets each of these fail once. */
    void fail(Set<String> statements, String state, boolean afterwards) {
        mood = new Mood(state, afterwards);
        toFail.addAll(statements);
    }

    /** What was told to fail and has not been executed since. */
    Set<String> outstanding() {
        return Set.copyOf(toFail);
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
                    return perhaps(COMMIT, connection, method, arguments);
                }
                Object result = call(connection, method, arguments);
                return result instanceof Statement statement
                        ? statement(statement, arguments == null ? "" : String.valueOf(arguments[0]))
                        : result;
            });
        }

        private Statement statement(Statement statement, String prepared) {
            Class<? extends Statement> type = statement instanceof CallableStatement
                    ? CallableStatement.class
                    : statement instanceof PreparedStatement ? PreparedStatement.class : Statement.class;
            return FailingStatements.proxy(type, (proxy, method, arguments) -> {
                if (!method.getName().startsWith("execute")) {
                    return call(statement, method, arguments);
                }
                boolean isText = arguments != null && arguments.length > 0 && arguments[0] instanceof String;
                return perhaps(isText ? (String) arguments[0] : prepared, statement, method, arguments);
            });
        }

        private @Nullable Object perhaps(
                String text, Object target, Method method, @Nullable Object @Nullable [] arguments) throws Throwable {
            seen.merge(text, 1, Integer::sum);
            if (!toFail.remove(text)) {
                return call(target, method, arguments);
            }
            Mood now = mood;
            if (now.afterwards) {
                call(target, method, arguments);
            }
            if (now.isTheConnectionGone()) {
                isGone = true;
                if (!now.afterwards && !connection.getAutoCommit()) {
                    connection.rollback(); // as the server does
                }
            }
            throw new SQLException("made to fail: " + text, now.state);
        }
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
