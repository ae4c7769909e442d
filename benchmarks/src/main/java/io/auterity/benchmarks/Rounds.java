package io.auterity.benchmarks;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.function.Consumer;

/**
 * {@link Interleaved} for contestants of which more than one thing is measured at a time: A B C A B C, and the median of
 * each quantity of each contestant.
 */
final class Rounds {

    private final int rounds;
    private final Map<String, Callable<Map<String, Double>>> contestants = new LinkedHashMap<>();

    Rounds(int rounds) {
        this.rounds = rounds;
    }

    /** Adds a contestant, ours first; every measurement has the same units as keys. Its first call is a warm-up. */
    Rounds add(String name, Callable<Map<String, Double>> measurement) {
        contestants.put(name, measurement);
        return this;
    }

    /** Measures, and reports the first contestant against each of the others, a figure for each unit. */
    void report(String id, String workload, Consumer<Result> figures) throws Exception {
        Map<String, Map<String, List<Double>>> values = new LinkedHashMap<>();
        for (Callable<Map<String, Double>> measurement : contestants.values()) {
            measurement.call();
        }
        for (int round = 0; round < rounds; round++) {
            for (Map.Entry<String, Callable<Map<String, Double>>> contestant : contestants.entrySet()) {
                Map<String, List<Double>> own =
                        values.computeIfAbsent(contestant.getKey(), name -> new LinkedHashMap<>());
                contestant
                        .getValue()
                        .call()
                        .forEach((unit, value) -> own.computeIfAbsent(unit, any -> new ArrayList<>())
                                .add(value));
            }
        }
        String first = contestants.keySet().iterator().next();
        Map<String, List<Double>> ours = Objects.requireNonNull(values.get(first), first);
        values.forEach((peer, quantities) -> {
            if (!peer.equals(first)) {
                quantities.forEach((unit, theirs) -> {
                    double own = median(Objects.requireNonNull(ours.get(unit), unit));
                    double other = median(theirs);
                    if (own > 0 && other > 0) { // CPU time comes in ticks, too coarse for short rounds
                        figures.accept(new Figure(id, workload + "/" + peer, own, other, unit, rounds));
                    }
                });
            }
        });
    }

    private static double median(List<Double> values) {
        return Interleaved.median(
                values.stream().mapToDouble(Double::doubleValue).toArray());
    }
}
