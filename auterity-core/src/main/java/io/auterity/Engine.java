package io.auterity;

import io.auterity.LiveRun.Family;
import io.auterity.compile.Limits;
import io.auterity.connector.Connector;
import io.auterity.connector.ConnectorProvider;
import io.auterity.connector.Connectors;
import io.auterity.connector.Credentials;
import io.auterity.connector.OutboundGuard;
import io.auterity.definition.Closest;
import io.auterity.definition.Definition;
import io.auterity.definition.DefinitionReader;
import io.auterity.definition.DefinitionWriter;
import io.auterity.definition.Failure;
import io.auterity.definition.RunId;
import io.auterity.event.Batch;
import io.auterity.event.EventDispatcher;
import io.auterity.event.RunListener;
import io.auterity.journal.Claim;
import io.auterity.journal.EntryRefusedException;
import io.auterity.journal.FencedException;
import io.auterity.journal.InMemoryJournal;
import io.auterity.journal.JavaValue;
import io.auterity.journal.Journal;
import io.auterity.journal.Journal.Lease;
import io.auterity.journal.JournalEntry;
import io.auterity.journal.JournalEntry.Origin;
import io.auterity.journal.JournalEntry.RunEnded;
import io.auterity.journal.JournalEntry.RunStarted;
import io.auterity.journal.NoJournal;
import io.auterity.journal.QueuedRun;
import io.auterity.journal.RunExistsException;
import io.auterity.journal.RunMessage;
import io.auterity.journal.RunQuery;
import io.auterity.journal.RunQueue;
import io.auterity.journal.RunQueues;
import io.auterity.journal.RunStatus;
import io.auterity.journal.RunSummary;
import io.auterity.journal.Write;
import io.auterity.plan.Plan;
import io.auterity.run.Admission;
import io.auterity.run.PatientExecutor;
import io.auterity.run.Pulse;
import io.auterity.run.ReplayException;
import io.auterity.run.RunLoop;
import io.auterity.run.RunPorts;
import io.auterity.run.RunSettings;
import io.auterity.run.Threads;
import io.auterity.run.Timer;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs workflows in this process. Thread-safe; a program needs one.
 *
 * <p>What the engine makes itself (threads, timer, journal in memory, connectors) it ends with {@link #close}; what it
 * is lent it leaves alone.
 *
 * <p>What asks the journal throws an {@link io.auterity.definition.AuterityException} with the code
 * {@link io.auterity.journal.JournalException#UNAVAILABLE} while its database does not answer.
 */
public final class Engine implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Engine.class);

    /** How often a run is started under a lease that turns out to have ended. */
    private static final int MAX_FENCED_STARTS = 3;

    /** How long a run rests that could not be gone on with. */
    private static final Duration STRAY_FOR = Duration.ofSeconds(1);

    /** The surroundings of runs, with the first lease; the lease changes. */
    private final RunPorts first;

    private final Recovery recovery;
    private final QueueWorker queueing;
    private final Host host = new Host();
    private final Recorded recorded;
    private final Queue<RunId> strays = new ConcurrentLinkedQueue<>();
    private final Registry registry;
    private final ChildRuns children;
    private final Schedules schedules;
    private final Forgetting forgetting;
    private volatile Map<String, String> pins;
    private final RunSettings.Limits runLimits;
    private final int maxRecoveries;
    private final boolean isRecovering;
    private final Connectors connectors;
    private final List<AutoCloseable> own;
    private final LiveRuns live;
    private final CompletableFuture<Void> stopping = new CompletableFuture<>();
    private final Set<CompletableFuture<?>> untold = ConcurrentHashMap.newKeySet(); // callers of startAsync
    private final Executor patient;
    private final AtomicReference<@Nullable List<RunId>> left = new AtomicReference<>();

    private Engine(Builder builder) {
        own = new ArrayList<>();
        Executor executor = builder.executor.orElseGet(() -> {
            ExecutorService made = Threads.newExecutor();
            own.add(made::shutdownNow);
            return made;
        });
        Timer timer = builder.timer.orElseGet(() -> {
            Threads.OwnTimer made = Threads.newTimer();
            own.add(made);
            return made;
        });
        patient = new PatientExecutor(executor, timer);
        Journal journal = builder.journal.orElseGet(InMemoryJournal::new);
        recorded = new Recorded(journal);
        InstantSource clock = builder.clock.orElseGet(() -> journal.clock(InstantSource.system()));
        children = new ChildRuns(this, patient, builder.limits.maxCallDepth());
        schedules = new Schedules(this, patient);
        connectors = builder.connectors.build(new ConnectorProvider.Surroundings(
                builder.guard,
                builder.credentials,
                clock,
                (delay, task) -> timer.after(delay, task)::cancel,
                children::runFromStep));
        live = new LiveRuns(builder.maxRuns, builder.maxQueuedRuns);
        runLimits = builder.runLimits;
        maxRecoveries = builder.maxRecoveries;
        isRecovering = !builder.recovery(journal).isOff();
        registry = new Registry(connectors, builder.limits, builder.secrets, children);
        try {
            registry.register(builder.workflows);
            queueing = new QueueWorker(builder.queues, journal.queues(), timer, patient, host);
            builder.workflows.forEach(workflow -> keep(workflow.definition(), journal));
            pins = Versions.pins(journal);
            // Last, so that nothing that can be wrong with the rest leaves a lease behind.
            recovery = new Recovery(builder.recovery(journal), journal, builder.ticker, timer, patient);
        } catch (RuntimeException | Error refused) {
            closeAll(List.of(connectors)).ifPresent(refused::addSuppressed);
            closeAll(own).ifPresent(refused::addSuppressed);
            throw refused;
        }
        first = new RunPorts(
                clock,
                builder.random,
                timer,
                executor,
                journal,
                recovery.tenure(),
                new EventDispatcher(builder.listeners, listenerExecutor(builder, timer), builder.eventBuffer),
                new Pulse(timer));
        forgetting = new Forgetting(builder.retention, journal, timer, patient);
        recovery.start(host);
        queueing.start(builder.recovery(journal).isOff() ? Duration.ZERO : builder.pollInterval);
        forgetting.start();
    }

    /** Runs listeners where none of them can keep a thread that runs need. */
    private Executor listenerExecutor(Builder builder, Timer timer) {
        if (builder.listenerExecutor.isPresent()) {
            return new PatientExecutor(builder.listenerExecutor.get(), timer);
        }
        if (builder.executor.isEmpty() || builder.listeners.isEmpty()) {
            return patient; // has a thread for each, or many
        }
        ExecutorService made = Threads.newListenerThreads(builder.listeners.size());
        own.add(made::shutdown);
        return made;
    }

    private void keep(Definition definition, Journal journal) {
        if (!(journal instanceof NoJournal)) {
            String version = registry.get(definition.id()).plan().hash();
            String json = DefinitionWriter.json(definition);
            if (journal.isDurable()) { // what cannot be read back could never be taken up
                DefinitionReader.ofRecords().read(json, definition.id() + " as it is recorded");
            }
            journal.keep(definition.id(), version, json);
        }
    }

    /**
     * Starts to set an engine up.
     *
     * @return a builder with all defaults
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Adds a workflow to a running engine, or replaces one; runs under way stay on the version they started with.
     *
     * @param workflow the workflow
     * @throws io.auterity.definition.DefinitionException if it does not compile, with all problems
     */
    public void register(Workflow<?, ?> workflow) {
        registry.register(List.of(workflow));
        keep(workflow.definition(), first.journal());
        recovery.retryVersions(host);
        queueing.retryVersions();
        readPins();
        String id = workflow.definition().id();
        String pinned = pins.get(id);
        if (pinned != null && !pinned.equals(registry.get(id).plan().hash())) {
            LOG.warn("new runs of workflow {} start on version {}, to which it was rolled back", id, pinned);
        }
    }

    private void readPins() {
        pins = Versions.pins(first.journal());
    }

    /** Returns a workflow in the version that new runs start on. */
    private Registry.Registered current(String workflow) {
        Registry.Registered registered = registry.get(workflow);
        String pinned = pins.get(workflow);
        return pinned == null ? registered : version(workflow, pinned);
    }

    /**
     * Returns the versions that the workflows of the journal have had, and which one new runs start on.
     *
     * @return the versions
     */
    public Versions versions() {
        return new Versions(first.journal(), this::readPins);
    }

    /**
     * Starts a run under an id; the same id starts one run, and starting it again attaches to that one, whatever its
     * input.
     *
     * @param <I> the input
     * @param <O> the output
     * @param workflow a registered workflow
     * @param id the run's id
     * @param input the input
     * @return the run, recorded in the journal
     * @throws EngineException if the workflow is not registered, the input does not satisfy its schema, the id is that
     *     of a run of another workflow, the engine is full or closed
     */
    public <I, O> Run<O> start(Workflow<I, O> workflow, RunId id, I input) {
        return start(workflow, id, input, StartOptions.DEFAULT);
    }

    /**
     * Starts a run under an id, with options; the same id starts one run, and starting it again attaches to that one,
     * whatever its input and options.
     *
     * @param <I> the input
     * @param <O> the output
     * @param workflow a registered workflow
     * @param id the run's id
     * @param input the input
     * @param options what else is to be said about the run
     * @return the run, recorded in the journal
     * @throws EngineException as for {@link #start(Workflow, RunId, Object)}
     */
    public <I, O> Run<O> start(Workflow<I, O> workflow, RunId id, I input, StartOptions options) {
        return start(wanted(workflow, id, input, options));
    }

    private <I, O> Wanted<O> wanted(Workflow<I, O> workflow, RunId id, I input, StartOptions options) {
        Registry.Registered registered = current(workflow.definition().id());
        Object stored = registered.accept(workflow.store(input));
        Origin origin =
                options.labels().isEmpty() ? Origin.NONE : new Origin("", Optional.empty(), "", options.labels());
        return new Wanted<>(registered, workflow::load, settings(id, stored, origin), Family.NONE);
    }

    /**
     * Starts a run under an id, without waiting until it is recorded.
     *
     * @param <I> the input
     * @param <O> the output
     * @param workflow a registered workflow
     * @param id the run's id
     * @param input the input, not changed by the caller afterwards
     * @return as for {@link #startAsync(Workflow, RunId, Object, StartOptions)}
     */
    public <I, O> CompletionStage<Run<O>> startAsync(Workflow<I, O> workflow, RunId id, I input) {
        return startAsync(workflow, id, input, StartOptions.DEFAULT);
    }

    /**
     * Starts a run under an id with options, without waiting until it is recorded; the same id starts one run, and starting
     * it again attaches to that one, whatever its input and options. Its first steps begin when it is recorded, since only the
     * record tells whether there is such a run already.
     *
     * @param <I> the input
     * @param <O> the output
     * @param workflow a registered workflow
     * @param id the run's id
     * @param input the input, not changed by the caller afterwards
     * @param options what else is to be said about the run
     * @return completes with the run when it is recorded in the journal, on a thread of the engine's executor;
     *     exceptionally with what {@link #start(Workflow, RunId, Object)} throws, perhaps before this returns
     */
    public <I, O> CompletionStage<Run<O>> startAsync(Workflow<I, O> workflow, RunId id, I input, StartOptions options) {
        return startAsync(workflow, id, input, options, false);
    }

    /**
     * Starts a run under a new id, without waiting until it is recorded. If its first steps all only compute, that is, are
     * expressions or Java code that takes no {@link io.auterity.connector.StepContext}, without a condition, fallback or
     * undo, they begin at once, and the start is recorded together with the first of them that ends, or by itself when
     * that takes more than some milliseconds. All other steps begin when the run is recorded.
     *
     * <p>Before that a crash forgets the run, and whatever its first steps have done in the process: the caller, who has not
     * been told of the run, starts another. So does the engine, under the same id, if its lease has ended before the run is
     * recorded.
     *
     * @param <I> the input
     * @param <O> the output
     * @param workflow a registered workflow
     * @param input the input, not changed by the caller afterwards
     * @return completes with the run when it is recorded in the journal, on a thread of the engine's executor;
     *     exceptionally with what {@link #start(Workflow, RunId, Object)} throws, perhaps before this returns,
     *     and then nobody goes on with the run unless it was recorded in the moment in which the engine was closed or lost
     *     the journal
     */
    public <I, O> CompletionStage<Run<O>> startAsync(Workflow<I, O> workflow, I input) {
        return startAsync(workflow, input, StartOptions.DEFAULT);
    }

    /**
     * Starts a run under a new id with options, without waiting until it is recorded.
     *
     * @param <I> the input
     * @param <O> the output
     * @param workflow a registered workflow
     * @param input the input, not changed by the caller afterwards
     * @param options what else is to be said about the run
     * @return as for {@link #startAsync(Workflow, Object)}
     */
    public <I, O> CompletionStage<Run<O>> startAsync(Workflow<I, O> workflow, I input, StartOptions options) {
        return startAsync(workflow, newId(workflow.definition().id()), input, options, true);
    }

    private <I, O> CompletionStage<Run<O>> startAsync(
            Workflow<I, O> workflow, RunId id, I input, StartOptions options, boolean isNew) {
        CompletableFuture<Run<O>> told = new CompletableFuture<>();
        untold.add(told);
        told.whenComplete((run, refusal) -> untold.remove(told));
        try {
            begin(wanted(workflow, id, input, options), isNew, 1, told);
        } catch (RuntimeException | Error refused) {
            told.completeExceptionally(refused);
        }
        if (stopping.isDone()) {
            told.completeExceptionally(LiveRuns.closed()); // too late for close() to tell
        }
        return told.minimalCompletionStage();
    }

    /**
     * Starts a run under a new id.
     *
     * @param <I> the input
     * @param <O> the output
     * @param workflow a registered workflow
     * @param input the input
     * @return the run, recorded in the journal
     * @throws EngineException as for {@link #start(Workflow, RunId, Object)}
     */
    public <I, O> Run<O> start(Workflow<I, O> workflow, I input) {
        return start(workflow, input, StartOptions.DEFAULT);
    }

    /**
     * Starts a run under a new id, with options.
     *
     * @param <I> the input
     * @param <O> the output
     * @param workflow a registered workflow
     * @param input the input
     * @param options what else is to be said about the run
     * @return the run, recorded in the journal
     * @throws EngineException as for {@link #start(Workflow, RunId, Object)}
     */
    public <I, O> Run<O> start(Workflow<I, O> workflow, I input, StartOptions options) {
        return start(workflow, newId(workflow.definition().id()), input, options);
    }

    /**
     * Puts a run into a queue, under an id; the same id makes one run, and putting it in again attaches to that one. It is
     * recorded when this returns, and begins in an engine that takes runs from the queue as soon as the queue lets it.
     * Until then its status is {@link RunStatus#QUEUED}.
     *
     * @param <I> the input
     * @param <O> the output
     * @param workflow a registered workflow
     * @param id the run's id
     * @param input the input
     * @param how which queue, and where in it
     * @return the run; another one when it is {@linkplain Enqueue#deduplicate deduplicated} or
     *     {@linkplain Enqueue#debounce debounced}
     * @throws EngineException if the workflow or the queue is not known, the input does not satisfy its schema, the id is
     *     that of a run of another workflow, the queue is full, or the engine is closed
     */
    public <I, O> Run<O> enqueue(Workflow<I, O> workflow, RunId id, I input, Enqueue how) {
        live.requireOpen();
        Registry.Registered registered = current(workflow.definition().id());
        Object stored = registered.accept(workflow.store(input));
        RunQueue queue = queueing.queue(how.queue()).orElseThrow(() -> unknownQueue(how.queue()));
        Origin origin = new Origin("", Optional.empty(), "", how.options().labels());
        RunStarted start = new RunStarted(
                first.clock().millis(),
                registered.plan().workflow(),
                registered.plan().hash(),
                stored,
                origin);
        QueuedRun run = new QueuedRun(id, start, how.place(first.clock().instant()));
        RunQueues.Accepted accepted =
                first.journal().queues().enqueue(queue, List.of(run)).get(0);
        RunId known = accepted.run();
        switch (accepted.outcome()) {
            case FULL -> throw queueFull(id, queue);
            case KNOWN, DUPLICATE -> requireSame(known, registered);
            case ADDED, REPLACED -> {}
        }
        return new Run<>(known, reach(known), () -> recorded.result(known, workflow::load));
    }

    /**
     * Puts a run into a queue, under a new id.
     *
     * @param <I> the input
     * @param <O> the output
     * @param workflow a registered workflow
     * @param input the input
     * @param how which queue, and where in it
     * @return the run, as for {@link #enqueue(Workflow, RunId, Object, Enqueue)}
     * @throws EngineException as for {@link #enqueue(Workflow, RunId, Object, Enqueue)}
     */
    public <I, O> Run<O> enqueue(Workflow<I, O> workflow, I input, Enqueue how) {
        return enqueue(workflow, newId(workflow.definition().id()), input, how);
    }

    /**
     * Counts the runs of a queue, those of all engines.
     *
     * @param queue its name
     * @return how many wait and how many have begun
     * @throws EngineException with code {@link EngineException#UNKNOWN_QUEUE} if this engine has not declared it
     */
    public RunQueues.Depth depth(String queue) {
        RunQueue known = queueing.queue(queue).orElseThrow(() -> unknownQueue(queue));
        return first.journal().queues().depth(known.name());
    }

    private EngineException unknownQueue(String name) {
        return new EngineException(
                EngineException.UNKNOWN_QUEUE,
                "the engine has not declared a queue '" + name + "'; "
                        + (queueing.names().isEmpty()
                                ? "add .queue(RunQueue.named(\"" + name + "\")) to its builder"
                                : Closest.fix(name, queueing.names())));
    }

    private static EngineException queueFull(RunId id, RunQueue queue) {
        return new EngineException(
                EngineException.QUEUE_FULL,
                "run '" + id + "' was refused: queue '" + queue.name() + "' holds " + queue.capacity()
                        + " waiting runs, its capacity; put it in again later, or raise the capacity");
    }

    private RunId newId(String workflow) {
        byte[] random = new byte[8];
        first.random().nextBytes(random);
        String prefix = workflow.length() <= 100 ? workflow : workflow.substring(0, 100);
        return RunId.of(prefix + "-" + HexFormat.of().formatHex(random));
    }

    /**
     * Returns a run that is under way in this engine.
     *
     * @param id the run's id
     * @return the run; empty if it is not known or has ended
     */
    public Optional<Run<?>> find(RunId id) {
        return Optional.ofNullable(live.get(id)).map(LiveRun::handle);
    }

    /**
     * Returns what a registered workflow was compiled to, as its picture needs it.
     *
     * @param workflow the workflow's identifier
     * @return its plan
     * @throws EngineException if the workflow is not registered
     */
    public Plan plan(String workflow) {
        return registry.get(workflow).plan();
    }

    /**
     * Returns the operations that workflows can call.
     *
     * @return the connectors of this engine
     */
    public Connectors connectors() {
        return connectors;
    }

    /**
     * Returns the schedules of the registered workflows, which start no runs until they are {@linkplain Schedules#start
     * started}.
     *
     * @return the schedules
     */
    public Schedules schedules() {
        return schedules;
    }

    /** A run that is to be started. */
    private record Wanted<O extends @Nullable Object>(
            Registry.Registered registered, Function<@Nullable Object, O> load, RunSettings settings, Family family) {

        RunId id() {
            return settings.id();
        }
    }

    private <O extends @Nullable Object> Run<O> start(Wanted<O> wanted) {
        for (int attempt = 1; ; attempt++) {
            Lease lease = recovery.tenure().lease();
            try {
                LiveRun<O> run = newRun(wanted);
                LiveRun<?> here = enter(run, run::accept);
                return here.awaitAccepted() ? JavaStep.cast(here.handle()) : known(wanted, run, here);
            } catch (FencedException fenced) {
                if (!mayStartAgain(attempt)) {
                    throw fenced;
                }
                startAgain(wanted, lease, fenced);
            }
        }
    }

    /** The same without waiting for anything. */
    private <O extends @Nullable Object> void begin(
            Wanted<O> wanted, boolean isNew, int attempt, CompletableFuture<Run<O>> told) {
        Lease lease = recovery.tenure().lease();
        LiveRun<O> run = newRun(wanted);
        LiveRun<?> here = enter(run, place -> run.acceptSoon(place, isNew));
        // On a thread of its own: the loop tells of the acceptance, and what follows may wait for the journal.
        here.acceptance()
                .whenCompleteAsync(
                        (nothing, refusal) -> {
                            try {
                                if (refusal instanceof FencedException fenced && mayStartAgain(attempt)) {
                                    startAgain(wanted, lease, fenced);
                                    begin(wanted, isNew, attempt + 1, told);
                                } else {
                                    told.complete(
                                            here.awaitAccepted()
                                                    ? JavaStep.cast(here.handle())
                                                    : known(wanted, run, here));
                                }
                            } catch (RuntimeException | Error refused) {
                                told.completeExceptionally(refused);
                            }
                        },
                        patient);
    }

    private boolean mayStartAgain(int attempt) {
        return attempt < MAX_FENCED_STARTS && !live.isClosed() && isRecovering;
    }

    /** The lease had ended before anybody noticed: the run was not recorded, so it is safe to start it again. */
    private void startAgain(Wanted<?> wanted, Lease ended, FencedException fenced) {
        LOG.debug("run {} is started again under a new lease", wanted.id(), fenced);
        recovery.replace(ended, host);
    }

    private <O extends @Nullable Object> LiveRun<O> newRun(Wanted<O> wanted) {
        return new LiveRun<>(
                wanted.registered(), wanted.settings(), wanted.family(), ports(), wanted.load(), host, this::loop);
    }

    /** Makes a run one of this engine, unless one with its id is here; returns the one that is, accepted or about to be. */
    private LiveRun<?> enter(LiveRun<?> run, Consumer<Admission.Ticket> accept) {
        LiveRun<?> here = live.enter(run, accept);
        requireSame(
                run.settings().id(), run.registered(), here.registered().plan().workflow());
        return here;
    }

    /** Attaches to a run that the journal has known before. */
    private <O extends @Nullable Object> Run<O> known(Wanted<O> wanted, LiveRun<O> run, LiveRun<?> here) {
        if (here == run) {
            requireSame(wanted.id(), wanted.registered());
        }
        return elsewhere(wanted.id(), wanted.load());
    }

    RunPorts ports() {
        return new RunPorts(
                first.clock(),
                first.random(),
                first.timer(),
                first.executor(),
                first.journal(),
                recovery.tenure(),
                first.events(),
                first.pulse());
    }

    private RunSettings settings(RunId id, @Nullable Object input, Origin origin) {
        return new RunSettings(id, input, origin, runLimits);
    }

    private Optional<RunLoop> loop(RunId id) {
        return Optional.ofNullable(live.get(id)).map(LiveRun::loop);
    }

    private <O extends @Nullable Object> Run<O> elsewhere(RunId id, Function<@Nullable Object, O> load) {
        return new Run<>(id, reach(id), recorded.result(id, load));
    }

    private Reach reach(RunId id) {
        return new Reach(id, first.journal(), null, this::loop, () -> recorded.check(id));
    }

    /**
     * Returns a run wherever it is: in this engine, in another, parked, or ended.
     *
     * @param id the run's id
     * @return the run, whose output is JSON; empty when neither this engine nor the journal knows it
     */
    public Optional<Run<@Nullable Object>> attach(RunId id) {
        if (first.journal().catalog().find(id).isEmpty()) {
            return Optional.ofNullable(live.get(id)).map(run -> JavaStep.cast(run.handle()));
        }
        return Optional.of(this.<@Nullable Object>elsewhere(id, JavaValue::jsonOf));
    }

    /**
     * Returns how many runs this engine has forgotten because their {@linkplain Builder#retention time} was over.
     *
     * @return the count since the engine was built
     */
    public long forgotten() {
        return forgetting.forgotten();
    }

    /**
     * Selects runs of the journal, wherever they are.
     *
     * @param filter what holds for them
     * @return the runs, and what can be done to all of them
     */
    public RunSelection runs(RunQuery.Filter filter) {
        return new RunSelection(this, first.journal(), filter, outcome -> {});
    }

    /**
     * Starts a run again from a step: what went well before that step is taken over, the rest is done (again).
     *
     * @param id the run, which has ended
     * @param fromStep the step to begin with; a path into a block stands for the block
     * @return the new run, whose output is JSON
     * @throws EngineException as for {@link #retry(RunId, RetryOptions)}
     */
    public Run<@Nullable Object> retry(RunId id, String fromStep) {
        return retry(id, RetryOptions.DEFAULT.from(fromStep));
    }

    /**
     * Tries a run that has ended again. The run itself stays as it ended; what is started is another one, named after it:
     * {@code <id>:retry-1}, then {@code <id>:retry-2}.
     *
     * @param id the run
     * @param options what is taken over, and what is different
     * @return the new run, whose output is JSON
     * @throws EngineException if the run has not ended, or has succeeded and the options do not say where to begin; if
     *     the run, the step or the version is not known, or the version cannot run here; if the input does not satisfy
     *     its schema
     */
    public Run<@Nullable Object> retry(RunId id, RetryOptions options) {
        live.requireOpen();
        Retrying.check(id, first.journal().catalog(), options);
        int number = Retrying.number(id);
        while (true) {
            number++;
            RunId retry = Retrying.id(id, number);
            if (first.journal().catalog().find(retry).isEmpty()) {
                try {
                    return fork(id, retry, options);
                } catch (RunExistsException justNow) {
                    LOG.debug("somebody else retries run {}, too", id, justNow);
                }
            }
        }
    }

    /** Returns the run that was started last to try a run again, if there is one. */
    Optional<RunId> retryOf(RunId id) {
        RunId next = Retrying.id(id, Retrying.number(id) + 1);
        return first.journal().catalog().find(next).map(RunSummary::id);
    }

    /**
     * Starts another run from the record of one: what went well before a step is taken over, the rest is done (again),
     * perhaps with another input. Steps taken over keep the outputs that they had with the former input.
     *
     * @param source the run whose record is used
     * @param id the new run's id
     * @param fromStep the step to begin with; a path into a block stands for the block
     * @param input the new run's input, a JSON object; empty for that of the other run
     * @return the new run, whose output is JSON
     * @throws EngineException if the run or the step is not known, the run's version cannot run here, or the input does
     *     not satisfy its schema
     * @throws RunExistsException if the new id names a run already
     */
    public Run<@Nullable Object> fork(RunId source, RunId id, String fromStep, Optional<Map<String, Object>> input) {
        RetryOptions options = RetryOptions.DEFAULT.from(fromStep);
        return fork(source, id, input.map(options::input).orElse(options));
    }

    private Run<@Nullable Object> fork(RunId source, RunId id, RetryOptions options) {
        live.requireOpen();
        List<JournalEntry> entries = first.journal().read(source);
        if (entries.isEmpty() || !(entries.get(0) instanceof RunStarted start)) {
            throw new EngineException(EngineException.UNKNOWN_RUN, "no run '" + source + "' is in the journal");
        }
        Registry.Registered wanted =
                options.version().filter(RetryOptions.CURRENT::equals).isPresent()
                        ? current(start.workflow())
                        : version(start.workflow(), options.version().orElse(start.version()));
        Object newInput =
                wanted.accept(options.input().isPresent() ? options.input().get() : start.input());
        Map<String, String> labels = new HashMap<>(start.origin().labels());
        labels.put("forked-from", source.value());
        RunStarted begin = new RunStarted(
                first.clock().millis(),
                start.workflow(),
                wanted.plan().hash(),
                newInput,
                new Origin(start.origin().tenant(), Optional.empty(), "", labels));
        Set<String> again = Retrying.again(() -> definition(start), wanted.plan(), start.version(), options);
        List<JournalEntry> taken = Fork.entries(wanted.plan().graph(), entries, again, begin);
        try {
            first.journal()
                    .append(recovery.tenure().lease(), id, taken)
                    .toCompletableFuture()
                    .join();
        } catch (CompletionException refused) {
            throw refused.getCause() instanceof RuntimeException cause ? cause : refused;
        }
        return host.resume(wanted, id, begin, taken)
                .orElseGet(() -> this.<@Nullable Object>elsewhere(id, JavaValue::jsonOf));
    }

    private Definition definition(RunStarted start) {
        return first.journal()
                .catalog()
                .definition(start.version())
                .map(json -> DefinitionReader.ofRecords()
                        .read(json, start.workflow() + "@" + start.version())
                        .definition())
                .orElseThrow(() -> new EngineException(
                        EngineException.UNKNOWN_WORKFLOW,
                        "the definition of version " + start.version() + " of workflow '" + start.workflow()
                                + "' is not in the journal, so what another version has changed cannot be told"));
    }

    private Registry.Registered version(String workflow, String version) {
        return registry.get(workflow, version, first.journal().catalog()::definition)
                .orElseThrow(() -> new EngineException(
                        EngineException.UNKNOWN_WORKFLOW,
                        "version " + version + " of workflow '" + workflow
                                + "' cannot run here: its definition or its Java code is missing"));
    }

    /** Refuses to attach to a recorded run of another workflow. */
    private void requireSame(RunId id, Registry.Registered registered) {
        List<JournalEntry> entries = first.journal().read(id);
        if (!entries.isEmpty() && entries.get(0) instanceof RunStarted started) {
            requireSame(id, registered, started.workflow());
        }
    }

    private static void requireSame(RunId id, Registry.Registered registered, String workflow) {
        if (!registered.plan().workflow().equals(workflow)) {
            throw new EngineException(
                    EngineException.OTHER_WORKFLOW,
                    "run '" + id + "' is one of workflow '" + workflow + "' and cannot be started as one of '"
                            + registered.plan().workflow() + "'; choose another id");
        }
    }

    private void leave(LiveRun<?> run) {
        live.leave(run);
        queueing.left(run.settings().id());
    }

    /** Returns the workflow that deals with a failure of a run, if there is one. */
    private static Optional<String> mender(Plan plan, Family family) {
        return family.mending()
                ? Optional.empty()
                : plan.definition().settings().onFailure();
    }

    // --- for schedules ---

    List<Plan> plans() {
        return registry.plans();
    }

    boolean isClosed() {
        return live.isClosed();
    }

    void startScheduled(String workflow, RunId id, @Nullable Object input) {
        startChild(workflow, id, input, Origin.NONE, Family.NONE);
    }

    /** What becomes of runs. */
    private final class Host implements LiveRun.Ending, Recovery.Host, QueueWorker.Host {

        @Override
        public void ended(LiveRun<?> run, RunStatus status, @Nullable Object output, @Nullable Failure failure) {
            leave(run);
            recorded.ended(run.settings().id(), status, output, failure);
        }

        @Override
        public CompletionStage<Void> ending(LiveRun<?> run, RunStatus status, Failure failure) {
            Plan plan = run.registered().plan();
            Optional<String> mender = mender(plan, run.family());
            if (mender.isEmpty() || status == RunStatus.CANCELLED) {
                return CompletableFuture.completedFuture(null);
            }
            live.leavePlace(run); // it starts nothing any more; what deals with it needs a place
            return children.mend(mender.get(), plan.workflow(), run.settings(), failure);
        }

        @Override
        public void parked(LiveRun<?> run, List<RunMessage> undelivered, List<RunId> children) {
            RunId id = run.settings().id();
            leave(run);
            recorded.add(id, run.waiter());
            if (!undelivered.isEmpty() || !children.isEmpty()) {
                patient.execute(() -> remind(id, undelivered, children));
            }
        }

        /** Leaves in a run's inbox what it was told when it was no longer here; tries again until the journal answers. */
        private void remind(RunId id, List<RunMessage> undelivered, List<RunId> children) {
            int sent = 0;
            try {
                for (; sent < undelivered.size(); sent++) {
                    first.journal().send(id, undelivered.get(sent));
                }
                wakeIfMissed(id, children);
            } catch (RuntimeException unreachable) {
                LOG.warn("run {} cannot be told what came while it was parked; it is tried again", id, unreachable);
                List<RunMessage> rest = undelivered.subList(sent, undelivered.size());
                if (!live.isClosed()) {
                    later(STRAY_FOR, () -> patient.execute(() -> remind(id, rest, children)));
                }
            }
        }

        private void wakeIfMissed(RunId id, List<RunId> children) {
            Journal journal = first.journal();
            boolean missed = children.stream()
                    .anyMatch(child -> journal.catalog()
                            .find(child)
                            .map(run -> run.end().isPresent())
                            .orElse(true));
            if (missed) {
                journal.send(id, new RunMessage.Wake());
            }
        }

        @Override
        public void awaited(RunId run) {
            recorded.awaited(run);
        }

        @Override
        public boolean lost(LiveRun<?> run, Throwable why, List<RunMessage> undelivered) {
            if (why instanceof RunExistsException) {
                live.leave(run); // and leaves the queue alone, from which the other one with its id may be
                return false;
            }
            leave(run);
            if (live.isClosed() || !isRecovering) {
                return false;
            }
            if (why instanceof EntryRefusedException && !run.isAccepted()) {
                return false; // there is no such run
            }
            recorded.add(run.settings().id(), run.waiter());
            if (why instanceof ReplayException || why instanceof EntryRefusedException) {
                deadLetter(
                        run.settings(),
                        run.registered().plan().workflow(),
                        Optional.of(run.registered()),
                        String.valueOf(why.getMessage()));
            } else if (run.ports().tenure().lease().equals(recovery.tenure().lease())) {
                // The journal could not be reached, or the lease was in doubt: the run may still be this engine's, and
                // then nobody else would ever take it. If it is not, giving it back is refused.
                LOG.warn("run {} is given back", run.settings().id(), why);
                run.loop().afterLastWrite(() -> strays.add(run.settings().id()));
            }
            if (!undelivered.isEmpty()) {
                patient.execute(() -> remind(run.settings().id(), undelivered, List.of()));
            }
            return true;
        }

        private static Throwable unwrapped(Throwable why) {
            return why instanceof CompletionException && why.getCause() != null ? why.getCause() : why;
        }

        @Override
        public boolean take(Claim claim) {
            RunId id = claim.run();
            List<JournalEntry> entries = first.journal().read(recovery.tenure().lease(), id);
            RunStarted start = (RunStarted) entries.get(0);
            Optional<Registry.Registered> registered = registry.get(
                    claim.workflow(), claim.version(), first.journal().catalog()::definition);
            if (claim.recoveries() > maxRecoveries) {
                deadLetter(
                        settings(id, start.input(), start.origin()),
                        claim.workflow(),
                        registered,
                        "the run was recovered " + maxRecoveries
                                + " times in a row and got nowhere: whoever takes it up"
                                + " comes to an end before it has recorded anything");
                return true;
            }
            if (registered.isEmpty()) {
                LOG.warn(
                        "run {} is left to others: version {} of workflow {} cannot run here",
                        id,
                        claim.version(),
                        claim.workflow());
                park(id, Duration.ZERO);
                return false;
            }
            resume(registered.get(), id, start, entries);
            return true;
        }

        @Override
        public Lease lease() {
            return recovery.tenure().lease();
        }

        @Override
        public void giveBack(RunId run) {
            strays.add(run);
        }

        @Override
        public boolean begin(RunQueues.Begun begun) {
            Claim claim = begun.claim();
            RunId id = claim.run();
            Optional<Registry.Registered> registered = registry.get(
                    claim.workflow(), claim.version(), first.journal().catalog()::definition);
            if (registered.isEmpty()) {
                LOG.warn(
                        "run {} has begun for others: version {} of workflow {} cannot run here",
                        id,
                        claim.version(),
                        claim.workflow());
                park(id, Duration.ZERO);
                return false;
            }
            RunStarted start = (RunStarted) begun.entries().get(0);
            if (resume(registered.get(), id, start, begun.entries()).isEmpty()) {
                queueing.left(id);
            }
            return true;
        }

        /** Goes on with a run that belongs to this engine; empty if it has to be given back. */
        private Optional<Run<@Nullable Object>> resume(
                Registry.Registered registered, RunId id, RunStarted start, List<JournalEntry> entries) {
            RunSettings settings = settings(id, start.input(), start.origin());
            LiveRun<@Nullable Object> run = new LiveRun<>(
                    registered,
                    settings,
                    Family.of(start.origin()),
                    ports(),
                    JavaValue::jsonOf,
                    this,
                    Engine.this::loop);
            run.loop().awaitRecord();
            try {
                if (live.enter(run, place -> run.resume(place, entries)) == run) {
                    return Optional.of(run.handle());
                }
                LOG.debug("run {} is just being started again here; soon they will know better", id);
            } catch (EngineException refused) {
                LOG.debug("run {} cannot be gone on with here", id, refused);
            }
            strays.add(id);
            return Optional.empty();
        }

        @Override
        public int room() {
            return live.room();
        }

        @Override
        public void lost(Lease lease) {
            live.all().forEach(run -> {
                if (run.ports().tenure().lease().equals(lease)) {
                    run.loop().abandon(new FencedException(run.settings().id(), lease));
                }
            });
        }

        @Override
        public void deliver(RunMessage.Received message) {
            LiveRun<?> run = live.get(message.run());
            if (run != null) {
                run.receive(message);
            }
        }

        @Override
        public void look() {
            readPins();
            recorded.look(live::contains);
            for (int i = strays.size(); i > 0; i--) {
                RunId id = strays.poll();
                if (id == null) {
                    return;
                }
                if (live.contains(id)) {
                    strays.add(id); // it has been started again: giving it up now would stop it in the middle
                } else {
                    park(id, STRAY_FOR);
                }
            }
        }
    }

    /** Gives up a run that belongs to this engine and is not under way in it. */
    private void park(RunId id, Duration time) {
        write(id, Write.park(id, time));
    }

    private CompletionStage<Void> write(RunId id, Write write) {
        return first.journal().append(recovery.tenure().lease(), write).whenComplete((nothing, thrown) -> {
            if (thrown != null && !(Host.unwrapped(thrown) instanceof FencedException)) {
                strays.add(id);
            }
        });
    }

    /** Gives a run up, which counts as a failure of it. */
    private void deadLetter(RunSettings run, String workflow, Optional<Registry.Registered> registered, String reason) {
        RunId id = run.id();
        LOG.error("run {} is given up: {}", id, reason);
        Failure failure = Failure.of("dead-lettered", reason, false);
        RunEnded end = new RunEnded(first.clock().millis(), RunStatus.DEAD_LETTERED, null, Optional.of(failure));
        Write write = new Write(
                id, List.of(end), List.of(), Optional.empty(), run.origin().parent());
        registered
                .flatMap(known -> mender(known.plan(), Family.of(run.origin())))
                .<CompletionStage<Void>>map(mender -> children.mend(mender, workflow, run, failure))
                .orElse(CompletableFuture.completedFuture(null))
                .thenCompose(nothing -> write(id, write))
                .thenRun(() -> first.events().publish(Batch.of(id, workflow, end)));
    }

    // --- for child runs ---

    /** Calls back on the timer's thread. */
    void later(Duration delay, Runnable task) {
        first.timer().after(delay, task);
    }

    Run<@Nullable Object> startChild(String workflow, RunId id, @Nullable Object input, Origin origin, Family family) {
        Registry.Registered registered = current(workflow);
        Object whole = registered.accept(input);
        return start(new Wanted<@Nullable Object>(registered, stored -> stored, settings(id, whole, origin), family));
    }

    /** Cancels a run wherever it is; no effect on one that has ended, or that nobody knows. */
    void cancel(RunId id, String reason) {
        reach(id).cancel(reason);
    }

    Family familyOf(RunId id) {
        LiveRun<?> run = live.get(id);
        return run == null ? Family.NONE : run.family();
    }

    RunSettings settingsOf(RunId id) {
        LiveRun<?> run = live.get(id);
        return run == null ? settings(id, null, Origin.NONE) : run.settings();
    }

    /**
     * Closes in good order: takes no new runs, starts no more attempts, lets those that are under way finish, and then
     * lets go of the runs that have not ended. A second call, or {@link #close()} from another thread, stops at once.
     *
     * @param limit how long attempts may take to finish; those that take longer are interrupted, as by {@link #close()}
     * @return the runs that have not ended; those in a durable journal go on in another engine
     */
    public List<RunId> drain(Duration limit) {
        boolean first = !live.isClosed();
        live.close();
        if (first) {
            CompletableFuture<?>[] quiet =
                    live.all().stream().map(LiveRun::drain).toArray(CompletableFuture[]::new);
            awaitQuiet(CompletableFuture.anyOf(stopping, CompletableFuture.allOf(quiet)), limit);
        }
        close();
        return Objects.requireNonNull(left.get());
    }

    /** Notes, once, which runs are let go of, so that all who close this engine are told the same. */
    private void noteLeft() {
        left.compareAndSet(
                null,
                live.all().stream()
                        .map(run -> run.settings().id())
                        .sorted(Comparator.comparing(RunId::value))
                        .toList());
    }

    private static void awaitQuiet(CompletableFuture<?> quiet, Duration limit) {
        try {
            quiet.get(Math.max(0, TimeUnit.NANOSECONDS.convert(limit)), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // whoever interrupts cannot wait any longer
        } catch (TimeoutException | ExecutionException late) {
            LOG.debug("attempts are still under way after {}", limit, late);
        }
    }

    /**
     * Stops at once: steps under way are interrupted, nothing more is recorded. Runs in a durable journal can be taken
     * up again by another engine; runs in memory are gone.
     *
     * @throws RuntimeException if something did not close in good order, as when the journal does not answer; everything
     *     is closed all the same
     */
    @Override
    public void close() {
        live.close();
        noteLeft();
        stopping.complete(null);
        List.copyOf(live.all()).forEach(LiveRun::abandon);
        List<AutoCloseable> parts = new ArrayList<>(List.of(queueing, forgetting, recovery, connectors));
        parts.addAll(own);
        Optional<RuntimeException> failed = closeAll(parts);
        untold.forEach(told -> told.completeExceptionally(LiveRuns.closed()));
        failed.ifPresent(failure -> {
            throw failure;
        });
    }

    /** Closes all, also when one fails to; returns the first failure, which holds the others. */
    private static Optional<RuntimeException> closeAll(List<? extends AutoCloseable> parts) {
        List<RuntimeException> failures = new ArrayList<>();
        for (AutoCloseable part : parts) {
            try {
                part.close();
            } catch (RuntimeException failure) {
                failures.add(failure);
            } catch (Exception failure) {
                failures.add(new IllegalStateException("a part of the engine did not close", failure));
            }
        }
        Optional<RuntimeException> first = failures.stream().findFirst();
        first.ifPresent(failure -> failures.stream().skip(1).forEach(failure::addSuppressed));
        return first;
    }

    /** Sets an engine up. Every setting has a default; not thread-safe. */
    public static final class Builder {

        /** How long a lease in a durable journal holds when nothing else is said: 10 s. */
        public static final Duration DEFAULT_LEASE = Duration.ofSeconds(10);

        /** How often the engine looks into its journal when nothing else is said: every second. */
        public static final Duration DEFAULT_POLL_INTERVAL = Duration.ofSeconds(1);

        /** How long a waiting run stays in memory when nothing else is said: 30 s. */
        public static final Duration DEFAULT_PARK_AFTER = Duration.ofSeconds(30);

        /** How often a run is recovered without getting anywhere when no number is given. */
        public static final int DEFAULT_MAX_RECOVERIES = 5;

        /** Runs under way at a time when no number is given. */
        public static final int DEFAULT_MAX_RUNS = 200_000;

        /** Runs waiting for a place when no number is given. */
        public static final int DEFAULT_MAX_QUEUED_RUNS = 100_000;

        private String id =
                "engine-" + Long.toHexString(ThreadLocalRandom.current().nextLong());
        private Optional<Journal> journal = Optional.empty();
        private Optional<Executor> executor = Optional.empty();
        private Optional<Executor> listenerExecutor = Optional.empty();
        private Optional<Timer> timer = Optional.empty();
        private Optional<InstantSource> clock = Optional.empty();
        private RandomGenerator random = () -> ThreadLocalRandom.current().nextLong();
        private final List<RunListener> listeners = new ArrayList<>();
        private int eventBuffer = EventDispatcher.DEFAULT_BUFFER;
        private final Connectors.Builder connectors = Connectors.builder();
        private OutboundGuard guard = OutboundGuard.strict();
        private Credentials credentials = Credentials.NONE;
        private Function<String, Optional<String>> secrets = name -> Optional.empty();
        private final List<Workflow<?, ?>> workflows = new ArrayList<>();
        private final List<RunQueue> queues = new ArrayList<>();
        private Limits limits = Limits.DEFAULT;
        private int maxRuns = DEFAULT_MAX_RUNS;
        private int maxQueuedRuns = DEFAULT_MAX_QUEUED_RUNS;
        private RunSettings.Limits runLimits = RunSettings.Limits.DEFAULT;
        private Optional<Duration> lease = Optional.empty();
        private Duration pollInterval = DEFAULT_POLL_INTERVAL;
        private Duration parkAfter = DEFAULT_PARK_AFTER;
        private boolean recovers = true;
        private int maxRecoveries = DEFAULT_MAX_RECOVERIES;
        private LongSupplier ticker = System::nanoTime;
        private Retention retention = Retention.FOREVER;

        private Builder() {}

        private Recovery.Settings recovery(Journal store) {
            Duration time = lease.orElse(store.isDurable() ? DEFAULT_LEASE : Duration.ZERO);
            return new Recovery.Settings(id, time, pollInterval, recovers, time.isZero() ? Duration.ZERO : parkAfter);
        }

        /**
         * Says how long others wait before they take up the runs of an engine that has not been heard of. It is renewed
         * when a third of it has passed, whatever the {@link #pollInterval}.
         *
         * @param time 100 milliseconds or more; {@link #DEFAULT_LEASE} when not given, or none for a journal that is not
         *     durable, whose runs nobody else could take up
         * @return this
         */
        public Builder lease(Duration time) {
            if (time.toMillis() < 100) {
                throw new IllegalArgumentException("lease must be 100 ms or more, not " + time);
            }
            lease = Optional.of(time);
            return this;
        }

        /**
         * Says how often the engine looks for runs to take up, for messages, and for the end of runs elsewhere, in case it
         * missed a hint.
         *
         * @param time more than zero; {@link #DEFAULT_POLL_INTERVAL} when not given
         * @return this
         */
        public Builder pollInterval(Duration time) {
            if (time.isZero() || time.isNegative()) {
                throw new IllegalArgumentException("pollInterval must be more than zero, not " + time);
            }
            pollInterval = time;
            return this;
        }

        /**
         * Says how long a run that only waits stays in memory; then it is a row in the journal until it is due.
         *
         * @param time more than zero, or zero for as long as it waits; {@link #DEFAULT_PARK_AFTER} when not given
         * @return this
         */
        public Builder parkAfter(Duration time) {
            if (time.isNegative()) {
                throw new IllegalArgumentException("parkAfter must be zero or more, not " + time);
            }
            parkAfter = time;
            return this;
        }

        /**
         * Says whether the engine goes on with runs that others have left: at its start, and as long as it lives.
         *
         * @param whether to; it does when not given
         * @return this
         */
        public Builder recovery(boolean whether) {
            recovers = whether;
            return this;
        }

        /**
         * Limits how often in a row a run is taken up and gets nowhere, before it is given up as
         * {@link RunStatus#DEAD_LETTERED}.
         *
         * @param limit 1 or more; {@value #DEFAULT_MAX_RECOVERIES} when not given
         * @return this
         */
        public Builder maxRecoveries(int limit) {
            maxRecoveries = atLeastOne("maxRecoveries", limit);
            return this;
        }

        /**
         * Says how long runs are kept that have ended. The engine looks once a minute and forgets what is over, a few runs
         * in a transaction.
         *
         * @param times for how long; {@link Retention#FOREVER} when not given
         * @return this
         */
        public Builder retention(Retention times) {
            retention = Objects.requireNonNull(times, "retention");
            return this;
        }

        /**
         * Uses another source of time that passes, by which the engine judges whether its lease still holds.
         *
         * @param nanos never runs backwards; {@link System#nanoTime} when not given
         * @return this
         */
        public Builder ticker(LongSupplier nanos) {
            ticker = Objects.requireNonNull(nanos, "ticker");
            return this;
        }

        /**
         * Names the engine in its journal.
         *
         * @param name unique among the engines of one journal; random when not given
         * @return this
         */
        public Builder id(String name) {
            id = Objects.requireNonNull(name, "id");
            return this;
        }

        /**
         * Records runs in a journal.
         *
         * @param store the journal, which the caller closes; an {@link InMemoryJournal} when not given
         * @return this
         */
        public Builder journal(Journal store) {
            journal = Optional.of(store);
            return this;
        }

        /**
         * Runs steps on the threads of the host program.
         *
         * @param threads runs tasks on other threads than the caller's, and may refuse some when full; a virtual thread
         *     for each task, or on Java 17 a bounded pool, when not given
         * @return this
         */
        public Builder executor(Executor threads) {
            executor = Optional.of(threads);
            return this;
        }

        /**
         * Tells listeners on these threads. A listener that blocks keeps one of them, so if they are those of {@link #executor},
         * too, it holds up runs as soon as no other is free.
         *
         * <p>When not given, an engine that is lent an executor for steps makes a daemon thread for each listener, which
         * begins when there is something to tell and ends after a minute without. {@link Engine#close} lets it finish what it
         * has been told. An engine that makes its own threads tells listeners on those, of which there are enough.
         *
         * @param threads runs tasks on other threads than the caller's, and may refuse some when full
         * @return this
         */
        public Builder listenerExecutor(Executor threads) {
            listenerExecutor = Optional.of(threads);
            return this;
        }

        /**
         * Uses another timer, as tests with virtual time do.
         *
         * @param calls calls back later; a timer with one thread when not given
         * @return this
         */
        public Builder timer(Timer calls) {
            timer = Optional.of(calls);
            return this;
        }

        /**
         * Uses another clock.
         *
         * @param source tells the time; when not given, the journal's, which is the database's where processes share one, and
         *     else the system's
         * @return this
         */
        public Builder clock(InstantSource source) {
            clock = Optional.of(source);
            return this;
        }

        /**
         * Uses another source of randomness.
         *
         * @param source spreads retries and names runs; must be thread-safe
         * @return this
         */
        public Builder random(RandomGenerator source) {
            random = Objects.requireNonNull(source, "random");
            return this;
        }

        /**
         * Tells a listener what happens in runs.
         *
         * @param listener the listener
         * @return this
         */
        public Builder listener(RunListener listener) {
            listeners.add(listener);
            return this;
        }

        /**
         * Limits how far a listener may fall behind before it misses entries.
         *
         * @param entries 1 or more; {@link EventDispatcher#DEFAULT_BUFFER} when not given
         * @return this
         */
        public Builder eventBuffer(int entries) {
            eventBuffer = atLeastOne("eventBuffer", entries);
            return this;
        }

        /**
         * Adds a connector.
         *
         * @param provider makes the connector
         * @return this
         */
        public Builder connector(ConnectorProvider provider) {
            connectors.add(provider);
            return this;
        }

        /**
         * Adds a connector that exists; the engine closes it.
         *
         * @param connector the connector
         * @return this
         */
        public Builder connector(Connector connector) {
            connectors.add(connector);
            return this;
        }

        /**
         * Adds all connectors found on the class path by {@link java.util.ServiceLoader}.
         *
         * @return this
         */
        public Builder discoverConnectors() {
            connectors.discover(Engine.class.getClassLoader());
            return this;
        }

        /**
         * Uses another guard between connectors and the network.
         *
         * @param vetting the guard; {@link OutboundGuard#strict()} when not given
         * @return this
         */
        public Builder guard(OutboundGuard vetting) {
            guard = Objects.requireNonNull(vetting, "guard");
            return this;
        }

        /**
         * Says where credentials come from.
         *
         * @param source looks a credential up by name; knows none when not given
         * @return this
         */
        public Builder credentials(Credentials source) {
            credentials = Objects.requireNonNull(source, "credentials");
            return this;
        }

        /**
         * Says where {@code secrets.<name>} come from.
         *
         * @param source looks a secret up by name, at every use; knows none when not given
         * @return this
         */
        public Builder secrets(Function<String, Optional<String>> source) {
            secrets = Objects.requireNonNull(source, "secrets");
            return this;
        }

        /**
         * Registers workflows.
         *
         * @param all the workflows, in any order
         * @return this
         */
        public Builder register(Workflow<?, ?>... all) {
            workflows.addAll(List.of(all));
            return this;
        }

        /**
         * Registers workflows.
         *
         * @param all the workflows, in any order
         * @return this
         */
        public Builder register(Collection<? extends Workflow<?, ?>> all) {
            workflows.addAll(all);
            return this;
        }

        /**
         * Declares queues: the engine takes runs from them, and {@link Engine#enqueue} puts runs in.
         *
         * @param all the queues with their limits, each name once
         * @return this
         */
        public Builder queue(RunQueue... all) {
            queues.addAll(List.of(all));
            return this;
        }

        /**
         * Limits what a definition may hold.
         *
         * @param most the limits; {@link Limits#DEFAULT} when not given
         * @return this
         */
        public Builder limits(Limits most) {
            limits = Objects.requireNonNull(most, "limits");
            return this;
        }

        /**
         * Limits the runs under way; the rest queue.
         *
         * @param limit 1 or more; {@value #DEFAULT_MAX_RUNS} when not given
         * @return this
         */
        public Builder maxRuns(int limit) {
            maxRuns = atLeastOne("maxRuns", limit);
            return this;
        }

        /**
         * Limits the runs that wait for a place; more are refused with {@link EngineException#FULL}.
         *
         * @param limit 0 or more; {@value #DEFAULT_MAX_QUEUED_RUNS} when not given
         * @return this
         */
        public Builder maxQueuedRuns(int limit) {
            if (limit < 0) {
                throw new IllegalArgumentException("maxQueuedRuns must be 0 or more, not " + limit);
            }
            maxQueuedRuns = limit;
            return this;
        }

        /**
         * Limits the attempts of one run that are under way at a time.
         *
         * @param limit 1 or more; 10,000 when not given
         * @return this
         */
        public Builder maxParallelSteps(int limit) {
            runLimits = runLimits.withMaxParallelSteps(limit);
            return this;
        }

        /**
         * Limits the items of all {@code forEach} loops of one run together, those of loops inside loops among them; a loop
         * that would go beyond fails with the code {@code too-many-items}. Each item that was done leaves its output in
         * memory until nobody reads the loop's any more.
         *
         * @param limit 1 or more; 200,000 when not given
         * @return this
         */
        public Builder maxLoopItems(int limit) {
            runLimits = runLimits.withMaxLoopItems(limit);
            return this;
        }

        /**
         * Limits the record of one run: a run that comes to have more entries in its journal, its end aside, is stopped and fails
         * with the code {@code too-many-entries}; what cleans up and takes back runs as after any failure, and is recorded
         * beyond the limit. Whoever goes on with a run reads its record into memory, so keep this to what fits there.
         * Without a journal there is no record and no limit.
         *
         * @param limit 1 or more; 1,000,000 when not given
         * @return this
         */
        public Builder maxEntries(int limit) {
            runLimits = runLimits.withMaxEntries(limit);
            return this;
        }

        /**
         * Limits the size of the record of one run: a run whose entries come to have more bytes in its journal, their
         * payloads counted as JSON, and that goes on, is stopped and fails with the code {@code record-too-large}; what
         * cleans up and takes back is recorded beyond the limit, as with {@link #maxEntries}. The output of a block counts
         * beside those of the steps inside it. A journal that keeps runs in memory only does not count bytes, and has no such limit.
         *
         * @param bytes 1 or more; 50 MiB when not given
         * @return this
         */
        public Builder maxRecordBytes(long bytes) {
            runLimits = runLimits.withMaxRecordBytes(bytes);
            return this;
        }

        private static int atLeastOne(String name, int value) {
            if (value < 1) {
                throw new IllegalArgumentException(name + " must be 1 or more, not " + value);
            }
            return value;
        }

        /**
         * Makes the engine.
         *
         * @return the engine, ready to start runs
         * @throws io.auterity.definition.DefinitionException if a workflow does not compile, with all problems
         * @throws IllegalArgumentException if two connectors or two queues have one name, or there are queues and a journal that
         *     keeps no runs
         */
        public Engine build() {
            return new Engine(this);
        }
    }
}
