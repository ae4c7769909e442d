package io.auterity.connector.jdbc;

import io.auterity.definition.RunId;
import io.auterity.journal.Journal;
import io.auterity.journal.Journal.Lease;
import io.auterity.journal.JournalEntry;
import io.auterity.journal.JournalEntry.Origin;
import io.auterity.journal.JournalEntry.RunEnded;
import io.auterity.journal.JournalEntry.RunStarted;
import io.auterity.journal.JournalEntry.StepSucceeded;
import io.auterity.journal.RunStatus;
import java.sql.PreparedStatement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Entries for tests, and waiting for what becomes of them. */
final class Rig {

    static final Duration LONG = Duration.ofHours(1);

    private Rig() {}

    static RunStarted start() {
        return new RunStarted(1, "fulfil-order", "abc", Map.of("n", 1L), Origin.NONE);
    }

    static StepSucceeded succeeded(String step, @Nullable Object output) {
        return new StepSucceeded(3, step, 1, 2, output);
    }

    static RunEnded end() {
        return new RunEnded(4, RunStatus.SUCCEEDED, "done", Optional.empty());
    }

    static CompletableFuture<Void> append(Journal journal, Lease lease, RunId run, JournalEntry... entries) {
        return journal.append(lease, run, List.of(entries)).toCompletableFuture();
    }

    /** Lets a run have so many messages by the count in its row, without any. */
    static long countUnread(JdbcJournal journal, RunId run, int count) {
        String sql = journal.dialect().sql("update {run} set unread = ? where name = ?");
        journal.access().transaction("count", connection -> {
            try (PreparedStatement statement = connection.prepareStatement(sql)) {
                statement.setInt(1, count);
                statement.setString(2, run.value());
                return statement.executeUpdate();
            }
        });
        return 0;
    }

    /** Waits for success. */
    static void await(CompletableFuture<?> answer) throws Exception {
        answer.get(60, TimeUnit.SECONDS);
    }

    /** Holds the thread that calls until something has happened. */
    static void await(CountDownLatch happened) {
        try {
            if (!happened.await(60, TimeUnit.SECONDS)) {
                throw new AssertionError("waited in vain");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Waits for a refusal. */
    static Throwable refusal(CompletableFuture<?> answer) throws Exception {
        return refusal(answer, Duration.ofSeconds(60));
    }

    /** Waits for a refusal that must come in time. */
    static Throwable refusal(CompletableFuture<?> answer, Duration within) throws Exception {
        try {
            answer.get(within.toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException refused) {
            return refused.getCause();
        }
        throw new AssertionError("it was not refused");
    }
}
