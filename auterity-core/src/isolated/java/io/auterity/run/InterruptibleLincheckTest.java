package io.auterity.run;

import static io.auterity.Interleaved.check;
import static io.auterity.Interleaved.parallel;

import io.auterity.Invocations;
import org.jetbrains.lincheck.Lincheck;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** R22: A worker and those that stop it: the interrupt hits this work or nothing; no start is told after the end. */
@Tag("isolated")
class InterruptibleLincheckTest {

    private static final int INVOCATIONS = Invocations.atLeast(2_000);

    @Test
    void an_interrupt_does_not_outlive_the_work() {
        Lincheck.runConcurrentTest(INVOCATIONS, () -> {
            Work work = new Work();
            parallel(work::perform, work::stop, work::stop);

            check(work.begun != work.prevented, "it was begun, or it was kept from beginning");
        });
    }

    @Test
    void a_start_is_told_before_the_end_or_not_at_all() {
        Lincheck.runConcurrentTest(INVOCATIONS, () -> {
            Work work = new Work();
            parallel(work::performAnnounced, work::stop);

            check(work.begun != work.prevented, "it was begun, or it was kept from beginning");
        });
    }

    private static final class Work {

        private final Interruptible interruptible = new Interruptible();
        private volatile boolean begun;
        private volatile boolean prevented;
        private volatile boolean stopTold;

        void perform() {
            if (interruptible.enter()) {
                begun = true;
                interruptible.leave();
            }
            check(!Thread.currentThread().isInterrupted(), "nothing is left behind for the next piece of work");
        }

        void performAnnounced() {
            if (interruptible.enter(() -> check(!stopTold, "nobody has heard of the end yet"))) {
                begun = true;
                interruptible.leave();
            }
            check(!Thread.currentThread().isInterrupted(), "nothing is left behind for the next piece of work");
        }

        void stop() {
            if (interruptible.interrupt()) {
                prevented = true;
            }
            stopTold = true;
        }
    }
}
