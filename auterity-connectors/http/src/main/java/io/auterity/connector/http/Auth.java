package io.auterity.connector.http;

import io.auterity.connector.Credentials;
import io.auterity.connector.Credentials.Credential;
import io.auterity.connector.StepException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import okhttp3.HttpUrl;
import okhttp3.Request;

/**
 * The credential of a request, bound to the origin that the step named: it goes nowhere else.
 *
 * @param name the credential's name
 * @param credential its kind, values and hosts
 */
record Auth(String name, Credential credential) {

    static final String MISSING = "credential-missing";
    static final String REFUSED = "credential-refused";

    /** Looks a credential up. */
    static Auth find(Credentials credentials, String name) {
        return credentials
                .find(name)
                .map(credential -> new Auth(name, credential))
                .orElseThrow(() -> new StepException(
                        MISSING, "credential '" + name + "' is not known; store it, or name another", false));
    }

    /** Refuses to send the credential to a host it is not bound to. */
    void checkHost(String host) {
        if (!credential.allows(host)) {
            throw new StepException(
                    REFUSED,
                    "credential '" + name + "' may be sent to "
                            + String.join(
                                    ", ", credential.hosts().stream().sorted().toList()) + " only, not to " + host,
                    false);
        }
    }

    /** Adds the credential to a request. */
    Request applyTo(Request request) {
        return switch (credential.kind()) {
            case "bearer" -> header(request, "Authorization", "Bearer " + value("token"));
            case "basic" -> header(request, "Authorization", basic());
            case "header" -> header(request, value("name"), value("value"));
            case "query" -> request.newBuilder().url(withQuery(request.url())).build();
            default ->
                throw invalid("is of kind '" + credential.kind()
                        + "'; http.request sends the kinds bearer, basic, header and query");
        };
    }

    private HttpUrl withQuery(HttpUrl url) {
        return url.newBuilder().setQueryParameter(value("name"), value("value")).build();
    }

    /** The value of the header for user name and password, RFC 7617. */
    String basic() {
        String pair = value("username") + ":" + value("password");
        return "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
    }

    private Request header(Request request, String header, String text) {
        if (!HeaderText.isName(header) || !HeaderText.isValue(text)) {
            throw invalid("has a value that cannot stand in a header, as a line break");
        }
        return request.newBuilder().header(header, text).build();
    }

    private String value(String part) {
        String text = credential.values().get(part);
        if (text == null || text.isEmpty()) {
            throw invalid("of kind '" + credential.kind() + "' has no '" + part + "'");
        }
        return text;
    }

    private StepException invalid(String why) {
        return new StepException("credential-invalid", "credential '" + name + "' " + why, false);
    }

    /** What must not be seen outside the request. */
    static List<String> secrets(Optional<Auth> auth) {
        if (auth.isEmpty()) {
            return List.of();
        }
        Credential credential = auth.get().credential();
        List<String> secrets = new ArrayList<>(credential.values().values());
        secrets.remove(credential.values().get("name"));
        if (credential.kind().equals("basic")) {
            secrets.remove(credential.values().get("username"));
            secrets.add(auth.get().basic().substring("Basic ".length()));
        }
        return secrets;
    }
}
