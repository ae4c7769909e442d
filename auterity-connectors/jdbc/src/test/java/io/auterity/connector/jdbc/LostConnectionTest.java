package io.auterity.connector.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.auterity.Engine;
import io.auterity.Run;
import io.auterity.Workflow;
import io.auterity.definition.RunId;
import io.auterity.journal.Claim;
import io.auterity.journal.FencedException;
import io.auterity.journal.Journal.Lease;
import io.auterity.journal.JournalEntry;
import io.auterity.journal.RunExistsException;
import io.auterity.journal.Write;
import io.auterity.testkit.Fault;
import io.auterity.testkit.FaultProxy;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.FutureTask;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A commit whose reply is lost is neither guessed nor repeated: the journal finds out. */
class LostConnectionTest {

    private static final int ROUNDS = 40;

    /** Within which a start is answered, whatever the database does. */
    private static final Duration IN_TIME = Duration.ofSeconds(5);

    private static final String FILLS_A_BATCH = incompressible((int) Lane.MAX_BYTES);

    @Test
    void R7_resolves_commits_whose_replies_were_cut_off() throws Exception {
        resolve(20_261_122);
    }

    @Test
    @Tag("nightly")
    void R7_resolves_commits_wherever_their_replies_are_cut_off() throws Exception {
        for (int i = 0; i < 20; i++) {
            resolve(System.nanoTime());
        }
    }

    private static void resolve(long seed) throws Exception {
        Random random = new Random(seed);
        try (FaultProxy proxy = proxy();
                JdbcJournal journal = journal(proxy)) {
            Lease lease = journal.open("a", Rig.LONG);
            for (int round = 0; round < ROUNDS; round++) {
                proxy.set(new Fault.CutBeforeReply(random.nextInt(4)));
                List<CompletableFuture<Void>> answers = new ArrayList<>();
                RunId run = RunId.of("run-" + round);
                // The second start of the id is refused for what it is, not taken for the first one's lost reply.
                answers.add(Rig.append(journal, lease, run, Rig.start()));
                CompletableFuture<Void> again = Rig.append(journal, lease, run, Rig.start());
                for (int step = 0; step < 5; step++) {
                    answers.add(Rig.append(journal, lease, run, Rig.succeeded("step-" + step, "x")));
                }
                for (CompletableFuture<Void> answer : answers) {
                    Rig.await(answer);
                }
                proxy.heal();
                assertThat(Rig.refusal(again)).as("seed %s", seed).isInstanceOf(RunExistsException.class);
                List<JournalEntry> expected = new ArrayList<>(List.of(Rig.start()));
                for (int step = 0; step < 5; step++) {
                    expected.add(Rig.succeeded("step-" + step, "x"));
                }
                assertThat(journal.read(run))
                        .as("seed %s, round %s", seed, round)
                        .isEqualTo(expected);
            }
            assertThat(proxy.cuts()).as("seed %s", seed).isGreaterThan(ROUNDS / 4);
        }
    }

    @ParameterizedTest
    @EnumSource
    void R8_answers_starts_in_time_while_the_database_is_away_and_goes_on_when_it_is_back(Outage outage)
            throws Exception {
        try (FaultProxy proxy = proxy();
                JdbcJournal journal = journal(proxy)) {
            Lease lease = journal.open("a", Rig.LONG);
            RunId known = RunId.of("known");
            RunId sent = RunId.of("sent");
            RunId unsent = RunId.of("unsent");
            Rig.await(Rig.append(journal, lease, known, Rig.start()));
            outage.begin(proxy);
            CompletableFuture<Void> first = Rig.append(journal, lease, sent, Rig.start());
            CompletableFuture<Void> step = Rig.append(journal, lease, known, Rig.succeeded("one", FILLS_A_BATCH));
            CompletableFuture<Void> second = Rig.append(journal, lease, unsent, Rig.start());

            boolean isUnknown = unavailable(first).contains("may be recorded");
            assertThat(isUnknown || outage == Outage.REFUSED).isTrue();
            assertThat(unavailable(Rig.append(journal, lease, sent, Rig.start())))
                    .isNotEmpty();
            assertThat(unavailable(second)).doesNotContain("may be recorded");
            assertThat(step).isNotDone();
            proxy.heal();
            Rig.await(step);
            Rig.await(Rig.append(journal, lease, known, Rig.end()));
            assertThat(journal.read(known)).hasSize(3);
            assertThat(journal.read(unsent)).isEmpty();
            Rig.await(Rig.append(journal, lease, unsent, Rig.start()));
            if (isUnknown) {
                assertThat(Rig.refusal(Rig.append(journal, lease, sent, Rig.start())))
                        .isInstanceOf(RunExistsException.class);
                assertThat(journal.claim(lease, 10, Set.of()))
                        .extracting(Claim::run)
                        .containsExactly(sent);
                Rig.await(Rig.append(journal, lease, sent, Rig.end()));
                assertThat(journal.read(sent)).containsExactly(Rig.start(), Rig.end());
            } else {
                assertThat(journal.read(sent)).isEmpty();
            }
        }
    }

    @Test
    void R8_a_run_given_up_twice_by_a_start_in_doubt_and_taken_up_in_between_stays_with_who_took_it_up()
            throws Exception {
        try (FaultProxy proxy = proxy();
                JdbcJournal journal = journal(proxy)) {
            Lease lease = journal.open("a", Rig.LONG);
            RunId other = RunId.of("other");
            RunId doubtful = RunId.of("doubtful");
            Rig.await(Rig.append(journal, lease, other, Rig.start()));
            Outage.WITHOUT_REPLIES.begin(proxy);
            CompletableFuture<Void> start = Rig.append(journal, lease, doubtful, Rig.start());
            assertThat(unavailable(start)).contains("may be recorded");
            // Whoever started it gives it up, and so does the journal once it is recorded, each in a batch of its own.
            journal.append(lease, Write.park(doubtful, Duration.ZERO));
            List<CompletableFuture<Void>> between = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                between.add(Rig.append(journal, lease, other, Rig.succeeded("step-" + i, FILLS_A_BATCH)));
            }
            proxy.heal();
            List<Claim> claims = until(() -> journal.claim(lease, 10, Set.of()), all -> !all.isEmpty());

            assertThat(claims).extracting(Claim::run).containsExactly(doubtful);
            for (CompletableFuture<Void> each : between) {
                Rig.await(each);
            }
            Rig.await(Rig.append(journal, lease, other, Rig.end()));
            assertThat(journal.claim(lease, 10, Set.of())).isEmpty();
            Rig.await(Rig.append(journal, lease, doubtful, Rig.end()));
            assertThat(journal.read(doubtful)).containsExactly(Rig.start(), Rig.end());
        }
    }

    @Test
    void R8_what_is_written_behind_the_giving_up_of_a_run_is_refused() throws Exception {
        try (FaultProxy proxy = proxy();
                JdbcJournal journal = journal(proxy)) {
            Lease lease = journal.open("a", Rig.LONG);
            RunId given = RunId.of("given");
            RunId other = RunId.of("other");
            Rig.await(Rig.append(journal, lease, given, Rig.start()));
            Rig.await(Rig.append(journal, lease, other, Rig.start()));
            Outage.WITHOUT_REPLIES.begin(proxy);
            Rig.append(journal, lease, RunId.of("occupies-the-lane"), Rig.start());
            CompletableFuture<Void> park =
                    journal.append(lease, Write.park(given, Duration.ZERO)).toCompletableFuture();
            CompletableFuture<Void> together = Rig.append(journal, lease, given, Rig.succeeded("one", "x"));
            CompletableFuture<Void> between = Rig.append(journal, lease, other, Rig.succeeded("one", FILLS_A_BATCH));
            CompletableFuture<Void> behind = Rig.append(journal, lease, given, Rig.end());
            proxy.heal();

            Rig.await(park);
            Rig.await(between);
            assertThat(Rig.refusal(together)).isInstanceOf(FencedException.class);
            assertThat(Rig.refusal(behind)).isInstanceOf(FencedException.class);
            assertThat(journal.read(given)).containsExactly(Rig.start());
            assertThat(journal.claim(lease, 10, Set.of()))
                    .extracting(Claim::run)
                    .contains(given);
            Rig.await(Rig.append(journal, lease, given, Rig.end()));
            assertThat(journal.read(given)).containsExactly(Rig.start(), Rig.end());
        }
    }

    @Test
    void R8_a_start_is_answered_in_time_however_busy_the_common_pool_is() throws Exception {
        CountDownLatch released = new CountDownLatch(1);
        try (FaultProxy proxy = proxy();
                JdbcJournal journal = journal(proxy)) {
            Lease lease = journal.open("a", Rig.LONG);
            for (int i = 0; i < Math.max(1, ForkJoinPool.getCommonPoolParallelism()); i++) {
                ForkJoinPool.commonPool().execute(() -> Rig.await(released));
            }
            proxy.set(new Fault.BlackHole());

            assertThat(unavailable(Rig.append(journal, lease, RunId.of("a-run"), Rig.start())))
                    .isNotEmpty();

            proxy.heal();
        } finally {
            released.countDown();
        }
    }

    @Test
    void R8_a_start_is_answered_in_time_while_the_lease_is_renewed_in_vain() throws Exception {
        try (FaultProxy proxy = proxy();
                JdbcJournal journal = journal(proxy)) {
            Lease lease = journal.open("a", Rig.LONG);
            proxy.set(new Fault.BlackHole());
            Thread renewing =
                    new Thread(new FutureTask<>(() -> journal.renew(lease))); // in vain, as a failure it keeps
            renewing.start();
            until(
                    renewing::getStackTrace,
                    stack -> Arrays.stream(stack)
                            .anyMatch(frame -> frame.getClassName().equals(Leases.class.getName())));

            assertThat(unavailable(Rig.append(journal, lease, RunId.of("a-run"), Rig.start())))
                    .isNotEmpty();

            proxy.heal();
            renewing.join(Rig.LONG.toMillis());
        }
    }

    @Test
    void R8_an_engine_answers_starts_in_time_on_a_silent_network_and_takes_up_what_was_recorded() throws Exception {
        Workflow<Map<String, Object>, Object> flow =
                Workflow.read("auterity: 1\nid: flow\nsteps: {a: {value: 1}}\noutput: '${{ steps.a.output }}'", "flow");
        try (FaultProxy proxy = proxy();
                JdbcJournal journal = journal(proxy);
                Engine engine = Engine.builder().journal(journal).register(flow).build()) {
            engine.start(flow, RunId.of("before"), Map.of()).await(Rig.LONG);
            proxy.set(new Fault.BlackHole());
            List<CompletableFuture<?>> starts = List.of(
                    CompletableFuture.supplyAsync(
                            () -> engine.start(flow, RunId.of("one"), Map.of()),
                            task -> new Thread(task, "starts-one")
                                    .start()), // at once, whoever else has the common pool
                    engine.startAsync(flow, RunId.of("two"), Map.of()).toCompletableFuture());
            for (CompletableFuture<?> start : starts) {
                assertThat(unavailable(start)).isNotEmpty();
            }
            proxy.heal();
            for (String run : List.of("one", "two")) {
                Run<Object> again = untilKnown(() -> engine.start(flow, RunId.of(run), Map.of()));
                assertThat(again.await(Rig.LONG).orElseThrow()).isEqualTo(1L);
            }
        }
    }

    /** Starts a run again until it is known what became of the first time. */
    private static <T> T untilKnown(Supplier<T> start) {
        long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (true) {
            try {
                return start.get();
            } catch (JdbcJournalException unknown) {
                if (System.nanoTime() > deadline) {
                    throw unknown;
                }
                Thread.onSpinWait();
            }
        }
    }

    private static FaultProxy proxy() throws IOException {
        return FaultProxy.postgres(
                new InetSocketAddress("127.0.0.1", TestPostgres.newest().port()));
    }

    private static JdbcJournal journal(FaultProxy proxy) {
        return JdbcJournal.builder()
                .url("jdbc:postgresql://127.0.0.1:" + proxy.port() + "/postgres?user=postgres")
                .schema(TestPostgres.newSchema())
                .open();
    }

    private static String incompressible(int bytes) {
        byte[] random = new byte[bytes];
        new Random(1).nextBytes(random);
        return Base64.getEncoder().encodeToString(random);
    }

    private static <T> T until(Supplier<T> look, Predicate<T> isFound) {
        long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        T found = look.get();
        while (!isFound.test(found) && System.nanoTime() < deadline) {
            found = look.get();
        }
        return found;
    }

    private enum Outage {
        REFUSED {
            @Override
            void begin(FaultProxy proxy) {
                proxy.set(new Fault.Refuse());
                proxy.set(new Fault.Reset());
            }
        },
        SILENT {
            @Override
            void begin(FaultProxy proxy) {
                proxy.set(new Fault.BlackHole());
            }
        },
        WITHOUT_REPLIES {
            @Override
            void begin(FaultProxy proxy) {
                proxy.set(new Fault.Drop(Fault.Direction.TO_CLIENT));
            }
        };

        abstract void begin(FaultProxy proxy);
    }

    /** What a start is told that has to be answered in time. */
    private static String unavailable(CompletableFuture<?> start) throws Exception {
        JdbcJournalException refusal = (JdbcJournalException) Rig.refusal(start, IN_TIME);
        assertThat(refusal.code()).isEqualTo(JdbcJournalException.UNAVAILABLE);
        return refusal.getMessage();
    }
}
