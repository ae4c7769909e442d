package io.auterity.run;

import java.time.Duration;
import java.util.Iterator;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Looks after the runs of an engine that keep ready steps on one thread: every {@link #BEAT} while there are any, each
 * is told, notes that time passes, and sees whether it still does the step it did at the last beat. Costs nothing while
 * no run is in such a streak. Thread-safe.
 */
public final class Pulse {

    /** The time between two beats; a step that turns out to take long holds back others for two of them at most. */
    public static final Duration BEAT = Duration.ofMillis(1);

    /** A run that wants to be looked after. */
    interface Watched {
        /** Notes that time has passed; false if it need no longer be looked after. */
        boolean beat();
    }

    private final Timer timer;
    private final ConcurrentLinkedQueue<Watched> watched = new ConcurrentLinkedQueue<>(); // one place a run
    private final AtomicBoolean beating = new AtomicBoolean();

    /**
     * Makes a pulse that is at rest.
     *
     * @param timer calls at each beat
     */
    public Pulse(Timer timer) {
        this.timer = timer;
    }

    /** Looks after a run until it says that it needs it no more. */
    void watch(Watched run) {
        watched.add(run);
        begin();
    }

    private void begin() {
        if (!watched.isEmpty() && beating.compareAndSet(false, true)) {
            timer.after(BEAT, this::beat);
        }
    }

    private void beat() {
        for (Iterator<Watched> runs = watched.iterator(); runs.hasNext(); ) {
            if (!runs.next().beat()) {
                runs.remove();
            }
        }
        if (watched.isEmpty()) {
            beating.set(false);
            begin(); // for a run that came between
        } else {
            timer.after(BEAT, this::beat);
        }
    }
}
