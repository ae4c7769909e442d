package io.auterity.connector.jdbc.reliability;

import static org.assertj.core.api.Assertions.assertThat;

import io.auterity.connector.jdbc.JdbcJournal;
import io.auterity.definition.RunId;
import io.auterity.journal.RunQuery;
import io.auterity.testkit.EffectLedger;
import io.auterity.testkit.LedgerCheck;
import io.auterity.testkit.LedgerLine;
import io.auterity.testkit.LedgerLine.Accepted;
import io.auterity.testkit.LedgerLine.Disturbed;
import io.auterity.testkit.LedgerLine.Done;
import io.auterity.testkit.LedgerLine.Effect;
import io.auterity.testkit.LedgerLine.Intended;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** One proof: a ledger, workers that write to it, what is done to them, and what comes out. Not thread-safe. */
final class Proof implements AutoCloseable {

    /**
     * A lease that is not lost when the machine stands still for ten seconds, for proofs that are about something else: the
     * ledger knows of no such disturbance.
     */
    static final Duration LEASE = Duration.ofSeconds(30);

    private static final long USUAL_SEED = 20_261_122;

    private static final Duration PATIENCE = Duration.ofMinutes(4);
    private static final Duration LOOK = Duration.ofMillis(5);
    private static final Duration REST = Duration.ofMillis(250);

    private final String name;
    private final Path directory;
    private final Path file;
    private final EffectLedger ledger;
    private final long seed;
    private final Random random;

    /**
     * Begins a proof and prints its seed: the same in every build, another in each one at night ({@code -Dproof.fresh=true}).
     * {@code -Dproof.seed} repeats the choices of another.
     */
    Proof(String name, Path directory) {
        this.name = name;
        this.directory = directory;
        file = directory.resolve("ledger");
        ledger = EffectLedger.open(file);
        long usual =
                Boolean.getBoolean("proof.fresh") ? ThreadLocalRandom.current().nextLong(1_000_000) : USUAL_SEED;
        seed = Long.getLong("proof.seed", usual);
        random = new Random(seed);
        System.out.printf("%s: seed %d%n", name, seed);
    }

    Random random() {
        return random;
    }

    /** Starts a worker; its seed and its id say which runs it starts. */
    WorkerProcess worker(Store store, String engine, long number, int runs, Duration lease, String... jvm) {
        return new WorkerProcess(settings(store, engine, number, runs, lease), directory, options(jvm));
    }

    /** Starts a worker that goes by a wall clock of its own. */
    WorkerProcess worker(
            FalseClock clock, Store store, String engine, long number, int runs, Duration lease, String... jvm) {
        return new WorkerProcess(
                settings(store, engine, number, runs, lease), directory, options(jvm), clock.environment());
    }

    private Worker.Settings settings(Store store, String engine, long number, int runs, Duration lease) {
        return new Worker.Settings(store, file, engine, number, runs, lease);
    }

    private static List<String> options(String... jvm) {
        List<String> options = new ArrayList<>(WorkerClasses.options());
        options.add("-Xmx128m");
        options.addAll(List.of(jvm));
        return options;
    }

    /** Lets time pass in which things happen. */
    static void pass(Duration time) {
        long end = System.nanoTime() + time.toNanos();
        for (long now = System.nanoTime(); now < end; now = System.nanoTime()) {
            LockSupport.parkNanos(end - now);
        }
    }

    /** Waits until so many more runs have been accepted: the workers are at work (again). */
    void awaitAccepted(int more) {
        long before = accepted();
        await(() -> accepted() >= before + more, "no " + more + " more runs were accepted");
    }

    /** Waits until so many runs have been accepted in all, as long as there come to be more. */
    void awaitAcceptedInAll(int runs) {
        long[] accepted = {accepted()};
        while (accepted[0] < runs) {
            long before = accepted[0];
            await(
                    () -> {
                        pass(REST); // to read a long ledger takes time that the workers could use
                        accepted[0] = accepted();
                        return accepted[0] > before;
                    },
                    "only " + before + " of " + runs + " runs were accepted, and no more came");
        }
    }

    /** Waits until the ledger has grown by so much: work is being done, however slow the machine. */
    void awaitBytes(int more) {
        long before = file.toFile().length();
        await(() -> file.toFile().length() >= before + more, "the ledger did not grow by " + more + " bytes");
    }

    private long accepted() {
        try (Stream<LedgerLine> lines = stream()) {
            return lines.filter(Accepted.class::isInstance).count();
        }
    }

    /** Waits until something holds. */
    static void await(BooleanSupplier condition, String otherwise) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new AssertionError(otherwise + " within " + PATIENCE);
            }
            pass(LOOK);
        }
    }

    /** Writes down that something has been done to the workers or their store. */
    void disturbed(String what) {
        ledger.add(new Disturbed(InstantSource.system().millis(), what));
    }

    List<LedgerLine> lines() {
        return EffectLedger.read(file);
    }

    /** Holds the ledger against the journal and the model, and prints what was found. */
    LedgerCheck.Report report(Store store) {
        try (JdbcJournal journal = store.open()) {
            return report(lines(), journal);
        }
    }

    private LedgerCheck.Report report(List<LedgerLine> lines, JdbcJournal journal) {
        LedgerCheck.Report report = LedgerCheck.of(lines, journal::read, Workload::expected);
        System.out.printf("%s: %s%n", name, report);
        if (!report.violations().isEmpty()) {
            keep(report, journal);
        }
        return report;
    }

    /** Keeps the ledger and the entries of the runs that something is said of, for whoever wants to know why. */
    private void keep(LedgerCheck.Report report, JdbcJournal journal) {
        StringBuilder runs = new StringBuilder();
        try (Stream<LedgerLine> lines = stream()) {
            lines.filter(Intended.class::isInstance)
                    .filter(line -> report.violations().stream()
                            .anyMatch(violation -> violation.contains(" run " + run(line) + " ")))
                    .forEach(line -> {
                        runs.append(line).append('\n');
                        journal.read(RunId.of(run(line)))
                                .forEach(
                                        entry -> runs.append("  ").append(entry).append('\n'));
                    });
        }
        String kept = name.replaceAll("[^A-Za-z0-9]+", "-") + "-" + seed;
        try {
            Path proofs = Files.createDirectories(Path.of("target", "proofs"));
            Files.copy(file, proofs.resolve(kept + ".ledger"), StandardCopyOption.REPLACE_EXISTING);
            Files.writeString(proofs.resolve(kept + ".runs"), runs);
            System.out.printf("%s: see %s.*%n", name, proofs.resolve(kept).toAbsolutePath());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The report, if nothing is wrong. */
    LedgerCheck.Report check(Store store) {
        return right(report(store));
    }

    /**
     * The report about the runs that are still there after others have been forgotten, if nothing is wrong with them; and
     * each run that is in the ledger is there or was forgotten.
     */
    LedgerCheck.Report checkWhatIsLeft(Store store, long forgotten) {
        try (JdbcJournal journal = store.open()) {
            Set<String> left = journal.catalog().stream(RunQuery.Filter.NONE)
                    .map(run -> run.id().value())
                    .collect(Collectors.toSet());
            long started;
            try (Stream<LedgerLine> lines = stream()) {
                started = lines.filter(Intended.class::isInstance).count();
            }
            assertThat(left.size() + forgotten).as("runs left or forgotten").isEqualTo(started);
            try (Stream<LedgerLine> lines = stream()) {
                return right(
                        report(lines.filter(line -> left.contains(run(line))).toList(), journal));
            }
        }
    }

    /** The ledger's lines, of which there may be more than have room in memory. */
    private Stream<LedgerLine> stream() {
        try {
            return Files.lines(file).flatMap(text -> LedgerLine.parse(text).stream());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String run(LedgerLine line) {
        if (line instanceof Intended intended) {
            return intended.run();
        } else if (line instanceof Accepted accepted) {
            return accepted.run();
        } else if (line instanceof Effect effect) {
            return effect.run();
        } else if (line instanceof Done done) {
            return done.run();
        }
        return "";
    }

    private LedgerCheck.Report right(LedgerCheck.Report report) {
        assertThat(report.violations()).as("%s, seed %d", name, seed).isEmpty();
        assertThat(report.runs()).isPositive();
        return report;
    }

    @Override
    public void close() {
        ledger.close();
    }
}
