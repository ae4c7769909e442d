package io.auterity.server.gateway;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The keys, and what each has left of its limits. Thread-safe. */
final class Keys {

    private static final long NANOS_A_MINUTE = Duration.ofMinutes(1).toNanos();

    private final Map<String, Holder> holders = new HashMap<>(); // never changed after the constructor
    private final InstantSource clock;

    Keys(List<VirtualKey> keys, InstantSource clock) {
        this.clock = clock;
        for (VirtualKey key : keys) {
            if (holders.putIfAbsent(key.sha256(), new Holder(key, clock.instant())) != null) {
                throw new IllegalArgumentException("two keys have the same hash");
            }
        }
    }

    /** Finds a key by what a caller sent. */
    Holder find(String sent) {
        Holder holder = sent.isEmpty() ? null : holders.get(VirtualKey.hash(sent));
        if (holder == null) {
            throw Refused.of(
                    401,
                    "invalid_api_key",
                    sent.isEmpty()
                            ? "there is no key; send it as 'Authorization: Bearer KEY' or 'x-api-key: KEY'"
                            : "the key is not known here");
        }
        return holder;
    }

    /** A key in use: a bucket of requests that fills with time, and a count of those on their way. */
    final class Holder {

        private final VirtualKey key;
        private final long nanosARequest;
        private Instant emptyUntil; // guarded by this, like the next: when a bucket that is empty now is full again
        private int running;

        private Holder(VirtualKey key, Instant now) {
            this.key = key;
            nanosARequest = NANOS_A_MINUTE / key.limits().requestsPerMinute();
            emptyUntil = now;
        }

        VirtualKey key() {
            return key;
        }

        /** Takes a place for a request, which {@link #leave} gives back. */
        synchronized void enter() {
            if (running >= key.limits().concurrent()) {
                throw Refused.of(
                                429,
                                "concurrency_limit",
                                "this key has " + key.limits().concurrent() + " requests on their way, its limit")
                        .after(Duration.ofSeconds(1));
            }
            Instant now = clock.instant();
            Instant from = emptyUntil.isBefore(now) ? now : emptyUntil;
            Instant next = from.plusNanos(nanosARequest);
            Duration over = Duration.between(now, next).minusNanos(NANOS_A_MINUTE);
            if (over.compareTo(Duration.ZERO) > 0) {
                throw Refused.of(
                                429,
                                "rate_limit_exceeded",
                                "this key has made " + key.limits().requestsPerMinute()
                                        + " requests within a minute, its limit")
                        .after(over);
            }
            emptyUntil = next;
            running++;
        }

        synchronized void leave() {
            running--;
        }
    }
}
