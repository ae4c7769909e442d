package io.auterity.relay.money;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a model charges for each meter, in whole pico-dollars a token (or a search).
 *
 * <p>A pico-dollar is a millionth of a micro-dollar: {@code $2.50} for a million tokens are 2,500,000 a token, and the
 * finest published prices are whole numbers. The cost of a call is summed exactly in pico-dollars and then rounded
 * <em>up</em> to a nano-dollar, once for each call; nothing else is ever rounded. What does not fit 64 bits throws
 * {@link ArithmeticException}.
 *
 * <p>Immutable and thread-safe.
 */
public final class Rates {

    private static final long PICOS_A_NANO = 1_000;

    private final Map<Meter, Long> picos;

    private Rates(Map<Meter, Long> picos) {
        this.picos = Collections.unmodifiableMap(picos);
    }

    /**
     * Makes rates.
     *
     * @param picos pico-dollars by meter, 0 or more; 0 means free of charge, a missing meter means not published
     * @return the rates
     * @throws IllegalArgumentException if one is negative
     */
    public static Rates of(Map<Meter, Long> picos) {
        Map<Meter, Long> copy = new EnumMap<>(Meter.class);
        picos.forEach((meter, rate) -> {
            if (rate < 0) {
                throw new IllegalArgumentException("the rate of " + meter.key() + " is 0 or more, not " + rate);
            }
            copy.put(meter, rate);
        });
        return new Rates(copy);
    }

    /**
     * Makes the rates of a plain text model.
     *
     * @param inputPicos pico-dollars for a token of the prompt
     * @param outputPicos pico-dollars for a token of the answer
     * @return the rates
     */
    public static Rates of(long inputPicos, long outputPicos) {
        return of(Map.of(Meter.INPUT, inputPicos, Meter.OUTPUT, outputPicos));
    }

    /**
     * Returns the rate of a meter, its own or its fallback's.
     *
     * @param meter what is charged for
     * @return pico-dollars, or empty when the price is unknown
     */
    public OptionalLong rate(Meter meter) {
        Optional<Meter> at = Optional.of(meter);
        while (at.isPresent()) {
            Long own = picos.get(at.get());
            if (own != null) {
                return OptionalLong.of(own);
            }
            at = at.get().fallback();
        }
        return OptionalLong.empty();
    }

    /**
     * Says which meter of a usage has no price.
     *
     * @param usage what was used
     * @return the first such meter, or empty when everything has a price
     */
    public Optional<Meter> unpriced(Usage usage) {
        for (Meter meter : Meter.ALL) {
            if (usage.count(meter) > 0 && rate(meter).isEmpty()) {
                return Optional.of(meter);
            }
        }
        return Optional.empty();
    }

    /**
     * Returns what a call costs, rounded up to a nano-dollar.
     *
     * @param usage what it used
     * @return the cost
     * @throws IllegalArgumentException if a meter has no price, see {@link #unpriced}
     * @throws ArithmeticException if the cost does not fit
     */
    public Money cost(Usage usage) {
        return sum(usage, false);
    }

    /**
     * Returns the most that a call can cost, when it is known how many tokens go in at most but not which of them will be
     * cached, and how many come out at most but not which of them will be reasoning.
     *
     * @param most the most of each meter
     * @return the upper bound, rounded up to a nano-dollar
     * @throws IllegalArgumentException if a meter has no price
     * @throws ArithmeticException if the cost does not fit
     */
    public Money ceiling(Usage most) {
        return sum(most, true);
    }

    private Money sum(Usage usage, boolean dearest) {
        long sum = 0;
        for (Meter meter : Meter.ALL) {
            long count = usage.count(meter);
            if (count > 0) {
                long rate = dearest ? dearest(meter) : need(meter);
                sum = Math.addExact(sum, Math.multiplyExact(rate, count));
            }
        }
        return new Money(sum / PICOS_A_NANO + (sum % PICOS_A_NANO == 0 ? 0 : 1));
    }

    /** Cached tokens cost more than fresh ones at some models, and reasoning more than the answer. */
    private long dearest(Meter meter) {
        long rate = need(meter);
        if (meter == Meter.INPUT) {
            return Math.max(rate, need(Meter.CACHED_INPUT));
        }
        return meter == Meter.OUTPUT ? Math.max(rate, need(Meter.REASONING)) : rate;
    }

    private long need(Meter meter) {
        return rate(meter)
                .orElseThrow(() -> new IllegalArgumentException("there is no price for " + meter.key()
                        + "; ask unpriced() before, or add a price to the book"));
    }

    /** The rates as a price book holds them, in a fixed order. */
    Map<String, Long> published() {
        Map<String, Long> map = new TreeMap<>();
        picos.forEach((meter, rate) -> map.put(meter.key(), rate));
        return map;
    }

    /** The dearer of both, meter by meter. */
    Rates dearest(Rates other) {
        Map<Meter, Long> map = new EnumMap<>(Meter.class);
        map.putAll(picos);
        other.picos.forEach((meter, rate) -> map.merge(meter, rate, Math::max));
        return new Rates(map);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Rates rates && picos.equals(rates.picos);
    }

    @Override
    public int hashCode() {
        return picos.hashCode();
    }

    @Override
    public String toString() {
        return "Rates" + published();
    }
}
