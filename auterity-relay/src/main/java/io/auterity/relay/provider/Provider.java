package io.auterity.relay.provider;

import io.auterity.relay.money.ServiceTier;
import java.util.OptionalLong;

/**
 * Answers calls: a vendor's interface over HTTP, or a model in this process.
 *
 * <p>Implementations are thread-safe.
 */
@FunctionalInterface
public interface Provider {

    /**
     * Makes a call and waits for its end. The calling thread blocks.
     *
     * @param call the call
     * @param sink takes the pieces of a stream as they arrive
     * @return the whole answer, for streams too
     * @throws ProviderException if it failed
     */
    ProviderAnswer call(ProviderCall call, Sink sink);

    /**
     * Counts the tokens of a prompt, without charge and without an answer. The calling thread blocks.
     *
     * @param call the call; its limit and whether it is a stream do not matter
     * @return the count, or empty if the provider does not count, or not now
     */
    default OptionalLong countTokens(ProviderCall call) {
        return OptionalLong.empty();
    }

    /**
     * Says whether the interface has all of a prompt without which the answer would be another one.
     *
     * @param prompt the prompt
     * @return whether it has; true unless an implementation knows better
     */
    default boolean understands(Prompt prompt) {
        return true;
    }

    /**
     * Says whether calls can be made in a class of service. A relay is not built with a deployment of another one: its calls
     * would be booked at rates that they are not charged at.
     *
     * @param tier the class of service of a deployment
     * @return whether they are; true unless an implementation knows better
     */
    default boolean has(ServiceTier tier) {
        return true;
    }
}
