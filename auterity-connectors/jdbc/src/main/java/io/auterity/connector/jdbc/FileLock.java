package io.auterity.connector.jdbc;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Keeps other engines away from a database file, by a lock of the operating system on a file beside it, which ends with the
 * process however that ends. (A lock on the database file itself would get in the way of SQLite's own.)
 */
final class FileLock implements AutoCloseable {

    private final FileChannel channel;

    private FileLock(FileChannel channel) {
        this.channel = channel;
    }

    static FileLock of(Path database) {
        Path file = database.resolveSibling(database.getFileName() + ".lock");
        try {
            FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            boolean locked = false;
            try {
                locked = channel.tryLock() != null;
            } catch (OverlappingFileLockException e) {
                throw inUse(database, "this process");
            } finally {
                if (!locked) {
                    channel.close();
                }
            }
            if (!locked) {
                throw inUse(database, "another process");
            }
            return new FileLock(channel);
        } catch (IOException e) {
            throw new JdbcJournalException(
                    JdbcJournalException.UNAVAILABLE,
                    "the file " + file + " cannot be made or locked: " + e.getMessage()
                            + "; the folder must exist and be writable",
                    e);
        }
    }

    private static JdbcJournalException inUse(Path database, String who) {
        return new JdbcJournalException(
                JdbcJournalException.IN_USE,
                "the journal " + database + " is open in " + who + "; one engine process may have a SQLite file at a"
                        + " time: end the other, open the journal for inspection, or use a database server");
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
