package io.auterity.connector.jdbc.reliability;

import java.time.Duration;
import java.util.List;

/**
 * What was measured one time after the other, at even distances. The first tenth of it is warm-up. Immutable.
 *
 * @param values the measurements, ten or more
 * @param every the distance
 */
record Course(List<Long> values, Duration every) {

    Course {
        if (values.size() < 10) {
            throw new IllegalArgumentException("ten or more measurements, not " + values.size());
        }
        values = List.copyOf(values);
    }

    /** The highest of the second and third tenth. */
    long early() {
        return values.subList(values.size() / 10, values.size() * 3 / 10).stream()
                .mapToLong(Long::longValue)
                .max()
                .orElseThrow();
    }

    /** The lowest of the last fifth: what goes up and down does not make it higher, what only grows does. */
    long late() {
        return values.subList(values.size() * 4 / 5, values.size()).stream()
                .mapToLong(Long::longValue)
                .min()
                .orElseThrow();
    }

    /** By how much it grows in an hour: the slope of the line with the least squares, after the first fifth. */
    double perHour() {
        List<Long> warm = values.subList(values.size() / 5, values.size());
        double middle = (warm.size() - 1) / 2.0;
        double mean = warm.stream().mapToLong(Long::longValue).average().orElseThrow();
        double products = 0;
        double squares = 0;
        for (int i = 0; i < warm.size(); i++) {
            products += (i - middle) * (warm.get(i) - mean);
            squares += (i - middle) * (i - middle);
        }
        return products / squares * Duration.ofHours(1).toNanos() / every.toNanos();
    }
}
