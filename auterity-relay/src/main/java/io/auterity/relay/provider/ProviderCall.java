package io.auterity.relay.provider;

import io.auterity.relay.decide.Deployment;
import java.time.Duration;
import java.util.Objects;

/**
 * One call to one deployment.
 *
 * @param deployment where, and under which name
 * @param prompt what is asked
 * @param maxOutput the limit of tokens of the answer
 * @param isStream whether the answer is to arrive piece by piece
 * @param time how long it may take
 * @param cancellation tells that nobody waits any more
 */
public record ProviderCall(
        Deployment deployment, Prompt prompt, long maxOutput, boolean isStream, Time time, Cancellation cancellation) {

    /** Checks that every part is there. */
    public ProviderCall {
        Objects.requireNonNull(deployment, "deployment");
        Objects.requireNonNull(prompt, "prompt");
        Objects.requireNonNull(time, "time");
        Objects.requireNonNull(cancellation, "cancellation");
    }

    /**
     * Makes a call that may be silent as long as it may take.
     *
     * @param deployment where, and under which name
     * @param prompt what is asked
     * @param maxOutput the limit of tokens of the answer
     * @param isStream whether the answer is to arrive piece by piece
     * @param timeLeft how long it may take in all
     * @param cancellation tells that nobody waits any more
     */
    public ProviderCall(
            Deployment deployment,
            Prompt prompt,
            long maxOutput,
            boolean isStream,
            Duration timeLeft,
            Cancellation cancellation) {
        this(deployment, prompt, maxOutput, isStream, new Time(timeLeft, timeLeft, timeLeft), cancellation);
    }

    /**
     * How long a call may take.
     *
     * @param left in all
     * @param silence without a sign of life before the first piece of content, while another deployment could still be asked;
     *     not above {@code left}
     * @param pause without a sign of life between pieces of text; not above {@code left}, and as long as that if no other
     *     deployment would go on
     */
    public record Time(Duration left, Duration silence, Duration pause) {
        /** Checks the order. */
        public Time {
            if (silence.compareTo(left) > 0 || pause.compareTo(left) > 0) {
                throw new IllegalArgumentException("a call is not silent for longer than it may take");
            }
        }

        /** What is left when some of it is spent; the silence of all tries together leaves others their time. */
        private Time minus(Duration spent) {
            Duration rest = atLeastZero(left.minus(spent));
            Duration shorter = pause.compareTo(rest) > 0 ? rest : pause;
            return new Time(rest, atLeastZero(silence.minus(spent)), shorter);
        }

        private static Duration atLeastZero(Duration time) {
            return time.isNegative() ? Duration.ZERO : time;
        }
    }

    /**
     * Returns the same call when a part of its time is spent, as by a try with a key that was refused.
     *
     * @param spent how much, zero or more
     * @return the call with what is left, which can be nothing
     */
    public ProviderCall after(Duration spent) {
        return new ProviderCall(deployment, prompt, maxOutput, isStream, time.minus(spent), cancellation);
    }

    /**
     * Returns how long the call may take in all.
     *
     * @return the time
     */
    public Duration timeLeft() {
        return time.left();
    }
}
