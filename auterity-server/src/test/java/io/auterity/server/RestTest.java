package io.auterity.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.auterity.definition.Failure;
import io.auterity.definition.RunId;
import io.auterity.journal.InMemoryJournal;
import io.auterity.journal.Journal.Lease;
import io.auterity.journal.JournalEntry;
import io.auterity.journal.JournalEntry.AttemptFailed;
import io.auterity.journal.JournalEntry.Origin;
import io.auterity.journal.JournalEntry.RunStarted;
import io.auterity.journal.JournalEntry.StepProgressed;
import io.auterity.journal.JournalEntry.StepStarted;
import io.auterity.journal.JournalEntry.StepSucceeded;
import io.auterity.journal.JournalEntry.StepWaiting;
import io.auterity.journal.JournalEntry.StepWaiting.Reason;
import io.auterity.journal.QueuedRun;
import io.auterity.journal.QueuedRun.Place;
import io.auterity.journal.RunMessage;
import io.auterity.journal.RunQueue;
import io.auterity.journal.Write;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RestTest {

    private static final RunId RUN = RunId.of("r");

    private Instant now = Instant.EPOCH;
    private final Rest rest = new Rest(() -> now);
    private final InMemoryJournal journal = new InMemoryJournal(10, () -> now);
    private final Lease lease = journal.open("engine", Duration.ofHours(1));

    private void happens(JournalEntry... entries) {
        for (JournalEntry entry : entries) {
            journal.append(lease, RUN, List.of(entry));
            rest.onEntry(RUN, "flow", entry);
        }
        pass(3);
    }

    private void pass(int seconds) {
        for (int i = 0; i < seconds; i++) {
            now = now.plusSeconds(1);
            rests();
        }
    }

    private boolean rests() {
        return awaited() != Rest.For.NOBODY;
    }

    private Rest.For awaited() {
        return rest.of(journal.catalog().find(RUN).orElseThrow(), journal.catalog());
    }

    private static RunStarted begins() {
        return new RunStarted(1, "flow", "version", Map.of(), Origin.NONE);
    }

    private static JournalEntry waits(String step) {
        return new StepWaiting(1, step, Reason.SIGNAL, "go", 0);
    }

    @Test
    void a_run_rests_that_waits_for_a_signal_only() {
        happens(begins(), new StepStarted(1, "s", 1), waits("s"));
        assertThat(rests()).isTrue();
    }

    @Test
    void not_before_who_is_to_go_on_with_it_has_taken_it_up_and_had_a_moment() {
        happens(begins(), waits("s"));
        rest.has(journal.catalog().find(RUN).orElseThrow());
        pass(20);
        assertThat(rests()).isFalse();
        journal.close(lease);
        assertThat(journal.claim(journal.open("another", Duration.ofHours(1)), 1, Set.of()))
                .hasSize(1);
        pass(2);
        assertThat(rests()).isFalse();
        pass(1);
        assertThat(rests()).isTrue();
    }

    @Test
    void nor_before_nobody_has_taken_it_up_for_half_a_minute() {
        happens(begins(), waits("s"));
        rest.has(journal.catalog().find(RUN).orElseThrow());
        pass(26);
        assertThat(rests()).isFalse();
        pass(4);
        assertThat(rests()).isTrue();
    }

    @Test
    void not_before_nothing_has_happened_for_a_while() {
        happens(begins(), waits("s"));
        now = now.minusSeconds(2);
        assertThat(rests()).isFalse();
    }

    @Test
    void not_until_it_has_been_taken_up_that_was_sent_something() {
        happens(begins(), waits("s"));
        journal.append(lease, Write.park(RUN, Duration.ofDays(365_000)));
        assertThat(rests()).isTrue();
        journal.send(RUN, new RunMessage.Resume());
        pass(20);
        assertThat(rests()).isFalse();
        assertThat(journal.claim(lease, 1, Set.of())).hasSize(1);
        pass(1);
        assertThat(rests()).isFalse();
        pass(1);
        assertThat(rests()).isTrue();
    }

    @Test
    void half_a_minute_after_nobody_here_has_taken_it_up() {
        happens(begins(), waits("s"));
        journal.append(lease, Write.park(RUN, Duration.ZERO));
        pass(26);
        assertThat(now).isEqualTo(Instant.EPOCH.plusSeconds(29));
        assertThat(rests()).isFalse();
        pass(1);
        assertThat(rests()).isFalse();
        pass(1);
        assertThat(rests()).isTrue();
    }

    @Test
    void a_run_rests_that_nobody_here_can_go_on_with_as_it_needs_code_that_is_elsewhere() {
        happens(begins());
        journal.append(lease, Write.park(RUN, Duration.ZERO));
        pass(29);
        assertThat(awaited()).isEqualTo(Rest.For.NOBODY);
        pass(1);
        assertThat(awaited()).isEqualTo(Rest.For.CODE);
    }

    @Test
    void not_while_it_sleeps_nor_before_it_has_had_its_time_to_be_taken_up_after_that() {
        happens(begins(), new StepWaiting(1, "nap", Reason.TIMER, "", 60_000));
        journal.append(lease, Write.park(RUN, Duration.ofMinutes(1)));
        pass(60 + 26);
        assertThat(awaited()).isEqualTo(Rest.For.NOBODY);
        pass(10);
        assertThat(awaited()).isEqualTo(Rest.For.CODE);
    }

    @Test
    void a_run_rests_that_waits_in_a_queue() {
        journal.queues().enqueue(RunQueue.named("mail"), List.of(new QueuedRun(RUN, begins(), Place.NONE)));
        assertThat(awaited()).isEqualTo(Rest.For.QUEUE);
    }

    @Test
    void not_at_once_after_a_while_in_which_nothing_could_happen() {
        happens(begins(), waits("s"));
        now = now.plusMillis(2_001);
        assertThat(rests()).isFalse();
        now = now.plusMillis(2_000);
        assertThat(rests()).isTrue();
    }

    @Test
    void not_while_a_step_is_under_way_although_it_has_told_how_far_it_is() {
        happens(begins(), waits("s"), new StepStarted(1, "slow", 1), new StepProgressed(1, "slow", 1, 2, ""));
        assertThat(rests()).isFalse();
        happens(new StepSucceeded(1, "slow", 1, 1, null));
        assertThat(rests()).isTrue();
    }

    @Test
    void not_while_a_step_will_be_tried_again() {
        Failure failure = Failure.of("io", "no answer", true);
        happens(begins(), waits("s"), new StepStarted(1, "a", 1), new AttemptFailed(1, "a", 1, 1, failure, 600_000));
        assertThat(rests()).isFalse();
        happens(new StepSucceeded(1, "a", 2, 1, null));
        assertThat(rests()).isTrue();
    }

    @Test
    void a_block_rests_when_what_is_inside_it_waits() {
        happens(begins(), new StepStarted(1, "each", 1), new StepStarted(1, "each[0]/s", 1), waits("each[0]/s"));
        assertThat(rests()).isTrue();
    }

    @Test
    void a_block_does_not_rest_that_goes_on_by_itself() {
        happens(begins(), waits("s"), new StepStarted(1, "poll", 1), new StepSucceeded(1, "poll[0]/a", 1, 1, null));
        assertThat(rests()).isFalse();
    }
}
