package io.auterity.connector.jdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;

/** Where the statements of a batch come from: a connection, which makes them anew, or somebody who keeps them. */
interface Statements {

    /** Returns a statement for a text. */
    PreparedStatement get(String sql) throws SQLException;

    /** Takes back a statement that is no longer used. */
    void release(PreparedStatement statement) throws SQLException;

    /** Statements that are made for one use. */
    static Statements of(Connection connection) {
        return new Statements() {
            @Override
            public PreparedStatement get(String sql) throws SQLException {
                return connection.prepareStatement(sql);
            }

            @Override
            public void release(PreparedStatement statement) throws SQLException {
                statement.close();
            }
        };
    }
}
