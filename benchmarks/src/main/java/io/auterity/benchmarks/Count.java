package io.auterity.benchmarks;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * How often something was done, by ours and by a peer, for each unit of work. Unlike a {@link Figure} it may be zero, and
 * may say that nobody can count it.
 *
 * @param id the benchmark
 * @param workload what both did, and the peer's name, as in {@code 1-step/dbos}
 * @param ours how often ours did; zero or more, empty if it is not counted
 * @param peer how often the peer did; zero or more, empty if it is not counted
 * @param unit what is counted for which unit of work, as in {@code fsyncs/workflow}
 * @param reason why something is not counted; empty if both are
 */
public record Count(
        String id, String workload, OptionalDouble ours, OptionalDouble peer, String unit, Optional<String> reason)
        implements Result {

    /** Checks that there is a count or a reason. */
    public Count {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(workload, "workload");
        Objects.requireNonNull(unit, "unit");
        if (!(ours.orElse(0) >= 0) || !(peer.orElse(0) >= 0)) {
            throw new IllegalArgumentException("a count is zero or more, not " + ours + " and " + peer);
        }
        if (reason.isPresent() == (ours.isPresent() && peer.isPresent())) {
            throw new IllegalArgumentException("what is not counted has a reason, and only that: " + unit);
        }
    }

    static Count of(String id, String workload, double ours, double peer, String unit) {
        return new Count(id, workload, OptionalDouble.of(ours), OptionalDouble.of(peer), unit, Optional.empty());
    }

    static Count impossible(String id, String workload, String unit, String reason) {
        return new Count(id, workload, OptionalDouble.empty(), OptionalDouble.empty(), unit, Optional.of(reason));
    }

    private OptionalDouble ratio() {
        return ours.isPresent() && peer.orElse(0) > 0
                ? OptionalDouble.of(ours.getAsDouble() / peer.getAsDouble())
                : OptionalDouble.empty();
    }

    @Override
    public String line() {
        String ratio = ratio().isPresent() ? Figure.number(ratio().getAsDouble()) : "-";
        String all = String.join(", ", id, workload, text(ours), text(peer), ratio, unit, "1");
        return reason.map(why -> all + " (" + why + ")").orElse(all);
    }

    private static String text(OptionalDouble count) {
        return count.isPresent() ? Figure.number(count.getAsDouble()) : "not counted";
    }

    @Override
    public Map<String, Object> json() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("id", id);
        json.put("workload", workload);
        ours.ifPresent(value -> json.put("ours", value));
        peer.ifPresent(value -> json.put("peer", value));
        ratio().ifPresent(value -> json.put("ratio", value));
        json.put("unit", unit);
        json.put("rounds", 1);
        reason.ifPresent(why -> json.put("notCounted", why));
        return json;
    }
}
