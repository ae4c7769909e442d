package io.auterity.server;

import io.auterity.Engine;
import io.auterity.connector.Credentials;
import io.auterity.connector.OutboundGuard;
import io.auterity.connector.jdbc.JdbcJournal;
import io.auterity.connector.jdbc.SqlConnector;
import io.auterity.definition.Json;
import io.auterity.definition.JsonException;
import io.auterity.definition.Problem;
import io.auterity.journal.Journal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/**
 * Sets an engine up from options and the environment: secrets are {@code AUTERITY_SECRET_<NAME>}, credentials
 * {@code AUTERITY_CREDENTIAL_<NAME>}, with the name in upper case and underscores for dashes.
 */
final class EngineOptions {

    private static final String SECRET = "AUTERITY_SECRET_";
    private static final String CREDENTIAL = "AUTERITY_CREDENTIAL_";

    @Option(
            names = "--allow-host",
            paramLabel = "HOST[:PORT]",
            description = "Lets network steps reach a host although it is on this machine or in a private network;"
                    + " repeatable.")
    private List<String> allowedHosts = new ArrayList<>();

    @Option(
            names = "--allow-journal-sql",
            description = "Lets the steps sql.query and sql.update work in the journal's own database, with connection:"
                    + " {kind: journal}; sql.update then happens exactly once. Whoever has written the workflow may do there"
                    + " what the journal's user may.")
    private boolean allowsJournalSql;

    /**
     * Starts to set up an engine with all connectors on the class path, and no journal that lasts.
     *
     * @param environment the environment variables
     * @return a builder
     * @throws Refusal if a credential or a host cannot be read
     */
    Engine.Builder builder(Map<String, String> environment) {
        return set(Engine.builder(), environment);
    }

    /** The same with a journal. */
    Engine.Builder builder(Map<String, String> environment, Journal journal) {
        Engine.Builder builder = Engine.builder().journal(journal);
        if (allowsJournalSql && journal instanceof JdbcJournal database) {
            builder.connector(new SqlConnector(database)); // in place of the one that is found
        }
        return set(builder, environment);
    }

    private Engine.Builder set(Engine.Builder builder, Map<String, String> environment) {
        return builder.discoverConnectors()
                .guard(guard(allowedHosts))
                .credentials(credentialsOf(environment))
                .secrets(name -> secret(environment, name));
    }

    /** Looks at the hosts and at the credentials in the environment. */
    void check(Checks checks, Map<String, String> environment) {
        checks.that(() -> guard(allowedHosts));
        checks.that(() -> credentials(environment));
    }

    /** The options as they were given, for another command that is to go on with the same steps. */
    String again() {
        StringBuilder options = new StringBuilder();
        allowedHosts.forEach(host -> options.append(" --allow-host ").append(Shell.quoted(host)));
        return options.append(allowsJournalSql ? " --allow-journal-sql" : "").toString();
    }

    /** Refuses steps in the journal's database where there is none. */
    void checkJournal(String journal) {
        if (allowsJournalSql && journal.equals(Journals.MEMORY)) {
            throw Refusal.ofOption(
                    "--allow-journal-sql",
                    "a journal in memory is no database",
                    "add --journal sqlite:PATH, or jdbc: and the address of a database");
        }
    }

    static Optional<String> secret(Map<String, String> environment, String name) {
        return Optional.ofNullable(environment.get(variable(SECRET, name)));
    }

    static Credentials credentialsOf(Map<String, String> environment) {
        Map<String, Credentials.Credential> credentials = credentials(environment);
        return name -> Optional.ofNullable(credentials.get(variable(CREDENTIAL, name)));
    }

    /** The environment variable that a credential is in. */
    static String variableOfCredential(String name) {
        return variable(CREDENTIAL, name);
    }

    private static String variable(String prefix, String name) {
        return prefix + name.toUpperCase(Locale.ROOT).replace('-', '_').replace('.', '_');
    }

    static OutboundGuard guard(List<String> allowedHosts) {
        OutboundGuard.Builder guard = OutboundGuard.builder();
        List<Problem> problems = new ArrayList<>();
        for (String host : allowedHosts) {
            try {
                guard.allow(host);
            } catch (IllegalArgumentException e) {
                problems.add(Refusal.problem(
                        Refusal.OPTION,
                        "--allow-host",
                        String.valueOf(e.getMessage()),
                        "write --allow-host HOST or --allow-host HOST:PORT"));
            }
        }
        if (!problems.isEmpty()) {
            throw new Refusal("--allow-host", problems);
        }
        return guard.build();
    }

    private static Map<String, Credentials.Credential> credentials(Map<String, String> environment) {
        Map<String, Credentials.Credential> credentials = new HashMap<>();
        environment.forEach((name, text) -> {
            if (name.startsWith(CREDENTIAL)) {
                credentials.put(name, credential(name, text));
            }
        });
        return credentials;
    }

    private static Credentials.Credential credential(String variable, String text) {
        if (json(text) instanceof Map<?, ?> object && object.get("kind") instanceof String kind) {
            Map<String, String> values = new HashMap<>();
            Set<String> hosts = new HashSet<>();
            object.forEach((key, value) -> {
                if (key.equals("hosts") && value instanceof List<?> list) {
                    list.forEach(host -> hosts.add(String.valueOf(host)));
                } else if (!key.equals("kind")) {
                    values.put((String) key, String.valueOf(value));
                }
            });
            return new Credentials.Credential(kind, values, hosts);
        }
        throw Refusal.of( // the text is secret, so the message must not show it
                "the environment",
                Refusal.VALUE,
                variable,
                "this is no credential",
                "write {\"kind\": \"bearer\", \"token\": \"...\", \"hosts\": [\"api.example.com\"]}");
    }

    private static @Nullable Object json(String text) {
        try {
            return Json.read(text);
        } catch (JsonException notJson) {
            return null; // the caller says so without showing the text, as the exception's message would
        }
    }
}
