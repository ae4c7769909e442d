package io.auterity.run;

import static io.auterity.Interleaved.check;
import static io.auterity.Interleaved.parallel;

import io.auterity.Invocations;
import java.util.concurrent.atomic.AtomicInteger;
import org.jetbrains.lincheck.Lincheck;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** R22: Progress from several threads of a step, told by the run's loop: never two at a time, and the last one. */
@Tag("isolated")
class ReportsLincheckTest {

    private static final int INVOCATIONS = Invocations.atLeast(2_000);

    @Test
    void the_latest_progress_is_told_in_the_end() {
        Lincheck.runConcurrentTest(INVOCATIONS, () -> {
            Telling telling = new Telling();
            parallel(() -> telling.report(1), () -> telling.report(2), telling::tell);

            telling.tell();
            check(telling.reports.takeProgress() == null, "nothing is left untold");
            check(telling.asked.get() == 0, "and nobody asks for it");
        });
    }

    private static final class Telling {

        private final Reports reports = new Reports();
        private final AtomicInteger asked = new AtomicInteger(); // how many messages to the loop are under way

        void report(long done) {
            if (reports.enterProgress(new Reports.Progress(done, 2, ""))) {
                check(asked.incrementAndGet() == 1, "one message at a time");
            }
        }

        /** What the loop does with its messages. */
        void tell() {
            while (asked.get() > 0) {
                asked.decrementAndGet();
                reports.takeProgress();
                if (reports.progressTold()) {
                    check(asked.incrementAndGet() == 1, "one message at a time");
                }
            }
        }
    }
}
