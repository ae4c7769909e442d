package io.auterity.testkit;

import io.auterity.run.Timer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.atomic.AtomicBoolean;

/** The time of a world, and what is to happen when it comes. Guarded by its world's lock, but for the time itself. */
final class Alarms {

    private final PriorityQueue<Alarm> alarms =
            new PriorityQueue<>(Comparator.comparingLong(Alarm::time).thenComparingLong(Alarm::number));

    private long count;
    private volatile long nanos;

    private record Alarm(long time, long number, Runnable task, AtomicBoolean cancelled) {

        private void goOff() {
            if (!cancelled.get()) {
                task.run();
            }
        }
    }

    /** Returns how much time has passed; asked by anybody. */
    Duration age() {
        return Duration.ofNanos(nanos);
    }

    Timer.Cancellable add(Duration delay, Runnable task) {
        AtomicBoolean cancelled = new AtomicBoolean();
        alarms.add(new Alarm(nanos + Math.max(0, delay.toNanos()), count++, task, cancelled));
        return () -> cancelled.set(true);
    }

    /** Moves the time to the next alarm, and returns what is to be done then; nothing if there is no alarm. */
    List<Runnable> ring() {
        return ring(1);
    }

    /** The same, but the time goes on to the last of so many alarms, or fewer; those before it are late. */
    List<Runnable> ring(int most) {
        List<Runnable> due = new ArrayList<>(1);
        dropCancelled();
        Alarm next = alarms.peek();
        while (next != null && (due.size() < most || next.time <= nanos)) {
            nanos = Math.max(nanos, next.time);
            due.add(alarms.remove()::goOff);
            dropCancelled();
            next = alarms.peek();
        }
        return due;
    }

    /** Forgets the next alarms if they have been called off. */
    void dropCancelled() {
        while (!alarms.isEmpty() && alarms.element().cancelled.get()) {
            alarms.remove();
        }
    }

    int size() {
        return alarms.size();
    }
}
