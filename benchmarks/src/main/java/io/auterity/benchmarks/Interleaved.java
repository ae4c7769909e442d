package io.auterity.benchmarks;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;

/**
 * Measures contestants in turn, A B C A B C, and takes the median of each: what slows the machine for a while then slows
 * all of them alike, and a ratio of medians stays fair where absolute times do not.
 */
public final class Interleaved {

    private final int rounds;
    private int warmUps = 1;
    private final Map<String, Callable<Double>> contestants = new LinkedHashMap<>();

    /**
     * Starts a comparison without contestants.
     *
     * @param rounds how often each is measured, at least 1
     */
    public Interleaved(int rounds) {
        if (rounds < 1) {
            throw new IllegalArgumentException("rounds is at least 1, not " + rounds);
        }
        this.rounds = rounds;
    }

    /**
     * Adds a contestant.
     *
     * @param name its name
     * @param measurement does the work once and returns the measured value; its first calls are a warm-up
     * @return this
     */
    public Interleaved add(String name, Callable<Double> measurement) {
        contestants.put(name, measurement);
        return this;
    }

    /**
     * Lets the JVM's compilers come to rest before anything is measured.
     *
     * @param turns how often all contestants take their turn without being measured; 1 when not said
     * @return this
     */
    public Interleaved warmUp(int turns) {
        warmUps = turns;
        return this;
    }

    /**
     * Measures.
     *
     * @return the median of each contestant by name, in the order they were added
     * @throws Exception what a measurement throws
     */
    public Map<String, Double> medians() throws Exception {
        double[][] values = new double[contestants.size()][rounds];
        for (int turn = 0; turn < warmUps; turn++) {
            for (Callable<Double> measurement : contestants.values()) {
                measurement.call();
            }
        }
        for (int round = 0; round < rounds; round++) {
            int contestant = 0;
            for (Callable<Double> measurement : contestants.values()) {
                values[contestant++][round] = measurement.call();
            }
        }
        Map<String, Double> medians = new LinkedHashMap<>();
        for (String name : contestants.keySet()) {
            medians.put(name, median(values[medians.size()]));
        }
        return medians;
    }

    /**
     * Measures, and reports the first contestant against each of the others.
     *
     * @param id the benchmark
     * @param workload what all do; the figure's workload is {@code <workload>/<peer>}
     * @param unit the unit of the measured values
     * @return a figure for each contestant but the first
     * @throws Exception what a measurement throws
     */
    public List<Figure> firstAgainstOthers(String id, String workload, String unit) throws Exception {
        Map<String, Double> medians = medians();
        double ours = medians.values().iterator().next();
        return medians.entrySet().stream()
                .skip(1)
                .map(peer -> new Figure(id, workload + "/" + peer.getKey(), ours, peer.getValue(), unit, rounds))
                .toList();
    }

    static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
