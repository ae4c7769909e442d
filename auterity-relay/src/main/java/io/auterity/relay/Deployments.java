package io.auterity.relay;

import io.auterity.relay.decide.Deployment;
import io.auterity.relay.decide.StateView;
import io.auterity.relay.provider.Headroom;
import io.auterity.relay.provider.ProviderException;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** How each deployment does: breaker, latency, calls on their way, and what is left of its rate limits. Thread-safe. */
final class Deployments {

    static final Duration OPEN_FOR = Duration.ofSeconds(10);

    /** How fast a latency is forgotten: half of it after as many calls. */
    private static final double KEPT = 0.9;

    /** How fast time passes over a latency: it is 1/e of itself after so long without a call. */
    private static final Duration FADES = Duration.ofMinutes(5);

    /** The latency of one that refuses all its keys, or does not know the model: the others come first. */
    private static final double REFUSED_NANOS = Duration.ofMinutes(1).toNanos();

    private static final Duration RATE_LIMITED_FOR = Duration.ofSeconds(5);

    private final InstantSource clock;
    private final Map<String, Place> places = new HashMap<>();

    /** One deployment; its fields are guarded by itself. */
    private static final class Place {
        private final CircuitBreaker breaker;
        private Instant openUntil = Instant.MIN;
        private Instant limitedUntil = Instant.MIN;
        private double latencyNanos; // when it was measured
        private Instant measured = Instant.EPOCH;
        private Instant refused = Instant.EPOCH;
        private double p95Nanos;
        private int inFlight;
        private double headroom = 1;
        private Instant resetsAt = Instant.MIN; // from when on the headroom is whole again

        private Place(CircuitBreaker breaker) {
            this.breaker = breaker;
        }

        private double latencyNanos(Instant now) {
            return Math.max(faded(latencyNanos, measured, now), faded(REFUSED_NANOS, refused, now));
        }

        private static double faded(double nanos, Instant since, Instant now) {
            double passed = Math.max(0, Duration.between(since, now).toMillis());
            return nanos * Math.exp(-passed / FADES.toMillis());
        }
    }

    Deployments(List<Deployment> deployments, InstantSource clock) {
        this.clock = clock;
        CircuitBreakerConfig config = CircuitBreakerConfig.custom()
                .slidingWindowType(CircuitBreakerConfig.SlidingWindowType.COUNT_BASED)
                .slidingWindowSize(20)
                .minimumNumberOfCalls(5)
                .failureRateThreshold(50)
                .waitDurationInOpenState(OPEN_FOR)
                .permittedNumberOfCallsInHalfOpenState(2)
                .clock(clock.withZone(ZoneOffset.UTC))
                .build();
        for (Deployment deployment : deployments) {
            CircuitBreaker breaker = CircuitBreaker.of(deployment.id(), config);
            places.put(deployment.id(), new Place(breaker));
        }
    }

    private Place place(Deployment deployment) {
        Place place = places.get(deployment.id());
        if (place == null) {
            throw new IllegalArgumentException("deployment '" + deployment.id() + "' is not one of the policy's");
        }
        return place;
    }

    Map<String, StateView.Health> health() {
        Instant now = clock.instant();
        Map<String, StateView.Health> health = new HashMap<>();
        places.forEach((id, place) -> {
            synchronized (place) {
                boolean isKnown = place.latencyNanos > 0;
                double latencyNanos = place.latencyNanos(now);
                double headroom = now.isBefore(place.resetsAt) ? place.headroom : 1;
                boolean isAvailable = !now.isBefore(place.openUntil) && !now.isBefore(place.limitedUntil);
                if (latencyNanos >= 1 || !isAvailable || place.inFlight > 0 || headroom < 1) {
                    health.put(
                            id,
                            new StateView.Health(
                                    Duration.ofNanos((long) Math.max(1_000_000, latencyNanos)),
                                    isKnown
                                            ? Duration.ofNanos((long) Math.max(1_000_000, place.p95Nanos))
                                            : Duration.ZERO,
                                    place.inFlight,
                                    isAvailable,
                                    headroom));
                }
            }
        });
        return health;
    }

    boolean enter(Deployment deployment) {
        Place place = place(deployment);
        synchronized (place) {
            if (!place.breaker.tryAcquirePermission()) {
                return false;
            }
            place.inFlight++;
            return true;
        }
    }

    void succeeded(Deployment deployment, Duration toFirstToken, Optional<Headroom> headroom) {
        Place place = place(deployment);
        synchronized (place) {
            place.inFlight--;
            place.breaker.onSuccess(toFirstToken.toNanos(), TimeUnit.NANOSECONDS);
            double nanos = Math.max(1, toFirstToken.toNanos());
            // peak-sensitive: a slow call counts at once, a fast one a little
            Instant now = clock.instant();
            double before = Place.faded(place.latencyNanos, place.measured, now);
            place.latencyNanos = nanos > before ? nanos : KEPT * before + (1 - KEPT) * nanos;
            place.measured = now;
            place.refused = Instant.EPOCH;
            // a quantile by small steps up and smaller ones down, 19 to 1 (Robbins and Monro 1951)
            double step = Math.max(1, place.p95Nanos * 0.05);
            place.p95Nanos = place.p95Nanos == 0
                    ? 2 * nanos
                    : nanos > place.p95Nanos ? place.p95Nanos + 0.95 * step : place.p95Nanos - 0.05 * step;
            headroom.ifPresent(told -> limit(place, told));
        }
    }

    private void limit(Place place, Headroom told) {
        place.headroom = told.left();
        place.resetsAt = clock.instant().plus(told.resets());
    }

    void failed(Deployment deployment, ProviderException failure, Duration took) {
        Place place = place(deployment);
        synchronized (place) {
            place.inFlight--;
            if (!failure.errorClass().isCounted()) {
                place.breaker.releasePermission();
            } else {
                place.breaker.onError(took.toNanos(), TimeUnit.NANOSECONDS, failure);
                if (place.breaker.getState() == CircuitBreaker.State.OPEN) {
                    place.openUntil = clock.instant().plus(OPEN_FOR);
                }
            }
            failure.headroom().ifPresent(told -> limit(place, told));
            switch (failure.errorClass()) {
                // It is not left alone for that: what one call may not ask for, others need not have asked.
                case KEY, NOT_FOUND -> place.refused = clock.instant();
                case RATE_LIMIT, QUOTA ->
                    place.limitedUntil =
                            clock.instant().plus(failure.retryAfter().orElse(RATE_LIMITED_FOR));
                default ->
                    failure.retryAfter()
                            .ifPresent(
                                    time -> place.limitedUntil = clock.instant().plus(time));
            }
        }
    }
}
