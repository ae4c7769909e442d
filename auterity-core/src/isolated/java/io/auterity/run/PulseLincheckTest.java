package io.auterity.run;

import static io.auterity.Interleaved.check;
import static io.auterity.Interleaved.parallel;

import io.auterity.Invocations;
import java.time.Duration;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jetbrains.lincheck.Lincheck;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** R22: Runs that begin and end their streaks while the pulse beats: none is forgotten, and no two pulses beat. */
@Tag("isolated")
class PulseLincheckTest {

    private static final int INVOCATIONS = Invocations.atLeast(500);

    @Test
    void a_streak_that_begins_while_the_pulse_comes_to_rest_is_looked_after() {
        Lincheck.runConcurrentTest(INVOCATIONS, () -> {
            Beats beats = new Beats();
            Pulse pulse = new Pulse(beats);
            Streaks first = new Streaks(pulse);
            Streaks second = new Streaks(pulse);
            first.begin();
            first.end();
            parallel(beats::ring, first::begin, second::begin);

            beats.checkBeatOf(first, second);
        });
    }

    @Test
    void a_streak_that_ends_and_begins_again_is_looked_after_once() {
        Lincheck.runConcurrentTest(INVOCATIONS, () -> {
            Beats beats = new Beats();
            Pulse pulse = new Pulse(beats);
            Streaks run = new Streaks(pulse);
            run.begin();
            parallel(
                    () -> {
                        beats.ring();
                        beats.ring();
                    },
                    () -> {
                        run.end();
                        run.begin();
                    });

            beats.checkBeatOf(run);
        });
    }

    /** What {@link RunLoop} does with the pulse. */
    private static final class Streaks implements Pulse.Watched {

        private final Pulse pulse;
        private final AtomicBoolean watched = new AtomicBoolean();
        private final AtomicInteger beats = new AtomicInteger();
        private volatile boolean inStreak;

        Streaks(Pulse pulse) {
            this.pulse = pulse;
        }

        void begin() {
            inStreak = true;
            if (!watched.get() && watched.compareAndSet(false, true)) {
                pulse.watch(this);
            }
        }

        void end() {
            inStreak = false;
        }

        @Override
        public boolean beat() {
            beats.incrementAndGet();
            if (inStreak) {
                return true;
            }
            watched.set(false);
            return inStreak && watched.compareAndSet(false, true);
        }
    }

    /** A timer that rings when it is told. */
    private static final class Beats implements Timer {

        private final ConcurrentLinkedQueue<Runnable> due = new ConcurrentLinkedQueue<>();

        @Override
        public Cancellable after(Duration delay, Runnable task) {
            due.add(task);
            return () -> {};
        }

        void ring() {
            Runnable task = due.poll();
            if (task != null) {
                task.run();
            }
        }

        /** Checks that the next beat looks once at each of these runs, which are in a streak, and the last at none. */
        void checkBeatOf(Streaks... runs) {
            check(due.size() == 1, "one beat is due");
            int[] before = new int[runs.length];
            for (int i = 0; i < runs.length; i++) {
                before[i] = runs[i].beats.get();
            }
            ring();
            for (int i = 0; i < runs.length; i++) {
                check(runs[i].beats.get() == before[i] + 1, "each run is looked at once a beat");
                runs[i].end();
            }
            ring();
            check(due.isEmpty(), "the pulse comes to rest");
        }
    }
}
