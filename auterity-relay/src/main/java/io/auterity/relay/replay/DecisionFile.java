package io.auterity.relay.replay;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
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
 * {@link #accept} returns. A line that a crash or a full disk cut short is ended before the next one, so that it spoils no
 * other. Thread-safe.
 */
public final class DecisionFile implements Consumer<String>, AutoCloseable {

    /** The usual limit: 256 MiB. */
    public static final long DEFAULT_MAX_BYTES = 256L * 1024 * 1024;

    private final Path file;
    private final long maxBytes;
    private OutputStream output; // guarded by this, like what follows
    private long bytes;
    private boolean isCut;

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
            output = open();
            bytes = Files.size(file);
            isCut = endsInTheMiddle();
        } catch (IOException e) {
            throw new UncheckedIOException(file + " cannot be written: " + e.getMessage(), e);
        }
    }

    private OutputStream open() throws IOException {
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
        return Files.newOutputStream(file, StandardOpenOption.APPEND);
    }

    private boolean endsInTheMiddle() throws IOException {
        if (bytes == 0) {
            return false;
        }
        try (InputStream written = Files.newInputStream(file)) {
            written.skipNBytes(bytes - 1);
            return written.read() != '\n';
        }
    }

    @Override
    public synchronized void accept(String line) {
        byte[] text = ((isCut ? "\n" : "") + line + "\n").getBytes(StandardCharsets.UTF_8);
        try {
            if (bytes > 0 && bytes + text.length > maxBytes) {
                output.close();
                Files.move(file, file.resolveSibling(file.getFileName() + ".1"), StandardCopyOption.REPLACE_EXISTING);
                output = open();
                bytes = 0;
            }
            isCut = true; // until all of it is written
            output.write(text);
            isCut = false;
            bytes += text.length;
        } catch (IOException e) {
            throw new UncheckedIOException(file + " cannot be written: " + e.getMessage(), e);
        }
    }

    @Override
    public synchronized void close() {
        try {
            output.close();
        } catch (IOException e) {
            throw new UncheckedIOException(file + " cannot be closed: " + e.getMessage(), e);
        }
    }
}
