package io.auterity.connector.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.auterity.connector.OutboundGuard;
import io.auterity.connector.StepException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/**
 * Settings that would make a driver load classes, read files, or go elsewhere, and addresses of drivers in place of parts:
 * each is refused before anything is sent, which a listener on this machine watches.
 */
class S11HostileConnectionsTest {

    private static final List<String> OPTION_NAMES = List.of(
            "socketFactory",
            "socketFactoryArg",
            "sslfactory",
            "sslfactoryarg",
            "sslhostnameverifier",
            "sslpasswordcallback",
            "authenticationPluginClassName",
            "loggerFile",
            "loggerLevel",
            "sslcert",
            "sslkey",
            "sslrootcert",
            "sslpassword",
            "service",
            "passfile",
            "preferQueryMode",
            "options",
            "jaasLogin",
            "jaasApplicationName",
            "kerberosServerName",
            "gsslib",
            "sspiServiceClass",
            "replication",
            "targetServerType",
            "hostRecheckSeconds",
            "localSocketAddress",
            "PGHOST",
            "PGPORT",
            "PGDBNAME",
            "user",
            "password",
            "currentschema",
            "SSLMODE",
            "sslmode ",
            "sslmode\0",
            "ssl",
            "xmlFactoryFactory",
            "unknownLength",
            "allowLocalInfile",
            "allowUrlInLocalInfile",
            "allowMultiQueries",
            "autoDeserialize",
            "queryInterceptors",
            "statementInterceptors",
            "serverSslCert",
            "keyStore",
            "trustStore",
            "pipe",
            "localSocket",
            "credentialType",
            "INIT",
            "TRACE_LEVEL_FILE",
            "RUNSCRIPT",
            "enable_load_extension",
            "geodesic",
            "sessionVariables",
            "galeraAllowedState",
            "propertiesTransform",
            "sslFactory",
            "tlsSocketType",
            "restrictedAuth",
            "initSql");

    private static final List<String> HOSTS = List.of(
            "",
            " ",
            "localhost/x?socketFactory=a",
            "a?b",
            "a&b",
            "a;b",
            "a,b",
            "a@b",
            "a:1",
            "a/b",
            "a\\b",
            "//a",
            "[::1",
            "::1]",
            "a#b",
            "a%00b",
            "a\0b",
            "a b",
            "a\nb",
            "a\r\nb",
            "(description=(host=a))",
            "a=b",
            "a'b",
            "a\"b",
            "${jndi:ldap://a}",
            "ldap://a",
            "file:///etc/passwd",
            "jdbc:h2:mem:x",
            "jdbc:sqlite:/tmp/x",
            "address=(host=a)(port=1)",
            "-a",
            ".a",
            "ä.example",
            "a\u2028b",
            "a\uFF0Eb",
            "a,127.0.0.1",
            "a|b",
            "~/x",
            "unix:/tmp/s",
            "a+b");

    private static final List<String> DATABASES = List.of(
            "",
            " ",
            "a?socketFactory=x",
            "a&b=c",
            "a;INIT=RUNSCRIPT FROM 'http://x'",
            "../a",
            "/etc/passwd",
            "a/b",
            "a\\b",
            "a#b",
            "a%3Fb",
            "a\0b",
            "a\nb",
            "a'b",
            "a\"b",
            "a b",
            "-a",
            ".a",
            "a=b",
            "a,b",
            "a@b",
            "a:b",
            "mem:x",
            "file:x",
            "ä",
            "x".repeat(64),
            "a?preferQueryMode=simple",
            "a?loggerFile=/tmp/x",
            "a$(x)",
            "`a`");

    private static final List<String> KINDS = List.of(
            "h2",
            "sqlite",
            "derby",
            "hsqldb",
            "mysql",
            "oracle",
            "sqlserver",
            "db2",
            "postgres",
            "POSTGRESQL",
            "postgresql ",
            "pgsql",
            "jdbc:postgresql",
            "jdbc",
            "odbc",
            "dm",
            "kingbase8",
            "cockroachdb",
            "",
            "java:comp/env/jdbc/x",
            "ldap",
            "rmi",
            "file",
            "mem",
            "tcp",
            "zip",
            "nio",
            "split",
            "informix",
            "sybase");

    private static final Map<String, List<String>> BAD_VALUES = Map.of(
            "sslmode", List.of("", "VERIFY-FULL", "verify-full&a=b", "require\n", "x", "disable "),
            "currentSchema", List.of("", "a,b", "a b", "a'b", "a\"b", "a;b", "a&b", "x".repeat(64), "$user"),
            "applicationName", List.of("", "a&b", "a?b", "a=b", "a\nb", "a'b", "x".repeat(64)));

    private static Map<String, Object> connection(String kind, String host, String database) {
        Map<String, Object> connection = new LinkedHashMap<>();
        connection.put("kind", kind);
        connection.put("host", host);
        connection.put("database", database);
        return connection;
    }

    private static List<Map<String, Object>> hostile(int port) {
        List<Map<String, Object>> all = new ArrayList<>();
        for (String name : OPTION_NAMES) {
            for (String kind : List.of("postgresql", "mariadb")) {
                Map<String, Object> connection = connection(kind, "127.0.0.1", "db");
                connection.put("options", Map.of(name, "org.example.Evil"));
                all.add(connection);
            }
        }
        HOSTS.forEach(host -> all.add(connection("postgresql", host, "db")));
        HOSTS.forEach(host -> all.add(connection("mariadb", host, "db")));
        DATABASES.forEach(database -> all.add(connection("postgresql", "127.0.0.1", database)));
        DATABASES.forEach(database -> all.add(connection("mariadb", "127.0.0.1", database)));
        KINDS.forEach(kind -> all.add(connection(kind, "127.0.0.1", "db")));
        BAD_VALUES.forEach((name, values) -> values.forEach(value -> {
            Map<String, Object> connection = connection("postgresql", "127.0.0.1", "db");
            connection.put("options", Map.of(name, value));
            all.add(connection);
        }));
        for (String part : List.of("url", "jdbcUrl", "driver", "driverClass", "properties", "datasource", "jndi")) {
            Map<String, Object> connection = connection("postgresql", "127.0.0.1", "db");
            connection.put(part, "jdbc:h2:mem:x;INIT=RUNSCRIPT FROM 'http://127.0.0.1/x'");
            all.add(connection);
        }
        for (String part : List.of("host", "database", "auth")) {
            all.add(Map.of("kind", "journal", part, "x"));
        }
        all.forEach(connection -> {
            if (connection instanceof LinkedHashMap && !connection.containsKey("port")) {
                connection.put("port", (long) port);
            }
        });
        return all;
    }

    @Test
    void S11_refuses_every_hostile_connection_without_a_packet() throws Exception {
        AtomicInteger packets = new AtomicInteger();
        try (ServerSocket canary = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
                SqlKit kit =
                        new SqlKit(OutboundGuard.builder().allow("127.0.0.1").build(), new SqlConnector())) {
            Thread listener = new Thread(() -> count(canary, packets));
            listener.setDaemon(true);
            listener.start();
            List<Map<String, Object>> all = hostile(canary.getLocalPort());
            assertThat(all).hasSizeGreaterThan(200);
            for (Map<String, Object> connection : all) {
                assertThat(refusal(kit, connection)).as("%s", connection).isNotEmpty();
            }
        }
        assertThat(packets).hasValue(0);
    }

    private static void count(ServerSocket canary, AtomicInteger packets) {
        try {
            while (true) {
                try (Socket caught = canary.accept()) {
                    packets.incrementAndGet();
                }
            }
        } catch (IOException closed) {
            assertThat(canary.isClosed()).isTrue();
        }
    }

    /** Either the schema of the input or the connector itself says no; never a driver. */
    private static String refusal(SqlKit kit, Map<String, Object> connection) throws Exception {
        try {
            kit.call("query", connection, "select 1", null);
            return "";
        } catch (StepException refused) {
            return refused.code().equals("invalid-input") ? refused.getMessage() : "";
        }
    }
}
