package io.auterity.relay.provider;

import io.auterity.definition.Json;
import io.auterity.relay.money.Usage;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Turns texts into vectors within this process, as a small model on the CPU does.
 *
 * <p>Implementations are thread-safe, and give every text of a call a vector of the same length.
 */
@FunctionalInterface
public interface Embedder {

    /**
     * Makes vectors. The calling thread blocks.
     *
     * @param texts at least one
     * @return a vector for each, in the same order
     */
    List<float[]> embed(List<String> texts);

    /**
     * Returns a provider that answers calls for embeddings, and no others, by an embedder. Nothing is used that costs
     * anything, so its models have a price of 0.
     *
     * @param embedder makes the vectors
     * @return the provider
     */
    static Provider provider(Embedder embedder) {
        return (call, sink) -> {
            Original original = call.prompt()
                    .original()
                    .filter(written -> written.protocol() == Protocol.EMBEDDINGS)
                    .orElseThrow(() -> new ProviderException(ErrorClass.NOT_FOUND, "it only makes vectors"));
            Object input = original.body().get("input");
            List<String> texts = new ArrayList<>();
            for (Object item : input instanceof List<?> list ? list : List.of(JsonPath.text(input))) {
                if (!(item instanceof String text)) {
                    throw new ProviderException(ErrorClass.REQUEST, "it takes texts, not tokens");
                }
                texts.add(text);
            }
            List<Object> data = new ArrayList<>();
            for (float[] vector : embedder.embed(texts)) {
                List<Object> numbers = new ArrayList<>(vector.length);
                for (float number : vector) {
                    numbers.add((double) number);
                }
                Map<String, Object> item = new LinkedHashMap<>();
                item.put("object", "embedding");
                item.put("index", (long) data.size());
                item.put("embedding", numbers);
                data.add(item);
            }
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("object", "list");
            json.put("model", call.deployment().model().model());
            json.put("data", data);
            json.put("usage", Map.of("prompt_tokens", 0L, "total_tokens", 0L));
            return new ProviderAnswer(
                    "",
                    List.of(),
                    "stop",
                    Optional.of(Usage.NONE),
                    Optional.empty(),
                    Optional.of(new ProviderAnswer.Written(Protocol.EMBEDDINGS, Json.write(json))));
        };
    }
}
