package io.auterity.relay.money;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How much of each meter one call used; the counts are disjoint, so their sum is the whole.
 *
 * <p>Immutable and thread-safe.
 */
public final class Usage {

    /** Nothing used. */
    public static final Usage NONE = new Usage(new long[Meter.values().length]);

    private final long[] counts;

    private Usage(long[] counts) {
        this.counts = counts;
    }

    /**
     * Makes the usage of a plain text call.
     *
     * @param input tokens of the prompt
     * @param output tokens of the answer
     * @return the usage
     */
    public static Usage of(long input, long output) {
        return NONE.with(Meter.INPUT, input).with(Meter.OUTPUT, output);
    }

    /**
     * Returns a copy with another count.
     *
     * @param meter what is counted
     * @param count how much, 0 or more
     * @return the copy
     * @throws IllegalArgumentException if the count is negative
     */
    public Usage with(Meter meter, long count) {
        if (count < 0) {
            throw new IllegalArgumentException(meter.key() + " is 0 or more, not " + count);
        }
        long[] copy = counts.clone();
        copy[meter.ordinal()] = count;
        return new Usage(copy);
    }

    /**
     * Adds two usages.
     *
     * @param other what to add
     * @return the sum
     * @throws ArithmeticException if a count does not fit
     */
    public Usage plus(Usage other) {
        long[] sum = new long[counts.length];
        Arrays.setAll(sum, i -> Math.addExact(counts[i], other.counts[i]));
        return new Usage(sum);
    }

    /**
     * Returns one count.
     *
     * @param meter what is counted
     * @return how much
     */
    public long count(Meter meter) {
        return counts[meter.ordinal()];
    }

    /**
     * Returns all tokens of the prompt, cached or not; the length that context tiers of prices go by.
     *
     * @return the tokens
     */
    public long inputTokens() {
        long sum = 0;
        for (Meter meter : Meter.ALL) {
            sum = Math.addExact(sum, meter.isInput() ? count(meter) : 0);
        }
        return sum;
    }

    /**
     * Returns all tokens of the answer, reasoning included.
     *
     * @return the tokens
     */
    public long outputTokens() {
        long text = Math.addExact(count(Meter.OUTPUT), count(Meter.REASONING));
        return Math.addExact(text, Math.addExact(count(Meter.AUDIO_OUTPUT), count(Meter.IMAGE_OUTPUT)));
    }

    /**
     * Returns what is not zero, for logs and records.
     *
     * @return the counts by {@link Meter#key}, in the order of the meters
     */
    public Map<String, Long> counts() {
        Map<String, Long> map = new LinkedHashMap<>();
        for (Meter meter : Meter.ALL) {
            if (count(meter) > 0) {
                map.put(meter.key(), count(meter));
            }
        }
        return map;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Usage usage && Arrays.equals(counts, usage.counts);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(counts);
    }

    @Override
    public String toString() {
        return "Usage" + counts();
    }
}
