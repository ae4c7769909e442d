package io.auterity.connector.jdbc;

import io.auterity.connector.Describe;
import io.auterity.connector.StepException;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.regex.Pattern;

/**
 * Where a database is, part by part. There is no way to write an address of a driver's: those can name classes to load
 * and files to read. Kinds that keep their data in files are not offered.
 */
@Describe("Where a database is. The kind journal is that of the runs, and has no other parts.")
record SqlTarget(
        @Describe(
                value = "What it is.",
                oneOf = {"postgresql", "mariadb", "journal"})
        String kind,

        @Describe("The server's name or address.") Optional<String> host,

        @Describe(value = "Its port; the kind's usual one when not written.", minimum = 1, maximum = 65_535)
        Optional<Integer> port,

        @Describe("The database on the server.") Optional<String> database,

        @Describe("The name of a credential of kind basic, with username and password.")
        Optional<String> auth,

        @Describe("postgresql: sslmode, currentSchema, applicationName. mariadb: sslMode.")
        Optional<Map<String, String>> options) {

    static final String JOURNAL = "journal";

    private static final int POSTGRESQL_PORT = 5432;
    private static final int MARIADB_PORT = 3306;

    private static final Pattern HOST =
            Pattern.compile("[A-Za-z0-9]([A-Za-z0-9.-]{0,252})|(?=[^:]*:[^:]*:)[0-9A-Fa-f:.]{2,45}");
    private static final Pattern DATABASE = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]{0,62}");

    /** The options that may be given, by kind, with what their values look like. */
    private static final Map<String, Map<String, Pattern>> OPTIONS = Map.of(
            "postgresql",
            Map.of(
                    "sslmode", Pattern.compile("disable|allow|prefer|require|verify-ca|verify-full"),
                    "currentSchema", Pattern.compile("[A-Za-z0-9_]{1,63}"),
                    "applicationName", Pattern.compile("[A-Za-z0-9_ .-]{1,63}")),
            "mariadb",
            Map.of("sslMode", Pattern.compile("disable|trust|verify-ca")));

    /** How the driver is told what it is told otherwise by. */
    private static final Map<String, String> DRIVER_NAMES = Map.of("applicationName", "ApplicationName");

    boolean isJournal() {
        return kind.equals(JOURNAL);
    }

    boolean isPostgresql() {
        return kind.equals("postgresql");
    }

    /** Refuses whatever is not a plain name or number. */
    void check() {
        if (isJournal()) {
            if (host.isPresent()
                    || port.isPresent()
                    || database.isPresent()
                    || auth.isPresent()
                    || options.isPresent()) {
                throw invalid("a connection of kind journal has no other parts");
            }
            return;
        }
        if (!OPTIONS.containsKey(kind)) {
            throw invalid("kind must be postgresql, mariadb or journal");
        }
        if (!HOST.matcher(hostName()).matches()) {
            throw invalid("host must be the name or the address of a server and nothing else");
        }
        if (portNumber() < 1 || portNumber() > 65_535) {
            throw invalid("port must be 1 to 65535");
        }
        if (!DATABASE.matcher(databaseName()).matches()) {
            throw invalid("database must be 1 to 63 letters, digits, '_', '.' and '-'");
        }
        options.orElse(Map.of()).forEach((name, value) -> {
            Pattern allowed = OPTIONS.get(kind).get(name);
            if (allowed == null) {
                throw invalid("the option '" + clip(name) + "' is not among those that may be given: "
                        + String.join(
                                ", ",
                                OPTIONS.get(kind).keySet().stream().sorted().toList()));
            }
            if (!allowed.matcher(value).matches()) {
                throw invalid("the option '" + name + "' must match " + allowed);
            }
        });
    }

    String hostName() {
        return host.orElseThrow(() -> invalid("host is missing"));
    }

    String databaseName() {
        return database.orElseThrow(() -> invalid("database is missing"));
    }

    int portNumber() {
        return port.orElse(isPostgresql() ? POSTGRESQL_PORT : MARIADB_PORT);
    }

    void addOptions(Properties properties) {
        options.orElse(Map.of())
                .forEach((name, value) -> properties.setProperty(DRIVER_NAMES.getOrDefault(name, name), value));
    }

    private static String clip(String text) {
        return text.length() > 40 ? text.substring(0, 40) + "..." : text;
    }

    private static StepException invalid(String what) {
        return new StepException("invalid-input", "connection: " + what, false);
    }
}
