package io.auterity.connector.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.auterity.testkit.Fault;
import io.auterity.testkit.FaultProxy;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.net.InetSocketAddress;
import java.sql.Connection;
import java.sql.DriverManager;
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
        Access access = new Access(source, source, Duration.ZERO, Pools.ANSWER);

        assertThatThrownBy(() -> access.transactionOnce(connection -> {
                    insert(connection);
                    throw new SQLException("meant");
                }))
                .hasMessage("meant");

        assertThat(rows()).isZero();
    }

    @Test
    void a_connection_without_a_limit_of_its_own_is_given_up_when_the_database_is_silent() throws Exception {
        try (FaultProxy proxy = FaultProxy.postgres(new InetSocketAddress("127.0.0.1", server.port()));
                Connection connection = connection(proxy)) {
            DataSource source = lending(connection);
            Access access = new Access(source, source, Duration.ZERO, Duration.ofMillis(300));
            assertThat(access.once(AccessTest::one)).isEqualTo(1);
            assertThat(connection.getNetworkTimeout())
                    .as("given back as it was")
                    .isZero();
            proxy.set(new Fault.BlackHole());

            assertThatThrownBy(() -> access.once(AccessTest::one))
                    .isInstanceOf(SQLException.class)
                    .satisfies(thrown ->
                            assertThat(Trouble.of((SQLException) thrown)).isEqualTo(Trouble.LOST));
        }
    }

    @Test
    void one_that_has_a_limit_keeps_it() throws Exception {
        try (Connection connection = server.dataSource().getConnection()) {
            connection.setNetworkTimeout(Runnable::run, 7_000);
            DataSource source = lending(connection);
            Access access = new Access(source, source, Duration.ZERO, Duration.ofMillis(300));

            assertThat(access.transactionOnce(Connection::getNetworkTimeout)).isEqualTo(7_000);

            assertThat(connection.getNetworkTimeout()).isEqualTo(7_000);
        }
    }

    @Test
    void work_that_is_done_counts_though_its_connection_cannot_be_given_back_as_it_was() throws Exception {
        server.execute("create table " + table + " (n integer)");
        try (Connection connection = server.dataSource().getConnection()) {
            Connection breaking = (Connection) Proxy.newProxyInstance(
                    AccessTest.class.getClassLoader(), new Class<?>[] {Connection.class}, (self, method, arguments) -> {
                        if (method.getName().equals("setNetworkTimeout") && arguments[1].equals(0)) {
                            throw new SQLException("meant: the connection breaks", "08006");
                        }
                        return method.invoke(connection, arguments);
                    });
            DataSource source = lending(breaking);
            Access access = new Access(source, source, Duration.ZERO, Pools.ANSWER);

            access.transactionOnce(lent -> {
                insert(lent);
                return 1;
            });

            assertThat(rows()).isEqualTo(1);
        }
    }

    private static Connection connection(FaultProxy proxy) throws SQLException {
        return DriverManager.getConnection("jdbc:postgresql://127.0.0.1:" + proxy.port() + "/postgres?user=postgres");
    }

    private static int one(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select 1")) {
            row.next();
            return row.getInt(1);
        }
    }

    /** Lends one connection again and again. */
    private static DataSource lending(Connection connection) {
        return (DataSource) Proxy.newProxyInstance(
                AccessTest.class.getClassLoader(),
                new Class<?>[] {DataSource.class},
                (self, method, arguments) -> proxy(Connection.class, connection, "no method", "close"));
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
        return proxy(type, target, failing, "no method");
    }

    private static <T> T proxy(Class<T> type, T target, String failing, String ignored) {
        return type.cast(Proxy.newProxyInstance(
                AccessTest.class.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
                    if (method.getName().equals(failing)) {
                        throw new SQLException("meant: the connection breaks", "08006");
                    }
                    if (method.getName().equals(ignored)) {
                        return null;
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
