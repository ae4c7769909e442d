package io.auterity.server;

import io.auterity.connector.Credentials;
import io.auterity.definition.Problem;
import io.auterity.relay.provider.Endpoint;
import io.auterity.server.gateway.RelayFileException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The credentials with which {@code serve} calls providers: each must be there before anybody calls. */
final class ProviderKeys {

    private ProviderKeys() {}

    /**
     * Looks at every credential of every provider.
     *
     * @param file the name of the file that names them
     * @param endpoints the providers by name
     * @param credentials those of the environment
     * @throws Refusal if one cannot be used, with all that cannot
     */
    static void check(String file, Map<String, Endpoint> endpoints, Credentials credentials) {
        List<Problem> problems = new ArrayList<>();
        new TreeMap<>(endpoints)
                .forEach((provider, endpoint) -> endpoint.credentials()
                        .forEach(name -> wrong(name, endpoint, credentials)
                                .ifPresent(what -> problems.add(Refusal.problem(
                                        RelayFileException.INVALID,
                                        "providers/" + provider + "/credentials",
                                        what,
                                        "set " + EngineOptions.variableOfCredential(name) + " in the environment to"
                                                + " {\"kind\": \"bearer\", \"token\": \"...\", \"hosts\": [\""
                                                + endpoint.baseUrl().getHost() + "\"]}, or remove '" + name
                                                + "' here")))));
        if (!problems.isEmpty()) {
            throw new Refusal(file, problems);
        }
    }

    private static Optional<String> wrong(String name, Endpoint endpoint, Credentials credentials) {
        Optional<Credentials.Credential> found = credentials.find(name);
        String host = endpoint.baseUrl().getHost();
        if (found.isEmpty()) {
            return Optional.of("there is no credential '" + name + "'");
        }
        if (!found.get().allows(host)) {
            return Optional.of("credential '" + name + "' may not be sent to " + host);
        }
        return found.get().values().containsKey("token")
                ? Optional.empty()
                : Optional.of("credential '" + name + "' has no token");
    }
}
