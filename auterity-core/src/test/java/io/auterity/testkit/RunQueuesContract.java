package io.auterity.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.auterity.definition.RunId;
import io.auterity.journal.EntryCodec;
import io.auterity.journal.Expiry;
import io.auterity.journal.FencedException;
import io.auterity.journal.Journal;
import io.auterity.journal.Journal.Lease;
import io.auterity.journal.JournalEntry.Origin;
import io.auterity.journal.JournalEntry.RunEnded;
import io.auterity.journal.JournalEntry.RunStarted;
import io.auterity.journal.QueuedRun;
import io.auterity.journal.QueuedRun.Place;
import io.auterity.journal.QueuedRun.Sole;
import io.auterity.journal.RunMessage;
import io.auterity.journal.RunQuery;
import io.auterity.journal.RunQueue;
import io.auterity.journal.RunQueues;
import io.auterity.journal.RunQueues.Accepted;
import io.auterity.journal.RunQueues.Begun;
import io.auterity.journal.RunQueues.Depth;
import io.auterity.journal.RunQueues.Outcome;
import io.auterity.journal.RunQueues.Taken;
import io.auterity.journal.RunStatus;
import io.auterity.journal.RunSummary;
import io.auterity.journal.Write;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What the queues of every journal must keep to, as JUnit tests: a store's test class extends this and says how to make an
 * empty journal and how its time passes. Needs JUnit 5 and AssertJ on the class path.
 */
public abstract class RunQueuesContract {

    private static final Duration LONG = Duration.ofHours(1);
    private static final Duration SHORT = Duration.ofMillis(100);
    private static final Duration MORE = Duration.ofMillis(250);
    private static final RunQueue MAIL = RunQueue.named("mail");

    private Journal journal;
    private RunQueues queues;

    /** For subclasses. */
    protected RunQueuesContract() {}

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

    @BeforeEach
    void open() throws Exception {
        journal = newJournal();
        queues = journal.queues();
    }

    @AfterEach
    void close() {
        journal.close();
    }

    // --- accepting ---

    @Test
    void a_run_put_in_is_recorded_and_queued_and_nobodys() {
        assertThat(put(MAIL, "a", Place.NONE)).isEqualTo(new Accepted(RunId.of("a"), Outcome.ADDED));

        RunSummary run = journal.catalog().find(RunId.of("a")).orElseThrow();
        assertThat(run.status()).isEqualTo(RunStatus.QUEUED);
        assertThat(run.standing().owner()).isEmpty();
        assertThat(run.start().workflow()).isEqualTo("w");
        assertThat(journal.read(RunId.of("a"))).containsExactly(start("a"));
        assertThat(journal.claim(lease("one"), 10, Set.of())).isEmpty();
        assertThat(queues.depth("mail")).isEqualTo(new Depth(0, 1, 0));
    }

    @Test
    void the_catalog_finds_queued_runs_by_their_status() {
        put(MAIL, "a", Place.NONE);
        put(MAIL, "b", Place.NONE);
        begin(lease("one"), MAIL, 1);

        assertThat(listed(RunStatus.QUEUED)).containsExactly("b");
        assertThat(listed(RunStatus.RUNNING)).containsExactly("a");
    }

    private List<String> listed(RunStatus status) {
        return journal.catalog().list(RunQuery.ALL.with(RunQuery.Filter.NONE.statuses(Set.of(status)))).stream()
                .map(run -> run.id().value())
                .toList();
    }

    @Test
    void keeps_origin_and_input_of_any_size() {
        Origin origin = new Origin("acme", Optional.empty(), "", Map.of("tier", "gold"));
        byte[] noise = new byte[4 * 1024 * 1024];
        new Random(7).nextBytes(noise);
        RunStarted start = new RunStarted(
                5, "w", "v", Map.of("text", java.util.Base64.getEncoder().encodeToString(noise)), origin);
        queues.enqueue(MAIL, List.of(new QueuedRun(RunId.of("a"), start, Place.NONE)));

        assertThat(journal.read(RunId.of("a"))).containsExactly(start);
        assertThat(journal.catalog().find(RunId.of("a")).orElseThrow().start().origin())
                .isEqualTo(origin);
        Lease lease = lease("one");
        assertThat(begin(lease, MAIL, 1).runs().get(0).entries()).containsExactly(start);
        assertThat(journal.recordedBytes(lease, RunId.of("a"))) // 0 of a journal that does not count
                .isIn(0L, (long) EntryCodec.encode(start).payload().length);
    }

    @Test
    void an_id_that_is_known_is_put_in_once() {
        put(MAIL, "a", Place.NONE);

        assertThat(put(MAIL, "a", Place.NONE).outcome()).isEqualTo(Outcome.KNOWN);
        assertThat(queues.enqueue(MAIL, List.of(queued("b", Place.NONE), queued("b", Place.NONE))))
                .extracting(Accepted::outcome)
                .containsExactly(Outcome.ADDED, Outcome.KNOWN);
        assertThat(queues.depth("mail").ready()).isEqualTo(2);
    }

    @Test
    void an_id_of_a_run_that_was_started_is_known() {
        Lease lease = lease("one");
        append(lease, "a", start("a"));

        assertThat(put(MAIL, "a", Place.NONE).outcome()).isEqualTo(Outcome.KNOWN);
    }

    @Test
    void P6_many_threads_that_put_in_one_id_make_one_run() throws Exception {
        for (int round = 0; round < 5; round++) {
            String id = "run-" + round;
            List<Outcome> outcomes =
                    together(64, any -> put(MAIL, id, Place.NONE).outcome());
            assertThat(outcomes).containsOnlyOnce(Outcome.ADDED);
        }
        assertThat(ids(begin(lease("one"), MAIL, 100))).hasSize(5);
    }

    @Test
    void many_threads_put_in_what_is_all_there() throws Exception {
        together(32, thread -> {
            for (int i = 0; i < 10; i++) {
                assertThat(put(MAIL, "r" + thread + "-" + i, Place.NONE).outcome())
                        .isEqualTo(Outcome.ADDED);
            }
            return thread;
        });
        assertThat(ids(begin(lease("one"), MAIL, 500))).doesNotHaveDuplicates().hasSize(320);
    }

    @Test
    void a_full_queue_refuses() {
        RunQueue queue = MAIL.capacity(3);
        put(queue, "a", Place.NONE);
        put(queue, "b", at(Duration.ofHours(1)));
        assertThat(put(queue, "c", Place.NONE).outcome()).isEqualTo(Outcome.ADDED);
        assertThat(put(queue, "d", Place.NONE).outcome()).isEqualTo(Outcome.FULL);
        assertThat(journal.catalog().find(RunId.of("d"))).isEmpty();

        begin(lease("one"), queue, 1);

        assertThat(put(queue, "d", Place.NONE).outcome()).isEqualTo(Outcome.ADDED);
        assertThat(put(queue, "e", Place.NONE).outcome()).isEqualTo(Outcome.FULL);
    }

    @Test
    void many_threads_do_not_overfill_a_queue() throws Exception {
        RunQueue queue = MAIL.capacity(10);
        List<Outcome> outcomes =
                together(24, thread -> put(queue, "r" + thread, Place.NONE).outcome());
        assertThat(outcomes).filteredOn(Outcome.ADDED::equals).hasSize(10);
        assertThat(outcomes).filteredOn(Outcome.FULL::equals).hasSize(14);
    }

    // --- order ---

    @Test
    void the_first_in_is_the_first_to_begin() {
        IntStream.range(0, 20).forEach(i -> put(MAIL, "r" + i, Place.NONE));
        Lease lease = lease("one");

        assertThat(ids(begin(lease, MAIL, 15))).containsExactlyElementsOf(names("r", 0, 15));
        assertThat(ids(begin(lease, MAIL, 15))).containsExactlyElementsOf(names("r", 15, 20));
        assertThat(ids(begin(lease, MAIL, 15))).isEmpty();
    }

    @Test
    void what_begins_belongs_to_the_lease() {
        put(MAIL, "a", Place.NONE);
        Lease lease = lease("one");
        Begun begun = begin(lease, MAIL, 1).runs().get(0);

        assertThat(begun.claim().workflow()).isEqualTo("w");
        assertThat(begun.claim().version()).isEqualTo("v");
        assertThat(begun.claim().recoveries()).isZero();
        assertThat(begun.entries()).containsExactly(start("a"));
        append(lease, "a", ended());
        assertThat(journal.read(RunId.of("a"))).containsExactly(start("a"), ended());
        assertThat(queues.depth("mail")).isEqualTo(new Depth(0, 0, 0));
    }

    @Test
    void higher_priorities_begin_first() {
        put(MAIL, "low", prior(-QueuedRun.MAX_PRIORITY));
        put(MAIL, "mid-1", prior(0));
        put(MAIL, "high-1", prior(QueuedRun.MAX_PRIORITY));
        put(MAIL, "mid-2", prior(0));
        put(MAIL, "high-2", prior(QueuedRun.MAX_PRIORITY));

        assertThat(ids(begin(lease("one"), MAIL, 10))).containsExactly("high-1", "high-2", "mid-1", "mid-2", "low");
    }

    @Test
    void keys_take_turns() {
        names("flood-", 0, 50).forEach(id -> put(MAIL, id, key("flood")));
        names("small-", 0, 2).forEach(id -> put(MAIL, id, key("small")));
        put(MAIL, "none", Place.NONE);

        List<String> first = ids(begin(lease("one"), MAIL, 5));

        assertThat(first).containsExactlyInAnyOrder("none", "flood-0", "small-0", "flood-1", "small-1");
    }

    @Test
    void keys_take_turns_from_one_claim_to_the_next() {
        for (String key : List.of("a", "b", "c")) {
            names(key, 0, 4).forEach(id -> put(MAIL, id, key(key)));
        }
        Lease lease = lease("one");
        List<String> order = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            order.addAll(ids(begin(lease, MAIL, 1)));
        }
        for (int round = 0; round < 4; round++) {
            assertThat(order.subList(round * 3, round * 3 + 3))
                    .containsExactlyInAnyOrder("a" + round, "b" + round, "c" + round);
        }
    }

    /** R17: whatever others put in, a key that always has something due gets its share of what begins. */
    @Test
    void R17_a_flood_of_one_key_takes_no_turns_of_others() {
        Random random = new Random(20_261);
        for (int trial = 0; trial < 5; trial++) {
            RunQueue queue = RunQueue.named("fair-" + trial);
            int keys = 2 + random.nextInt(30);
            int each = 1 + random.nextInt(6);
            List<QueuedRun> all = new ArrayList<>();
            names("flood" + trial + "-", 0, 400).forEach(id -> all.add(queued(id, key("flood"))));
            for (int k = 0; k < keys; k++) {
                String key = "k" + k;
                names(trial + key + "-", 0, each).forEach(id -> all.add(queued(id, key(key))));
            }
            queues.enqueue(queue, all);
            Lease lease = lease("fair");
            Map<String, Integer> begun = new HashMap<>();
            int floods = 0;
            while (begun.size() < keys || begun.values().stream().anyMatch(count -> count < each)) {
                List<String> some = ids(begin(lease, queue, 1 + random.nextInt(40)));
                assertThat(some).isNotEmpty();
                for (String id : some) {
                    if (id.startsWith("flood")) {
                        floods++;
                    } else {
                        begun.merge(id.substring(1, id.indexOf('-')), 1, Integer::sum);
                    }
                }
            }
            // Each turn of the flood gives one to every other key that has some left; the last batch may end with a
            // run of turns of the flood alone.
            assertThat(floods).as("seed 20261, trial %s", trial).isLessThanOrEqualTo(each + 40);
        }
    }

    @Test
    void leaves_out_versions_that_the_claimer_cannot_run() {
        RunStarted other = new RunStarted(1, "w", "other", Map.of(), Origin.NONE);
        queues.enqueue(MAIL, List.of(new QueuedRun(RunId.of("a"), other, Place.NONE), queued("b", Place.NONE)));
        Lease lease = lease("one");

        assertThat(ids(queues.claim(lease, MAIL, 10, Set.of("other")))).containsExactly("b");
        assertThat(ids(queues.claim(lease, MAIL, 10, Set.of("third", "fourth"))))
                .containsExactly("a");
    }

    @Test
    void queues_do_not_mix() {
        put(MAIL, "a", Place.NONE);
        put(RunQueue.named("other"), "b", Place.NONE);

        assertThat(ids(begin(lease("one"), RunQueue.named("other"), 10))).containsExactly("b");
        assertThat(ids(begin(lease("one"), RunQueue.named("third"), 10))).isEmpty();
    }

    @Test
    void a_lease_that_has_ended_takes_nothing() {
        put(MAIL, "a", Place.NONE);
        Lease lease = lease("one");
        journal.close(lease);

        assertThat(begin(lease, MAIL, 1).runs()).isEmpty();
        assertThat(queues.depth("mail").ready()).isEqualTo(1);
    }

    // --- limits ---

    @Test
    void no_more_begin_than_the_concurrency() {
        RunQueue queue = MAIL.concurrency(3);
        names("r", 0, 10).forEach(id -> put(queue, id, Place.NONE));
        Lease one = lease("one");
        Lease two = lease("two");

        assertThat(ids(begin(one, queue, 2))).containsExactly("r0", "r1");
        assertThat(ids(begin(two, queue, 10))).containsExactly("r2");
        assertThat(ids(begin(one, queue, 10))).isEmpty();
        append(one, "r1", ended());
        assertThat(ids(begin(two, queue, 10))).containsExactly("r3");
        assertThat(ids(begin(one, queue, 10))).isEmpty();
        assertThat(queues.depth("mail")).isEqualTo(new Depth(0, 6, 3));
    }

    @Test
    void no_more_of_a_key_begin_than_its_limit() {
        RunQueue queue = MAIL.perKey(2).concurrency(5);
        names("a", 0, 6).forEach(id -> put(queue, id, key("a")));
        names("b", 0, 2).forEach(id -> put(queue, id, key("b")));
        names("n", 0, 3).forEach(id -> put(queue, id, Place.NONE));
        Lease lease = lease("one");

        assertThat(ids(begin(lease, queue, 20)))
                .hasSize(5)
                .contains("a0", "b0", "n0")
                .doesNotContain("a2", "n2");
        assertThat(begin(lease, queue, 20).runs()).isEmpty();
    }

    @Test
    void the_runs_of_a_key_begin_one_after_the_other() {
        RunQueue queue = MAIL.perKey(1);
        names("a", 0, 3).forEach(id -> put(queue, id, key("a")));
        put(queue, "b0", key("b"));
        Lease lease = lease("one");

        assertThat(ids(begin(lease, queue, 10))).containsExactlyInAnyOrder("a0", "b0");
        append(lease, "b0", ended());
        assertThat(ids(begin(lease, queue, 10))).isEmpty();
        append(lease, "a0", ended());
        assertThat(ids(begin(lease, queue, 10))).containsExactly("a1");
    }

    @Test
    void a_run_that_is_parked_keeps_its_place() {
        RunQueue queue = MAIL.concurrency(1);
        put(queue, "a", Place.NONE);
        put(queue, "b", Place.NONE);
        Lease lease = lease("one");
        begin(lease, queue, 1);
        await(journal.append(lease, Write.park(RunId.of("a"), Duration.ofHours(1))));

        assertThat(journal.catalog().find(RunId.of("a")).orElseThrow().status()).isEqualTo(RunStatus.WAITING);
        assertThat(begin(lease, queue, 1).runs()).isEmpty();
        journal.send(RunId.of("a"), new RunMessage.Wake());
        assertThat(journal.claim(lease, 10, Set.of())).hasSize(1);
        append(lease, "a", ended());
        assertThat(ids(begin(lease, queue, 1))).containsExactly("b");
    }

    @Test
    void a_claimer_that_dies_leaves_its_runs_to_others_who_free_their_places() throws Exception {
        RunQueue queue = MAIL.concurrency(2);
        names("r", 0, 3).forEach(id -> put(queue, id, Place.NONE));
        Lease dying = journal.open("dying", SHORT);
        assertThat(ids(begin(dying, queue, 10))).containsExactly("r0", "r1");
        pass(MORE);
        Lease heir = lease("heir");

        assertThat(begin(heir, queue, 10).runs()).as("the places are taken").isEmpty();
        assertThat(journal.claim(heir, 10, Set.of()))
                .extracting(claim -> claim.run().value() + " " + claim.recoveries())
                .containsExactlyInAnyOrder("r0 1", "r1 1");
        assertThat(begin(heir, queue, 10).runs()).as("and still are").isEmpty();
        append(heir, "r0", ended());
        assertThat(ids(begin(heir, queue, 10))).containsExactly("r2");
        assertThat(journal.append(dying, Write.of(RunId.of("r1"), List.of(ended()))))
                .as("the dead one writes no more")
                .failsWithin(Duration.ofSeconds(30))
                .withThrowableOfType(java.util.concurrent.ExecutionException.class)
                .withCauseInstanceOf(FencedException.class);
    }

    @Test
    void no_more_begin_in_a_period_than_the_rate() throws Exception {
        RunQueue queue = MAIL.rate(3, Duration.ofHours(1));
        names("r", 0, 5).forEach(id -> put(queue, id, Place.NONE));
        Lease one = lease("one");

        assertThat(ids(begin(one, queue, 2))).containsExactly("r0", "r1");
        append(one, "r0", ended());
        Taken last = begin(lease("two"), queue, 10);
        assertThat(ids(last)).containsExactly("r2");
        assertThat(last.again()).isBetween(Duration.ofMinutes(50), Duration.ofHours(1));
        assertThat(begin(one, queue, 10).runs()).isEmpty();
    }

    @Test
    void a_rate_opens_again_after_its_period() throws Exception {
        RunQueue queue = MAIL.rate(2, SHORT);
        names("r", 0, 5).forEach(id -> put(queue, id, Place.NONE));
        Lease lease = lease("one");

        assertThat(ids(begin(lease, queue, 10))).containsExactly("r0", "r1");
        pass(MORE);
        assertThat(ids(begin(lease, queue, 10))).containsExactly("r2", "r3");
        pass(MORE);
        assertThat(ids(begin(lease, queue, 10))).containsExactly("r4");
    }

    @Test
    void claimers_that_race_take_each_run_once_and_never_too_many() throws Exception {
        RunQueue queue = MAIL.concurrency(7).perKey(3);
        int runs = 120;
        Random random = new Random(99);
        for (int i = 0; i < runs; i++) {
            put(queue, "r" + i, key("k" + random.nextInt(4)));
        }
        AtomicInteger active = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        ConcurrentLinkedQueue<String> begun = new ConcurrentLinkedQueue<>();
        together(4, thread -> {
            Lease lease = lease("claimer-" + thread);
            while (begun.size() < runs) {
                List<String> some = ids(begin(lease, queue, 3));
                begun.addAll(some);
                most.accumulateAndGet(active.addAndGet(some.size()), Math::max);
                assertThat(queues.depth("mail").running()).isLessThanOrEqualTo(7);
                for (String id : some) {
                    active.decrementAndGet(); // before the end is written: what is counted here is never too much
                    append(lease, id, ended());
                }
            }
            return thread;
        });
        assertThat(begun).doesNotHaveDuplicates().hasSize(runs);
        assertThat(most.get()).isBetween(1, 7);
    }

    // --- time ---

    @Test
    void a_delayed_run_begins_when_its_time_has_come() throws Exception {
        put(MAIL, "later", at(Duration.ofHours(1)));
        put(MAIL, "soon", at(SHORT));
        Lease lease = lease("one");

        Taken early = begin(lease, MAIL, 10);
        if (early.runs().isEmpty()) { // the store is quick enough
            assertThat(early.again()).isLessThanOrEqualTo(SHORT);
            pass(MORE);
            assertThat(ids(begin(lease, MAIL, 10))).containsExactly("soon");
        }
        assertThat(begin(lease, MAIL, 10).again()).isBetween(Duration.ofMinutes(50), Duration.ofHours(1));
        assertThat(queues.depth("mail")).isEqualTo(new Depth(1, 0, 1));
        assertThat(journal.catalog()
                        .find(RunId.of("later"))
                        .orElseThrow()
                        .standing()
                        .wakeAt())
                .isGreaterThan(0);
    }

    @Test
    void a_run_that_is_due_earlier_begins_earlier() throws Exception {
        queues.enqueue(
                MAIL, List.of(queued("second", at(Duration.ofMillis(60))), queued("first", at(Duration.ofMillis(1)))));
        pass(MORE);

        assertThat(ids(begin(lease("one"), MAIL, 10))).containsExactly("first", "second");
    }

    // --- sole runs ---

    @Test
    void a_sole_id_has_one_run_until_that_ends() {
        Place sole = sole("invoice-7", Duration.ZERO, Optional.empty());
        put(MAIL, "a", sole);
        assertThat(put(MAIL, "b", sole)).isEqualTo(new Accepted(RunId.of("a"), Outcome.DUPLICATE));
        assertThat(put(RunQueue.named("other"), "c", sole).outcome()).isEqualTo(Outcome.ADDED);
        assertThat(put(MAIL, "d", sole("invoice-8", Duration.ZERO, Optional.empty()))
                        .outcome())
                .isEqualTo(Outcome.ADDED);
        Lease lease = lease("one");
        begin(lease, MAIL, 1);
        assertThat(put(MAIL, "b", sole)).isEqualTo(new Accepted(RunId.of("a"), Outcome.DUPLICATE));
        append(lease, "a", ended());
        assertThat(put(MAIL, "b", sole)).isEqualTo(new Accepted(RunId.of("b"), Outcome.ADDED));
    }

    @Test
    void sole_ids_differ_by_every_character() {
        for (String id : List.of("doc", "Doc", "doc ", "d\u00f6c")) {
            String run = "r" + id.codePoints().sum();
            assertThat(put(MAIL, run, sole(id, Duration.ZERO, Optional.empty())))
                    .as(id)
                    .isEqualTo(new Accepted(RunId.of(run), Outcome.ADDED));
        }
    }

    @Test
    void many_threads_that_put_in_one_sole_id_make_one_run() throws Exception {
        Place sole = sole("one", Duration.ZERO, Optional.empty());
        List<Accepted> all = together(32, thread -> put(MAIL, "r" + thread, sole));

        assertThat(all).filteredOn(one -> one.outcome() == Outcome.ADDED).hasSize(1);
        assertThat(all).extracting(Accepted::run).containsOnly(all.get(0).run());
        assertThat(ids(begin(lease("one"), MAIL, 100))).hasSize(1);
    }

    @Test
    void debouncing_starts_the_last_input_once() throws Exception {
        Place debounce = sole("doc", SHORT, Optional.of(LONG));
        put(MAIL, "a", debounce);
        assertThat(queues.enqueue(MAIL, List.of(new QueuedRun(RunId.of("b"), start("second"), debounce))))
                .containsExactly(new Accepted(RunId.of("a"), Outcome.REPLACED));
        assertThat(queues.enqueue(MAIL, List.of(new QueuedRun(RunId.of("c"), start("third"), debounce))))
                .containsExactly(new Accepted(RunId.of("a"), Outcome.REPLACED));
        pass(MORE);

        List<Begun> begun = begin(lease("one"), MAIL, 10).runs();
        assertThat(begun).hasSize(1);
        assertThat(begun.get(0).entries()).containsExactly(start("third"));
        assertThat(journal.read(RunId.of("a"))).containsExactly(start("third"));
        assertThat(journal.catalog().find(RunId.of("b"))).isEmpty();
    }

    @Test
    void debouncing_waits_again_for_each_but_not_for_ever() throws Exception {
        put(MAIL, "a", sole("doc", Duration.ofHours(1), Optional.of(SHORT)));
        assertThat(begin(lease("one"), MAIL, 10).runs()).isEmpty();
        pass(MORE);
        put(MAIL, "b", sole("doc", Duration.ofHours(1), Optional.of(SHORT)));

        assertThat(ids(begin(lease("one"), MAIL, 10)))
                .as("its longest wait is over")
                .containsExactly("a");
    }

    @Test
    void debouncing_makes_a_new_run_when_the_former_has_begun() {
        Place debounce = sole("doc", Duration.ZERO, Optional.of(LONG));
        put(MAIL, "a", debounce);
        begin(lease("one"), MAIL, 1);

        assertThat(put(MAIL, "b", debounce)).isEqualTo(new Accepted(RunId.of("b"), Outcome.ADDED));
        assertThat(journal.read(RunId.of("a"))).containsExactly(start("a"));
    }

    // --- cancelling ---

    @Test
    void a_run_that_waits_is_cancelled_at_once() {
        put(MAIL, "a", Place.NONE);
        put(MAIL, "b", at(Duration.ofHours(1)));
        assertThat(queues.cancel(RunId.of("a"), "enough")).isTrue();
        assertThat(journal.send(RunId.of("b"), new RunMessage.Cancel("enough"))).isTrue();

        for (String id : List.of("a", "b")) {
            RunSummary run = journal.catalog().find(RunId.of(id)).orElseThrow();
            assertThat(run.status()).isEqualTo(RunStatus.CANCELLED);
            assertThat(run.end().orElseThrow().failure().orElseThrow().message())
                    .isEqualTo("enough");
            assertThat(journal.read(RunId.of(id)))
                    .hasSize(2)
                    .last()
                    .isInstanceOfSatisfying(
                            RunEnded.class, end -> assertThat(end.status()).isEqualTo(RunStatus.CANCELLED));
        }
        assertThat(queues.cancel(RunId.of("a"), "again")).isFalse();
        assertThat(begin(lease("one"), MAIL, 10).runs()).isEmpty();
        assertThat(queues.depth("mail")).isEqualTo(new Depth(0, 0, 0));
    }

    @Test
    void a_run_that_has_begun_is_not_cancelled_here() {
        put(MAIL, "a", Place.NONE);
        Lease lease = lease("one");
        begin(lease, MAIL, 1);

        assertThat(queues.cancel(RunId.of("a"), "enough")).isFalse();
        assertThat(queues.cancel(RunId.of("nobody"), "enough")).isFalse();
        assertThat(journal.send(RunId.of("a"), new RunMessage.Cancel("enough"))).isTrue();
        assertThat(journal.received(lease, 10)).hasSize(1);
    }

    @Test
    void a_cancelled_run_frees_its_sole_id() {
        Place sole = sole("x", Duration.ZERO, Optional.empty());
        put(MAIL, "a", sole);
        queues.cancel(RunId.of("a"), "enough");

        assertThat(put(MAIL, "b", sole).outcome()).isEqualTo(Outcome.ADDED);
    }

    @Test
    void a_message_to_a_run_that_waits_is_there_when_it_begins() {
        put(MAIL, "a", Place.NONE);
        assertThat(journal.send(RunId.of("a"), new RunMessage.Signal("go", 1L))).isTrue();
        assertThat(journal.catalog().find(RunId.of("a")).orElseThrow().status()).isEqualTo(RunStatus.QUEUED);
        Lease lease = lease("one");
        assertThat(ids(begin(lease, MAIL, 1))).containsExactly("a");
        assertThat(journal.received(lease, 10)).hasSize(1);
    }

    @Test
    void runs_that_ended_are_forgotten_with_the_others() {
        put(MAIL, "a", Place.NONE);
        put(MAIL, "b", Place.NONE);
        Lease lease = lease("one");
        begin(lease, MAIL, 1);
        append(lease, "a", ended());

        assertThat(journal.purge(new Expiry(Set.of(RunStatus.SUCCEEDED), Duration.ZERO), 10))
                .isEqualTo(1);
        assertThat(journal.catalog().find(RunId.of("b"))).isPresent();
    }

    // --- tools ---

    private Lease lease(String owner) {
        return journal.open(owner, LONG);
    }

    private static RunStarted start(String text) {
        return new RunStarted(1, "w", "v", Map.of("text", text), Origin.NONE);
    }

    private static RunEnded ended() {
        return new RunEnded(9, RunStatus.SUCCEEDED, null, Optional.empty());
    }

    private static QueuedRun queued(String id, Place place) {
        return new QueuedRun(RunId.of(id), start(id), place);
    }

    private Accepted put(RunQueue queue, String id, Place place) {
        return queues.enqueue(queue, List.of(queued(id, place))).get(0);
    }

    private static Place key(String key) {
        return new Place(key, 0, Duration.ZERO, Optional.empty());
    }

    private static Place prior(int priority) {
        return new Place("", priority, Duration.ZERO, Optional.empty());
    }

    private static Place at(Duration delay) {
        return new Place("", 0, delay, Optional.empty());
    }

    private static Place sole(String id, Duration delay, Optional<Duration> debounce) {
        return new Place("", 0, delay, Optional.of(new Sole(id, debounce)));
    }

    private Taken begin(Lease lease, RunQueue queue, int limit) {
        return queues.claim(lease, queue, limit, Set.of());
    }

    private static List<String> ids(Taken taken) {
        return taken.runs().stream().map(run -> run.claim().run().value()).toList();
    }

    private static List<String> names(String prefix, int from, int to) {
        return IntStream.range(from, to).mapToObj(i -> prefix + i).toList();
    }

    private void append(Lease lease, String run, io.auterity.journal.JournalEntry entry) {
        await(journal.append(lease, RunId.of(run), List.of(entry)));
    }

    private static void await(java.util.concurrent.CompletionStage<Void> stage) {
        stage.toCompletableFuture().orTimeout(60, TimeUnit.SECONDS).join();
    }

    private interface Job<T> {
        T on(int thread) throws Exception;
    }

    private static <T> List<T> together(int threads, Job<T> job) throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            CyclicBarrier barrier = new CyclicBarrier(threads);
            List<Future<T>> all = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                int thread = i;
                Callable<T> each = () -> {
                    barrier.await(60, TimeUnit.SECONDS);
                    return job.on(thread);
                };
                all.add(pool.submit(each));
            }
            List<T> results = new ArrayList<>();
            for (Future<T> each : all) {
                results.add(each.get(120, TimeUnit.SECONDS));
            }
            return results;
        } finally {
            pool.shutdownNow();
        }
    }
}
