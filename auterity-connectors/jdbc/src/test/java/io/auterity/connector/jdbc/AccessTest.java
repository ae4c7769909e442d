package io.auterity.connector.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

/** What work in a transaction leaves behind on a connection that breaks. */
class AccessTest {

    private final TestPostgres server = TestPostgres.newest();
    private final String table = TestPostgres.newSchema() + "_counted";

    @Test
    void a_transaction_that_cannot_be_rolled_back_has_no_effect() throws Exception {
        server.execute("create table " + table + " (n integer)");
        DataSource source = withoutRollback(server.dataSource());
        Access access = new Access(source, source, Duration.ZERO);

        assertThatThrownBy(() -> access.transactionOnce(connection -> {
                    insert(connection);
                    throw new SQLException("meant");
                }))
                .hasMessage("meant");

        assertThat(rows()).isZero();
    }

    private void insert(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.executeUpdate("insert into " + table + " values (1)");
        }
    }

    private int rows() throws SQLException {
        try (Connection connection = server.dataSource().getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select count(*) from " + table)) {
            row.next();
            return row.getInt(1);
        }
    }

    private static DataSource withoutRollback(DataSource source) {
        return proxy(DataSource.class, source, "no method");
    }

    private static <T> T proxy(Class<T> type, T target, String failing) {
        return type.cast(Proxy.newProxyInstance(
                AccessTest.class.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
                    if (method.getName().equals(failing)) {
                        throw new SQLException("meant: the connection breaks", "08006");
                    }
                    try {
                        Object result = method.invoke(target, arguments);
                        return result instanceof Connection connection
                                ? proxy(Connection.class, connection, "rollback")
                                : result;
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                }));
    }
}
