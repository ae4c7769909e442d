package io.auterity.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.auterity.definition.Failure;
import io.auterity.definition.RunId;
import io.auterity.journal.Claim;
import io.auterity.journal.EntryCodec;
import io.auterity.journal.Expiry;
import io.auterity.journal.FencedException;
import io.auterity.journal.Journal;
import io.auterity.journal.Journal.Lease;
import io.auterity.journal.JournalEntry;
import io.auterity.journal.JournalEntry.Origin;
import io.auterity.journal.JournalEntry.RunCompensating;
import io.auterity.journal.JournalEntry.RunEnded;
import io.auterity.journal.JournalEntry.RunStarted;
import io.auterity.journal.JournalEntry.StepStarted;
import io.auterity.journal.JournalEntry.StepSucceeded;
import io.auterity.journal.JournalException;
import io.auterity.journal.RunCatalog;
import io.auterity.journal.RunExistsException;
import io.auterity.journal.RunMessage;
import io.auterity.journal.RunQuery;
import io.auterity.journal.RunStatus;
import io.auterity.journal.RunSummary;
import io.auterity.journal.Write;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What every journal must keep to, as JUnit tests: a store's test class extends this and says how to make an empty journal
 * and how its time passes. Needs JUnit 5 and AssertJ on the class path.
 */
public abstract class JournalContract {

    /** A lease that no test outlives. */
    protected static final Duration LONG = Duration.ofHours(1);

    /** A lease that runs out when {@link #MORE} has passed. */
    protected static final Duration SHORT = Duration.ofMillis(100);

    private static final Duration MORE = Duration.ofMillis(250);

    private static final RunId RUN = RunId.of("order-42");
    private static final RunId OTHER = RunId.of("order-43");

    private Journal journal;

    /** For subclasses. */
    protected JournalContract() {}

    /**
     * Makes an empty journal.
     *
     * @return the journal, which the contract closes
     * @throws Exception what went wrong
     */
    protected abstract Journal newJournal() throws Exception;

    /**
     * Lets time pass by the store's clock.
     *
     * @param time how much at least
     * @throws Exception what went wrong
     */
    protected abstract void pass(Duration time) throws Exception;

    /**
     * Returns the journal under test.
     *
     * @return the journal
     */
    protected final Journal journal() {
        return journal;
    }

    @BeforeEach
    void open() throws Exception {
        journal = newJournal();
    }

    @AfterEach
    void close() {
        journal.close();
    }

    // --- entries ---

    @Test
    void reads_what_was_appended_in_order() {
        Lease lease = lease("a");
        append(lease, RUN, start());
        append(lease, RUN, succeeded("one"), succeeded("two"));

        assertThat(journal.read(RUN)).containsExactly(start(), succeeded("one"), succeeded("two"));
        assertThat(journal.catalog().read(RUN)).isEqualTo(journal.read(RUN));
    }

    @Test
    void gives_back_every_kind_of_entry_as_it_was() {
        Lease lease = lease("a");
        List<JournalEntry> all = Entries.durable();
        append(lease, RUN, all.toArray(JournalEntry[]::new));

        assertThat(journal.read(RUN)).isEqualTo(all);
    }

    @Test
    void knows_how_large_the_record_of_a_run_is_whoever_has_it() {
        Lease first = lease("one");
        append(first, RUN, start(), output("a", "x".repeat(1_000)));
        assumeTrue(journal.recordedBytes(first, RUN) > 0, "this journal does not count bytes");
        append(first, RUN, output("b", List.of("y".repeat(300_000), 1L)));
        assertThat(journal.recordedBytes(first, RUN)).isEqualTo(bytesOf(RUN)).isGreaterThan(301_000);
        assertThat(journal.recordedBytes(first, OTHER)).isZero();

        journal.close(first);
        Lease second = lease("two");
        assertThat(journal.claim(second, 10, Set.of())).hasSize(1);
        assertThat(journal.read(second, RUN)).isEqualTo(journal.read(RUN));
        assertThat(journal.recordedBytes(second, RUN)).isEqualTo(bytesOf(RUN));
        append(second, RUN, output("c", "z"));
        assertThat(journal.recordedBytes(second, RUN)).isEqualTo(bytesOf(RUN));
        assertThat(journal.recordedBytes(first, RUN)).isZero();
    }

    private static StepSucceeded output(String step, Object output) {
        return new StepSucceeded(3, step, 1, 2, output);
    }

    private long bytesOf(RunId run) {
        return journal.read(run).stream()
                .mapToLong(entry -> EntryCodec.encode(entry).payload().length)
                .sum();
    }

    @Test
    void knows_nothing_of_a_run_that_was_not_started() {
        assertThat(journal.read(RUN)).isEmpty();
        assertThat(journal.catalog().find(RUN)).isEmpty();
    }

    @Test
    void may_leave_out_only_what_is_not_durable() {
        Lease lease = lease("a");
        append(lease, RUN, start(), new StepStarted(2, "one", 1), succeeded("one"));

        assertThat(journal.read(RUN)).filteredOn(JournalEntry::isDurable).containsExactly(start(), succeeded("one"));
    }

    @Test
    void starts_a_run_once() {
        Lease lease = lease("a");
        append(lease, RUN, start());

        assertThat(failureOf(lease, RUN, start(), succeeded("one"))).isInstanceOf(RunExistsException.class);
        assertThat(failureOf(lease("b"), RUN, start())).isInstanceOf(RunExistsException.class);
        assertThat(journal.read(RUN)).containsExactly(start());
    }

    @Test
    void takes_a_start_with_what_came_of_it_or_nothing_of_both() {
        Lease lease = lease("a");
        RunEnded end = new RunEnded(4, RunStatus.SUCCEEDED, "done", Optional.empty());
        append(lease, RUN, start(), succeeded("one"));
        append(lease, OTHER, start(), succeeded("one"), end);

        assertThat(journal.read(RUN)).containsExactly(start(), succeeded("one"));
        assertThat(journal.read(OTHER)).containsExactly(start(), succeeded("one"), end);
        assertThat(journal.catalog().find(OTHER).map(RunSummary::status)).contains(RunStatus.SUCCEEDED);
        assertThat(failureOf(lease, RUN, start(), succeeded("two"))).isInstanceOf(RunExistsException.class);
        assertThat(failureOf(lease, OTHER, start(), succeeded("two"), end)).isInstanceOf(RunExistsException.class);
        append(lease, RUN, succeeded("two"));
        journal.close(lease);
        RunId late = RunId.of("late");
        assertThat(failureOf(lease, late, start(), succeeded("one"))).isInstanceOf(FencedException.class);

        assertThat(journal.read(RUN)).containsExactly(start(), succeeded("one"), succeeded("two"));
        assertThat(journal.read(OTHER)).containsExactly(start(), succeeded("one"), end);
        assertThat(journal.read(late)).isEmpty();
    }

    @Test
    void starts_a_run_once_that_many_start_together() throws Exception {
        Lease lease = lease("a");
        int threads = 8;
        AtomicInteger started = new AtomicInteger();
        together(threads, () -> {
            try {
                append(lease, RUN, start());
                started.incrementAndGet();
            } catch (CompletionException e) {
                assertThat(e).hasCauseInstanceOf(RunExistsException.class);
            }
        });

        assertThat(started).hasValue(1);
        assertThat(journal.read(RUN)).containsExactly(start());
    }

    @Test
    void tells_ids_apart_by_every_character() {
        Lease lease = lease("a");
        RunId longest = RunId.of("x".repeat(RunId.MAX_LENGTH));
        List<RunId> ids = List.of(RunId.of("Order"), RunId.of("order"), RunId.of("a.b"), RunId.of("a:b"), longest);
        ids.forEach(
                id -> append(lease, id, start(), succeeded("of-" + id.value().hashCode())));

        ids.forEach(id -> assertThat(journal.read(id))
                .containsExactly(start(), succeeded("of-" + id.value().hashCode())));
    }

    @Test
    void refuses_a_run_that_was_never_started() {
        assertThat(failureOf(lease("a"), RUN, succeeded("one"))).isInstanceOf(FencedException.class);
        assertThat(journal.read(RUN)).isEmpty();
    }

    @Test
    void takes_nothing_more_for_a_run_that_has_ended() {
        Lease lease = lease("a");
        append(lease, RUN, start(), end());

        assertThat(failureOf(lease, RUN, succeeded("late"))).isInstanceOf(FencedException.class);
        assertThat(journal.read(RUN)).containsExactly(start(), end());
    }

    @Test
    void keeps_runs_apart_that_are_written_together() throws Exception {
        Lease lease = lease("a");
        AtomicInteger number = new AtomicInteger();
        together(16, () -> {
            RunId id = RunId.of("run-" + number.getAndIncrement());
            append(lease, id, start());
            for (int step = 0; step < 50; step++) {
                append(lease, id, succeeded(id + "-" + step));
            }
        });

        for (int run = 0; run < 16; run++) {
            List<JournalEntry> expected = new ArrayList<>(List.of(start()));
            for (int step = 0; step < 50; step++) {
                expected.add(succeeded("run-" + run + "-" + step));
            }
            assertThat(journal.read(RunId.of("run-" + run))).isEqualTo(expected);
        }
    }

    // --- leases ---

    @Test
    void gives_every_lease_a_higher_epoch() {
        Lease first = lease("a");
        Lease second = lease("b");
        Lease third = lease("a");

        assertThat(second.epoch()).isGreaterThan(first.epoch());
        assertThat(third.epoch()).isGreaterThan(second.epoch());
    }

    @Test
    void fences_the_former_lease_of_an_owner_that_comes_back() {
        Lease former = lease("a");
        append(former, RUN, start());
        lease("a");

        assertThat(failureOf(former, RUN, succeeded("late"))).isInstanceOf(FencedException.class);
        assertThat(failureOf(former, OTHER, start())).isInstanceOf(FencedException.class);
        assertThat(journal.renew(former)).isFalse();
        assertThat(journal.read(RUN)).containsExactly(start());
        assertThat(journal.read(OTHER)).isEmpty();
    }

    @Test
    void fences_a_lease_that_was_closed() {
        Lease closed = lease("a");
        append(closed, RUN, start());
        journal.close(closed);

        assertThat(failureOf(closed, RUN, succeeded("late"))).isInstanceOf(FencedException.class);
        assertThat(failureOf(closed, OTHER, start())).isInstanceOf(FencedException.class);
        assertThat(journal.renew(closed)).isFalse();
        assertThat(journal.claim(closed, 10, Set.of())).isEmpty();
        assertThat(journal.received(closed, 10)).isEmpty();
    }

    @Test
    void refuses_entries_for_a_run_of_another_lease() {
        append(lease("a"), RUN, start());

        assertThat(failureOf(lease("b"), RUN, succeeded("one"))).isInstanceOf(FencedException.class);
    }

    @Test
    void P3_refuses_owners_whose_names_are_none() {
        for (String name : List.of("", " ", "\0", "a/b", "../a", "é", "x".repeat(201), "\uD83D\uDE00")) {
            assertThatIllegalArgumentException().as(name).isThrownBy(() -> journal.open(name, LONG));
        }
    }

    @Test
    void ends_a_lease_that_was_not_renewed_when_another_claims() throws Exception {
        Lease stale = journal.open("a", SHORT);
        append(stale, RUN, start());
        append(lease("lasting"), OTHER, start());
        Lease other = lease("b");
        pass(MORE);
        append(stale, RUN, succeeded("before")); // nobody has claimed so far

        assertThat(journal.claim(other, 10, Set.of())).containsExactly(new Claim(RUN, "fulfil-order", "abc", 1));
        assertThat(journal.renew(stale)).isFalse();
        assertThat(failureOf(stale, RUN, succeeded("late"))).isInstanceOf(FencedException.class);
        append(other, RUN, succeeded("one"));
        assertThat(journal.read(RUN)).containsExactly(start(), succeeded("before"), succeeded("one"));
    }

    @Test
    void keeps_a_lease_that_is_renewed() throws Exception {
        Lease renewed = journal.open("a", Duration.ofSeconds(5));
        append(renewed, RUN, start());
        Lease other = lease("b");
        for (int i = 0; i < 6; i++) {
            pass(Duration.ofSeconds(1));
            assertThat(journal.renew(renewed)).isTrue();
        }

        assertThat(journal.claim(other, 10, Set.of())).isEmpty();
        append(renewed, RUN, succeeded("one"));
    }

    // --- claims ---

    @Test
    void hands_unfinished_runs_of_an_ended_lease_to_one_claimer() {
        Lease ended = lease("a");
        append(ended, RUN, start());
        append(ended, RunId.of("done"), start(), end());
        journal.close(ended);
        Lease claimer = lease("b");

        assertThat(journal.claim(claimer, 10, Set.of())).containsExactly(new Claim(RUN, "fulfil-order", "abc", 0));
        assertThat(journal.claim(lease("c"), 10, Set.of())).isEmpty();
        append(claimer, RUN, succeeded("one"));
        assertThat(journal.read(RUN)).containsExactly(start(), succeeded("one"));
    }

    @Test
    void P1_never_claims_what_the_claimer_has_started_itself() throws Exception {
        Lease lease = lease("a");
        AtomicInteger number = new AtomicInteger();
        together(8, () -> {
            for (int i = 0; i < 25; i++) {
                append(lease, RunId.of("run-" + number.getAndIncrement()), start());
                assertThat(journal.claim(lease, 10, Set.of())).isEmpty();
            }
        });
    }

    @Test
    void claims_no_more_than_asked_for_and_nothing_of_a_live_lease() {
        append(lease("alive"), RunId.of("alive"), start());
        Lease ended = lease("ended");
        for (int i = 0; i < 5; i++) {
            append(ended, RunId.of("run-" + i), startAt(10 + i));
        }
        journal.close(ended);
        Lease claimer = lease("claimer");

        assertThat(journal.claim(claimer, 2, Set.of())).hasSize(2);
        assertThat(journal.claim(claimer, 10, Set.of())).hasSize(3);
        assertThat(journal.claim(claimer, 10, Set.of())).isEmpty();
    }

    @Test
    void P2_gives_each_run_to_one_of_many_claimers() throws Exception {
        Lease ended = lease("ended");
        for (int i = 0; i < 100; i++) {
            append(ended, RunId.of("run-" + i), start());
        }
        journal.close(ended);
        List<RunId> taken = java.util.Collections.synchronizedList(new ArrayList<>());
        AtomicInteger number = new AtomicInteger();
        together(4, () -> {
            Lease claimer = lease("claimer-" + number.getAndIncrement());
            List<Claim> claims = journal.claim(claimer, 7, Set.of());
            while (!claims.isEmpty()) {
                claims.forEach(claim -> append(claimer, claim.run(), succeeded("one")));
                claims.forEach(claim -> taken.add(claim.run()));
                claims = journal.claim(claimer, 7, Set.of());
            }
        });
        for (Claim rest : journal.claim(lease("last"), 1_000, Set.of())) {
            taken.add(rest.run()); // what the others passed over while it was locked
        }

        assertThat(taken).hasSize(100).doesNotHaveDuplicates();
    }

    @Test
    void leaves_versions_alone_that_the_claimer_cannot_run() {
        Lease ended = lease("a");
        append(ended, RUN, start());
        journal.close(ended);

        assertThat(journal.claim(lease("b"), 10, Set.of("abc"))).isEmpty();
        assertThat(journal.claim(lease("c"), 10, Set.of("other"))).hasSize(1);
    }

    @Test
    void P15_counts_recoveries_that_led_nowhere() throws Exception {
        Lease lease = journal.open("engine-0", SHORT);
        append(lease, RUN, start());
        for (int recoveries = 1; recoveries <= 3; recoveries++) {
            pass(MORE);
            lease = journal.open("engine-" + recoveries, SHORT);
            assertThat(journal.claim(lease, 1, Set.of()))
                    .containsExactly(new Claim(RUN, "fulfil-order", "abc", recoveries));
        }
        append(lease, RUN, succeeded("one"));
        pass(MORE);
        lease = lease("engine-4");
        assertThat(journal.claim(lease, 1, Set.of())).containsExactly(new Claim(RUN, "fulfil-order", "abc", 1));
        assertThat(journal.catalog().find(RUN).orElseThrow().standing().recoveries())
                .isEqualTo(1);
        write(lease, Write.park(RUN, Duration.ZERO));
        assertThat(journal.claim(lease, 1, Set.of())).containsExactly(new Claim(RUN, "fulfil-order", "abc", 0));
    }

    @Test
    void R15_hands_out_suspects_last_and_one_at_a_time() throws Exception {
        Lease lease = journal.open("engine-0", SHORT);
        List<RunId> both = List.of(RunId.of("suspect-1"), RunId.of("suspect-2"));
        for (RunId run : both) {
            append(lease, run, start());
        }
        for (int recoveries = 1; recoveries <= Claim.TRUSTED_RECOVERIES; recoveries++) {
            pass(MORE);
            lease = journal.open("engine-" + recoveries, SHORT);
            assertThat(journal.claim(lease, 10, Set.of())).hasSize(2);
        }
        append(lease, RUN, start());
        pass(MORE);
        lease = lease("last");
        assertThat(journal.claim(lease, 10, Set.of())).containsExactly(new Claim(RUN, "fulfil-order", "abc", 1));
        for (int i = 0; i < 2; i++) {
            assertThat(journal.claim(lease, 10, Set.of()))
                    .hasSize(1)
                    .allMatch(claim -> both.contains(claim.run()))
                    .allMatch(claim -> claim.recoveries() == Claim.TRUSTED_RECOVERIES + 1);
        }
        assertThat(journal.claim(lease, 10, Set.of())).isEmpty();
    }

    // --- parked runs ---

    @Test
    void gives_a_parked_run_up_until_its_time_has_come() throws Exception {
        Lease lease = lease("a");
        append(lease, OTHER, start());
        write(lease, Write.park(OTHER, LONG)); // its time does not come
        append(lease, RUN, start());
        write(lease, new Write(RUN, List.of(succeeded("one")), List.of(), Optional.of(SHORT), Optional.empty()));

        assertThat(failureOf(lease, RUN, succeeded("late"))).isInstanceOf(FencedException.class);
        RunSummary parked = journal.catalog().find(RUN).orElseThrow();
        assertThat(parked.status()).isEqualTo(RunStatus.WAITING);
        assertThat(parked.standing().owner()).isEmpty();
        assertThat(parked.standing().wakeAt()).isPositive();
        pass(MORE);
        Lease other = lease("b");
        assertThat(journal.claim(other, 10, Set.of())).containsExactly(new Claim(RUN, "fulfil-order", "abc", 0));
        append(other, RUN, succeeded("two"));
        assertThat(journal.read(RUN)).containsExactly(start(), succeeded("one"), succeeded("two"));
    }

    @Test
    void accepts_a_run_that_is_to_start_later() throws Exception {
        Lease lease = lease("a");
        write(lease, new Write(OTHER, List.of(start()), List.of(), Optional.of(LONG), Optional.empty()));
        assertThat(journal.claim(lease, 10, Set.of())).isEmpty();
        write(lease, new Write(RUN, List.of(start()), List.of(), Optional.of(SHORT), Optional.empty()));
        pass(MORE);
        assertThat(journal.claim(lease, 10, Set.of())).extracting(Claim::run).containsExactly(RUN);
    }

    @Test
    void keeps_parked_runs_when_the_lease_ends() {
        Lease lease = lease("a");
        append(lease, RUN, start());
        write(lease, Write.park(RUN, Write.FOREVER));
        journal.close(lease);

        assertThat(journal.claim(lease("b"), 10, Set.of())).isEmpty();
    }

    @Test
    void wakes_a_parked_run_when_the_one_it_waits_for_ends() {
        Lease lease = lease("a");
        append(lease, RUN, start());
        write(lease, Write.park(RUN, Write.FOREVER));
        append(lease, OTHER, start());
        write(lease, new Write(OTHER, List.of(end()), List.of(), Optional.empty(), Optional.of(RUN)));

        assertThat(journal.claim(lease, 10, Set.of())).containsExactly(new Claim(RUN, "fulfil-order", "abc", 0));
    }

    @Test
    void wakes_nothing_that_is_not_parked() {
        Lease lease = lease("a");
        append(lease, RUN, start(), end());
        append(lease, OTHER, start());
        write(lease, new Write(OTHER, List.of(succeeded("one")), List.of(), Optional.empty(), Optional.of(RUN)));
        write(
                lease,
                new Write(
                        OTHER,
                        List.of(succeeded("two")),
                        List.of(),
                        Optional.empty(),
                        Optional.of(RunId.of("unknown"))));

        assertThat(journal.claim(lease, 10, Set.of())).isEmpty();
        assertThat(journal.read(OTHER)).hasSize(3);
    }

    @Test
    void claims_what_has_been_due_longest_first() throws Exception {
        Lease lease = lease("a");
        for (RunId run : List.of(RUN, OTHER)) {
            append(lease, run, start());
        }
        write(lease, Write.park(OTHER, Duration.ZERO));
        pass(Duration.ofMillis(20));
        write(lease, Write.park(RUN, Duration.ZERO));
        pass(Duration.ofMillis(20));

        assertThat(journal.claim(lease, 1, Set.of())).extracting(Claim::run).containsExactly(OTHER);
        assertThat(journal.claim(lease, 1, Set.of())).extracting(Claim::run).containsExactly(RUN);
    }

    // --- messages ---

    @Test
    void hands_messages_to_the_owner_in_order_until_they_are_taken() {
        Lease lease = lease("a");
        append(lease, RUN, start());
        RunMessage signal = new RunMessage.Signal("reply", Map.of("text", "yes"));
        RunMessage decision = new RunMessage.Decision("ask", true, "kim", Map.of("note", "fine"));
        for (RunMessage message : List.of(
                signal, decision, new RunMessage.Cancel("enough"), new RunMessage.Pause(), new RunMessage.Resume())) {
            assertThat(journal.send(RUN, message)).isTrue();
        }

        List<RunMessage.Received> received = journal.received(lease, 10);
        assertThat(received)
                .extracting(RunMessage.Received::message)
                .containsExactly(
                        signal,
                        decision,
                        new RunMessage.Cancel("enough"),
                        new RunMessage.Pause(),
                        new RunMessage.Resume());
        assertThat(journal.received(lease, 2)).isEqualTo(received.subList(0, 2));
        assertThat(journal.received(lease("b"), 10)).isEmpty();

        List<Long> first = List.of(received.get(0).number(), received.get(2).number());
        write(lease, new Write(RUN, List.of(succeeded("one")), first, Optional.empty(), Optional.empty()));
        assertThat(journal.received(lease, 10)).containsExactly(received.get(1), received.get(3), received.get(4));
        write(lease, new Write(RUN, List.of(), List.of(received.get(1).number()), Optional.empty(), Optional.empty()));
        assertThat(journal.received(lease, 10)).containsExactly(received.get(3), received.get(4));
        assertThat(journal.read(RUN)).containsExactly(start(), succeeded("one"));
    }

    @Test
    void takes_no_message_when_the_write_is_refused() {
        Lease lease = lease("a");
        append(lease, RUN, start());
        journal.send(RUN, new RunMessage.Pause());
        long number = journal.received(lease, 1).get(0).number();
        Lease stranger = lease("b");
        Write stolen = new Write(RUN, List.of(), List.of(number), Optional.empty(), Optional.empty());

        assertThatThrownBy(() -> write(stranger, stolen)).hasCauseInstanceOf(FencedException.class);
        assertThat(journal.received(lease, 1)).hasSize(1);
    }

    @Test
    void wakes_a_parked_run_for_a_message() {
        Lease lease = lease("a");
        append(lease, RUN, start());
        write(lease, Write.park(RUN, Write.FOREVER));
        journal.send(RUN, new RunMessage.Cancel("enough"));

        assertThat(journal.received(lease, 10)).isEmpty();
        assertThat(journal.claim(lease, 10, Set.of())).hasSize(1);
        assertThat(journal.received(lease, 10)).hasSize(1);
    }

    @Test
    void parks_no_run_past_a_message() {
        Lease lease = lease("a");
        append(lease, RUN, start());
        journal.send(RUN, new RunMessage.Pause());
        write(lease, Write.park(RUN, Write.FOREVER));

        assertThat(journal.claim(lease, 10, Set.of())).hasSize(1);
        List<Long> taken = List.of(journal.received(lease, 10).get(0).number());
        write(lease, new Write(RUN, List.of(), taken, Optional.of(Write.FOREVER), Optional.empty()));
        assertThat(journal.claim(lease, 10, Set.of())).isEmpty();
    }

    @Test
    void P12_misses_no_message_that_comes_while_the_run_is_parked() throws Exception {
        Lease lease = lease("a");
        for (int round = 0; round < 50; round++) {
            RunId run = RunId.of("run-" + round);
            append(lease, run, start());
            AtomicInteger turn = new AtomicInteger();
            together(2, () -> {
                if (turn.getAndIncrement() == 0) {
                    write(lease, Write.park(run, Write.FOREVER));
                } else {
                    journal.send(run, new RunMessage.Pause());
                }
            });
            assertThat(journal.claim(lease, 10, Set.of())).as("round %s", round).hasSize(1);
        }
    }

    @Test
    void refuses_messages_beyond_the_limit_but_for_those_that_steer() {
        Lease lease = lease("a");
        append(lease, RUN, start());
        append(lease, OTHER, start());
        RunMessage signal = new RunMessage.Signal("go", 1L);
        long before = leaveUnread(RUN, RunMessage.MOST_UNREAD - 1);
        assertThat(journal.send(RUN, signal)).isTrue();

        assertThatThrownBy(() -> journal.send(RUN, signal))
                .isInstanceOfSatisfying(
                        JournalException.class, full -> assertThat(full.code()).isEqualTo(JournalException.INBOX_FULL))
                .hasMessageContaining("10000 messages");
        assertThat(journal.send(OTHER, signal)).isTrue();
        assertThat(journal.send(RUN, new RunMessage.Pause())).isTrue();
        assertThatThrownBy(() -> journal.send(RUN, signal)).isInstanceOf(JournalException.class);

        List<Long> taken = journal.received(lease, RunMessage.MOST_UNREAD + 10).stream()
                .filter(received -> received.run().equals(RUN))
                .map(RunMessage.Received::number)
                .skip(before)
                .toList();
        assertThat(taken).hasSize(2);
        write(lease, new Write(RUN, List.of(), taken, Optional.empty(), Optional.empty()));
        assertThat(journal.send(RUN, signal)).isTrue();
        assertThatThrownBy(() -> journal.send(RUN, signal)).isInstanceOf(JournalException.class);
    }

    /**
     * Leaves messages in a run's inbox, or makes the journal believe so where sending takes long.
     *
     * @param run the run, without messages so far
     * @param count how many
     * @return how many are really there
     */
    protected long leaveUnread(RunId run, int count) {
        for (int i = 0; i < count; i++) {
            journal.send(run, new RunMessage.Signal("go", 1L));
        }
        return count;
    }

    @Test
    void sends_nothing_to_a_run_that_is_unknown_or_has_ended() {
        Lease lease = lease("a");
        append(lease, RUN, start());
        journal.send(RUN, new RunMessage.Pause());
        append(lease, RUN, end());

        assertThat(journal.send(RUN, new RunMessage.Pause())).isFalse();
        assertThat(journal.send(OTHER, new RunMessage.Pause())).isFalse();
        assertThat(journal.received(lease, 10)).isEmpty();
    }

    // --- the catalog ---

    @Test
    void sums_a_run_up() {
        Lease lease = lease("a");
        Origin origin = new Origin("acme", Optional.of(OTHER), "call", Map.of("team", "sales"));
        append(lease, RUN, new RunStarted(7, "sale", "v1", Map.of(), origin));

        assertThat(journal.catalog().find(RUN))
                .contains(new RunSummary(
                        RUN,
                        new RunSummary.Start(7, "sale", "v1", origin),
                        RunStatus.RUNNING,
                        new RunSummary.Standing("a", 0, 0),
                        Optional.empty()));
        Failure why = Failure.of("broken", "it broke", false);
        append(lease, RUN, new RunEnded(9, RunStatus.FAILED, null, Optional.of(why)));
        RunSummary ended = journal.catalog().find(RUN).orElseThrow();
        assertThat(ended.status()).isEqualTo(RunStatus.FAILED);
        assertThat(ended.end()).contains(new RunSummary.End(9, Optional.of(why)));
    }

    @Test
    void lists_runs_page_by_page_the_newest_first() {
        Lease lease = lease("a");
        for (int i = 0; i < 7; i++) {
            append(lease, RunId.of("run-" + i), startAt(100 + i / 2));
        }
        RunQuery query = RunQuery.ALL.limit(3);

        assertThat(list(query)).containsExactly("run-6", "run-5", "run-4");
        assertThat(list(query.after(RunId.of("run-4")))).containsExactly("run-3", "run-2", "run-1");
        assertThat(list(query.after(RunId.of("run-1")))).containsExactly("run-0");
        assertThat(list(query.after(RunId.of("run-0")))).isEmpty();
    }

    @Test
    void looks_for_runs_by_all_that_is_asked() {
        Lease lease = lease("a");
        Origin sales = new Origin("", Optional.empty(), "", Map.of("team", "sales", "region", "eu"));
        append(lease, RunId.of("one"), new RunStarted(10, "sale", "v", Map.of("car", Map.of("vin", "X1")), sales));
        append(lease, RunId.of("two"), new RunStarted(20, "sale", "v", Map.of("n", 3L, "paid", true), Origin.NONE));
        append(lease, RunId.of("three"), new RunStarted(30, "audit", "v", Map.of("n", 3L), sales), end());
        append(lease, RunId.of("four"), new RunStarted(40, "audit", "v", Map.of("n", "3"), Origin.NONE));
        write(lease, Write.park(RunId.of("four"), Write.FOREVER));
        RunQuery.Filter any = RunQuery.Filter.NONE;

        assertThat(list(RunQuery.ALL)).containsExactly("four", "three", "two", "one");
        assertThat(list(RunQuery.ALL.with(any.workflow("sale")))).containsExactly("two", "one");
        assertThat(list(RunQuery.ALL.with(any.statuses(Set.of(RunStatus.SUCCEEDED)))))
                .containsExactly("three");
        assertThat(list(RunQuery.ALL.with(any.statuses(Set.of(RunStatus.RUNNING, RunStatus.WAITING)))))
                .containsExactly("four", "two", "one");
        assertThat(list(RunQuery.ALL.with(any.started(20, 40)))).containsExactly("three", "two");
        assertThat(list(RunQuery.ALL.with(any.labels(Map.of("team", "sales"))))).containsExactly("three", "one");
        assertThat(list(RunQuery.ALL.with(any.labels(Map.of("team", "sales", "region", "us")))))
                .isEmpty();
        assertThat(list(RunQuery.ALL.with(any.input(Map.of("n", 3L))))).containsExactly("three", "two");
        assertThat(list(RunQuery.ALL.with(any.input(Map.of("n", "3"))))).containsExactly("four");
        assertThat(list(RunQuery.ALL.with(any.input(Map.of("paid", true))))).containsExactly("two");
        assertThat(list(RunQuery.ALL.with(any.input(Map.of("car.vin", "X1"))))).containsExactly("one");
        assertThat(list(RunQuery.ALL.with(any.workflow("sale").input(Map.of("n", 3L)))))
                .containsExactly("two");
        assertThat(list(RunQuery.ALL.with(any.workflow("sale' or '1'='1")))).isEmpty();
    }

    @Test
    void tells_runs_that_take_back_what_they_did_from_others() {
        Lease lease = lease("a");
        JournalEntry takingBack = new RunCompensating(3, Failure.of("late", "too late", false));
        append(lease, RunId.of("has-it"), startAt(5));
        append(lease, RunId.of("has-it"), takingBack);
        append(lease, RunId.of("parked"), startAt(4));
        write(
                lease,
                new Write(
                        RunId.of("parked"),
                        List.of(takingBack),
                        List.of(),
                        Optional.of(Write.FOREVER),
                        Optional.empty()));
        append(lease, RunId.of("ended"), startAt(3));
        append(lease, RunId.of("ended"), takingBack);
        append(lease, RunId.of("ended"), end());
        append(lease, RunId.of("at-once"), startAt(2), takingBack);
        append(lease, RunId.of("parked-at-once"), startAt(1));
        write(lease, Write.park(RunId.of("parked-at-once"), Write.FOREVER));
        RunQuery.Filter any = RunQuery.Filter.NONE;

        assertThat(list(RunQuery.ALL.with(any.statuses(Set.of(RunStatus.COMPENSATING)))))
                .containsExactly("has-it", "parked", "at-once");
        assertThat(list(RunQuery.ALL.with(any.statuses(Set.of(RunStatus.RUNNING, RunStatus.WAITING)))))
                .containsExactly("parked-at-once");
        assertThat(journal.catalog().list(RunQuery.ALL))
                .filteredOn(RunSummary::isParked)
                .extracting(run -> run.id().value())
                .containsExactly("parked", "parked-at-once");
        append(lease, RunId.of("at-once"), end());
        assertThat(journal.catalog().find(RunId.of("at-once")).orElseThrow().status())
                .isEqualTo(RunStatus.SUCCEEDED);
    }

    private List<String> list(RunQuery query) {
        return journal.catalog().list(query).stream()
                .map(summary -> summary.id().value())
                .toList();
    }

    @Test
    void keeps_definitions_by_version() throws Exception {
        journal.keep("sale", "v1", "{\"id\":\"sale\"}");
        pass(Duration.ofMillis(5));
        journal.keep("sale", "v2", "{\"id\":\"sale\",\"n\":2}");
        journal.keep("sale", "v1", "{\"id\":\"sale\"}");

        assertThat(journal.catalog().definition("v1")).contains("{\"id\":\"sale\"}");
        assertThat(journal.catalog().definition("v2")).contains("{\"id\":\"sale\",\"n\":2}");
        assertThat(journal.catalog().definition("v3")).isEmpty();
        assertThat(journal.catalog().versions("sale"))
                .extracting(RunCatalog.StoredVersion::version)
                .containsExactly("v2", "v1");
        assertThat(journal.catalog().versions("other")).isEmpty();
    }

    @Test
    void forgets_runs_that_ended_long_ago() {
        Lease lease = lease("a");
        long now = System.currentTimeMillis();
        Duration hour = Duration.ofHours(1);
        for (int i = 0; i < 3; i++) {
            append(lease, RunId.of("run-" + i), start(), ended(10 + i, RunStatus.SUCCEEDED));
        }
        append(lease, RunId.of("failed"), start(), ended(10, RunStatus.FAILED));
        append(lease, RunId.of("young"), start(), ended(now, RunStatus.SUCCEEDED));
        append(lease, RUN, start());
        Expiry old = new Expiry(Set.of(RunStatus.SUCCEEDED), hour);

        assertThat(journal.countExpired(old)).isEqualTo(3);
        assertThat(journal.purge(old, 2)).isEqualTo(2);
        assertThat(journal.read(RunId.of("run-0"))).isEmpty();
        assertThat(journal.read(RunId.of("run-2"))).isNotEmpty();
        assertThat(journal.purge(old, 10)).isEqualTo(1);
        assertThat(journal.purge(old, 10)).isZero();
        assertThat(new HashSet<>(list(RunQuery.ALL))).containsExactlyInAnyOrder("failed", "young", RUN.value());
        assertThat(journal.purge(new Expiry(Set.of(RunStatus.FAILED, RunStatus.CANCELLED), hour), 10))
                .isEqualTo(1);
        append(lease, RunId.of("run-0"), start()); // the id is free again
    }

    @Test
    void forgets_no_run_with_an_unfinished_child_or_that_is_awaited() {
        Lease lease = lease("a");
        RunId parent = RunId.of("parent");
        Origin child = new Origin("", Optional.of(parent), "call");
        append(lease, parent, start());
        append(lease, RunId.of("done"), new RunStarted(1, "sale", "v", Map.of(), child));
        append(lease, RunId.of("done"), ended(2, RunStatus.SUCCEEDED));
        append(lease, RunId.of("open"), new RunStarted(1, "sale", "v", Map.of(), child));
        Expiry all = new Expiry(Set.of(RunStatus.SUCCEEDED), Duration.ZERO);

        assertThat(journal.purge(all, 10)).isZero(); // its parent may not have heard of the end yet
        append(lease, parent, ended(3, RunStatus.SUCCEEDED));
        assertThat(journal.countExpired(all)).isEqualTo(1);
        assertThat(journal.purge(all, 10)).isEqualTo(1);
        assertThat(list(RunQuery.ALL)).contains("parent", "open").doesNotContain("done");
        append(lease, RunId.of("open"), ended(4, RunStatus.SUCCEEDED));
        assertThat(journal.purge(all, 10)).isEqualTo(2);
        assertThat(list(RunQuery.ALL)).isEmpty();
    }

    @Test
    void forgets_each_run_once_however_many_do_it() throws Exception {
        Lease lease = lease("a");
        for (int i = 0; i < 60; i++) {
            append(lease, RunId.of("run-" + i), start(), ended(10, RunStatus.SUCCEEDED));
        }
        Expiry all = new Expiry(Set.of(RunStatus.SUCCEEDED), Duration.ZERO);
        AtomicInteger forgotten = new AtomicInteger();
        together(4, () -> {
            for (int i = 0; i < 60 && journal.countExpired(all) > 0; i++) {
                forgotten.addAndGet(journal.purge(all, 7));
            }
        });
        assertThat(list(RunQuery.ALL)).isEmpty();
        assertThat(forgotten).hasValue(60);
    }

    private static RunEnded ended(long at, RunStatus status) {
        return new RunEnded(at, status, null, Optional.empty());
    }

    @Test
    void tells_labels_apart_by_every_character() {
        Map<String, String> labels = Map.of("team", "a", "Team", "a", "team ", "a", "t\u00e9am", "a", "value", "b ");
        append(lease("a"), RUN, new RunStarted(1, "w", "v", null, new Origin("", Optional.empty(), "", labels)));

        assertThat(journal.catalog().find(RUN).orElseThrow().start().origin().labels())
                .isEqualTo(labels);
        assertThat(list(RunQuery.ALL.with(RunQuery.Filter.NONE.labels(Map.of("value", "b ")))))
                .containsExactly(RUN.value());
        for (String other : List.of("b", "B ", "b  ")) {
            assertThat(list(RunQuery.ALL.with(RunQuery.Filter.NONE.labels(Map.of("value", other)))))
                    .isEmpty();
        }
    }

    @Test
    void keeps_labels_as_long_as_runs_may_have_them() {
        Lease lease = lease("a");
        Map<String, String> labels = new java.util.TreeMap<>();
        for (int i = 0; i < 32; i++) {
            labels.put("\u00f6".repeat(198) + (10 + i), "\u00df".repeat(500));
        }
        Origin origin = new Origin("", Optional.empty(), "", labels);
        append(lease, RUN, new RunStarted(7, "sale", "v1", Map.of(), origin));
        assertThat(journal.catalog().find(RUN).orElseThrow().start().origin().labels())
                .isEqualTo(labels);
        assertThat(list(RunQuery.ALL.with(RunQuery.Filter.NONE.labels(labels)))).containsExactly(RUN.value());
    }

    @Test
    void counts_runs_by_version() {
        Lease lease = lease("a");
        append(lease, RunId.of("one"), new RunStarted(1, "sale", "v1", Map.of(), Origin.NONE), end());
        append(lease, RunId.of("two"), new RunStarted(1, "sale", "v1", Map.of(), Origin.NONE));
        append(lease, RunId.of("three"), new RunStarted(1, "sale", "v2", Map.of(), Origin.NONE));
        append(lease, RunId.of("four"), new RunStarted(1, "other", "v1", Map.of(), Origin.NONE));
        assertThat(journal.catalog().counts("sale"))
                .containsExactlyInAnyOrder(
                        new RunCatalog.VersionCount("v1", 2, 1), new RunCatalog.VersionCount("v2", 1, 1));
        assertThat(journal.catalog().counts("none")).isEmpty();
    }

    // --- what tests of stores may use, too ---

    /**
     * Opens a lease that no test outlives.
     *
     * @param owner the owner
     * @return the lease
     */
    protected final Lease lease(String owner) {
        return journal.open(owner, LONG);
    }

    /**
     * Appends and waits until it is durable.
     *
     * @param lease the lease
     * @param run the run
     * @param entries the entries
     */
    protected final void append(Lease lease, RunId run, JournalEntry... entries) {
        await(journal.append(lease, run, List.of(entries)));
    }

    /**
     * Writes and waits until it is durable.
     *
     * @param lease the lease
     * @param write the write
     */
    protected final void write(Lease lease, Write write) {
        await(journal.append(lease, write));
    }

    /** Like {@code join()}, but not for ever. */
    private static void await(CompletionStage<Void> answer) {
        answer.toCompletableFuture().orTimeout(60, TimeUnit.SECONDS).join();
    }

    private Throwable failureOf(Lease lease, RunId run, JournalEntry... entries) {
        try {
            append(lease, run, entries);
        } catch (CompletionException refused) {
            return refused.getCause();
        }
        throw new AssertionError("the append was not refused");
    }

    /**
     * Does the same on several threads at once.
     *
     * @param number how many
     * @param work what each does
     * @throws Exception what went wrong in one of them
     */
    protected static void together(int number, Runnable work) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(number);
        try {
            CyclicBarrier barrier = new CyclicBarrier(number);
            List<CompletableFuture<Void>> all = new ArrayList<>();
            for (int i = 0; i < number; i++) {
                all.add(CompletableFuture.runAsync(
                        () -> {
                            try {
                                barrier.await(30, TimeUnit.SECONDS);
                            } catch (Exception e) {
                                throw new AssertionError(e);
                            }
                            work.run();
                        },
                        threads));
            }
            CompletableFuture.allOf(all.toArray(CompletableFuture[]::new)).get(60, TimeUnit.SECONDS);
        } finally {
            threads.shutdownNow();
        }
    }

    /**
     * Makes the start of a run of workflow {@code fulfil-order} in version {@code abc}.
     *
     * @return the entry
     */
    protected static RunStarted start() {
        return startAt(1);
    }

    private static RunStarted startAt(long at) {
        return new RunStarted(at, "fulfil-order", "abc", Map.of("n", 1L), Origin.NONE);
    }

    /**
     * Makes the success of a step.
     *
     * @param step the step's path
     * @return the entry
     */
    protected static StepSucceeded succeeded(String step) {
        return new StepSucceeded(3, step, 1, 2, List.of("x", 1L, true));
    }

    /**
     * Makes the end of a run.
     *
     * @return the entry
     */
    protected static RunEnded end() {
        return new RunEnded(4, RunStatus.SUCCEEDED, "done", Optional.empty());
    }
}
