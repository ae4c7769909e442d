package io.auterity.connector.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.auterity.definition.RunId;
import io.auterity.journal.Claim;
import io.auterity.journal.FencedException;
import io.auterity.journal.Journal.Lease;
import io.auterity.journal.JournalEntry.RunPaused;
import io.auterity.journal.Write;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.jooq.SQLDialect;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.sqlite.SQLiteDataSource;

/**
 * R22: writers that meet, while one of them or the lane's own thread commits, in thousands of rounds on real threads: each
 * write is committed once and answered, those of a run in their order, and one at a time. The database is a list; what real
 * ones do with a lane is for the proofs with processes. Lincheck has no say here: it takes every {@code park} for one that may
 * return by itself, so it cannot see that a wake-up is lost.
 */
class LaneTest {

    private static final int ROUNDS = 500;
    private static final int WRITERS = 3;
    private static final int WRITES = 4;

    /** Much longer than any round takes; one in which a wake-up is lost never ends. */
    private static final Duration STUCK = Duration.ofSeconds(20);

    /** The table asks for none. */
    private static final DataSource NO_DATABASE = new SQLiteDataSource();

    private final ExecutorService threads = Executors.newCachedThreadPool();

    @AfterEach
    void end() {
        threads.shutdownNow();
    }

    @Test
    void R22_each_write_is_committed_once_and_answered_in_the_order_of_its_run() throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            Table table = new Table(round, 0);
            Lane lane = lane(table);
            CyclicBarrier together = new CyclicBarrier(WRITERS);
            List<Future<List<Long>>> writers = writers(lane, together);
            List<List<Long>> all = new ArrayList<>();
            for (Future<List<Long>> writer : writers) {
                all.add(writer.get(STUCK.toMillis(), TimeUnit.MILLISECONDS));
            }
            lane.close(STUCK);
            assertThat(table.committed).hasSize(WRITERS * WRITES);
            for (List<Long> written : all) {
                assertThat(written).hasSize(WRITES);
                assertThat(table.committed.stream().filter(written::contains)).isEqualTo(written);
            }
        }
    }

    @Test
    void R22_what_comes_while_the_lease_ends_or_the_journal_closes_is_committed_or_refused() throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            boolean closes = round % 2 == 0;
            Table table = new Table(round, closes ? 0 : 4);
            Lane lane = lane(table);
            CyclicBarrier together = new CyclicBarrier(WRITERS + 1);
            List<Future<List<Long>>> writers = writers(lane, together);
            together.await();
            if (closes) {
                lane.close(STUCK);
            }
            List<Long> written = new ArrayList<>();
            for (Future<List<Long>> writer : writers) {
                written.addAll(writer.get(STUCK.toMillis(), TimeUnit.MILLISECONDS));
            }
            lane.end();
            lane.close(STUCK);
            assertThat(table.committed).containsExactlyInAnyOrderElementsOf(written);
        }
    }

    /** Starts the writers, who begin when all have come together. */
    private List<Future<List<Long>>> writers(Lane lane, CyclicBarrier together) {
        List<Future<List<Long>>> writers = new ArrayList<>();
        for (int i = 0; i < WRITERS; i++) {
            int writer = i;
            writers.add(threads.submit(() -> {
                together.await();
                return write(lane, writer);
            }));
        }
        return writers;
    }

    /** Writes entries to a run of its own, two at a time; returns those that were acknowledged. */
    private static List<Long> write(Lane lane, int writer) throws Exception {
        List<Long> written = new ArrayList<>();
        for (int i = 0; i < WRITES; i += 2) {
            long first = 10L * writer + i;
            CompletableFuture<Void> one = append(lane, writer, first);
            CompletableFuture<Void> two = append(lane, writer, first + 1);
            if (isDone(one)) {
                written.add(first);
            }
            if (isDone(two)) {
                written.add(first + 1);
            }
        }
        return written;
    }

    private static CompletableFuture<Void> append(Lane lane, int writer, long at) {
        CompletionStage<Void> answer = lane.append(Write.of(run(writer), List.of(new RunPaused(at))));
        return answer.toCompletableFuture();
    }

    private static boolean isDone(CompletableFuture<Void> answer) throws Exception {
        try {
            answer.get(STUCK.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (ExecutionException e) {
            assertThat(e.getCause()).isInstanceOfAny(FencedException.class, JdbcJournalException.class);
            return false;
        }
    }

    private static RunId run(int writer) {
        return RunId.of("run-" + writer);
    }

    private static Lane lane(Table table) {
        Lane lane = new Lane(new Lease("engine", 1), table, new Access(NO_DATABASE, NO_DATABASE, STUCK, STUCK));
        for (int i = 0; i < WRITERS; i++) {
            lane.claimed(new Claim(run(i), "flow", "version", 0), i + 1, 0);
        }
        lane.start();
        return lane;
    }

    /** Takes batches, one at a time, until the lease ends. */
    private static final class Table extends Dialect {

        private final List<Long> committed = new ArrayList<>(); // not thread-safe, as whoever commits has the lock
        private final AtomicBoolean called = new AtomicBoolean();
        private final Random random;
        private final int batches;
        private int taken;

        /** A table that takes so many batches, and whose lease has ended then; 0 for as many as come. */
        Table(long seed, int batches) {
            super(new Tables("", ""));
            this.random = new Random(seed);
            this.batches = batches;
        }

        @Override
        boolean write(Access access, long epoch, Batch batch) {
            assertThat(called.compareAndSet(false, true)).as("one at a time").isTrue();
            boolean holds = batches == 0 || taken++ < batches;
            for (int i = random.nextInt(4); i > 0; i--) {
                Thread.yield(); // others come meanwhile, or do not
            }
            if (holds) {
                batch.writes.forEach(pending -> pending.rows.forEach(row -> committed.add(row.at())));
            }
            called.set(false);
            return holds;
        }

        @Override
        String product() {
            return "a list";
        }

        @Override
        String folder() {
            return "";
        }

        @Override
        SQLDialect jooq() {
            return SQLDialect.DEFAULT;
        }

        @Override
        String now() {
            return "0";
        }

        @Override
        String locksFree() {
            return "";
        }

        @Override
        String locksLease() {
            return "";
        }

        @Override
        void checkDurability(Connection connection, Consumer<String> refuse, Consumer<String> warn) {}
    }
}
