package io.auterity.run;

import io.auterity.connector.StepContext;
import io.auterity.definition.RunId;
import io.auterity.journal.JournalEntry;
import io.auterity.plan.Reference;
import io.auterity.plan.Scope;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One try of a step on some thread, and what the step's code sees of the engine.
 *
 * <p>A thread that takes an attempt tells listeners before the work begins; a stopper that comes meanwhile waits those
 * few instructions, so that listeners never hear of a start after they have heard of the end.
 *
 * <p>Between the thread that does the work and the one that stops it stands {@link #phase}. A stopper that moves it
 * from RUNNING to STOPPING owns the right to interrupt; a worker that finds STOPPING waits those few instructions until
 * STOPPED, so that an interrupt can never hit the thread's next piece of work.
 */
final class Attempt implements StepContext, Scope {

    private static final Logger LOG = LoggerFactory.getLogger(Attempt.class);

    /** What is left of a time-out that is none. */
    private static final Duration UNLIMITED = Duration.ofDays(3_650);

    private static final int NEW = 0;
    private static final int RUNNING = 1;
    private static final int LEFT = 2;
    private static final int STOPPING = 3;
    private static final int STOPPED = 4;
    private static final int ANNOUNCING = 5;

    private static final VarHandle PHASE;

    static {
        try {
            PHASE = MethodHandles.lookup().findVarHandle(Attempt.class, "phase", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    final Activity activity;
    private final RunLoop loop;
    private final int number;

    @SuppressWarnings("unused") // through PHASE
    private volatile int phase;

    private @Nullable Thread worker; // written before RUNNING, read after STOPPING
    private volatile boolean cancelled;

    /** Whether listeners hear of its start through the loop, behind what the journal is recording; by the loop only. */
    boolean announcedByLoop;

    /** Whether the loop has told of its start; by the loop only. */
    boolean announced;

    /** Whether it counts against the run's limit although it has not begun; by the loop only. */
    boolean offered;

    private final long timeout;
    private long startedAt; // written before RUNNING; read by others for deadlines only, where any recent value serves
    private volatile long heartbeatAt;

    private @Nullable List<Runnable> onCancel; // guarded by this
    private @Nullable List<String> secrets; // by the worker only
    private volatile @Nullable Reports reports; // made once, guarded by this

    Attempt(Activity activity, RunLoop loop) {
        this.activity = activity;
        this.loop = loop;
        this.number = activity.attempts;
        Duration limit = activity.timeout();
        this.timeout = limit == null ? 0 : limit.toMillis();
    }

    // --- what the loop asks ---

    boolean isStep() {
        return activity.phase == Activity.Phase.STEP;
    }

    long startedAt() {
        return startedAt;
    }

    JournalEntry.StepStarted started() {
        return new JournalEntry.StepStarted(startedAt, activity.path(), number);
    }

    /** Whether a thread has taken it; any recent answer serves. */
    boolean hasBegun() {
        return startedAt != 0;
    }

    /** Returns when it times out, in milliseconds since the epoch; 0 for never. */
    long deadline(long now) {
        if (timeout == 0) {
            return 0;
        }
        long since = Math.max(startedAt, heartbeatAt);
        return (since == 0 ? now : since) + timeout;
    }

    // --- the worker's side ---

    void begin(long now) {
        startedAt = now;
    }

    /** Enters for a thread that has begun the work already, and whose loop has been taken; by the taker. */
    void enterFor(Thread thread) {
        worker = thread;
        PHASE.setVolatile(this, RUNNING);
    }

    /** The same for a thread that owns the loop, so that nobody can be stopping the attempt. */
    void enterAsOwner() {
        worker = Thread.currentThread();
        PHASE.set(this, RUNNING);
    }

    /** Ends the part that can be interrupted, for a thread that owns the loop. */
    void leaveAsOwner() {
        if ((int) PHASE.get(this) == RUNNING) {
            PHASE.set(this, LEFT);
        }
        takeBackInterrupt();
        worker = null;
    }

    /** Marks this thread as the one to interrupt; false if the attempt was stopped before it began. */
    boolean enter() {
        worker = Thread.currentThread();
        return PHASE.compareAndSet(this, NEW, RUNNING);
    }

    /** Like {@link #enter()}, telling others of it first; {@code announcement} neither blocks nor throws. */
    boolean enter(Runnable announcement) {
        worker = Thread.currentThread();
        if (!PHASE.compareAndSet(this, NEW, ANNOUNCING)) {
            return false;
        }
        announcement.run();
        PHASE.setVolatile(this, RUNNING);
        return true;
    }

    /**
     * Ends the part of the work that can be interrupted, and takes back an interrupt that came too late or that the work
     * has left behind: it must hit neither the recording of the result nor the thread's next piece of work.
     */
    void leave() {
        if (!PHASE.compareAndSet(this, RUNNING, LEFT)) {
            while ((int) PHASE.getVolatile(this) != STOPPED) {
                Thread.onSpinWait();
            }
        }
        takeBackInterrupt();
        worker = null;
    }

    /** Clears this thread's interrupt, which must hit nothing but the work it was meant for. */
    static void takeBackInterrupt() {
        if (Thread.interrupted()) {
            LOG.trace("took back an interrupt that the work has not seen, or has left behind");
        }
    }

    @Override
    public @Nullable Object read(int reference) {
        Object value = activity.frame.read(reference);
        if (Reference.kind(reference) == Reference.Kind.SECRET && value instanceof String secret) {
            if (secrets == null) {
                secrets = new ArrayList<>();
            }
            secrets.add(secret);
        }
        return value;
    }

    @Override
    public @Nullable Object readStored(int reference) {
        return activity.frame.readStored(reference);
    }

    List<String> secrets() {
        return secrets == null ? List.of() : secrets;
    }

    // --- the stopper's side ---

    /** Interrupts the work, or keeps it from beginning (true); its result no longer counts. */
    boolean stop() {
        List<Runnable> actions;
        synchronized (this) {
            cancelled = true;
            Reports told = reports;
            if (told != null) {
                told.stop();
            }
            actions = onCancel == null ? List.of() : onCancel;
            onCancel = null;
        }
        if (PHASE.compareAndSet(this, NEW, STOPPED)) {
            return true;
        }
        while ((int) PHASE.getVolatile(this) == ANNOUNCING) {
            Thread.onSpinWait();
        }
        if (PHASE.compareAndSet(this, RUNNING, STOPPING)) {
            Thread thread = worker;
            if (thread != null) {
                thread.interrupt();
            }
            PHASE.setVolatile(this, STOPPED);
        }
        actions.forEach(Attempt::runQuietly);
        return false;
    }

    private static void runQuietly(Runnable action) {
        try {
            action.run();
        } catch (RuntimeException | Error thrown) { // the user's; cancelling goes on with the others
            LOG.warn("what a step registered with onCancel threw", thrown);
        }
    }

    // --- the step's side ---

    @Override
    public RunId runId() {
        return loop.settings().id();
    }

    @Override
    public String workflow() {
        return loop.workflow();
    }

    @Override
    public String step() {
        return activity.path();
    }

    @Override
    public int attempt() {
        return number;
    }

    @Override
    public String idempotencyKey() {
        String key = runId() + "/" + IdempotencyKeys.ofPath(step());
        if (activity.phase == Activity.Phase.UNDO) {
            return key + "/undo";
        }
        return activity.fallingBack ? key + "/fallback" : key;
    }

    @Override
    public Duration remaining() {
        if (timeout == 0) {
            return UNLIMITED;
        }
        long now = clock().millis();
        return Duration.ofMillis(Math.max(0, deadline(now) - now));
    }

    @Override
    public boolean isCancelled() {
        return cancelled;
    }

    @Override
    public void onCancel(Runnable action) {
        synchronized (this) {
            if (!cancelled) {
                if (onCancel == null) {
                    onCancel = new ArrayList<>(2);
                }
                onCancel.add(action);
                return;
            }
        }
        runQuietly(action);
    }

    @Override
    public void progress(long done, long total, String message) {
        heartbeat();
        Reports.Progress progress = new Reports.Progress(done, total, Redaction.of(message, secrets()));
        if (!cancelled && reports().enterProgress(progress)) {
            loop.post(new Message.Progress(this));
        }
    }

    @Override
    public void partial(@Nullable Object data) {
        heartbeat();
        if (!cancelled && reports().enterPiece() && !cancelled) {
            loop.post(new Message.Partial(this, Redaction.of(data, secrets())));
        }
    }

    Reports reports() {
        Reports made = reports;
        if (made == null) {
            synchronized (this) {
                made = reports;
                if (made == null) {
                    made = new Reports();
                    reports = made;
                }
            }
        }
        return made;
    }

    /** Returns the latest progress, once; null if there is none. */
    Reports.@Nullable Progress takeProgress() {
        Reports made = reports;
        return made == null ? null : made.takeProgress();
    }

    /** Notes that listeners have been told of progress; there may be more by now. */
    void progressTold() {
        if (reports().progressTold()) {
            loop.post(new Message.Progress(this));
        }
    }

    @Override
    public void heartbeat() {
        if (timeout != 0) {
            heartbeatAt = clock().millis();
        }
    }

    @Override
    public InstantSource clock() {
        return loop.clock();
    }
}
