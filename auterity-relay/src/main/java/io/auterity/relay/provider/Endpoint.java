package io.auterity.relay.provider;

import io.auterity.relay.money.ServiceTier;
import java.net.URI;
import java.util.List;
import java.util.Objects;

/**
 * Where a provider is reached.
 *
 * @param dialect the interface it speaks
 * @param baseUrl what comes before the paths of the interface, as in {@code https://api.openai.com/v1}
 * @param credentials names of credentials of kind {@code bearer}, with the key as {@code token}; when one fails, the next
 *     is taken; empty for servers that need none
 */
public record Endpoint(Dialect dialect, URI baseUrl, List<String> credentials) {

    /** The interfaces. */
    public enum Dialect {
        /** OpenAI's own. */
        OPENAI,
        /** Azure's, whose base URL ends before {@code /openai}. */
        AZURE,
        /** What Ollama, vLLM, llama.cpp and many others speak. */
        OPENAI_COMPATIBLE,
        /** Anthropic's messages. */
        ANTHROPIC
    }

    /** Checks the parts. */
    public Endpoint {
        Objects.requireNonNull(dialect, "dialect");
        credentials = List.copyOf(credentials);
        if (baseUrl.getHost() == null || baseUrl.getQuery() != null) {
            throw new IllegalArgumentException("a base URL has a host and no query: " + baseUrl);
        }
    }

    /**
     * Says whether a deployment here can be of a class of service. One that calls do not ask for is not what they are charged
     * in: batches are no calls, and only OpenAI is asked for flex and priority. What compatible servers and Azure do is their
     * operators' affair, and so is what a contract with Anthropic has (priority, regions).
     *
     * @param tier the class of service
     * @return whether calls are made in it
     */
    public boolean has(ServiceTier tier) {
        return switch (tier) {
            case BATCH, REGIONAL_BATCH -> false;
            case FAST -> dialect == Dialect.AZURE || dialect == Dialect.OPENAI_COMPATIBLE;
            case FLEX, REGIONAL_FLEX -> dialect != Dialect.ANTHROPIC;
            case STANDARD, PRIORITY, REGIONAL, REGIONAL_PRIORITY -> true;
        };
    }

    /** Returns an address below the base. */
    String url(String path) {
        String base = baseUrl.toString();
        return (base.endsWith("/") ? base.substring(0, base.length() - 1) : base) + path;
    }
}
