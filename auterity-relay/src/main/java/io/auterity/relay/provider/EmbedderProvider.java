package io.auterity.relay.provider;

import java.util.List;
import java.util.ServiceLoader;

/**
 * Offers an embedder of this process by a name, so that a file can say it; found by {@link ServiceLoader}.
 *
 * <p>Implementations are thread-safe, and cost nothing until a text is embedded.
 */
public interface EmbedderProvider {

    /**
     * Returns the name by which files say it.
     *
     * @return as in {@code minilm}
     */
    String name();

    /**
     * Returns what the model is called.
     *
     * @return the name without its provider, as in {@code all-minilm-l6-v2-q}
     */
    String model();

    /**
     * Returns how much one call may hold.
     *
     * @return how many tokens all its texts have together at most, above zero
     */
    long contextTokens();

    /**
     * Makes an embedder, which loads its model when it is first used.
     *
     * @return the embedder; the caller closes it
     */
    Embedder open();

    /**
     * Returns those that the class path offers to the calling thread.
     *
     * @return the providers, in the order of the class path
     * @throws java.util.ServiceConfigurationError if one of them is broken
     */
    static List<EmbedderProvider> installed() {
        return ServiceLoader.load(EmbedderProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .toList();
    }
}
