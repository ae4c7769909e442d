package io.auterity.benchmarks;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/**
 * What one comparison found: two medians, measured side by side.
 *
 * @param id the benchmark
 * @param workload what both did, and the peer's name, as in {@code layered-1000/dexecutor}
 * @param ours our median
 * @param peer the peer's median
 * @param unit the unit of both, as in {@code ns/node} or {@code steps/s}
 * @param rounds how many measurements each median is of
 */
public record Figure(String id, String workload, double ours, double peer, String unit, int rounds) implements Result {

    /** Checks that the figure can be printed and divided. */
    public Figure {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(workload, "workload");
        Objects.requireNonNull(unit, "unit");
        if (!(ours > 0) || !(peer > 0)) {
            throw new IllegalArgumentException("a figure is positive, not " + ours + " and " + peer);
        }
    }

    /**
     * Returns ours divided by the peer's: below 1 ours is faster where the unit is a time, slower where it is a rate.
     *
     * @return the ratio
     */
    public double ratio() {
        return ours / peer;
    }

    @Override
    public String line() {
        return String.join(
                ", ", id, workload, number(ours), number(peer), number(ratio()), unit, String.valueOf(rounds));
    }

    @Override
    public Map<String, Object> json() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("id", id);
        json.put("workload", workload);
        json.put("ours", ours);
        json.put("peer", peer);
        json.put("ratio", ratio());
        json.put("unit", unit);
        json.put("rounds", rounds);
        return json;
    }

    /** Three significant digits say all that a noisy machine knows; whole numbers keep theirs. */
    static String number(double value) {
        if (value == 0) {
            return "0";
        }
        if (value >= 1000) {
            return String.format(Locale.ROOT, "%.0f", value);
        }
        int decimals = value >= 100 ? 0 : value >= 10 ? 1 : value >= 1 ? 2 : value >= 0.1 ? 3 : 4;
        return String.format(Locale.ROOT, "%." + decimals + "f", value);
    }
}
