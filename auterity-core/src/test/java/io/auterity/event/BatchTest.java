package io.auterity.event;

import static org.assertj.core.api.Assertions.assertThat;

import io.auterity.definition.RunId;
import io.auterity.journal.JournalEntry;
import io.auterity.journal.JournalEntry.RunPaused;
import io.auterity.journal.JournalEntry.StepStarted;
import io.auterity.journal.JournalEntry.StepSucceeded;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What is told of a run, in order. */
class BatchTest {

    private static final StepSucceeded DONE = new StepSucceeded(7, "each[2]/greet", 1, 5, "hello");
    private static final List<JournalEntry> ALL =
            List.of(new RunPaused(1), new StepStarted(5, "each[2]/greet", 1), DONE, new RunPaused(9));

    private final Batch batch = new Batch(RunId.of("run"), "flow");

    private void fill() {
        batch.add(new RunPaused(1));
        batch.addWithStart(DONE);
        batch.addAll(new RunPaused(9));
    }

    private static List<JournalEntry> told(Batch batch) {
        List<JournalEntry> told = new ArrayList<>();
        batch.forEach(told::add);
        return told;
    }

    @Test
    void a_success_with_its_start_is_told_as_the_two_entries_it_counts_for() {
        fill();

        assertThat(batch.size()).isEqualTo(4);
        assertThat(told(batch)).isEqualTo(ALL);
    }

    @Test
    void the_first_entries_are_the_same_wherever_it_is_cut() {
        fill();

        for (int count = 0; count <= ALL.size(); count++) {
            assertThat(told(batch.first(count))).isEqualTo(ALL.subList(0, count));
            assertThat(batch.first(count).size()).isEqualTo(count);
        }
    }

    @Test
    void a_batch_takes_as_many_as_come_and_the_next_one_begins_empty() {
        IntStream.range(0, 1_000).forEach(i -> batch.addWithStart(new StepSucceeded(i, "s" + i, 1, i, i)));

        assertThat(told(batch)).hasSize(2_000).endsWith(new StepSucceeded(999, "s999", 1, 999, 999));
        assertThat(told(batch.next())).isEmpty();
        assertThat(told(batch)).hasSize(2_000);
    }
}
