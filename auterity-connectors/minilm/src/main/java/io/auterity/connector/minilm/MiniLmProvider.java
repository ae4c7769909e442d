package io.auterity.connector.minilm;

import io.auterity.relay.provider.Embedder;
import io.auterity.relay.provider.EmbedderProvider;

/** Offers the model to relay files as {@code minilm}. Thread-safe. */
public final class MiniLmProvider implements EmbedderProvider {

    /** As many texts as OpenAI takes in one call, each as long as the model's window. */
    private static final long CONTEXT_TOKENS = 2_048L * MiniLm.MAX_TOKENS;

    /** Makes the provider. */
    public MiniLmProvider() {}

    @Override
    public String name() {
        return "minilm";
    }

    @Override
    public String model() {
        return MiniLm.MODEL;
    }

    @Override
    public long contextTokens() {
        return CONTEXT_TOKENS;
    }

    @Override
    public Embedder open() {
        return MiniLm.open();
    }
}
