package io.auterity.relay.provider;

import io.auterity.relay.money.Usage;
import io.auterity.relay.usage.UsageReader;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** OpenAI's embeddings; the vectors stay in the answer as it was written. */
final class EmbeddingsWire implements Wire {

    private final Endpoint.Dialect dialect;

    EmbeddingsWire(Endpoint.Dialect dialect) {
        this.dialect = dialect;
    }

    @Override
    public Protocol protocol() {
        return Protocol.EMBEDDINGS;
    }

    @Override
    public String url(Endpoint endpoint, ProviderCall call) {
        return OpenAi.url(endpoint, call, "/embeddings");
    }

    @Override
    public Map<String, String> headers(String key) {
        return OpenAi.headers(dialect, key);
    }

    @Override
    public Map<String, Object> body(ProviderCall call) {
        return call.prompt()
                .original()
                .orElseThrow()
                .with(Map.of("model", call.deployment().name()));
    }

    @Override
    public Gathered answer(Map<String, Object> json) {
        Refusals.check(json);
        if (!(json.get("data") instanceof List<?>)) {
            throw new ProviderException(ErrorClass.MALFORMED, "the answer has no data");
        }
        Gathered gathered = new Gathered();
        gathered.finish("stop");
        gathered.usage(usage(json), Sink.NONE);
        return gathered;
    }

    @Override
    public boolean event(String data, Gathered gathered, Sink sink) {
        throw new ProviderException(ErrorClass.MALFORMED, "embeddings do not come in streams");
    }

    @Override
    public Optional<Usage> usage(Map<String, Object> json) {
        return UsageReader.OPENAI_EMBEDDINGS.read(json);
    }
}
