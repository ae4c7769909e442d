package io.auterity.server;

import io.auterity.relay.LearnedFile;
import io.auterity.relay.LearnedFileException;
import io.auterity.relay.RelayBuilder;
import io.auterity.relay.quality.PredictorSettings;
import io.auterity.server.gateway.RelayFile;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Keeps what the relay of this process learns in a file, which no other process has meanwhile: written every few minutes and
 * at the end.
 */
final class KeptLearning implements AutoCloseable {

    private static final Duration EVERY = Duration.ofMinutes(5);

    private final LearnedFile file;
    private final FileChannel lock;
    private final Consumer<String> problems;
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "auterity-learned");
        thread.setDaemon(true);
        return thread;
    });

    private KeptLearning(LearnedFile file, FileChannel lock, Consumer<String> problems) {
        this.file = file;
        this.lock = lock;
        this.problems = problems;
        clock.scheduleWithFixedDelay(this::save, EVERY.toMillis(), EVERY.toMillis(), TimeUnit.MILLISECONDS);
    }

    /**
     * Takes the file and reads it.
     *
     * @param path the file
     * @param settings how what was learned is weighed
     * @param problems is told what goes wrong later
     * @return what was learned
     * @throws IOException if it cannot be had: another process has it, or its folder cannot be written
     * @throws Refusal if it is there and cannot be read
     */
    static KeptLearning open(Path path, PredictorSettings settings, Consumer<String> problems) throws IOException {
        Path lockPath = path.resolveSibling(path.getFileName() + ".lock");
        FileChannel channel = FileChannel.open(lockPath, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            if (channel.tryLock() == null) {
                throw new IOException("another process has it");
            }
            return new KeptLearning(read(path, settings), channel, problems);
        } catch (OverlappingFileLockException e) {
            channel.close();
            throw new IOException("this process has it already", e);
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    /**
     * Returns where it is kept.
     *
     * @param option what the caller says: a file, {@code none}, or nothing
     * @param relayConfig the file of the relay, {@code -} for standard input
     * @return the file; empty if nothing is to be kept
     */
    static Optional<Path> pathOf(String option, String relayConfig) {
        if (option.equals("none") || (option.isEmpty() && relayConfig.equals("-"))) {
            return Optional.empty();
        }
        return Optional.of(Path.of(option.isEmpty() ? relayConfig + ".learned" : option));
    }

    /** Reads what was learned; nothing if the file is not there. */
    static LearnedFile read(Path path, PredictorSettings settings) {
        try {
            return LearnedFile.open(path, settings, RelayBuilder.DEFAULT_CHOICES);
        } catch (LearnedFileException e) {
            throw Refusal.of(
                    "what was learned",
                    Refusal.FILE,
                    path.toString(),
                    String.valueOf(e.getMessage()),
                    "or write --learned none, which leaves it alone");
        }
    }

    /** Lets a relay begin with what was learned; how many tokens a prompt has only where that need not be proved. */
    static void teach(RelayBuilder relay, LearnedFile known, RelayFile.Content content) {
        relay.learning(known.learning());
        if (!content.options().isProvable()) {
            relay.tokens(known.tokens());
        }
    }

    LearnedFile file() {
        return file;
    }

    /** What cannot be written now is tried again later. */
    private void save() {
        try {
            file.save();
        } catch (LearnedFileException e) {
            problems.accept(String.valueOf(e.getMessage()));
        }
    }

    @Override
    public void close() {
        clock.shutdown();
        save();
        try {
            lock.close();
        } catch (IOException e) {
            problems.accept("the lock of what was learned cannot be let go: " + e.getMessage());
        }
    }
}
