package io.auterity.connector.jdbc.reliability;

import com.sun.management.UnixOperatingSystemMXBean;
import io.auterity.Engine;
import io.auterity.Retention;
import io.auterity.Run;
import io.auterity.Workflow;
import io.auterity.connector.StepContext;
import io.auterity.connector.jdbc.JdbcJournal;
import io.auterity.definition.AuterityException;
import io.auterity.definition.RunId;
import io.auterity.journal.Expiry;
import io.auterity.journal.FencedException;
import io.auterity.journal.Journal;
import io.auterity.journal.JournalEntry;
import io.auterity.journal.JournalEntry.StepSucceeded;
import io.auterity.journal.RunQuery;
import io.auterity.journal.RunStatus;
import io.auterity.journal.RunSummary;
import io.auterity.run.Threads;
import io.auterity.run.Timer;
import io.auterity.testkit.EffectLedger;
import io.auterity.testkit.LedgerLine;
import io.auterity.testkit.LedgerLine.Accepted;
import io.auterity.testkit.LedgerLine.Done;
import io.auterity.testkit.LedgerLine.Effect;
import io.auterity.testkit.LedgerLine.Intended;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.lang.reflect.Proxy;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * A process with an engine: starts runs of the {@link Workload} one after the other, says {@code READY} when the engine is
 * there, and lives until it is killed or told to {@code drain} on its standard input; then it starts no more, says {@code
 * DRAINED} once the journal knows no unfinished run, and ends.
 */
final class Worker {

    private static final Set<RunStatus> UNFINISHED =
            Set.of(RunStatus.QUEUED, RunStatus.RUNNING, RunStatus.WAITING, RunStatus.COMPENSATING);
    /** The system property that drops all hints of the journal. */
    static final String DEAF = "worker.deaf";

    /** The system property that says that the tables are there, and saves looking whether they are up to date. */
    static final String TABLES_ARE_THERE = "worker.tables";

    /** The system property with the number of the run that halts the process of whoever takes it; there is none by default. */
    static final String POISON = "worker.poison";

    /** The system property with the recoveries after which a run is given up. */
    static final String RECOVERIES = "worker.recoveries";

    /** The system property with how many runs are under way at once. */
    static final String UNDER_WAY = "worker.under-way";

    /** The system property that holds every effect before it happens, until the process is killed. */
    static final String HELD = "worker.held";

    /** The system property with the milliseconds after which a step is tried again for the first time. */
    static final String RETRY = "worker.retry";

    /** The system property with the milliseconds after which a run that waits leaves the memory. */
    static final String PARK_AFTER = "worker.park-after";

    /** The system property with how many threads start runs. */
    static final String STARTERS = "worker.starters";

    /**
     * The system property with the milliseconds for which a run is kept after it has succeeded; for ever by default. An
     * engine keeps runs for a minute at least and looks once a minute; where this is less, both are hurried.
     */
    static final String KEPT = "worker.kept";

    /** The system property with the milliseconds that pass between two starts at least. */
    static final String PACE = "worker.pace";

    /** The system property with the milliseconds that the step naps which only waits. */
    static final String NAP = "worker.nap";

    /**
     * The system property with the time of day, in milliseconds, at which the machine was started: for workers whose
     * wall clock is wrong. The times in the ledger are then told by what has passed since.
     */
    static final String BOOTED = "worker.booted";

    static final RunId POISONED = RunId.of("poisoned");

    private static final Duration MINUTE = Retention.SHORTEST;
    private static final long STUCK_NANOS = TimeUnit.SECONDS.toNanos(45);
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(25);

    /**
     * How a worker is set up.
     *
     * @param store where the runs are
     * @param ledger what the world sees
     * @param engine the engine's id
     * @param seed which runs are started, and what the first part of their ids is
     * @param runs how many are started at most
     * @param lease the engine's lease
     */
    record Settings(Store store, Path ledger, String engine, long seed, int runs, Duration lease) {

        List<String> arguments() {
            return List.of(
                    store.address(),
                    ledger.toString(),
                    engine,
                    String.valueOf(seed),
                    String.valueOf(runs),
                    String.valueOf(lease.toMillis()));
        }

        static Settings of(String[] arguments) {
            return new Settings(
                    new Store(arguments[0]),
                    Path.of(arguments[1]),
                    arguments[2],
                    Long.parseLong(arguments[3]),
                    Integer.parseInt(arguments[4]),
                    Duration.ofMillis(Long.parseLong(arguments[5])));
        }
    }

    private final Workflow<Workload.Input, Long> poison = Workflow.define(
            "poison",
            Workload.Input.class,
            (flow, input) -> flow.step("halt").run(Long.class, input, given -> {
                Runtime.getRuntime().halt(9);
                return given.number();
            }));

    private final Settings settings;
    private final EffectLedger ledger;
    private final AtomicLong epoch = new AtomicLong();
    private final AtomicLong fenced = new AtomicLong();
    private final Semaphore places = new Semaphore(Integer.getInteger(UNDER_WAY, 24));
    private final Optional<Duration> kept =
            Optional.ofNullable(Long.getLong(KEPT)).map(Duration::ofMillis);
    private final Optional<Long> booted = Optional.ofNullable(Long.getLong(BOOTED));
    private long forgotten; // guarded by this
    private volatile boolean draining;

    private Worker(Settings settings) {
        this.settings = settings;
        this.ledger = EffectLedger.open(settings.ledger());
    }

    public static void main(String[] arguments) throws Exception {
        new Worker(Settings.of(arguments)).work();
        System.exit(0);
    }

    private void work() throws Exception {
        Thread commands = new Thread(this::listen);
        commands.setDaemon(true);
        commands.start();
        Workload workload = new Workload(new LedgerEffects());
        try (JdbcJournal journal = Boolean.getBoolean(TABLES_ARE_THERE)
                        ? settings.store().openMade()
                        : settings.store().open();
                Engine engine = forgetting(Engine.builder())
                        .id(settings.engine())
                        .journal(watching(journal))
                        .lease(settings.lease())
                        .pollInterval(Duration.ofMillis(100))
                        .parkAfter(Duration.ofMillis(Long.getLong(PARK_AFTER, 100)))
                        .maxRecoveries(Integer.getInteger(RECOVERIES, 1_000))
                        .listener(this::heard)
                        .register(workload.started())
                        .register(workload.child(), poison)
                        .build()) {
            System.out.println("READY");
            start(engine, workload.started());
            long drainingSince = 0;
            while (!draining || !unfinished(journal, 1).isEmpty()) {
                LockSupport.parkNanos(LOOK_NANOS);
                if (draining && drainingSince == 0) {
                    drainingSince = System.nanoTime();
                } else if (draining && System.nanoTime() - drainingSince > STUCK_NANOS) {
                    tellWhatIsStuck(journal);
                    drainingSince = System.nanoTime();
                }
            }
            System.out.println("FENCED " + fenced);
            System.out.println("FORGOTTEN " + forgotten());
            System.out.println("DRAINED");
        }
    }

    private void listen() {
        try (BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII))) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                if (line.equals("use")) {
                    tellUse();
                } else if (line.equals("clock")) {
                    System.out.println("CLOCK " + InstantSource.system().millis());
                } else {
                    draining = true;
                }
            }
            Runtime.getRuntime().halt(3); // whoever started this process is gone
        } catch (IOException e) {
            Runtime.getRuntime().halt(3);
        }
    }

    /** How long the machine has been running, which no wall clock changes; to ten milliseconds. Linux only. */
    static long uptimeMillis() {
        try {
            String seconds = Files.readString(Path.of("/proc/uptime")).split(" ")[0];
            return new BigDecimal(seconds).movePointRight(3).longValue();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void tellUse() {
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        long heapBytes = runtime.totalMemory() - runtime.freeMemory();
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long pooled = Stream.of(threads.getThreadInfo(threads.getAllThreadIds()))
                .filter(thread -> thread != null && thread.getThreadName().startsWith("auterity-worker-"))
                .count();
        long others = threads.getThreadCount() - pooled;
        long files = ManagementFactory.getPlatformMXBean(UnixOperatingSystemMXBean.class)
                .getOpenFileDescriptorCount();
        System.out.println("USE " + heapBytes + " " + pooled + " " + others + " " + files);
    }

    private void start(Engine engine, List<Workflow<Workload.Input, Long>> workflows) throws InterruptedException {
        Random random = new Random(settings.seed());
        ExecutorService starters = Executors.newFixedThreadPool(Integer.getInteger(STARTERS, 1));
        long pace = TimeUnit.MILLISECONDS.toNanos(Integer.getInteger(PACE, 0));
        for (int number = 0; number < settings.runs() && !draining; ) {
            LockSupport.parkNanos(pace);
            if (!places.tryAcquire(100, TimeUnit.MILLISECONDS)) {
                continue;
            }
            if (number == Integer.getInteger(POISON, -1)) {
                starters.execute(() -> engine.start(poison, POISONED, new Workload.Input(0))); // behind the others
            }
            Workflow<Workload.Input, Long> workflow = workflows.get(random.nextInt(workflows.size()));
            long input = random.nextInt(1_000_000);
            RunId id = RunId.of(settings.engine() + "-" + settings.seed() + "-" + number++);
            ledger.add(new Intended(id.value(), workflow.definition().id(), String.valueOf(input)));
            starters.execute(() -> start(engine, workflow, id, input));
        }
        starters.shutdown();
        while (!starters.awaitTermination(1, TimeUnit.MINUTES)) {
            System.err.println("still starting");
        }
    }

    private void start(Engine engine, Workflow<Workload.Input, Long> workflow, RunId id, long input) {
        try {
            Run<Long> run = engine.start(workflow, id, new Workload.Input(input));
            ledger.add(new Accepted(id.value()));
            run.result().whenComplete((result, thrown) -> places.release());
        } catch (AuterityException refused) { // the store is away: this run was not accepted
            places.release();
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }

    /** Returns runs that have not ended; more than none while the store is away. */
    private static List<RunSummary> unfinished(Journal journal, int limit) {
        RunQuery query = RunQuery.ALL.limit(limit).with(RunQuery.Filter.NONE.statuses(UNFINISHED));
        while (true) {
            try {
                return journal.catalog().list(query);
            } catch (AuterityException away) {
                LockSupport.parkNanos(LOOK_NANOS);
            }
        }
    }

    private static void tellWhatIsStuck(Journal journal) {
        for (RunSummary run : unfinished(journal, 5)) {
            System.err.println("stuck: " + run);
            journal.read(run.id()).forEach(entry -> System.err.println("  " + entry));
        }
    }

    /** Lets runs be forgotten if asked for; where that is hurried, what is to happen in a minute, as the next look, too. */
    private Engine.Builder forgetting(Engine.Builder engine) {
        kept.ifPresent(time -> {
            boolean isHurried = time.compareTo(MINUTE) < 0;
            engine.retention(Retention.FOREVER.keep(isHurried ? MINUTE : time, RunStatus.SUCCEEDED));
            if (isHurried) {
                Timer timer = Threads.newTimer(); // lives as long as the process
                engine.timer((delay, task) -> timer.after(delay.equals(MINUTE) ? time : delay, task));
            }
        });
        return engine;
    }

    /** While it drains nothing is forgotten, so that there is something left to look at. */
    private synchronized int forget(Journal journal, Expiry expiry, int limit) {
        if (draining) {
            return 0;
        }
        int some = journal.purge(new Expiry(expiry.statuses(), kept.orElse(expiry.age())), limit);
        forgotten += some;
        return some;
    }

    /** How many runs have been forgotten; final when it drains. */
    private synchronized long forgotten() {
        return forgotten;
    }

    /**
     * The same journal; the epochs of its leases are noted, for the ledger, and told, writes that are fenced are counted,
     * runs that are forgotten too, and hints are dropped if asked for.
     */
    private Journal watching(Journal journal) {
        boolean deaf = Boolean.getBoolean(DEAF);
        return (Journal) Proxy.newProxyInstance(
                Journal.class.getClassLoader(), new Class<?>[] {Journal.class}, (proxy, method, arguments) -> {
                    if (deaf && method.getName().equals("onHint")) {
                        return (AutoCloseable) () -> {};
                    }
                    if (method.getName().equals("purge")) {
                        return forget(journal, (Expiry) arguments[0], (Integer) arguments[1]);
                    }
                    try {
                        Object result = method.invoke(journal, arguments);
                        if (result instanceof Journal.Lease lease) {
                            epoch.set(lease.epoch());
                            System.out.println("EPOCH " + lease.epoch());
                        } else if (result instanceof CompletionStage<?> answer) {
                            answer.whenComplete((nothing, thrown) -> count(thrown));
                        }
                        return result;
                    } catch (java.lang.reflect.InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    private void count(Throwable thrown) {
        if (thrown instanceof FencedException) {
            fenced.incrementAndGet();
        }
    }

    private void heard(RunId run, String workflow, JournalEntry entry) {
        if (entry instanceof StepSucceeded succeeded) {
            ledger.add(new Done(run.value(), succeeded.step()));
        }
    }

    private final class LedgerEffects implements Workload.Effects {
        @Override
        public void announce(Intended run) {
            ledger.add(run);
        }

        @Override
        public void happen(StepContext context) {
            while (Boolean.getBoolean(HELD)) {
                LockSupport.park(this);
            }
            LedgerLine line = new Effect(
                    booted.map(since -> since + uptimeMillis())
                            .orElseGet(() -> context.clock().millis()),
                    context.runId().value(),
                    context.step(),
                    context.attempt(),
                    context.idempotencyKey(),
                    epoch.get());
            ledger.add(line);
        }
    }
}
