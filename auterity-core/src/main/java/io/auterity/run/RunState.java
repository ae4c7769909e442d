package io.auterity.run;

import io.auterity.definition.Failure;
import io.auterity.definition.Order.Join;
import io.auterity.definition.Policy;
import io.auterity.definition.Retry;
import io.auterity.definition.RunId;
import io.auterity.journal.JournalEntry;
import io.auterity.journal.JournalEntry.RunEnded;
import io.auterity.journal.JournalEntry.RunStarted;
import io.auterity.journal.RunStatus;
import io.auterity.journal.StepStatus;
import io.auterity.plan.Body;
import io.auterity.plan.Compute;
import io.auterity.plan.Graph;
import io.auterity.plan.Node;
import io.auterity.plan.Plan;
import io.auterity.plan.Scope;
import io.auterity.run.Activity.Phase;
import io.auterity.run.Frame.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The deciding part of a run: which step starts, what a failure does, when the run has ended.
 *
 * <p>One writer: every method but the reads of {@link Scope} is called on the run's loop. No threads, no clock, no
 * storage in here; what must happen outside is asked of {@link Effects}. A node's life:
 *
 * <pre>
 * pending -- predecessors settled --> join and condition -- no --> skipped
 *                                          | yes
 *                                          v
 *                    ready -- thread --> running -- value --> succeeded
 *                      ^                   | failure
 *                      |                   v
 *                   waiting <-- retry -- failed attempt -- no more --> fallback | failed
 * </pre>
 *
 * A settled node lowers its successors' counters only when its entry is durable, so no step ever builds on what a crash
 * could take back. A failure that nobody handles fails the frame: what is under way in it is stopped, what has not
 * started is skipped, except for steps that join on {@code all-done}. The frame's failure then goes to the step that
 * owns the frame, with that step's own retry, fallback or {@code continue}.
 */
final class RunState {

    private static final String OVER = "the run has ended";

    private final Plan plan;
    private final RunSettings settings;
    private Effects effects;
    private final List<Activity> undoable = new ArrayList<>();
    private final Waits waits;
    private final Frame.NodeAction ready = this::ready;

    /** Plain nodes that may start, as long as they are kept for one thread; see {@link Streak}. */
    private final Backlog backlog = new Backlog();

    private boolean keepsPlain;

    private @Nullable Object @Nullable [] variables;
    private @Nullable Frame root;
    private @Nullable Activity firstActive;
    private long startedAt;
    private int busy;
    private int loopItems;
    private boolean paused;
    private boolean ended;
    /** Why the run takes back what it did; null while it does not. */
    private @Nullable Failure takenBackFor;

    private boolean undoFailed;
    /** Why the run was stopped from outside or by its time-out; null if it was not. */
    private @Nullable Failure stopped;

    private Timer.@Nullable Cancellable runTimeout;
    private Timer.@Nullable Cancellable sweep;
    private long sweepAt = Long.MAX_VALUE;
    private long runDue = Long.MAX_VALUE;

    RunState(Plan plan, RunSettings settings, Effects effects) {
        this.plan = plan;
        this.settings = settings;
        this.effects = effects;
        this.waits = new Waits(this);
    }

    Plan plan() {
        return plan;
    }

    RunSettings settings() {
        return settings;
    }

    /** Counts the items of a loop that is about to begin; why it must not, if the run would have too many. */
    Optional<Failure> takeItems(int more) {
        int most = settings.limits().maxLoopItems();
        if (more > most - loopItems) {
            return Optional.of(Failure.of(
                    Failure.TOO_MANY_ITEMS,
                    "the loops of a run have at most " + most + " items together (maxLoopItems); this one has " + more
                            + ", and " + loopItems
                            + " were counted before; give parts of the list to runs of their own",
                    false));
        }
        loopItems += more;
        return Optional.empty();
    }

    /** A loop has failed and left nothing; another attempt counts anew. */
    void giveBackItems(int count) {
        loopItems -= count;
    }

    Effects effects() {
        return effects;
    }

    /** Asks others from now on; a replay does when it begins and when it is over. */
    void ask(Effects others) {
        effects = others;
    }

    Waits waits() {
        return waits;
    }

    // --- what expressions read ---

    @Nullable
    Object input() {
        return settings.input();
    }

    @Nullable
    Object variable(int number) {
        if (variables == null) {
            throw new IllegalStateException("no variables before the run has begun");
        }
        return variables[number];
    }

    String secret(int number) {
        return effects.secret(plan.secrets().get(number));
    }

    Instant startedAt() {
        return Instant.ofEpochMilli(startedAt);
    }

    /** The time-out of attempts that say none. */
    Duration defaultTimeout() {
        return plan.definition().settings().defaults().timeout().orElse(Policy.DEFAULT_TIMEOUT);
    }

    // --- status ---

    boolean isPaused() {
        return paused;
    }

    RunStatus status() {
        if (takenBackFor != null) {
            return RunStatus.COMPENSATING;
        }
        if (root == null) {
            return RunStatus.QUEUED;
        }
        return busy > 0 || firstActive == null || !backlog.isEmpty() ? RunStatus.RUNNING : RunStatus.WAITING;
    }

    // --- the beginning and the end ---

    /** Records the acceptance of the run; nothing starts before {@link #begin}. */
    void accept() {
        startedAt = effects.now();
        effects.record(new RunStarted(startedAt, plan.workflow(), plan.hash(), settings.input(), settings.origin()));
    }

    /** Takes the recorded acceptance of the run. */
    void accepted(RunStarted recorded) {
        startedAt = recorded.at();
    }

    boolean hasBegun() {
        return root != null;
    }

    boolean hasEnded() {
        return ended;
    }

    boolean isStopped() {
        return stopped != null;
    }

    void begin() {
        if (ended) {
            return;
        }
        Optional<Duration> timeout = plan.definition().settings().timeout();
        timeout.ifPresent(limit -> {
            runDue = effects.now() + limit.toMillis();
            runTimeout = effects.after(
                    limit, new Message.Stop(Failure.of(Failure.TIMEOUT, "the run took longer than " + limit, false)));
        });
        Frame frame = new Frame(this, plan.graph(), null, 0, null);
        root = frame;
        if (computeVariables(frame)) {
            open(frame);
        } else {
            rootSettled(frame);
        }
    }

    private boolean computeVariables(Frame frame) {
        List<Compute> computes = plan.vars();
        variables = new Object[computes.size()];
        for (int i = 0; i < variables.length; i++) {
            int number = i;
            Compute compute = computes.get(i);
            if (!tryCompute(compute, frame, value -> setVariable(number, value), why -> frame.failure = why)) {
                return false;
            }
        }
        return true;
    }

    private void setVariable(int number, @Nullable Object value) {
        if (variables != null) {
            variables[number] = value;
        }
    }

    /**
     * Computes something on the loop; calls one of the two. What is read may be an object of the user's that cannot be
     * JSON, which fails what reads it and not the run's loop.
     */
    boolean tryCompute(Compute compute, Scope scope, Consumer<@Nullable Object> use, Consumer<Failure> onFailure) {
        Object value;
        try {
            value = compute.apply(scope);
        } catch (RuntimeException | StackOverflowError e) {
            onFailure.accept(Failures.of(e));
            return false;
        }
        use.accept(value == Scope.ABSENT ? null : value);
        return true;
    }

    private void rootSettled(Frame frame) {
        Failure why = stopped != null ? stopped : frame.failure;
        if (why == null) {
            tryCompute(frame.graph.output(), frame, output -> end(RunStatus.SUCCEEDED, output, null), failure -> {
                frame.failure = failure;
                rootSettled(frame);
            });
        } else if (!undoable.isEmpty()) {
            takenBackFor = why;
            effects.record(new JournalEntry.RunCompensating(effects.now(), why));
            undoNext(why);
        } else {
            end(
                    stopped != null && stopped.code().equals(Failure.CANCELLED)
                            ? RunStatus.CANCELLED
                            : RunStatus.FAILED,
                    null,
                    why);
        }
    }

    private void end(RunStatus status, @Nullable Object output, @Nullable Failure failure) {
        ended = true;
        takenBackFor = null;
        cancelTimer(runTimeout);
        cancelTimer(sweep);
        effects.record(new RunEnded(effects.now(), status, output, Optional.ofNullable(failure)));
        effects.ended(status, output, failure);
    }

    private static void cancelTimer(Timer.@Nullable Cancellable timer) {
        if (timer != null) {
            timer.cancel();
        }
    }

    /** Stops everything without a trace: the run goes on elsewhere. */
    void abandon() {
        ended = true;
        backlog.clear();
        cancelTimer(runTimeout);
        cancelTimer(sweep);
        for (Activity activity = firstActive; activity != null; activity = activity.next) {
            activity.settled = true;
            cancelTimer(activity.timer);
            if (activity.attempt != null) {
                effects.stop(activity.attempt);
                activity.attempt = null;
            }
        }
        firstActive = null;
    }

    // --- undo ---

    private void undoNext(Failure why) {
        if (undoable.isEmpty()) {
            end(undoFailed ? RunStatus.FAILED : RunStatus.COMPENSATED, null, why);
            return;
        }
        Activity done = undoable.remove(undoable.size() - 1);
        Body undo = Objects.requireNonNull(done.definition().recovery().undo());
        start(new Activity(done.frame, done.node, undo, Phase.UNDO));
    }

    private void undone(Activity undo, @Nullable Failure failure) {
        close(undo);
        effects.record(new JournalEntry.StepCompensated(effects.now(), undo.path(), Optional.ofNullable(failure)));
        if (failure == null) {
            undo.frame.become(undo.node, StepStatus.COMPENSATED);
        } else {
            undoFailed = true;
        }
        undoNext(Objects.requireNonNull(takenBackFor));
    }

    // --- frames ---

    /** Starts what has no predecessors in a new frame. */
    void open(Frame frame) {
        Graph graph = frame.graph;
        if (graph.size() == 0) {
            frameSettled(frame);
            return;
        }
        for (int node : graph.roots()) {
            ready(frame, node);
        }
    }

    private void ready(Frame frame, int node) {
        if (keepsPlain && frame.graph.isPlain(node) && mayKeep(frame, node)) {
            backlog.add(frame, node);
            return;
        }
        Node step = frame.graph.node(node);
        if (!joins(frame, node, step)) {
            skip(frame, node);
            return;
        }
        Compute condition = step.start().condition();
        if (condition == null) {
            start(new Activity(frame, node, step.body(), Phase.STEP));
            return;
        }
        tryCompute(
                condition,
                frame,
                holds -> {
                    if (Boolean.TRUE.equals(holds)) {
                        start(new Activity(frame, node, step.body(), Phase.STEP));
                    } else {
                        skip(frame, node);
                    }
                },
                failure -> conditionFailed(new Activity(frame, node, step.body(), Phase.STEP), failure));
    }

    private void conditionFailed(Activity activity, Failure failure) {
        link(activity);
        effects.began(activity);
        fallBackOrFail(activity, failure); // another attempt would find the same
    }

    private static boolean joins(Frame frame, int node, Node step) {
        boolean failing = frame.failure != null || (frame.race != null && frame.race.hasWinner());
        return switch (step.start().join()) {
            case ALL_SUCCESS ->
                !failing && !frame.hasSeen(node, Outcome.FAILED) && !frame.hasSeen(node, Outcome.SKIPPED);
            case ALL_DONE -> true;
            case ANY_SUCCESS -> !failing && (frame.hasSeen(node, Outcome.SUCCEEDED) || !frame.hasPredecessors(node));
            case NONE_FAILED -> !failing && !frame.hasSeen(node, Outcome.FAILED);
        };
    }

    // --- plain steps that are kept for one thread ---

    /** Whether nothing is to be decided about a plain node, so that it can wait for the thread in the streak. */
    private boolean mayKeep(Frame frame, int node) {
        return frame.failure == null
                && frame.race == null
                && !frame.hasSeen(node, Outcome.FAILED)
                && !frame.hasSeen(node, Outcome.SKIPPED);
    }

    /** Keeps plain steps in the backlog from now on, or lets every thread have them. */
    void keepPlain(boolean keep) {
        keepsPlain = keep;
        if (!keep) {
            startKept();
        }
    }

    Backlog backlog() {
        return backlog;
    }

    private void startKept() {
        while (!backlog.isEmpty()) {
            Frame frame = backlog.frame();
            int node = backlog.node();
            backlog.remove();
            start(new Activity(frame, node, frame.graph.node(node).body(), Phase.STEP));
        }
    }

    /** Makes the activity of a plain step that has begun and turns out not to be done at once; returns its attempt. */
    Attempt begunPlain(Frame frame, int node, long since, Function<Activity, Attempt> begin) {
        Activity activity = new Activity(frame, node, frame.graph.node(node).body(), Phase.STEP);
        link(activity);
        frame.become(node, StepStatus.READY);
        busy++;
        activity.attempts = 1;
        activity.startedAt = since;
        Attempt attempt = begin.apply(activity);
        activity.attempt = attempt;
        Duration timeout = activity.timeout();
        if (timeout != null) {
            armSweep(since + timeout.toMillis());
        }
        return attempt;
    }

    /** Notes that a plain step is done which needed no activity. */
    void succeededPlain(Frame frame, int node, long since, @Nullable Object value) {
        effects.returned();
        frame.become(node, StepStatus.SUCCEEDED);
        frame.keepOutput(node, value);
        frame.keepAttempts(node, 1);
        if (effects.recordWithStart(
                new JournalEntry.StepSucceeded(effects.now(), frame.pathOf(node), 1, since, value))) {
            settle(frame, node);
        } else {
            effects.settleWhenDurable(frame, node);
        }
    }

    private void skip(Frame frame, int node) {
        frame.become(node, StepStatus.SKIPPED);
        JournalEntry entry = new JournalEntry.StepSkipped(effects.now(), frame.pathOf(node));
        settledAs(effects.record(entry), frame, node);
        effects.settleWhenDurable(frame, node);
    }

    /** Takes over how the record says that a step was stopped: whether it had begun is not for a replay to know. */
    private static void settledAs(JournalEntry recorded, Frame frame, int node) {
        if (recorded instanceof JournalEntry.StepCancelled cancelled) {
            frame.become(node, StepStatus.CANCELLED);
            frame.keepAttempts(node, cancelled.attempt());
        } else {
            frame.become(node, StepStatus.SKIPPED);
        }
    }

    /** Lowers the counters behind a node whose entry is durable. */
    void settle(Frame frame, int node) {
        Node step = frame.graph.node(node);
        Outcome outcome = switch (frame.status(node)) {
            case SUCCEEDED -> Outcome.SUCCEEDED;
            case SKIPPED -> Outcome.SKIPPED;
            case FAILED -> step.recovery().continues() ? Outcome.SUCCEEDED : Outcome.FAILED;
            default -> Outcome.FAILED;
        };
        frame.settle(node, outcome, ready);
        if (frame.isSettled()) {
            frameSettled(frame);
        }
    }

    /**
     * Whether the run succeeds when so many more nodes of a frame settle: then nothing starts that would read of them
     * before they are durable, and the run's end can be recorded along with them.
     */
    boolean endsWith(Frame frame, int nodes) {
        return frame.control == null
                && frame.unsettled() == nodes
                && frame.failure == null
                && stopped == null
                && !ended
                && takenBackFor == null
                && undoable.isEmpty();
    }

    private void frameSettled(Frame frame) {
        Activity.Control control = frame.control;
        if (control == null) {
            rootSettled(frame);
        } else if (!control.activity().settled) {
            Failure why = frame.failure;
            if (why != null) {
                control.settled(frame, null, why);
            } else {
                tryCompute(
                        frame.graph.output(),
                        frame,
                        output -> control.settled(frame, output, null),
                        failure -> control.settled(frame, null, failure));
            }
        }
    }

    /** Fails a frame: stops what is under way in it; the frame settles when all of that has. */
    void fail(Frame frame, Failure why) {
        if (frame.failure != null) {
            return;
        }
        effects.stopping(frame);
        frame.failure = why;
        stopAll(frame, Failure.of(Failure.CANCELLED, "stopped because " + why.message(), false));
    }

    /** Stops what is under way in a frame, but for steps that clean up after others. */
    void stopAll(Frame frame, Failure why) {
        startKept();
        Activity activity = frame.firstActive;
        while (activity != null && activity.frame == frame) {
            Activity following = activity.next; // stays on the list's way out even if stopping takes it off
            if (activity.phase == Phase.STEP && !isCleanup(activity)) {
                stop(activity, why);
            }
            activity = following;
        }
    }

    private static boolean isCleanup(Activity activity) {
        return activity.definition().start().join() == Join.ALL_DONE && activity.frame.hasPredecessors(activity.node);
    }

    // --- activities ---

    private void start(Activity activity) {
        link(activity);
        effects.began(activity);
        Starter.start(this, activity);
    }

    /** Puts an activity on the list, before those of its frame, which stay together so that a failing frame finds them. */
    private void link(Activity activity) {
        Frame frame = activity.frame;
        Activity behind = frame.firstActive != null ? frame.firstActive : firstActive;
        Activity before = behind == null ? null : behind.previous;
        activity.next = behind;
        activity.previous = before;
        if (behind != null) {
            behind.previous = activity;
        }
        if (before == null) {
            firstActive = activity;
        } else {
            before.next = activity;
        }
        frame.firstActive = activity;
    }

    /** Lets a thread begin the next attempt of an activity. */
    void enqueue(Activity activity) {
        if (activity.phase == Phase.STEP) {
            activity.frame.become(activity.node, StepStatus.READY);
        }
        busy++;
        activity.attempts++;
        activity.attempt = effects.enqueue(activity);
        Duration timeout = activity.timeout();
        if (timeout != null) {
            armSweep(effects.now() + timeout.toMillis());
        }
    }

    /** Notes that an activity does something; used by blocks and waits, too. */
    void startedAttempt(Activity activity) {
        if (activity.phase == Phase.STEP) {
            activity.frame.become(activity.node, StepStatus.RUNNING);
            effects.record(new JournalEntry.StepStarted(activity.startedAt, activity.path(), activity.attempts));
        }
    }

    void attemptEnded(Attempt attempt, @Nullable Object value, @Nullable Failure failure) {
        effects.returned();
        Activity activity = attempt.activity;
        if (activity.attempt != attempt) {
            return; // stopped or timed out before; its result no longer counts
        }
        announce(attempt);
        recordProgress(attempt);
        activity.attempt = null;
        activity.startedAt = attempt.startedAt();
        busy--;
        if (failure == null) {
            succeeded(activity, value);
        } else {
            attemptFailed(activity, failure);
        }
    }

    /** Records the start of an attempt for listeners, unless they were told directly or have been told. */
    void announce(Attempt attempt) {
        if (attempt.announcedByLoop && !attempt.announced) {
            attempt.announced = true;
            effects.record(attempt.started());
        }
    }

    void began(Attempt attempt) {
        if (attempt.activity.attempt == attempt) {
            announce(attempt);
        }
    }

    void succeeded(Activity activity, @Nullable Object value) {
        if (activity.phase == Phase.UNDO) {
            undone(activity, null);
            return;
        }
        Frame frame = activity.frame;
        int node = activity.node;
        close(activity);
        frame.become(node, StepStatus.SUCCEEDED);
        JournalEntry.StepSucceeded recorded = effects.record(new JournalEntry.StepSucceeded(
                effects.now(), activity.path(), activity.attempts, activity.startedAt, value));
        frame.keepOutput(node, recorded.output());
        frame.keepAttempts(node, activity.attempts);
        if (activity.definition().recovery().undo() != null && !activity.fallingBack && takenBackFor == null) {
            undoable.add(activity);
        }
        effects.settleWhenDurable(frame, node);
        if (frame.race != null) {
            frame.race.won(node);
        }
    }

    /** Deals with a failed attempt: another one, a fallback, or the failure of the step. */
    void attemptFailed(Activity activity, Failure failure) {
        if (activity.stopping != null && activity.phase == Phase.STEP) {
            stopped(activity);
            return;
        }
        Retry retry = activity.definition().recovery().retry();
        if (!activity.fallingBack && activity.attempts < retry.maxAttempts() && retry.covers(failure)) {
            Duration delay = retry.delayAfter(activity.attempts, effects.random(), Failures.retryAfter(failure));
            long now = effects.now();
            JournalEntry.AttemptFailed recorded = effects.record(new JournalEntry.AttemptFailed(
                    now, activity.path(), activity.attempts, activity.startedAt, failure, now + delay.toMillis()));
            wait(activity, effects.isLive() ? delay : Duration.ofMillis(recorded.retryAt() - effects.now()));
        } else {
            fallBackOrFail(activity, failure);
        }
    }

    private void fallBackOrFail(Activity activity, Failure failure) {
        Body fallback = activity.definition().recovery().fallback();
        if (fallback != null && !activity.fallingBack && activity.phase == Phase.STEP) {
            long now = effects.now();
            effects.record(new JournalEntry.AttemptFailed(
                    now, activity.path(), activity.attempts, activity.startedAt, failure, now));
            activity.frame.keepFailure(activity.node, failure);
            activity.fallingBack = true;
            activity.control = null;
            activity.deadline = 0;
            activity.body = fallback;
            Starter.start(this, activity);
        } else {
            failed(activity, failure);
        }
    }

    /** Puts an activity to sleep until its next attempt. */
    private void wait(Activity activity, Duration delay) {
        cancelTimer(activity.timer);
        activity.control = null;
        activity.deadline = 0;
        if (activity.phase == Phase.STEP) {
            activity.frame.become(activity.node, StepStatus.WAITING);
        }
        wake(activity, delay);
    }

    void due(Activity activity, int attempts) {
        if (activity.settled || activity.attempts != attempts) {
            return;
        }
        activity.timer = null;
        if (activity.control != null) {
            activity.control.due();
        } else {
            Starter.start(this, activity);
        }
    }

    void failed(Activity activity, Failure failure) {
        if (activity.phase == Phase.UNDO) {
            undone(activity, failure);
            return;
        }
        Frame frame = activity.frame;
        int node = activity.node;
        close(activity);
        frame.become(node, StepStatus.FAILED);
        JournalEntry.StepFailed recorded = effects.record(new JournalEntry.StepFailed(
                effects.now(), activity.path(), activity.attempts, activity.startedAt, failure));
        frame.keepFailure(node, recorded.failure());
        frame.keepAttempts(node, activity.attempts);
        effects.settleWhenDurable(frame, node);
        if (!activity.definition().recovery().continues() && frame.race == null) {
            fail(frame, recorded.failure());
        }
    }

    /** Stops an activity; it settles as cancelled at once, or when what is inside it has stopped. */
    void stop(Activity activity, Failure why) {
        if (activity.settled || activity.stopping != null) {
            return;
        }
        effects.stopping(activity);
        activity.stopping = why;
        if (activity.control != null) {
            activity.control.stop(why);
        } else {
            stopped(activity);
        }
    }

    /** Settles a stopped activity. */
    void stopped(Activity activity) {
        Frame frame = activity.frame;
        close(activity);
        boolean began = activity.attempts > 0;
        frame.keepAttempts(activity.node, activity.attempts);
        long now = effects.now();
        JournalEntry entry = began
                ? new JournalEntry.StepCancelled(now, activity.path(), activity.attempts)
                : new JournalEntry.StepSkipped(now, activity.path());
        settledAs(effects.record(entry), frame, activity.node);
        effects.settleWhenDurable(frame, activity.node);
    }

    /** Takes an activity off the list; whatever still happens in it no longer counts. */
    private void close(Activity activity) {
        activity.settled = true;
        cancelTimer(activity.timer);
        if (activity.attempt != null) {
            busy--;
            if (effects.stop(activity.attempt)) {
                activity.attempts--;
            } else {
                announce(activity.attempt);
            }
            activity.attempt = null;
        }
        if (activity.frame.firstActive == activity) {
            boolean isLast = activity.next == null || activity.next.frame != activity.frame;
            activity.frame.firstActive = isLast ? null : activity.next;
        }
        if (activity.previous != null) {
            activity.previous.next = activity.next;
        } else if (firstActive == activity) {
            firstActive = activity.next;
        }
        if (activity.next != null) {
            activity.next.previous = activity.previous;
        }
    }

    // --- time-outs ---

    /** Makes sure that {@link #expire} runs at a deadline; one timer serves all attempts of the run. */
    void armSweep(long deadline) {
        if (deadline < sweepAt) {
            sweepAt = deadline;
            cancelTimer(sweep);
            sweep = effects.after(
                    Duration.ofMillis(Math.max(1, deadline - effects.now())), new Message.DeadlineReached());
        }
    }

    void expire() {
        if (ended || !effects.isLive()) {
            return;
        }
        sweepAt = Long.MAX_VALUE;
        long now = effects.now();
        long earliest = Long.MAX_VALUE;
        Activity activity = firstActive;
        while (activity != null) {
            Activity following = activity.next;
            long deadline = deadline(activity, now);
            if (deadline != 0 && deadline <= now) {
                timeOut(activity);
            } else if (deadline != 0) {
                earliest = Math.min(earliest, deadline);
            }
            activity = following;
        }
        if (earliest != Long.MAX_VALUE) {
            armSweep(earliest);
        }
    }

    private long deadline(Activity activity, long now) {
        Attempt attempt = activity.attempt;
        if (attempt == null) {
            return activity.settled ? 0 : activity.deadline; // what timed out before it has perhaps stopped it
        }
        return paused && !attempt.hasBegun() ? 0 : attempt.deadline(now); // one that is held back begins after a resume
    }

    private void timeOut(Activity activity) {
        Failure why = Failure.of(
                Failure.TIMEOUT, "attempt " + activity.attempts + " took longer than " + activity.timeout(), true);
        if (activity.attempt != null) {
            Attempt attempt = activity.attempt;
            activity.attempt = null;
            activity.startedAt = attempt.startedAt();
            busy--;
            effects.stop(attempt);
            announce(attempt);
            attemptFailed(activity, why);
        } else if (activity.control != null) {
            effects.record(new JournalEntry.StepStopping(effects.now(), activity.path(), why));
            stopBlock(activity, why);
        }
    }

    private void stopBlock(Activity activity, Failure why) {
        effects.stopping(activity);
        activity.deadline = 0;
        if (activity.control != null) {
            activity.control.stop(why);
        }
    }

    // --- what a replay tells: it happened before, and is in the record ---

    /** Whatever an activity was doing is over; its attempt was one of another process, or never began. */
    private void over(Activity activity, int attempts, long attemptStartedAt) {
        if (activity.attempt != null) {
            effects.stop(activity.attempt);
            activity.attempt = null;
            busy--;
        }
        if (activity.control != null) {
            activity.control.left();
        }
        cancelTimer(activity.timer);
        activity.timer = null;
        activity.attempts = attempts;
        activity.startedAt = attemptStartedAt;
    }

    void replay(Activity activity, JournalEntry.StepSucceeded recorded) {
        over(activity, recorded.attempt(), recorded.startedAt());
        succeeded(activity, recorded.output());
    }

    void replay(Activity activity, JournalEntry.StepFailed recorded) {
        over(activity, recorded.attempt(), recorded.startedAt());
        failed(activity, recorded.failure());
    }

    void replay(Activity activity, JournalEntry.AttemptFailed recorded) {
        over(activity, recorded.attempt(), recorded.startedAt());
        attemptFailed(activity, recorded.failure());
    }

    void replay(Activity activity, JournalEntry.StepCompensated recorded) {
        over(activity, activity.attempts, activity.startedAt);
        undone(activity, recorded.failure().orElse(null));
    }

    void replay(Activity activity, JournalEntry.StepStopping recorded) {
        effects.record(recorded);
        stopBlock(activity, recorded.failure());
    }

    /** A step was stopped for a reason that the record does not tell. */
    void replayStopped(Activity activity) {
        if (activity.control != null) {
            activity.control.left();
        }
        stopped(activity);
    }

    /** Makes time-outs count again after a replay. */
    void resumeTimeouts() {
        sweepAt = Long.MAX_VALUE;
        expire();
    }

    /** Returns when the next thing is due that the run waits for; {@link Long#MAX_VALUE} if only others can wake it. */
    long nextDue() {
        long next = runDue;
        for (Activity activity = firstActive; activity != null; activity = activity.next) {
            if (activity.timer != null) {
                next = Math.min(next, activity.due);
            }
            if (activity.attempt == null && activity.deadline != 0) {
                next = Math.min(next, activity.deadline);
            }
        }
        return next;
    }

    /** Whether a child run is being started that the journal may not have yet. */
    boolean startsChild() {
        for (Activity activity = firstActive; activity != null; activity = activity.next) {
            if (activity.control instanceof ChildControl child && !child.hasStarted()) {
                return true;
            }
        }
        return false;
    }

    /** Returns the child runs that steps wait for. */
    List<RunId> children() {
        List<RunId> children = new ArrayList<>(0);
        for (Activity activity = firstActive; activity != null; activity = activity.next) {
            if (activity.control instanceof ChildControl child) {
                children.add(child.child());
            }
        }
        return children;
    }

    /** Calls an activity back after a while. */
    void wake(Activity activity, Duration delay) {
        activity.due = effects.now() + delay.toMillis();
        activity.timer = effects.after(delay, new Message.Due(activity, activity.attempts));
    }

    /** Returns the first activity under way; the others follow it. */
    @Nullable
    Activity firstActive() {
        return firstActive;
    }

    Timer.@Nullable Cancellable runTimeout() {
        return runTimeout;
    }

    void runTimeout(Timer.Cancellable timer) {
        runTimeout = timer;
    }

    // --- what comes from outside ---

    void progress(Attempt attempt) {
        recordProgress(attempt);
        effects.whenTold(attempt::progressTold);
    }

    private void recordProgress(Attempt attempt) {
        Reports.Progress latest =
                attempt.takeProgress(); // also where it no longer counts, so that it is not told again
        if (latest != null && attempt.activity.attempt == attempt) {
            effects.record(new JournalEntry.StepProgressed(
                    effects.now(), attempt.activity.path(), latest.done(), latest.total(), latest.text()));
        }
    }

    void partial(Attempt attempt, @Nullable Object data) {
        if (attempt.activity.attempt == attempt) {
            effects.record(new JournalEntry.StepStreamed(effects.now(), attempt.activity.path(), data));
        }
        effects.whenTold(attempt.reports()::pieceTold);
    }

    void emitted(Attempt attempt, String event, @Nullable Object data) {
        if (attempt.activity.attempt == attempt) {
            effects.record(new JournalEntry.Emitted(effects.now(), attempt.activity.path(), event, data));
        }
    }

    void childEnded(Activity activity, @Nullable Object output, @Nullable Failure failure) {
        if (!activity.settled && activity.control instanceof ChildControl child) {
            child.ended(output, failure);
        }
    }

    /** Takes a signal, or says why not. */
    Optional<String> signal(String name, @Nullable Object payload) {
        return ended ? Optional.of(OVER) : waits.signal(name, payload);
    }

    /** Takes a decision, or says why not. */
    Optional<String> decide(String step, Message.Approval approval) {
        return ended ? Optional.of(OVER) : waits.decide(step, approval);
    }

    void pause(boolean pause) {
        if (ended || paused == pause) {
            return;
        }
        paused = pause;
        effects.record(pause ? new JournalEntry.RunPaused(effects.now()) : new JournalEntry.RunResumed(effects.now()));
        if (!pause) {
            expire(); // arms the time-outs of attempts that were held back
        }
    }

    /**
     * Stops the run: from now on there is only what cleans up or takes back, and no wait without an end. A run that takes
     * back already goes on with that, for the reason it had.
     */
    void stop(Failure why) {
        if (ended || stopped != null) {
            return;
        }
        stopped = why;
        runDue = Long.MAX_VALUE;
        boolean wasPaused = paused;
        paused = false;
        effects.record(new JournalEntry.RunStopping(effects.now(), why));
        if (root == null) {
            end(why.code().equals(Failure.CANCELLED) ? RunStatus.CANCELLED : RunStatus.FAILED, null, why);
        } else {
            if (takenBackFor == null) {
                fail(root, why);
            }
            waits.endOpen();
        }
        if (wasPaused) {
            expire(); // arms the time-outs of attempts that were held back and clean up
        }
    }
}
