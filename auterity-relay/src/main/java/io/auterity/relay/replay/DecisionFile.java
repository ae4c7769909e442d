package io.auterity.relay.replay;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * Keeps lines in a file of limited size: when the next line would pass the limit, the file is renamed to the same name
 * with {@code .1} behind it, replacing the one before, and a new one is begun. So there are at most two such files.
 *
 * <p>Only its owner may read it, where the file system knows owners. Each line is handed to the operating system before
 * {@link #accept} returns. Thread-safe.
 */
public final class DecisionFile implements Consumer<String>, AutoCloseable {

    /** The usual limit: 256 MiB. */
    public static final long DEFAULT_MAX_BYTES = 256L * 1024 * 1024;

    private final Path file;
    private final long maxBytes;
    private BufferedWriter writer; // guarded by this, like the number
    private long bytes;

    /**
     * Opens a file, and adds to it if it is there.
     *
     * @param file the file; its folder exists
     * @param maxBytes the most bytes of it, 1 or more; a line that is longer than that has a file of its own
     * @throws UncheckedIOException if it cannot be written
     */
    public DecisionFile(Path file, long maxBytes) {
        this.file = Objects.requireNonNull(file, "file");
        if (maxBytes < 1) {
            throw new IllegalArgumentException("maxBytes is 1 or more, not " + maxBytes);
        }
        this.maxBytes = maxBytes;
        try {
            writer = open();
            bytes = Files.size(file);
        } catch (IOException e) {
            throw new UncheckedIOException(file + " cannot be written: " + e.getMessage(), e);
        }
    }

    private BufferedWriter open() throws IOException {
        if (!Files.exists(file)) {
            boolean hasOwners =
                    file.getFileSystem().supportedFileAttributeViews().contains("posix");
            if (hasOwners) {
                Files.createFile(
                        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            } else {
                Files.createFile(file);
            }
        }
        return Files.newBufferedWriter(file, StandardCharsets.UTF_8, StandardOpenOption.APPEND);
    }

    @Override
    public synchronized void accept(String line) {
        long length = line.getBytes(StandardCharsets.UTF_8).length + 1L;
        try {
            if (bytes > 0 && bytes + length > maxBytes) {
                writer.close();
                Files.move(file, file.resolveSibling(file.getFileName() + ".1"), StandardCopyOption.REPLACE_EXISTING);
                writer = open();
                bytes = 0;
            }
            writer.write(line);
            writer.write('\n');
            writer.flush();
            bytes += length;
        } catch (IOException e) {
            throw new UncheckedIOException(file + " cannot be written: " + e.getMessage(), e);
        }
    }

    @Override
    public synchronized void close() {
        try {
            writer.close();
        } catch (IOException e) {
            throw new UncheckedIOException(file + " cannot be closed: " + e.getMessage(), e);
        }
    }
}
