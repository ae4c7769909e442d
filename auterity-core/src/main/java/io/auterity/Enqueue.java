package io.auterity;

import io.auterity.journal.QueuedRun;
import io.auterity.journal.QueuedRun.Place;
import io.auterity.journal.QueuedRun.Sole;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Where and how a run is put into a queue. Immutable and thread-safe.
 *
 * <pre>{@code
 * engine.enqueue(send, mail, Enqueue.to("mail").key(customer).priority(5).delay(Duration.ofMinutes(10)));
 * }</pre>
 */
public final class Enqueue {

    private final String queue;
    private final Place place;
    private final Optional<Instant> startAt;
    private final StartOptions options;

    private Enqueue(String queue, Place place, Optional<Instant> startAt, StartOptions options) {
        this.queue = queue;
        this.place = place;
        this.startAt = startAt;
        this.options = options;
    }

    /**
     * Puts a run at the end of a queue.
     *
     * @param queue the name of a queue that the engine {@linkplain Engine.Builder#queue has declared}
     * @return how to put it there
     */
    public static Enqueue to(String queue) {
        return new Enqueue(queue, Place.NONE, Optional.empty(), StartOptions.DEFAULT);
    }

    private Enqueue with(Place other) {
        return new Enqueue(queue, other, startAt, options);
    }

    /**
     * Says what the run belongs to: a customer, an account, a document. Keys take turns, so that a flood of one holds up no
     * other, and share what {@link io.auterity.journal.RunQueue#perKey} limits.
     *
     * @param key at most {@value QueuedRun#MAX_KEY} characters
     * @return this with the key
     */
    public Enqueue key(String key) {
        return with(new Place(key, place.priority(), place.delay(), place.sole()));
    }

    /**
     * Lets the run overtake those of lower priority, which wait as long as there are any of a higher one.
     *
     * @param priority {@code -}{@value QueuedRun#MAX_PRIORITY} to {@value QueuedRun#MAX_PRIORITY}, higher ones first; 0
     *     when not given
     * @return this with the priority
     */
    public Enqueue priority(int priority) {
        return with(new Place(place.key(), priority, place.delay(), place.sole()));
    }

    /**
     * Lets the run begin after some time, or later when the queue does not let it begin then.
     *
     * @param time how long it waits at least, zero to {@link io.auterity.journal.Write#FOREVER}
     * @return this with the delay
     */
    public Enqueue delay(Duration time) {
        Place later = new Place(place.key(), place.priority(), time, place.sole());
        return new Enqueue(queue, later, Optional.empty(), options);
    }

    /**
     * Lets the run begin at a time by the engine's clock, or later when the queue does not let it begin then.
     *
     * @param time when it begins at the earliest; a time that has passed means at once
     * @return this with the time
     */
    public Enqueue startAt(Instant time) {
        return new Enqueue(queue, place, Optional.of(time), options);
    }

    /**
     * Puts the run in unless the queue has one of the same deduplication id that has not ended: then that is the run.
     *
     * @param id names what there is one run of, 1 to {@value QueuedRun#MAX_KEY} characters
     * @return this with the id
     */
    public Enqueue deduplicate(String id) {
        return with(
                new Place(place.key(), place.priority(), place.delay(), Optional.of(new Sole(id, Optional.empty()))));
    }

    /**
     * Puts in one run for many calls: it begins when none has come for a while, with the input of the last. A call that
     * comes when it has begun makes the next run.
     *
     * @param id names what there is one run of, 1 to {@value QueuedRun#MAX_KEY} characters
     * @param quiet for how long none must have come, more than zero
     * @param atMost how long it waits at most after the first call, {@code quiet} or more
     * @return this with the id and the times
     */
    public Enqueue debounce(String id, Duration quiet, Duration atMost) {
        if (quiet.compareTo(Duration.ofMillis(1)) < 0) {
            throw new IllegalArgumentException("quiet must be 1 ms or more, not " + quiet);
        }
        if (atMost.compareTo(quiet) < 0) {
            throw new IllegalArgumentException("atMost must be quiet or more: it is " + atMost + ", quiet is " + quiet);
        }
        return delay(quiet)
                .with(new Place(place.key(), place.priority(), quiet, Optional.of(new Sole(id, Optional.of(atMost)))));
    }

    /**
     * Says about the run what is said when it is started without a queue.
     *
     * @param all what else is to be said
     * @return this with other options
     */
    public Enqueue options(StartOptions all) {
        return new Enqueue(queue, place, startAt, all);
    }

    String queue() {
        return queue;
    }

    StartOptions options() {
        return options;
    }

    Place place(Instant now) {
        return startAt.map(at -> at.isAfter(now) ? Duration.between(now, at) : Duration.ZERO)
                .map(delay -> new Place(place.key(), place.priority(), delay, place.sole()))
                .orElse(place);
    }

    @Override
    public String toString() {
        return "Enqueue[" + queue + ", " + place + startAt.map(at -> ", " + at).orElse("") + ", " + options + "]";
    }
}
