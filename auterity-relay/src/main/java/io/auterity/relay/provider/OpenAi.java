package io.auterity.relay.provider;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** What OpenAI's interfaces have in common, as OpenAI, Azure and compatible servers speak them. */
final class OpenAi {

    private static final String AZURE_VERSION = "2024-10-21";

    private OpenAi() {}

    /** Returns an address; Azure has the deployment in it. */
    static String url(Endpoint endpoint, ProviderCall call, String path) {
        if (endpoint.dialect() == Endpoint.Dialect.AZURE) {
            String name = URLEncoder.encode(call.deployment().model().model(), StandardCharsets.UTF_8);
            return endpoint.url("/openai/deployments/" + name + path + "?api-version=" + AZURE_VERSION);
        }
        return endpoint.url(path);
    }

    static Map<String, String> headers(Endpoint.Dialect dialect, String key) {
        return dialect == Endpoint.Dialect.AZURE ? Map.of("api-key", key) : Map.of("Authorization", "Bearer " + key);
    }
}
