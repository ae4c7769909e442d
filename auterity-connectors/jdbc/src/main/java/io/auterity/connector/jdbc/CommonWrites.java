package io.auterity.connector.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Writes what callers wish in common transactions. Calls of one tenant change the same rows, and each transaction keeps
 * them locked until the disk has it; so whoever comes meanwhile waits, and the next to write takes along what all of those
 * who wait wish (flat combining, Hendler and others 2010).
 *
 * <p>There are as many waiting as there are threads that call, each with one wish. A transaction is tried again as a whole,
 * so a wish must know its own work when it meets it. Thread-safe.
 */
final class CommonWrites {

    /** The most wishes of one transaction. */
    private static final int MOST = 100;

    private final Access access;
    private final BudgetStatements statements;
    private final ReentrantLock writing = new ReentrantLock();
    private final Queue<Wish<?>> waiting = new ConcurrentLinkedQueue<>();

    CommonWrites(Access access, BudgetStatements statements) {
        this.access = access;
        this.statements = statements;
    }

    /** What one caller waits for; its answer is written under the lock, and read after it was held. */
    private static final class Wish<T> {
        private final SqlWork<SortedSet<String>> accounts;
        private final SqlWork<T> work;
        private @Nullable T answer;
        private @Nullable RuntimeException failure;
        private boolean isDone;

        private Wish(SqlWork<SortedSet<String>> accounts, SqlWork<T> work) {
            this.accounts = accounts;
            this.work = work;
        }

        private void fail(RuntimeException why) {
            failure = why;
            isDone = true;
        }
    }

    /**
     * Does work in a transaction, perhaps with that of others.
     *
     * @param accounts finds the rows it changes, which are locked in their order, so that no two processes wait for each
     *     other
     * @param work what to do; what it throws itself must come before it changes anything
     */
    <T> T write(SqlWork<SortedSet<String>> accounts, SqlWork<T> work) {
        Wish<T> wish = new Wish<>(accounts, work);
        waiting.add(wish);
        writing.lock();
        try {
            while (!wish.isDone) {
                writeNext();
            }
        } finally {
            writing.unlock();
        }
        if (wish.failure != null) {
            throw wish.failure;
        }
        return Objects.requireNonNull(wish.answer);
    }

    private void writeNext() {
        List<Wish<?>> batch = new ArrayList<>();
        Wish<?> next = waiting.poll();
        while (next != null) {
            batch.add(next);
            next = batch.size() < MOST ? waiting.poll() : null;
        }
        try {
            write(batch);
        } catch (JdbcJournalException e) {
            if (batch.size() > 1 && e.code().equals(JdbcJournalException.REFUSED)) {
                batch.forEach(this::writeAlone); // one has something that the database refuses; the others may pass
            } else {
                batch.forEach(wish -> wish.fail(e));
            }
        } catch (RuntimeException | Error e) {
            batch.forEach(wish -> wish.fail(new IllegalStateException("another call's write failed", e)));
            throw e;
        }
    }

    private void writeAlone(Wish<?> wish) {
        try {
            write(List.of(wish));
        } catch (RuntimeException e) {
            wish.fail(e);
        } catch (Error e) { // whose it is does not matter to the others
            wish.fail(new IllegalStateException("the write failed", e));
        }
    }

    private void write(List<Wish<?>> batch) {
        access.transaction("write about budgets", connection -> {
            if (batch.size() > 1) {
                SortedSet<String> accounts = new TreeSet<>();
                for (Wish<?> wish : batch) {
                    accounts.addAll(wish.accounts.on(connection));
                }
                statements.lock(connection, accounts);
            }
            for (Wish<?> wish : batch) {
                grant(wish, connection);
            }
            return true;
        });
        batch.forEach(wish -> wish.isDone = true);
    }

    private static <T> void grant(Wish<T> wish, Connection connection) throws SQLException {
        wish.failure = null;
        try {
            wish.answer = wish.work.on(connection);
        } catch (IllegalArgumentException | IllegalStateException e) {
            wish.failure = e;
        }
    }
}
