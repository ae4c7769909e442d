package io.auterity.connector.jdbc;

import io.auterity.journal.RunCatalog.StoredVersion;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Definitions by their hash, each kept once. */
final class Definitions {

    private final Access access;
    private final String known;
    private final String insert;
    private final String body;
    private final String versions;

    Definitions(Dialect dialect, Access access) {
        this.access = access;
        known = dialect.sql("select 1 from {definition} where workflow = ? and version = ?");
        insert = dialect.sql("insert into {definition} (workflow, version, at, body) values (?, ?, [now], ?)");
        body = dialect.sql("select body from {definition} where version = ?");
        versions =
                dialect.sql("select version, at from {definition} where workflow = ? order by at desc, version desc");
    }

    void keep(String workflow, String version, String definition) {
        access.transaction("keep a definition", connection -> {
            if (!isKnown(connection, workflow, version)) {
                insert(connection, workflow, version, definition);
            }
            return null;
        });
    }

    private boolean isKnown(Connection connection, String workflow, String version) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(known)) {
            statement.setString(1, workflow);
            statement.setString(2, version);
            try (ResultSet row = statement.executeQuery()) {
                return row.next();
            }
        }
    }

    private void insert(Connection connection, String workflow, String version, String definition) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(insert)) {
            statement.setString(1, workflow);
            statement.setString(2, version);
            statement.setBytes(3, definition.getBytes(StandardCharsets.UTF_8));
            statement.executeUpdate();
        } catch (SQLException e) {
            if (Trouble.of(e) != Trouble.DUPLICATE) {
                throw e;
            }
            // Another engine has just kept the same: the version is its hash.
            Access.undo(connection);
        }
    }

    Optional<String> body(String version) {
        return access.read("read a definition", connection -> {
            try (PreparedStatement statement = connection.prepareStatement(body)) {
                statement.setString(1, version);
                try (ResultSet row = statement.executeQuery()) {
                    return row.next()
                            ? Optional.of(new String(row.getBytes(1), StandardCharsets.UTF_8))
                            : Optional.empty();
                }
            }
        });
    }

    List<StoredVersion> versions(String workflow) {
        return access.read("list versions", connection -> {
            List<StoredVersion> all = new ArrayList<>();
            try (PreparedStatement statement = connection.prepareStatement(versions)) {
                statement.setString(1, workflow);
                try (ResultSet rows = statement.executeQuery()) {
                    while (rows.next()) {
                        all.add(new StoredVersion(workflow, rows.getString(1), rows.getLong(2)));
                    }
                }
            }
            return all;
        });
    }
}
