package io.auterity.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.auterity.definition.RunId;
import io.auterity.journal.Journal.Lease;
import io.auterity.journal.JournalEntry.Origin;
import io.auterity.journal.JournalEntry.RunEnded;
import io.auterity.journal.JournalEntry.RunStarted;
import io.auterity.testkit.JournalContract;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class InMemoryJournalTest extends JournalContract {

    @Override
    protected Journal newJournal() {
        return new InMemoryJournal();
    }

    @Test
    void forgets_the_oldest_finished_run_beyond_its_number() {
        InMemoryJournal journal = new InMemoryJournal(2);
        Lease lease = journal.open("a");
        for (String run : List.of("one", "two", "three")) {
            journal.append(
                    lease,
                    RunId.of(run),
                    List.of(
                            new RunStarted(1, "w", "v", Map.of(), Origin.NONE),
                            new RunEnded(2, RunStatus.SUCCEEDED, null, Optional.empty())));
        }

        assertThat(journal.read(RunId.of("one"))).isEmpty();
        assertThat(journal.read(RunId.of("two"))).hasSize(2);
        assertThat(journal.read(RunId.of("three"))).hasSize(2);
    }

    @Test
    void refuses_to_keep_less_than_nothing() {
        assertThatIllegalArgumentException().isThrownBy(() -> new InMemoryJournal(-1));
    }
}
