package io.auterity.journal;

import io.auterity.definition.RunId;
import io.auterity.journal.QueuedRun.Place;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** One queue in memory: who waits, who is due, who has begun. Guarded by the journal it belongs to. */
final class InMemoryQueue {

    private static final Comparator<Item> BY_TIME =
            Comparator.comparingLong((Item item) -> item.dueAt).thenComparingLong(item -> item.number);

    private final TreeSet<Item> delayed = new TreeSet<>(BY_TIME);
    private final NavigableMap<Integer, NavigableMap<String, TreeSet<Item>>> ready = new TreeMap<>();
    private final Map<String, Integer> running = new HashMap<>();
    private final Map<String, Item> soles = new HashMap<>();
    private final Deque<Long> starts = new ArrayDeque<>();
    private int readyCount;
    private int runningCount;
    private @Nullable String lastKey;

    /** A run of the queue that has not ended. */
    static final class Item {
        final RunId run;
        final String queue;
        private final Place place;
        private final long number;
        private final long addedAt;
        private long dueAt;
        private boolean begun;

        Item(RunId run, String queue, Place place, long number, long now) {
            this.run = run;
            this.queue = queue;
            this.place = place;
            this.number = number;
            this.addedAt = now;
            this.dueAt = now + place.delay().toMillis();
        }

        boolean hasBegun() {
            return begun;
        }

        long dueAt() {
            return dueAt;
        }
    }

    RunQueues.Depth depth(long now) {
        promote(now);
        return new RunQueues.Depth(delayed.size(), readyCount, runningCount);
    }

    boolean isFull(RunQueue queue) {
        return delayed.size() + readyCount >= queue.capacity();
    }

    @Nullable
    Item sole(Place place) {
        return place.sole().map(sole -> soles.get(sole.id())).orElse(null);
    }

    void add(Item item) {
        item.place.sole().ifPresent(sole -> soles.put(sole.id(), item));
        delayed.add(item);
    }

    /** Lets a run wait longer, since another of its kind has come. */
    void debounce(Item item, Place place, long now) {
        removeWaiting(item);
        long latest = item.addedAt
                + place.sole()
                        .flatMap(QueuedRun.Sole::debounce)
                        .orElse(Duration.ZERO)
                        .toMillis();
        item.dueAt = Math.min(now + place.delay().toMillis(), Math.max(latest, now));
        delayed.add(item);
    }

    /** Takes a run that has not begun out. */
    void remove(Item item) {
        removeWaiting(item);
        forgetSole(item);
    }

    /** A run that had begun has ended. */
    void ended(Item item) {
        forgetSole(item);
        runningCount--;
        running.computeIfPresent(item.place.key(), (key, count) -> count == 1 ? null : count - 1);
    }

    private void forgetSole(Item item) {
        item.place.sole().ifPresent(sole -> soles.remove(sole.id(), item));
    }

    private void removeWaiting(Item item) {
        if (!delayed.remove(item)) {
            removeReady(item);
        }
    }

    private void removeReady(Item item) {
        NavigableMap<String, TreeSet<Item>> keys = ready.get(-item.place.priority());
        TreeSet<Item> line = keys == null ? null : keys.get(item.place.key());
        if (keys != null && line != null && line.remove(item)) {
            readyCount--;
            if (line.isEmpty()) {
                keys.remove(item.place.key());
            }
            if (keys.isEmpty()) {
                ready.remove(-item.place.priority());
            }
        }
    }

    private void promote(long now) {
        while (!delayed.isEmpty() && delayed.first().dueAt <= now) {
            Item item = delayed.pollFirst();
            ready.computeIfAbsent(-item.place.priority(), any -> new TreeMap<>())
                    .computeIfAbsent(item.place.key(), any -> new TreeSet<>(BY_TIME))
                    .add(item);
            readyCount++;
        }
    }

    /** Lets runs begin, as many as the limits allow. */
    List<Item> take(RunQueue queue, int limit, Predicate<Item> fits, long now) {
        promote(now);
        int want = Math.min(limit, Math.min(queue.concurrency() - runningCount, rateLeft(queue, now)));
        List<Item> taken = new ArrayList<>();
        for (Integer rank : List.copyOf(ready.keySet())) {
            boolean found = true;
            while (found && taken.size() < want) {
                found = false;
                for (Item item : oneOfEach(rank, queue, fits, want - taken.size())) {
                    removeReady(item);
                    item.begun = true;
                    runningCount++;
                    running.merge(item.place.key(), 1, Integer::sum);
                    lastKey = item.place.key();
                    taken.add(item);
                    found = true;
                }
            }
        }
        if (queue.rate().isPresent()) {
            taken.forEach(item -> starts.add(now));
        }
        return taken;
    }

    private List<Item> oneOfEach(Integer rank, RunQueue queue, Predicate<Item> fits, int most) {
        NavigableMap<String, TreeSet<Item>> keys = ready.getOrDefault(rank, new TreeMap<>());
        List<TreeSet<Item>> inTurn = new ArrayList<>();
        if (lastKey == null) {
            inTurn.addAll(keys.values());
        } else {
            inTurn.addAll(keys.tailMap(lastKey, false).values());
            inTurn.addAll(keys.headMap(lastKey, true).values());
        }
        return inTurn.stream()
                .flatMap(line -> line.stream().filter(fits).limit(1))
                .filter(item -> running.getOrDefault(item.place.key(), 0) < queue.perKey())
                .limit(most)
                .toList();
    }

    private int rateLeft(RunQueue queue, long now) {
        if (queue.rate().isEmpty()) {
            return Integer.MAX_VALUE;
        }
        long period = queue.rate().get().period().toMillis();
        while (!starts.isEmpty() && starts.getFirst() <= now - period) {
            starts.removeFirst();
        }
        return queue.rate().get().runs() - starts.size();
    }

    /** In what time there is more to begin, as far as the clock alone decides. */
    Duration again(RunQueue queue, long now) {
        long at = delayed.isEmpty() ? Long.MAX_VALUE : delayed.first().dueAt;
        if (readyCount > 0 && rateLeft(queue, now) < 1) {
            long opens = starts.getFirst() + queue.rate().orElseThrow().period().toMillis();
            at = Math.min(at, opens);
        }
        return at == Long.MAX_VALUE ? Write.FOREVER : Duration.ofMillis(Math.max(0, at - now));
    }
}
