package io.auterity.connector.jdbc;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A connection whose transaction is not the borrower's to end. */
final class LentConnection implements InvocationHandler {

    private static final Set<String> REFUSED = Set.of(
            "commit",
            "close",
            "abort",
            "setAutoCommit",
            "unwrap",
            "setReadOnly",
            "setTransactionIsolation",
            "setCatalog");

    private final Connection connection;
    private volatile boolean returned;

    private LentConnection(Connection connection) {
        this.connection = connection;
    }

    /** Something to do with a connection that is lent for as long as that takes. */
    interface Borrower {
        @Nullable
        Object on(Connection lent) throws Exception;
    }

    static @Nullable Object lend(Connection connection, Borrower borrower) throws Exception {
        LentConnection handler = new LentConnection(connection);
        Connection lent = (Connection) Proxy.newProxyInstance(
                LentConnection.class.getClassLoader(), new Class<?>[] {Connection.class}, handler);
        try {
            return borrower.on(lent);
        } finally {
            handler.returned = true;
        }
    }

    @Override
    public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] arguments) throws Throwable {
        String name = method.getName();
        if (returned) {
            throw new SQLException("the connection was lent to a transactional step that is over");
        }
        boolean wholeRollback = name.equals("rollback") && (arguments == null || arguments.length == 0);
        if (REFUSED.contains(name) || wholeRollback) {
            throw new SQLException("a transactional step may not call " + name
                    + " on its connection: the journal ends the transaction; throw an exception to roll it back");
        }
        if (name.equals("getAutoCommit")) {
            return false; // whatever the driver knows of it
        }
        try {
            return method.invoke(connection, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }
}
