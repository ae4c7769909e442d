package io.auterity.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.auterity.definition.RunId;
import io.auterity.journal.FencedException;
import io.auterity.journal.Journal;
import io.auterity.journal.Journal.Lease;
import io.auterity.journal.JournalEntry;
import io.auterity.journal.JournalEntry.Origin;
import io.auterity.journal.JournalEntry.RunEnded;
import io.auterity.journal.JournalEntry.RunStarted;
import io.auterity.journal.JournalEntry.StepStarted;
import io.auterity.journal.JournalEntry.StepSucceeded;
import io.auterity.journal.RunExistsException;
import io.auterity.journal.RunStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What every journal must keep to, as JUnit tests: a store's test class extends this and says how to make an empty
 * journal. Needs JUnit 5 and AssertJ on the class path.
 */
public abstract class JournalContract {

    private static final RunId RUN = RunId.of("order-42");

    private Journal journal;

    /** For subclasses. */
    protected JournalContract() {}

    /**
     * Makes an empty journal.
     *
     * @return the journal; each test closes its own
     */
    protected abstract Journal newJournal();

    @BeforeEach
    void open() {
        journal = newJournal();
    }

    @AfterEach
    void close() {
        journal.close();
    }

    @Test
    void reads_what_was_appended_in_order() {
        Lease lease = journal.open("a");
        append(lease, RUN, start());
        append(lease, RUN, succeeded("one"), succeeded("two"));

        assertThat(journal.read(RUN)).containsExactly(start(), succeeded("one"), succeeded("two"));
    }

    @Test
    void knows_nothing_of_a_run_that_was_not_started() {
        assertThat(journal.read(RUN)).isEmpty();
    }

    @Test
    void may_leave_out_only_what_is_not_durable() {
        Lease lease = journal.open("a");
        append(lease, RUN, start(), new StepStarted(2, "one", 1), succeeded("one"));

        assertThat(journal.read(RUN)).filteredOn(JournalEntry::isDurable).containsExactly(start(), succeeded("one"));
    }

    @Test
    void starts_a_run_once() {
        Lease lease = journal.open("a");
        append(lease, RUN, start());

        assertThat(failureOf(lease, RUN, start(), succeeded("one"))).isInstanceOf(RunExistsException.class);
        assertThat(journal.read(RUN)).containsExactly(start());
    }

    @Test
    void refuses_a_run_that_was_never_started() {
        Lease lease = journal.open("a");

        assertThat(failureOf(lease, RUN, succeeded("one"))).isInstanceOf(FencedException.class);
        assertThat(journal.read(RUN)).isEmpty();
    }

    @Test
    void gives_every_lease_a_higher_epoch() {
        Lease first = journal.open("a");
        Lease second = journal.open("b");
        Lease third = journal.open("a");

        assertThat(second.epoch()).isGreaterThan(first.epoch());
        assertThat(third.epoch()).isGreaterThan(second.epoch());
    }

    @Test
    void fences_the_former_lease_of_an_owner_that_comes_back() {
        Lease former = journal.open("a");
        append(former, RUN, start());
        journal.open("a");

        assertThat(failureOf(former, RUN, succeeded("late"))).isInstanceOf(FencedException.class);
        assertThat(journal.read(RUN)).containsExactly(start());
    }

    @Test
    void fences_a_lease_that_was_closed() {
        Lease closed = journal.open("a");
        append(closed, RUN, start());
        journal.close(closed);

        assertThat(failureOf(closed, RUN, succeeded("late"))).isInstanceOf(FencedException.class);
        assertThat(failureOf(closed, RunId.of("other"), start())).isInstanceOf(FencedException.class);
    }

    @Test
    void refuses_entries_for_a_run_of_another_lease() {
        append(journal.open("a"), RUN, start());
        Lease stranger = journal.open("b");

        assertThat(failureOf(stranger, RUN, succeeded("one"))).isInstanceOf(FencedException.class);
    }

    @Test
    void hands_unfinished_runs_of_an_ended_lease_to_one_claimer() {
        Lease ended = journal.open("a");
        append(ended, RUN, start());
        append(ended, RunId.of("done"), start(), end());
        journal.close(ended);
        Lease claimer = journal.open("b");

        assertThat(journal.claim(claimer, 10)).containsExactly(RUN);
        assertThat(journal.claim(journal.open("c"), 10)).isEmpty();
        append(claimer, RUN, succeeded("one"));
        assertThat(journal.read(RUN)).containsExactly(start(), succeeded("one"));
    }

    @Test
    void claims_no_more_than_asked_for_and_nothing_of_a_live_lease() {
        Lease alive = journal.open("alive");
        append(alive, RunId.of("alive"), start());
        Lease ended = journal.open("ended");
        for (int i = 0; i < 5; i++) {
            append(ended, RunId.of("run-" + i), start());
        }
        journal.close(ended);
        Lease claimer = journal.open("claimer");

        assertThat(journal.claim(claimer, 2)).containsExactly(RunId.of("run-0"), RunId.of("run-1"));
        assertThat(journal.claim(claimer, 10)).hasSize(3);
    }

    @Test
    void keeps_runs_apart_that_are_written_together() throws Exception {
        Lease lease = journal.open("a");
        ExecutorService threads = Executors.newFixedThreadPool(4);
        List<CompletableFuture<Void>> writers = new ArrayList<>();
        for (int run = 0; run < 16; run++) {
            RunId id = RunId.of("run-" + run);
            writers.add(CompletableFuture.runAsync(
                    () -> {
                        append(lease, id, start());
                        for (int step = 0; step < 50; step++) {
                            append(lease, id, succeeded(id + "-" + step));
                        }
                    },
                    threads));
        }
        CompletableFuture.allOf(writers.toArray(CompletableFuture[]::new)).get(30, TimeUnit.SECONDS);
        threads.shutdown();

        for (int run = 0; run < 16; run++) {
            List<JournalEntry> expected = new ArrayList<>(List.of(start()));
            for (int step = 0; step < 50; step++) {
                expected.add(succeeded("run-" + run + "-" + step));
            }
            assertThat(journal.read(RunId.of("run-" + run))).isEqualTo(expected);
        }
    }

    private void append(Lease lease, RunId run, JournalEntry... entries) {
        journal.append(lease, run, List.of(entries)).toCompletableFuture().join();
    }

    private Throwable failureOf(Lease lease, RunId run, JournalEntry... entries) {
        try {
            append(lease, run, entries);
        } catch (CompletionException refused) {
            return refused.getCause();
        }
        throw new AssertionError("the append was not refused");
    }

    private static RunStarted start() {
        return new RunStarted(1, "fulfil-order", "abc", Map.of("n", 1L), Origin.NONE);
    }

    private static StepSucceeded succeeded(String step) {
        return new StepSucceeded(3, step, 1, 2, List.of("x", 1L, true));
    }

    private static RunEnded end() {
        return new RunEnded(4, RunStatus.SUCCEEDED, "done", Optional.empty());
    }
}
