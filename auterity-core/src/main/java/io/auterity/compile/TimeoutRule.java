package io.auterity.compile;

import io.auterity.definition.Durations;
import java.time.Duration;

/** A time limit is positive and not absurd. */
final class TimeoutRule {

    private TimeoutRule() {}

    static void check(Compilation compilation, Place place, String key, Duration limit) {
        if (limit.isZero() || limit.isNegative()) {
            compilation
                    .problems()
                    .add(
                            Code.TIMEOUT,
                            place.at(key),
                            key + " is " + limit + ", so that nothing could end in time",
                            "write a duration such as 30s, or remove it");
        } else if (limit.compareTo(Durations.LONGEST) > 0) {
            compilation
                    .problems()
                    .add(
                            Code.TIMEOUT,
                            place.at(key),
                            key + " is longer than " + Durations.LONGEST.toDays() + " days",
                            "write a shorter duration, or remove it");
        }
    }
}
