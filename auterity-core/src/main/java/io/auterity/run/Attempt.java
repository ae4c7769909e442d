package io.auterity.run;

import io.auterity.connector.StepContext;
import io.auterity.definition.RunId;
import io.auterity.journal.JournalEntry;
import io.auterity.plan.Reference;
import io.auterity.plan.Scope;
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
 * <p>What stands between the thread that does the work and the one that stops it is in {@link Interruptible}.
 */
final class Attempt extends Interruptible implements StepContext, Scope {

    private static final Logger LOG = LoggerFactory.getLogger(Attempt.class);

    /** What is left of a time-out that is none. */
    private static final Duration UNLIMITED = Duration.ofDays(3_650);

    final Activity activity;
    private final RunLoop loop;
    private final int number;

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

    @Override
    public @Nullable Object read(int reference) {
        Object value = activity.frame.read(reference);
        if (Reference.kind(reference) == Reference.Kind.SECRET && value instanceof String secret) {
            if (secrets == null) {
                secrets = new ArrayList<>();
            }
            secrets.add(secret);
            secrets.sort(Redaction.LONGEST_FIRST);
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
        if (interrupt()) {
            return true;
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
