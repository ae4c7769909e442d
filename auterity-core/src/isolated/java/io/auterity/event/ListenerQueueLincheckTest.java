package io.auterity.event;

import static io.auterity.Interleaved.check;
import static io.auterity.Interleaved.parallel;

import io.auterity.Invocations;
import io.auterity.definition.RunId;
import io.auterity.journal.JournalEntry;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jetbrains.lincheck.Lincheck;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** R22: The hand-over between publishers and the one thread that drains, under every interleaving that is tried. */
@Tag("isolated")
class ListenerQueueLincheckTest {

    private static final int INVOCATIONS = Invocations.atLeast(1_000);
    private static final RunId RUN = RunId.of("run");

    @Test
    void every_entry_arrives_once_in_order_by_one_thread_at_a_time() {
        Lincheck.runConcurrentTest(INVOCATIONS, () -> {
            Hearing hearing = new Hearing();
            ListenerQueue queue = new ListenerQueue(hearing, Runnable::run, 100);
            publish(queue, 1, 3);

            check(hearing.heard.size() == 4 && hearing.heard.containsAll(List.of(1L, 2L, 3L, 4L)), "all arrive");
            check(hearing.heard.indexOf(1L) < hearing.heard.indexOf(2L), "those of one publisher in order");
            check(hearing.heard.indexOf(3L) < hearing.heard.indexOf(4L), "those of the other in order");
            check(hearing.missed == 0, "none is missed");
        });
    }

    @Test
    void what_does_not_fit_is_counted_and_told() {
        Lincheck.runConcurrentTest(INVOCATIONS, () -> {
            Hearing hearing = new Hearing();
            ListenerQueue queue = new ListenerQueue(hearing, Runnable::run, 1);
            publish(queue, 1, 3);

            check(hearing.heard.size() + hearing.missed == 4, "each is heard or missed");
            check(Set.copyOf(hearing.heard).size() == hearing.heard.size(), "none is heard twice");
        });
    }

    /** Two threads publish two entries each. */
    private static void publish(ListenerQueue queue, long first, long second) {
        parallel(
                () -> {
                    queue.add(batch(first));
                    queue.add(batch(first + 1));
                },
                () -> {
                    queue.add(batch(second));
                    queue.add(batch(second + 1));
                });
    }

    private static Batch batch(long number) {
        return Batch.of(RUN, "flow", new JournalEntry.RunPaused(number));
    }

    /** Not thread-safe, as listeners may be. */
    private static final class Hearing implements RunListener {

        private final List<Long> heard = new ArrayList<>();
        private long missed;
        private boolean called;

        @Override
        public void onEntry(RunId run, String workflow, JournalEntry entry) {
            check(!called, "by one thread at a time");
            called = true;
            heard.add(entry.at());
            called = false;
        }

        @Override
        public void onMissed(long entries) {
            missed += entries;
        }
    }
}
