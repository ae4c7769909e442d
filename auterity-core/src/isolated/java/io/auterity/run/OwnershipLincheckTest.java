package io.auterity.run;

import static io.auterity.Interleaved.check;
import static io.auterity.Interleaved.parallel;

import io.auterity.Invocations;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jetbrains.lincheck.Lincheck;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** R22: A loop as small as can be around the ownership: no two threads in it, and no message left behind. */
@Tag("isolated")
class OwnershipLincheckTest {

    private static final int INVOCATIONS = Invocations.atLeast(2_000);

    @Test
    void messages_from_several_threads_are_all_seen_by_one_at_a_time() {
        Lincheck.runConcurrentTest(INVOCATIONS, () -> {
            Loop loop = new Loop();
            parallel(() -> loop.post(1), () -> loop.post(10), () -> loop.post(100));

            check(loop.sum == 111, "all messages were applied");
        });
    }

    @Test
    void a_loan_is_taken_back_or_taken_over_and_the_step_is_seen_to_once() {
        Lincheck.runConcurrentTest(INVOCATIONS, () -> {
            Loop loop = new Loop();
            parallel(() -> loop.lendAndDo(1), () -> loop.post(10), () -> loop.postToLender(100));

            check(loop.sum == 111, "the step and both messages were applied");
            check(loop.ownership.take() == Ownership.Taken.FREE, "the loop is free at the end");
        });
    }

    @Test
    void a_later_loan_is_not_taken_back_with_the_number_of_an_earlier_one() {
        Lincheck.runConcurrentTest(INVOCATIONS, () -> {
            Loop loop = new Loop();
            parallel(
                    () -> {
                        loop.lendAndDo(1);
                        loop.lendAndDo(2);
                    },
                    () -> loop.lendAndDo(10));

            check(loop.sum == 13, "each step was applied once");
        });
    }

    /** What {@link RunLoop} does with its ownership, over a sum. */
    private static final class Loop {

        private final Ownership ownership = new Ownership();
        private final ConcurrentLinkedQueue<Integer> mailbox = new ConcurrentLinkedQueue<>();
        private boolean occupied; // by the holder only, which is what is tried
        private int sum;

        void post(int message) {
            mailbox.add(message);
            if (ownership.take() != Ownership.Taken.NOT) {
                turn();
                leave();
            }
        }

        void postToLender(int message) {
            mailbox.add(message);
            if (ownership.takeFree()) {
                turn();
                leave();
            }
        }

        /** Takes the loop if it is there, lends it for a step, and sees to what came of it. */
        void lendAndDo(int step) {
            if (!ownership.takeFree()) {
                postToLender(step);
                return;
            }
            turn();
            long loan = ownership.lend();
            if (ownership.takeBack(loan)) {
                enter();
                sum += step;
                exit();
                turn();
                leave();
            } else {
                postToLender(step);
            }
        }

        private void turn() {
            enter();
            Integer message = mailbox.poll();
            while (message != null) {
                sum += message;
                message = mailbox.poll();
            }
            exit();
        }

        private void leave() {
            boolean more;
            do {
                ownership.release();
                more = !mailbox.isEmpty() && ownership.takeFree();
                if (more) {
                    turn();
                }
            } while (more);
        }

        private void enter() {
            check(!occupied, "one thread at a time");
            occupied = true;
        }

        private void exit() {
            occupied = false;
        }
    }
}
