package io.auterity;

import static io.auterity.Interleaved.check;
import static io.auterity.Interleaved.parallel;

import io.auterity.journal.Journal.Lease;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.jetbrains.lincheck.Lincheck;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** R22: A lease that another engine has taken over is not trusted, whenever it was renewed and however time passes. */
@Tag("isolated")
class HeldLeaseLincheckTest {

    private static final int INVOCATIONS = Invocations.atLeast(500);
    private static final long NANOS = 100;

    @Test
    void a_lease_that_was_taken_over_is_not_trusted() {
        Lincheck.runConcurrentTest(INVOCATIONS, () -> {
            AtomicLong clock = new AtomicLong();
            Database database = new Database(clock);
            HeldLease held = new HeldLease(new Lease("one", 1), Duration.ofNanos(NANOS), clock.get(), clock::get);
            parallel(
                    () -> renew(held, database, clock),
                    () -> {
                        clock.addAndGet(NANOS - 1);
                        database.takeOver();
                        clock.addAndGet(1);
                        database.takeOver();
                    },
                    () -> {
                        boolean taken = database.isTaken();
                        check(!(taken && held.surelyHolds()), "the lease is trusted although another engine has it");
                    });
            renew(held, database, clock);
            check(
                    held.surelyHolds() != database.isTaken(),
                    "right after it was asked for, it is known whether it holds");
        });
    }

    /** What {@link Recovery} does. */
    private static void renew(HeldLease held, Database database, AtomicLong clock) {
        long asked = clock.get();
        if (database.renew()) {
            held.renewed(asked);
        } else {
            held.lost();
        }
    }

    /** The lease's row. */
    private static final class Database {

        private static final long TAKEN = -1;

        private final AtomicLong clock;
        private final AtomicLong until = new AtomicLong(NANOS);

        private Database(AtomicLong clock) {
            this.clock = clock;
        }

        boolean renew() {
            long before = until.get();
            return before != TAKEN && until.compareAndSet(before, clock.get() + NANOS);
        }

        void takeOver() {
            long end = until.get();
            if (end != TAKEN && clock.get() >= end) {
                until.compareAndSet(end, TAKEN);
            }
        }

        boolean isTaken() {
            return until.get() == TAKEN;
        }
    }
}
