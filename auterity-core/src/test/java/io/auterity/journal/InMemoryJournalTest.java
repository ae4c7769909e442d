package io.auterity.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.auterity.definition.RunId;
import io.auterity.journal.Journal.Lease;
import io.auterity.testkit.JournalContract;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class InMemoryJournalTest extends JournalContract {

    private final AtomicLong millis = new AtomicLong(1_000_000_000_000L);

    @Override
    protected Journal newJournal() {
        return new InMemoryJournal(100, () -> Instant.ofEpochMilli(millis.get()));
    }

    @Override
    protected void pass(Duration time) {
        millis.addAndGet(time.toMillis());
    }

    @Test
    void forgets_the_oldest_finished_run_beyond_its_number() {
        InMemoryJournal journal = new InMemoryJournal(2);
        Lease lease = journal.open("a", LONG);
        for (String run : List.of("one", "two", "three")) {
            journal.append(lease, RunId.of(run), List.of(start(), end()));
        }

        assertThat(journal.read(RunId.of("one"))).isEmpty();
        assertThat(journal.read(RunId.of("two"))).hasSize(2);
        assertThat(journal.read(RunId.of("three"))).hasSize(2);
    }

    @Test
    void refuses_to_keep_less_than_nothing() {
        assertThatIllegalArgumentException().isThrownBy(() -> new InMemoryJournal(-1));
    }

    @Test
    void hints_when_there_is_something_to_claim_or_to_receive() throws Exception {
        AtomicInteger hints = new AtomicInteger();
        AutoCloseable listening = journal().onHint(hints::incrementAndGet);
        RunId run = RunId.of("run");
        Lease lease = lease("a");
        append(lease, run, start());
        int before = hints.get();
        journal().send(run, new RunMessage.Pause());
        assertThat(hints.get()).isGreaterThan(before);
        before = hints.get();
        journal().close(lease);
        assertThat(hints.get()).isGreaterThan(before);
        listening.close();
        before = hints.get();
        journal().send(run, new RunMessage.Pause());
        assertThat(hints.get()).isEqualTo(before);
    }
}
