package io.auterity.run;

import static io.auterity.Interleaved.check;
import static io.auterity.Interleaved.parallel;

import io.auterity.Invocations;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.jetbrains.lincheck.Lincheck;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** R22: Places taken and given back by several threads: no more than there are, and none forgotten. */
@Tag("isolated")
class AdmissionLincheckTest {

    private static final int INVOCATIONS = Invocations.atLeast(1_000);

    @Test
    void a_place_that_becomes_free_goes_to_exactly_one_of_those_who_come_meanwhile() {
        Lincheck.runConcurrentTest(INVOCATIONS, () -> {
            Admission admission = new Admission(1, 2);
            AtomicInteger gate = new AtomicInteger();
            AtomicInteger one = new AtomicInteger();
            AtomicInteger other = new AtomicInteger();
            Admission.Ticket held = enter(admission, gate);
            Admission.Ticket[] tickets = new Admission.Ticket[2];
            parallel(
                    () -> admission.leave(held),
                    () -> tickets[0] = enter(admission, one),
                    () -> tickets[1] = enter(admission, other));

            check(gate.get() == 1, "the gate was let in once");
            check(one.get() + other.get() == 1, "one of the two was let in");
            admission.leave(tickets[one.get() == 1 ? 0 : 1]);
            check(one.get() == 1 && other.get() == 1, "then the other was let in");
        });
    }

    @Test
    void one_that_leaves_the_queue_takes_no_place_along() {
        Lincheck.runConcurrentTest(INVOCATIONS, () -> {
            Admission admission = new Admission(1, 2);
            Admission.Ticket held = enter(admission, new AtomicInteger());
            Admission.Ticket waiting = enter(admission, new AtomicInteger());
            parallel(() -> admission.leave(held), () -> admission.leave(waiting), () -> admission.leave(held));

            AtomicInteger next = new AtomicInteger();
            enter(admission, next);
            check(next.get() == 1, "the place is free again");
            AtomicInteger tooMany = new AtomicInteger();
            enter(admission, tooMany);
            check(tooMany.get() == 0, "and it is one place");
        });
    }

    private static Admission.Ticket enter(Admission admission, AtomicInteger begun) {
        return admission
                .enter("flow", Optional.empty(), false, begun::incrementAndGet)
                .orElseThrow();
    }
}
