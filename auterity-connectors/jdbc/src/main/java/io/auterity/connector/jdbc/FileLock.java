package io.auterity.connector.jdbc;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Keeps other engines away from a database file, by a lock of the operating system on a file beside it, which ends with the
 * process however that ends. (A lock on the database file itself would get in the way of SQLite's own.) Symbolic links are
 * followed, so that every name of a file leads to the same lock.
 */
final class FileLock implements AutoCloseable {

    private static final int MOST_LINKS = 40;

    private final Path database;
    private final FileChannel channel;

    private FileLock(Path database, FileChannel channel) {
        this.database = database;
        this.channel = channel;
    }

    static FileLock of(Path name) {
        Path file = name.resolveSibling(name.getFileName() + ".lock");
        try {
            Path database = followed(name);
            file = database.resolveSibling(database.getFileName() + ".lock");
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
            return new FileLock(database, channel);
        } catch (IOException e) {
            throw new JdbcJournalException(
                    JdbcJournalException.UNAVAILABLE,
                    "the file " + file + " cannot be made or locked: " + e.getMessage()
                            + "; the folder must exist and be writable",
                    e);
        }
    }

    /** Where the file is, or will be. */
    private static Path followed(Path name) throws IOException {
        Path path = name.toAbsolutePath();
        for (int i = 0; i < MOST_LINKS && !Files.exists(path) && Files.isSymbolicLink(path); i++) {
            path = path.resolveSibling(Files.readSymbolicLink(path));
        }
        return Files.exists(path)
                ? path.toRealPath()
                : path.resolveSibling(".").toRealPath().resolve(path.getFileName());
    }

    /** The file, without links on the way to it. */
    Path database() {
        return database;
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
            throw new UncheckedIOException(e);
        }
    }
}
