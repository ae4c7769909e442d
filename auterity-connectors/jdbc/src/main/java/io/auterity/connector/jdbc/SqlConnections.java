package io.auterity.connector.jdbc;

import io.auterity.connector.Credentials;
import io.auterity.connector.Credentials.Credential;
import io.auterity.connector.OutboundGuard;
import io.auterity.connector.StepException;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.SQLException;
import java.util.Properties;

/** Connects to databases that steps name: through the outbound guard, with nothing but what is allowed. */
final class SqlConnections {

    private static final int CONNECT_SECONDS = 10;

    private final OutboundGuard guard;
    private final Credentials credentials;

    SqlConnections(OutboundGuard guard, Credentials credentials) {
        this.guard = guard;
        this.credentials = credentials;
    }

    /** Opens a connection, which the caller closes. */
    Connection open(SqlTarget target, int seconds) throws IOException, SQLException {
        target.check();
        Properties properties = new Properties();
        logIn(target, properties);
        InetAddress address =
                guard.resolve(target.hostName(), target.portNumber()).get(0);
        return target.isPostgresql()
                ? postgresql(target, address, properties, seconds)
                : mariadb(target, address, properties, seconds);
    }

    private void logIn(SqlTarget target, Properties properties) {
        if (target.auth().isEmpty()) {
            return;
        }
        String name = target.auth().get();
        Credential credential = credentials
                .find(name)
                .orElseThrow(() -> new StepException(
                        "credential-missing",
                        "credential '" + name + "' is not known; store it, or name another",
                        false));
        String user = credential.values().get("username");
        String password = credential.values().get("password");
        if (!credential.kind().equals("basic") || user == null || password == null) {
            throw new StepException(
                    "credential-invalid",
                    "credential '" + name + "' must be of kind basic, with username and password",
                    false);
        }
        if (!credential.allows(target.hostName())) {
            throw new StepException(
                    "credential-refused", "credential '" + name + "' may not be sent to " + target.hostName(), false);
        }
        properties.setProperty("user", user);
        properties.setProperty("password", password);
    }

    private static Connection postgresql(SqlTarget target, InetAddress address, Properties properties, int seconds)
            throws SQLException {
        target.addOptions(properties);
        properties.setProperty("socketFactory", PinnedSocketFactory.class.getName());
        properties.setProperty("socketFactoryArg", address.getHostAddress());
        properties.setProperty("preferQueryMode", "extended");
        properties.setProperty("stringtype", "unspecified"); // a text may be a date, a uuid, a document
        properties.setProperty("gssEncMode", "disable");
        properties.setProperty("loginTimeout", Integer.toString(CONNECT_SECONDS));
        properties.setProperty("connectTimeout", Integer.toString(CONNECT_SECONDS));
        properties.setProperty("socketTimeout", Integer.toString(seconds + CONNECT_SECONDS));
        return connect(
                new org.postgresql.Driver(),
                "jdbc:postgresql://" + bracketed(target.hostName()) + ":" + target.portNumber() + "/"
                        + target.databaseName(),
                properties);
    }

    private static Connection mariadb(SqlTarget target, InetAddress address, Properties properties, int seconds)
            throws SQLException {
        target.addOptions(properties);
        properties.setProperty("allowLocalInfile", "false");
        properties.setProperty("allowMultiQueries", "false");
        properties.setProperty("useServerPrepStmts", "true"); // values apart from the text
        properties.setProperty("connectTimeout", Integer.toString(CONNECT_SECONDS * 1_000));
        properties.setProperty("socketTimeout", Integer.toString((seconds + CONNECT_SECONDS) * 1_000));
        String host = address instanceof Inet6Address ? "[" + address.getHostAddress() + "]" : address.getHostAddress();
        return connect(
                mariadbDriver(),
                "jdbc:mariadb://" + host + ":" + target.portNumber() + "/" + target.databaseName(),
                properties);
    }

    /** The driver is not among our dependencies, because of its licence; who wants it adds it. */
    private static Driver mariadbDriver() {
        try {
            return new org.mariadb.jdbc.Driver();
        } catch (NoClassDefFoundError e) {
            throw new StepException(
                            "driver-missing", "add org.mariadb.jdbc:mariadb-java-client to the class path", false)
                    .causedBy(e);
        }
    }

    private static Connection connect(Driver driver, String url, Properties properties) throws SQLException {
        Connection connection = driver.connect(url, properties);
        if (connection == null) {
            throw new SQLException("the driver does not take the address", "08001");
        }
        return connection;
    }

    private static String bracketed(String host) {
        return host.indexOf(':') >= 0 ? "[" + host + "]" : host;
    }
}
