package io.auterity.connector.jdbc;

import java.sql.Connection;
import java.sql.SQLException;

/** Something to do with a connection. */
@FunctionalInterface
interface SqlWork<T extends @org.jspecify.annotations.Nullable Object> {

    T on(Connection connection) throws SQLException;
}
