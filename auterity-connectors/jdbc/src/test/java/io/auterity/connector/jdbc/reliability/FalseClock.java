package io.auterity.connector.jdbc.reliability;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/**
 * The wall clock of one process, set wrong while the process runs and while that of the machine stays right: by
 * libfaketime, which is loaded into the process and reads from a file by how much. Not thread-safe.
 */
final class FalseClock {

    private static final String LIBRARY = "faketime/libfaketimeMT.so.1"; // the one that threads may share

    private final Path file;

    /** Makes a clock that is right as yet. */
    FalseClock(Path directory) {
        file = directory.resolve("clock");
        wrongBy(Duration.ZERO);
    }

    /** Skips what is about to run where there is no libfaketime; fails it in continuous integration. */
    static void requireInstalled() {
        if (library().isEmpty()) {
            String message = "there is no " + LIBRARY + " on this machine: install libfaketime"
                    + " (Debian: apt-get install --no-install-recommends faketime)";
            if ("true".equals(System.getenv("CI"))) {
                throw new AssertionError(message);
            }
            Assumptions.abort(message);
        }
    }

    /** Looks beside the folders of the programs, where Debian has a folder for each architecture between. */
    private static Optional<Path> library() {
        String path = System.getenv().getOrDefault("PATH", "");
        return Stream.of(path.split(File.pathSeparator))
                .map(programs -> Path.of(programs).toAbsolutePath().getParent())
                .filter(prefix -> prefix != null)
                .flatMap(prefix -> Stream.of("lib64", "lib").map(prefix::resolve))
                .filter(Files::isDirectory)
                .flatMap(folder -> Stream.concat(Stream.of(folder), foldersIn(folder)))
                .map(folder -> folder.resolve(LIBRARY))
                .filter(Files::isReadable)
                .findFirst();
    }

    private static Stream<Path> foldersIn(Path folder) {
        try (Stream<Path> all = Files.list(folder)) {
            return all.filter(Files::isDirectory).toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The environment of a process that is to have this clock. */
    Map<String, String> environment() {
        return Map.of(
                "LD_PRELOAD",
                library().orElseThrow().toString(),
                "FAKETIME_TIMESTAMP_FILE",
                file.toString(),
                "FAKETIME_NO_CACHE",
                "1",
                // What only runs forward stays right, and so does what is waited for by it. Without the second word
                // 0.9.10 ends a wait by the one clock at the time of the other.
                "FAKETIME_DONT_FAKE_MONOTONIC",
                "1",
                "FAKETIME_FORCE_MONOTONIC_FIX",
                "0");
    }

    /** Sets it wrong by so many seconds, at once. */
    void wrongBy(Duration offset) {
        Path next = file.resolveSibling("clock.next");
        try {
            Files.writeString(next, "%+d".formatted(offset.toSeconds()));
            Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
