package io.auterity.relay.provider;

import java.util.List;
import java.util.OptionalLong;

/**
 * Turns texts into vectors within this process, as a small model on the CPU does.
 *
 * <p>Implementations are thread-safe, and give every text of a call a vector of the same length.
 */
@FunctionalInterface
public interface Embedder extends AutoCloseable {

    /**
     * Makes vectors. The calling thread blocks.
     *
     * @param texts at least one
     * @return a vector for each, in the same order
     * @throws ProviderException if it makes none, of the class {@code CONTEXT} if a text is too long for it
     */
    List<float[]> embed(List<String> texts);

    /**
     * Makes vectors, unless nobody waits for them any more. The calling thread blocks.
     *
     * @param texts at least one
     * @param cancellation tells that nobody waits any more; ignored unless the embedder says otherwise
     * @return a vector for each, in the same order
     * @throws ProviderException if it makes none, of the class {@code CANCELLED} if nobody waits for them
     */
    default List<float[]> embed(List<String> texts, Cancellation cancellation) {
        return embed(texts);
    }

    /**
     * Counts tokens, which are reported as what a call used.
     *
     * @param texts at least one, none of them too long
     * @return how many the model reads, or empty if the embedder does not count; then 0 is reported
     */
    default OptionalLong tokens(List<String> texts) {
        return OptionalLong.empty();
    }

    /** Frees what the embedder holds outside the heap; nothing unless it says otherwise. A second time has no effect. */
    @Override
    default void close() {}

    /**
     * Returns a provider that answers calls for embeddings, and no others, by an embedder. Nothing is used that costs
     * anything, so its models have a price of 0.
     *
     * <p>It takes what OpenAI's interface says: one text or several, {@code encoding_format}, and {@code dimensions} if they
     * are those that the vectors have.
     *
     * @param embedder makes the vectors; the caller closes it
     * @return the provider
     */
    static Provider provider(Embedder embedder) {
        return new EmbedderCalls(embedder);
    }
}
