package io.auterity.relay.provider;

import io.auterity.relay.decide.Deployment;
import java.time.Duration;
import java.util.Objects;

/**
 * One call to one deployment.
 *
 * @param deployment where, and under which model's name
 * @param prompt what is asked
 * @param maxOutput the limit of tokens of the answer
 * @param isStream whether the answer is to arrive piece by piece
 * @param timeLeft how long it may take in all
 * @param cancellation tells that nobody waits any more
 */
public record ProviderCall(
        Deployment deployment,
        Prompt prompt,
        long maxOutput,
        boolean isStream,
        Duration timeLeft,
        Cancellation cancellation) {

    /** Checks that every part is there. */
    public ProviderCall {
        Objects.requireNonNull(deployment, "deployment");
        Objects.requireNonNull(prompt, "prompt");
        Objects.requireNonNull(timeLeft, "timeLeft");
        Objects.requireNonNull(cancellation, "cancellation");
    }
}
