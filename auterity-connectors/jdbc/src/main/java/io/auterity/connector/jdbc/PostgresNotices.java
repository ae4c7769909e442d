package io.auterity.connector.jdbc;

import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * PostgreSQL's {@code LISTEN} and {@code NOTIFY}.
 *
 * <p>A transaction that notifies holds a lock of the whole server until it is committed. So nothing that matters notifies
 * itself: a thread tells together what has gathered, at most {@value #A_SECOND} times a second, in transactions that do not
 * wait for the disk. Hearing takes a connection of its own, which no pool lends for so long; without one nothing is heard.
 *
 * <p>Thread-safe.
 */
final class PostgresNotices implements Notices {

    private static final Logger LOG = LoggerFactory.getLogger(PostgresNotices.class);

    private static final int A_SECOND = 50;
    private static final Duration REST = Duration.ofSeconds(1).dividedBy(A_SECOND);

    /** How long nothing is heard until the connection is tried. */
    private static final int SILENCE_MILLIS = 30_000;

    private static final int ANSWER_SECONDS = 5;
    private static final Duration FIRST_PAUSE = Duration.ofMillis(100);

    /** How long {@link #close} waits for what is being told: longer than a connection from the pool may take. */
    private static final Duration END = Duration.ofSeconds(10);

    private static final char BEHIND_SENDER = ' ';

    private final Access access;
    private final Optional<DataSource> own;
    private final String channel;
    private final String sender = Long.toHexString(new SecureRandom().nextLong());
    private final Set<String> untold = ConcurrentHashMap.newKeySet();
    private final List<Thread> threads = new ArrayList<>(2); // guarded by itself
    private volatile @Nullable Thread teller;
    private volatile @Nullable Connection hearing;
    private volatile boolean closed;

    /**
     * Makes notices.
     *
     * @param access to tell with
     * @param own a connection to hear with, for as long as this is open
     * @param channel what all processes of this journal have in common
     */
    PostgresNotices(Access access, Optional<DataSource> own, String channel) {
        this.access = access;
        this.own = own;
        this.channel = channel;
    }

    private Thread start(String what, Runnable work) {
        Thread thread = new Thread(work, "auterity-journal-" + what);
        thread.setDaemon(true);
        threads.add(thread);
        thread.start();
        return thread;
    }

    // --- telling ---

    @Override
    public void tell(String word) {
        if (untold.add(word)) {
            Thread known = teller;
            LockSupport.unpark(known == null ? startTelling() : known);
        }
    }

    private @Nullable Thread startTelling() {
        synchronized (threads) {
            if (teller == null && !closed) {
                teller = start("tells", this::tellAll);
            }
            return teller;
        }
    }

    private void tellAll() {
        while (!closed || !untold.isEmpty()) {
            List<String> words = new ArrayList<>(untold);
            if (words.isEmpty()) {
                LockSupport.park(this);
                continue;
            }
            untold.removeAll(words); // before they are told: what comes from now on has to be told again
            tell(words);
            long rested = System.nanoTime() + REST.toNanos();
            while (!closed && System.nanoTime() - rested < 0) {
                LockSupport.parkNanos(this, rested - System.nanoTime());
            }
        }
    }

    private void tell(List<String> words) {
        String[] texts =
                words.stream().map(word -> sender + BEHIND_SENDER + word).toArray(String[]::new);
        try {
            access.transactionOnce(connection -> {
                try (Statement statement = connection.createStatement()) {
                    statement.execute("set local synchronous_commit = off");
                }
                try (PreparedStatement statement =
                        connection.prepareStatement("select pg_notify(?, word) from unnest(?::text[]) word")) {
                    statement.setString(1, channel);
                    statement.setArray(2, connection.createArrayOf("text", texts));
                    return statement.execute();
                }
            });
        } catch (SQLException e) { // the others look now and then
            LOG.debug("a notice was not sent", e);
        }
    }

    // --- hearing ---

    @Override
    public void hear(Consumer<String> heard, Runnable missed) {
        synchronized (threads) {
            if (!closed) {
                own.ifPresent(source -> start("hears", () -> hearAll(source, heard, missed)));
            }
        }
    }

    private void hearAll(DataSource source, Consumer<String> heard, Runnable missed) {
        Duration pause = FIRST_PAUSE;
        while (!closed) {
            try (Connection connection = source.getConnection()) {
                hearing = connection;
                try (Statement statement = connection.createStatement()) {
                    statement.execute("listen \"" + channel + "\"");
                }
                missed.run(); // what was told before is not told again
                pause = FIRST_PAUSE;
                hearAll(connection, heard);
            } catch (SQLException e) {
                if (!closed) {
                    LOG.debug("notices cannot be heard; trying again in {}", pause, e);
                    LockSupport.parkNanos(pause.toNanos());
                    pause = Access.longer(pause);
                }
            } catch (RuntimeException e) { // of somebody who was told; the others, and the next notice, are heard
                LOG.warn("a notice has brought on a failure; hearing again in {}", pause, e);
                LockSupport.parkNanos(pause.toNanos());
                pause = Access.longer(pause);
            }
        }
    }

    private void hearAll(Connection connection, Consumer<String> heard) throws SQLException {
        PGConnection postgres = connection.unwrap(PGConnection.class);
        while (!closed) {
            PGNotification[] notices = postgres.getNotifications(SILENCE_MILLIS);
            if (notices == null || notices.length == 0) {
                if (!closed && !connection.isValid(ANSWER_SECONDS)) {
                    throw new SQLException("the connection does not answer");
                }
                continue;
            }
            for (PGNotification notice : notices) {
                String text = notice.getParameter();
                int end = text.indexOf(BEHIND_SENDER);
                if (end >= 0 && !text.substring(0, end).equals(sender)) {
                    heard.accept(text.substring(end + 1));
                }
            }
        }
    }

    @Override
    public void close() {
        List<Thread> ending;
        synchronized (threads) {
            closed = true;
            ending = List.copyOf(threads);
        }
        ending.forEach(LockSupport::unpark);
        Connection open = hearing;
        if (open != null) {
            try {
                open.abort(Runnable::run);
            } catch (SQLException e) {
                LOG.debug("a connection could not be aborted", e);
            }
        }
        for (Thread thread : ending) {
            try {
                thread.join(END.toMillis());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
