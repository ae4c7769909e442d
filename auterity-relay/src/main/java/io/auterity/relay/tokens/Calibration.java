package io.auterity.relay.tokens;

import java.util.Arrays;

/**
 * How many tokens a model makes of a token of the yardstick, learned from the usage it returns.
 *
 * <p>The upper bound is a quantile of the latest samples that holds for the next one whatever the distribution is
 * (conformal prediction; Vovk, Gammerman and Shafer 2005): of {@code n} samples the one of rank {@code (n + 1) * 0.99} is
 * reached by 99 of 100 such prompts. A tenth is added for prompts unlike them. Thread-safe.
 */
final class Calibration {

    /** The latest samples that count. */
    static final int KEPT = 1_000;

    /** Fewer do not give such a quantile. */
    static final int LEAST = 99;

    private static final double COVERAGE = 0.99;
    private static final double MARGIN = 1.1;

    /** Sorting a thousand samples after every call would cost more than counting; what is above the bound does not wait. */
    private static final int RARELY = 50;

    private final long[][] samples = new long[KEPT][]; // guarded by this, like all below
    private int count;
    private int next;
    private double mean = Double.NaN;
    private double upper = Double.NaN;

    /** A prompt whose texts have some tokens of the yardstick, with what frames them at most, had some in truth. */
    synchronized void learn(long texts, long frame, long tokens) {
        long[] sample = {texts, frame, tokens};
        samples[next] = sample;
        next = (next + 1) % KEPT;
        count = Math.min(KEPT, count + 1);
        if (count <= LEAST || next % RARELY == 0 || ratio(sample) > upper) {
            compute();
        }
    }

    private void compute() {
        long allTexts = 0;
        long allTokens = 0;
        double[] ratios = new double[count];
        for (int i = 0; i < count; i++) {
            allTexts += samples[i][0];
            allTokens += samples[i][2];
            ratios[i] = ratio(samples[i]);
        }
        mean = (double) allTokens / allTexts;
        if (count >= LEAST) {
            Arrays.sort(ratios);
            upper = ratios[(int) Math.ceil((count + 1) * COVERAGE) - 1] * MARGIN;
        }
    }

    private static double ratio(long[] sample) {
        return Math.max(0, sample[2] - sample[1]) / (double) sample[0];
    }

    /** Tokens for each of the yardstick on the average, frames included; NaN before the first sample. */
    synchronized double mean() {
        return mean;
    }

    /** Tokens for each of the yardstick in 99 of 100 prompts, frames apart; NaN before there are enough samples. */
    synchronized double upper() {
        return upper;
    }

    /** The samples, oldest first; with them known, mean and upper bound are those of all. */
    synchronized long[][] samples() {
        if (count > 0) {
            compute();
        }
        long[][] copy = new long[count][];
        for (int i = 0; i < count; i++) {
            copy[i] = samples[(next - count + i + KEPT) % KEPT].clone();
        }
        return copy;
    }
}
