package io.auterity.relay.provider;

import io.auterity.definition.Json;
import io.auterity.relay.money.Usage;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Calls for embeddings in OpenAI's interface, answered by an embedder. Thread-safe. */
final class EmbedderCalls implements Provider {

    private final Embedder embedder;

    EmbedderCalls(Embedder embedder) {
        this.embedder = embedder;
    }

    @Override
    public ProviderAnswer call(ProviderCall call, Sink sink) {
        Map<String, @Nullable Object> body = call.prompt()
                .original()
                .filter(written -> written.protocol() == Protocol.EMBEDDINGS)
                .orElseThrow(() -> new ProviderException(ErrorClass.NOT_FOUND, "it only makes vectors"))
                .body();
        boolean isInBytes = "base64".equals(body.get("encoding_format"));
        List<Object> data = new ArrayList<>();
        List<String> texts = texts(body.get("input"));
        for (float[] vector : embedder.embed(texts, call.cancellation())) {
            if (body.get("dimensions") instanceof Number wanted && wanted.longValue() != vector.length) {
                throw new ProviderException(
                        ErrorClass.REQUEST, "its vectors have " + vector.length + " dimensions, not " + wanted);
            }
            Map<String, Object> item = new LinkedHashMap<>();
            item.put("object", "embedding");
            item.put("index", (long) data.size());
            item.put("embedding", isInBytes ? Embeddings.bytes(vector) : Embeddings.numbers(vector));
            data.add(item);
        }
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("object", "list");
        json.put("model", call.deployment().name());
        json.put("data", data);
        long tokens = embedder.tokens(texts).orElse(0);
        json.put("usage", Map.of("prompt_tokens", tokens, "total_tokens", tokens));
        return new ProviderAnswer(
                "",
                List.of(),
                "stop",
                Optional.of(Usage.of(tokens, 0)),
                Optional.empty(),
                Optional.of(new ProviderAnswer.Written(Protocol.EMBEDDINGS, Json.write(json))));
    }

    private static List<String> texts(@Nullable Object input) {
        List<String> texts = new ArrayList<>();
        for (Object item : input instanceof List<?> list ? list : List.of(JsonPath.text(input))) {
            if (!(item instanceof String text)) {
                throw new ProviderException(ErrorClass.REQUEST, "it takes texts, not tokens");
            }
            texts.add(text);
        }
        return texts;
    }
}
