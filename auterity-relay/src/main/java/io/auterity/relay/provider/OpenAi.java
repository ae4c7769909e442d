package io.auterity.relay.provider;

import io.auterity.relay.money.ServiceTier;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;

/** What OpenAI's interfaces have in common, as OpenAI, Azure and compatible servers speak them. */
final class OpenAi {

    private static final String AZURE_VERSION = "2024-10-21";

    static final String TIER = "service_tier";

    private OpenAi() {}

    /** Returns an address; Azure has the deployment in it. */
    static String url(Endpoint endpoint, ProviderCall call, String path) {
        if (endpoint.dialect() == Endpoint.Dialect.AZURE) {
            String name = URLEncoder.encode(call.deployment().name(), StandardCharsets.UTF_8);
            return endpoint.url("/openai/deployments/" + name + path + "?api-version=" + AZURE_VERSION);
        }
        return endpoint.url(path);
    }

    /** Asks OpenAI for the class of service that a deployment is priced in; others decide that in other ways. */
    static Optional<String> wished(Endpoint.Dialect dialect, ServiceTier tier) {
        if (dialect != Endpoint.Dialect.OPENAI) {
            return Optional.empty();
        }
        return switch (tier) {
            case FLEX, REGIONAL_FLEX -> Optional.of("flex");
            case PRIORITY, REGIONAL_PRIORITY -> Optional.of("priority");
            default -> Optional.empty();
        };
    }

    /** Reads in which class of service an answer was made; {@code auto} and others say nothing of the price. */
    static Optional<ServiceTier> told(Map<String, Object> answer) {
        return switch (JsonPath.text(answer.get(TIER))) {
            case "default", "standard" -> Optional.of(ServiceTier.STANDARD);
            case "flex" -> Optional.of(ServiceTier.FLEX);
            case "priority" -> Optional.of(ServiceTier.PRIORITY);
            default -> Optional.empty();
        };
    }

    static Map<String, String> headers(Endpoint.Dialect dialect, String key) {
        return dialect == Endpoint.Dialect.AZURE ? Map.of("api-key", key) : Map.of("Authorization", "Bearer " + key);
    }
}
