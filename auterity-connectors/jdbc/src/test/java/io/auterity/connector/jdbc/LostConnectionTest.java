package io.auterity.connector.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.auterity.definition.RunId;
import io.auterity.journal.Journal.Lease;
import io.auterity.journal.JournalEntry;
import io.auterity.journal.RunExistsException;
import io.auterity.testkit.Fault;
import io.auterity.testkit.FaultProxy;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** A commit whose reply is lost is neither guessed nor repeated: the journal finds out. */
class LostConnectionTest {

    private static final int ROUNDS = 40;

    @Test
    void R7_resolves_commits_whose_replies_were_cut_off() throws Exception {
        TestPostgres server = TestPostgres.newest();
        long seed = System.nanoTime();
        Random random = new Random(seed);
        try (FaultProxy proxy = FaultProxy.postgres(new InetSocketAddress("127.0.0.1", server.port()));
                JdbcJournal journal = JdbcJournal.builder()
                        .url("jdbc:postgresql://127.0.0.1:" + proxy.port() + "/postgres?user=postgres")
                        .schema(TestPostgres.newSchema())
                        .open()) {
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
                proxy.heal();
                for (CompletableFuture<Void> answer : answers) {
                    Rig.await(answer);
                }
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

    @Test
    void R8_refuses_starts_in_time_while_the_database_is_away_and_goes_on_when_it_is_back() throws Exception {
        TestPostgres server = TestPostgres.newest();
        try (FaultProxy proxy = FaultProxy.postgres(new InetSocketAddress("127.0.0.1", server.port()));
                JdbcJournal journal = JdbcJournal.builder()
                        .url("jdbc:postgresql://127.0.0.1:" + proxy.port() + "/postgres?user=postgres")
                        .schema(TestPostgres.newSchema())
                        .open()) {
            Lease lease = journal.open("a", Rig.LONG);
            RunId known = RunId.of("known");
            Rig.await(Rig.append(journal, lease, known, Rig.start()));
            proxy.set(new Fault.Refuse());
            proxy.set(new Fault.Reset());
            CompletableFuture<Void> step = Rig.append(journal, lease, known, Rig.succeeded("one", "x"));
            CompletableFuture<Void> start = Rig.append(journal, lease, RunId.of("new"), Rig.start());

            assertThat(((JdbcJournalException) Rig.refusal(start)).code()).isEqualTo(JdbcJournalException.UNAVAILABLE);
            assertThat(step).isNotDone();
            proxy.heal();
            Rig.await(step);
            assertThat(journal.read(known)).hasSize(2);
            assertThat(journal.read(RunId.of("new"))).isEmpty();
            Rig.await(Rig.append(journal, lease, RunId.of("new"), Rig.start()));
        }
    }
}
