package io.auterity.connector.minilm;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import dev.langchain4j.model.embedding.onnx.allminilml6v2q.AllMiniLmL6V2QuantizedEmbeddingModel;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;

/** What others make of the same texts: Hugging Face's tokenizer, and LangChain4j's use of the same model. */
final class Reference {

    private static final HuggingFaceTokenizer TOKENIZER = tokenizer();
    private static final AllMiniLmL6V2QuantizedEmbeddingModel MODEL =
            new AllMiniLmL6V2QuantizedEmbeddingModel(Runnable::run);

    private Reference() {}

    /** The library tells its makers where it runs and asks them for other builds of itself, unless told not to. */
    private static HuggingFaceTokenizer tokenizer() {
        System.setProperty("ai.djl.offline", "true");
        System.setProperty("OPT_OUT_TRACKING", "true");
        System.setProperty("ENGINE_CACHE_DIR", Path.of("target", "djl").toString());
        try (InputStream file = MiniLm.class.getResourceAsStream("/all-minilm-l6-v2-q-tokenizer.json")) {
            return HuggingFaceTokenizer.newInstance(
                    Objects.requireNonNull(file), Map.of("padding", "false", "truncation", "false"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static long[] tokens(String text) {
        return TOKENIZER.encode(text, true, false).getIds();
    }

    static float[] vector(String text) {
        return MODEL.embed(text).content().vector();
    }
}
