package io.auterity.benchmarks;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.auterity.connector.jdbc.JdbcJournal;
import io.auterity.definition.Json;
import io.auterity.definition.RunId;
import io.auterity.journal.Journal.Lease;
import io.auterity.journal.JournalEntry;
import io.auterity.journal.JournalEntry.Origin;
import io.auterity.journal.JournalEntry.RunStarted;
import io.auterity.journal.JournalEntry.StepSucceeded;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The journal in one SQLite file against JDBC without anything around it: the same rows, in transactions of as many rows as
 * there are runs that append at a time, with the same durability ({@code synchronous=FULL} in WAL mode). Ours also makes
 * JSON, gathers, fences, and tells each run. What SQLite does for a row is counted apart, on other files.
 */
final class SqliteBench implements Bench {

    private static final Duration LIMIT = Duration.ofMinutes(1);

    @Override
    public String id() {
        return "sqlite";
    }

    @Override
    public String summary() {
        return "appends to the SQLite journal, 1 to 256 at a time, against bare JDBC in batches of the same size";
    }

    @Override
    public void run(Effort effort, List<String> arguments, Consumer<Result> figures) throws Exception {
        Duration time = effort.isQuick() ? Duration.ofMillis(300) : Duration.ofMillis(1_000);
        Path directory = Files.createTempDirectory("sqlite-bench");
        try (JdbcJournal journal = JdbcJournal.sqlite(directory.resolve("journal.db"));
                Bare bare = new Bare(DriverManager.getConnection("jdbc:sqlite:" + directory.resolve("bare.db")))) {
            Lease lease = journal.open("benchmark", Duration.ofHours(12));
            for (int together : effort.isQuick() ? new int[] {64} : new int[] {1, 16, 64, 256}) {
                int[] round = new int[1];
                new Rounds(effort.rounds())
                        .add("auterity", () -> {
                            List<RunId> runs =
                                    start(journal, lease, together, "run-" + together + "-" + round[0]++ + "-");
                            long begin = System.nanoTime();
                            return Map.of("rows/s", append(journal, lease, runs, time) / seconds(begin));
                        })
                        .add("jdbc", () -> {
                            long begin = System.nanoTime();
                            return Map.of("rows/s", bare.insert(together, time) / seconds(begin));
                        })
                        .report(id(), "append-" + together, figures);
                count(directory, together, time, figures);
            }
        }
    }

    private static double seconds(long begin) {
        return (System.nanoTime() - begin) / 1e9;
    }

    private void count(Path directory, int together, Duration time, Consumer<Result> figures) throws Exception {
        SqliteCounter own = new SqliteCounter(directory.resolve("counted-journal-" + together + ".db"));
        SqliteCounter peer = new SqliteCounter(directory.resolve("counted-bare-" + together + ".db"));
        HikariConfig config = new HikariConfig();
        config.setDataSource(own.dataSource());
        config.setMaximumPoolSize(1);
        try (HikariDataSource pool = new HikariDataSource(config);
                // Else it would look at the settings of a stranger's connection each time, as it does not at its own.
                JdbcJournal journal =
                        JdbcJournal.builder().dataSource(pool).allowingLoss().open();
                Bare bare = new Bare(peer.dataSource().getConnection())) {
            Lease lease = journal.open("benchmark", Duration.ofHours(12));
            List<RunId> runs = start(journal, lease, together, "run-");
            SqliteCounter.Done before = own.done();
            double rows = append(journal, lease, runs, time);
            SqliteCounter.Done ours = own.done().minus(before);
            before = peer.done();
            double peerRows = bare.insert(together, time);
            SqliteCounter.Done theirs = peer.done().minus(before);
            String workload = "append-" + together + "/jdbc";
            report(workload, ours.statements() / rows, theirs.statements() / peerRows, "statements/row", figures);
            report(workload, ours.walBytes() / rows, theirs.walBytes() / peerRows, "WAL bytes/row", figures);
            report(workload, ours.commits() / rows, theirs.commits() / peerRows, "commits/row", figures);
            figures.accept(Count.impossible(id(), workload, "fsyncs/row", SqliteCounter.NO_FSYNCS));
        }
    }

    private void report(String workload, double ours, double theirs, String unit, Consumer<Result> figures) {
        figures.accept(Count.of(id(), workload, ours, theirs, unit));
    }

    private static List<RunId> start(JdbcJournal journal, Lease lease, int together, String prefix) throws Exception {
        List<RunId> runs = new ArrayList<>();
        for (int i = 0; i < together; i++) {
            RunId run = RunId.of(prefix + i);
            RunStarted start = new RunStarted(1, "append", "1", Map.of(), Origin.NONE);
            journal.append(lease, run, List.of(start)).toCompletableFuture().get(LIMIT.toSeconds(), TimeUnit.SECONDS);
            runs.add(run);
        }
        return runs;
    }

    /** Lets all runs append for a while; returns how many rows became durable. */
    private static long append(JdbcJournal journal, Lease lease, List<RunId> runs, Duration time) throws Exception {
        Appending appending = new Appending(journal, lease, runs.size(), System.nanoTime() + time.toNanos());
        for (RunId run : runs) {
            new Thread(() -> appending.goOn(run, 0)).start(); // none before the others, as long as one is alone
        }
        return appending.rows();
    }

    /** Runs that append, each its next entry when it is told that the last is durable, on the thread that tells it. */
    private static final class Appending {
        private final JdbcJournal journal;
        private final Lease lease;
        private final long end;
        private final LongAdder rows = new LongAdder();
        private final CompletableFuture<Void> failure = new CompletableFuture<>();
        private final CountDownLatch under;

        private Appending(JdbcJournal journal, Lease lease, int together, long end) {
            this.journal = journal;
            this.lease = lease;
            this.end = end;
            this.under = new CountDownLatch(together);
        }

        private void goOn(RunId run, int from) {
            for (int number = from; System.nanoTime() < end; number++) {
                JournalEntry entry = new StepSucceeded(2, "step-" + number, 1, 1, Chains.TEXT);
                CompletableFuture<Void> answer =
                        journal.append(lease, run, List.of(entry)).toCompletableFuture();
                if (!answer.isDone()) {
                    int next = number + 1;
                    answer.whenComplete((nothing, thrown) -> {
                        if (count(thrown)) {
                            goOn(run, next);
                        }
                    });
                    return;
                }
                if (!count(answer.handle((nothing, thrown) -> thrown).join())) {
                    return;
                }
            }
            under.countDown();
        }

        private boolean count(@Nullable Throwable thrown) {
            if (thrown == null) {
                rows.increment();
            } else {
                failure.completeExceptionally(thrown);
                under.countDown();
            }
            return thrown == null;
        }

        private long rows() throws InterruptedException {
            if (!under.await(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
                throw new IllegalStateException("the appends have not been answered within " + LIMIT);
            }
            if (failure.isCompletedExceptionally()) {
                failure.join();
            }
            return rows.sum();
        }
    }

    /** One table like the journal's, one connection, prepared statements, and nothing else. */
    private static final class Bare implements AutoCloseable {
        private final Connection connection;
        private final PreparedStatement insert;
        private long run;

        private Bare(Connection connection) throws Exception {
            this.connection = connection;
            try (Statement statement = connection.createStatement()) {
                try (ResultSet mode = statement.executeQuery("pragma journal_mode = wal")) {
                    mode.next();
                }
                statement.execute("pragma synchronous = full");
                statement.execute("create table entry (run bigint not null, seq int not null, kind smallint not null,"
                        + " at bigint not null, step text not null, attempt int not null, started_at bigint not null,"
                        + " form smallint not null, payload blob, primary key (run, seq))");
            }
            connection.setAutoCommit(false);
            insert = connection.prepareStatement("insert into entry values (?, ?, 2, 2, ?, 1, 1, 1, ?)");
        }

        /** Inserts for a while; returns how many rows. */
        private long insert(int batch, Duration time) throws Exception {
            byte[] payload = Json.write(Chains.TEXT).getBytes(StandardCharsets.UTF_8);
            long first = run;
            run += batch;
            long end = System.nanoTime() + time.toNanos();
            int seq = 0;
            while (System.nanoTime() < end) {
                for (int i = 0; i < batch; i++) {
                    insert.setLong(1, first + i);
                    insert.setInt(2, seq);
                    insert.setString(3, "step-" + seq);
                    insert.setBytes(4, payload);
                    insert.addBatch();
                }
                insert.executeBatch();
                connection.commit();
                seq++;
            }
            return (long) seq * batch;
        }

        @Override
        public void close() throws Exception {
            insert.close();
            connection.close();
        }
    }
}
