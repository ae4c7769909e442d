package io.auterity.relay.decide;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * Orders the deployments of one model: the better of two drawn at random first (the power of two choices, Mitzenmacher
 * 2001, which avoids that everybody runs to the same one), the others by their load.
 *
 * <p>The load of a deployment is its latency times the calls on their way, divided by what is left of its rate limits. The
 * latency is one that jumps up at a slow call and decays slowly, with each call and with time (peak EWMA, from Twitter's Finagle). A conversation stays
 * where it was, for the sake of the provider's cache, unless that place is twice as loaded as the best.
 */
final class Balancing {

    private static final StateView.Health UNTRIED =
            new StateView.Health(Duration.ofMillis(1), Duration.ofSeconds(1), 0, true, 1);

    private Balancing() {}

    static boolean isOpen(Deployment place, StateView state) {
        StateView.Health health = state.health().getOrDefault(place.id(), UNTRIED);
        return health.isAvailable();
    }

    /** Whether nothing is left of its rate limits, so that it is called only if nothing else can be. */
    static boolean isExhausted(Deployment place, StateView state) {
        return state.health().getOrDefault(place.id(), UNTRIED).headroom() <= 0;
    }

    static double load(Deployment place, StateView state) {
        StateView.Health health = state.health().getOrDefault(place.id(), UNTRIED);
        return health.latency().toNanos() * (health.inFlight() + 1.0) / Math.max(0.01, health.headroom());
    }

    static List<Deployment> order(
            List<Deployment> places, Optional<String> conversation, StateView state, SplittableRandom random) {
        List<Deployment> order = new ArrayList<>(places);
        order.sort(Comparator.<Deployment>comparingDouble(place -> load(place, state))
                .thenComparing(Deployment::id));
        if (order.size() < 2) {
            return order;
        }
        int one = random.nextInt(order.size());
        int other = random.nextInt(order.size() - 1);
        int first = Math.min(one, other >= one ? other + 1 : other); // the list is sorted by load
        if (conversation.isPresent()) {
            int home = home(places, order, conversation.get());
            if (load(order.get(home), state) <= 2 * load(order.get(0), state)) {
                first = home;
            }
        }
        order.add(0, order.remove(first));
        return order;
    }

    /** Rendezvous hashing: a conversation keeps its place when others come and go. */
    private static int home(List<Deployment> places, List<Deployment> order, String conversation) {
        Deployment home = places.get(0);
        long most = Long.MIN_VALUE;
        for (Deployment place : places) {
            long hash = new SplittableRandom(
                            31L * conversation.hashCode() + place.id().hashCode())
                    .nextLong();
            if (hash > most) {
                most = hash;
                home = place;
            }
        }
        return order.indexOf(home);
    }
}
