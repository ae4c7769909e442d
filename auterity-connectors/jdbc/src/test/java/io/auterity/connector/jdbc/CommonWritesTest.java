package io.auterity.connector.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.SQLException;
import java.time.Duration;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.sqlite.SQLiteDataSource;

/** What becomes of calls that are written in one transaction when one of them fails. */
class CommonWritesTest {

    private final CommonWrites writes = writes();

    private static CommonWrites writes() {
        SQLiteDataSource source = new SQLiteDataSource();
        source.setUrl("jdbc:sqlite::memory:");
        SqliteDialect dialect = new SqliteDialect(new Tables("", "auterity_"));
        return new CommonWrites(new Access(source, source, Duration.ZERO, Pools.ANSWER), new BudgetStatements(dialect));
    }

    @Test
    void whatever_one_call_throws_the_others_are_answered() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch released = new CountDownLatch(1);
        AtomicInteger tries = new AtomicInteger();
        CompletableFuture<String> first = new CompletableFuture<>();
        write(first, connection -> {
            begun.countDown();
            await(released);
            return "first";
        });
        await(begun);
        CompletableFuture<String> broken = new CompletableFuture<>();
        Thread one = write(broken, connection -> {
            if (tries.incrementAndGet() == 1) { // together with the other
                throw new SQLException("meant: a bad value", "22000");
            }
            throw new UnsupportedOperationException("meant");
        });
        awaitItsTurn(one);
        CompletableFuture<String> other = new CompletableFuture<>();
        awaitItsTurn(write(other, connection -> "other"));

        released.countDown();

        assertThat(first.get(60, TimeUnit.SECONDS)).isEqualTo("first");
        assertThat(other.get(60, TimeUnit.SECONDS)).isEqualTo("other");
        assertThatThrownBy(() -> broken.get(60, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(UnsupportedOperationException.class);
        assertThat(tries).hasValue(2);
    }

    private Thread write(CompletableFuture<String> answer, SqlWork<String> work) {
        Thread thread = new Thread(() -> {
            try {
                answer.complete(writes.write(connection -> new TreeSet<>(), work));
            } catch (RuntimeException e) {
                answer.completeExceptionally(e);
            }
        });
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    /** Waits until a thread has said what it wishes, and waits for whoever writes. */
    private static void awaitItsTurn(Thread thread) {
        long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (thread.getState() != Thread.State.WAITING) {
            assertThat(System.nanoTime()).isLessThan(end);
            Thread.onSpinWait();
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(60, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
