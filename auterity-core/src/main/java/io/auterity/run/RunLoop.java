package io.auterity.run;

import io.auterity.definition.Failure;
import io.auterity.journal.JournalEntry;
import io.auterity.journal.RunStatus;
import io.auterity.plan.Plan;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * One run under way: the single writer around its {@link RunState}, and the threads that do its work.
 *
 * <p><b>Single writer.</b> Messages go into a mailbox; whoever finds the loop free becomes its owner, applies what is
 * there, records it, and leaves. There is no thread of the loop's own: a worker that has finished a step is the owner
 * for the moment it takes to see what follows, and takes the first ready step along. The owner looks into the mailbox
 * once more after leaving, so a message can never be left behind.
 *
 * <p><b>Helpers.</b> For every ready step but the one the owner takes there is one task on the executor (a helper), so
 * a step that blocks never holds up another. A helper belongs to no step: it takes what is ready when it gets a thread,
 * so steps that take no time need hardly any helpers.
 *
 * <p><b>Durability.</b> Entries are appended once a turn. Nodes whose entries are under way settle when the journal
 * answers; until then the turns that follow gather what comes next.
 *
 * <p>Thread-safe.
 */
public final class RunLoop implements Runnable {

    /** How often a thread looks whether the loop is free before it leaves a message instead. */
    private static final int SPINS = 64;

    /** When the executor has no place and nothing is under way, how long until the next try. */
    private static final Duration REFUSED_RETRY = Duration.ofMillis(10);

    private final RunPorts ports;
    private final Bindings bindings;
    private final Observer observer;
    private final RunSettings settings;
    private final Plan plan;
    private final RunState state;

    private final ConcurrentLinkedQueue<Message> mailbox = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean owned = new AtomicBoolean();
    private volatile RunStatus status = RunStatus.QUEUED;
    private volatile boolean paused;

    // All below are touched by the owner only.
    private final ArrayDeque<Activity> ready = new ArrayDeque<>(2);
    private final List<JournalEntry> entries = new ArrayList<>(4);
    private Settlements settlements = new Settlements();
    private Settlements spare = new Settlements();
    private int idleHelpers;
    private int executing;
    private JournalEntry @Nullable [] underWay;
    private boolean accepted;
    private @Nullable Runnable ending;
    private boolean over;

    /**
     * Makes a run that has not been accepted yet.
     *
     * @param plan what it executes
     * @param settings what distinguishes it
     * @param bindings what the plan's names mean
     * @param ports the world outside
     * @param observer is told how it goes
     */
    public RunLoop(Plan plan, RunSettings settings, Bindings bindings, RunPorts ports, Observer observer) {
        this.plan = plan;
        this.settings = settings;
        this.bindings = bindings;
        this.ports = ports;
        this.observer = observer;
        this.state = new RunState(plan, settings, new Outside());
    }

    /** Is told how a run goes, each once, on some thread that must not be held up. */
    public interface Observer {
        /** The start is durable. */
        void accepted();

        /**
         * The end is durable.
         *
         * @param status how it ended
         * @param output its output: a JSON value or a {@link io.auterity.journal.JavaValue}
         * @param failure why it did not succeed, or null
         */
        void ended(RunStatus status, @Nullable Object output, @Nullable Failure failure);

        /**
         * The journal refuses this run's entries; whatever becomes of it happens elsewhere.
         *
         * @param why as the journal said
         */
        void lost(Throwable why);
    }

    // --- what the engine asks ---

    /** Records the start. */
    public void accept() {
        post(new Message.Accept());
    }

    /** Lets the first steps start. */
    public void begin() {
        post(new Message.Begin());
    }

    /**
     * Sends a signal.
     *
     * @param name the signal's name
     * @param payload a JSON value
     * @return whether the run took it; false when it has ended or holds too many that nobody waits for
     */
    public CompletionStage<Boolean> signal(String name, @Nullable Object payload) {
        CompletableFuture<Boolean> answer = new CompletableFuture<>();
        post(new Message.Signal(name, payload, answer));
        return answer;
    }

    /**
     * Decides on an approval.
     *
     * @param step the path of the step that waits
     * @param approved whether it is granted
     * @param by who decides
     * @param form what they filled in
     * @return whether the step was waiting for it
     */
    public CompletionStage<Boolean> decide(String step, boolean approved, String by, Map<String, Object> form) {
        CompletableFuture<Boolean> answer = new CompletableFuture<>();
        post(new Message.Decide(step, new Message.Approval(approved, by, form), answer));
        return answer;
    }

    /**
     * Stops the run; steps under way are interrupted, cleanup and undo steps run.
     *
     * @param why the failure it ends with
     */
    public void stop(Failure why) {
        post(new Message.Stop(why));
    }

    /**
     * Lets go of the run without a trace: its steps are interrupted, nothing more is recorded.
     *
     * @param why told to the observer
     */
    public void abandon(Throwable why) {
        post(new Message.Abandon(this, why));
    }

    /**
     * Starts no more attempts, or starts them again.
     *
     * @param pause whether to hold
     */
    public void pause(boolean pause) {
        post(new Message.Pause(pause));
    }

    /**
     * Returns what the run is doing.
     *
     * @return the status as of the last turn
     */
    public RunStatus status() {
        return status;
    }

    /**
     * Says whether the run is held.
     *
     * @return whether no attempts are started
     */
    public boolean isPaused() {
        return paused;
    }

    /**
     * Returns what distinguishes the run.
     *
     * @return its settings
     */
    public RunSettings settings() {
        return settings;
    }

    String workflow() {
        return plan.workflow();
    }

    InstantSource clock() {
        return ports.clock();
    }

    // --- ownership ---

    void post(Message message) {
        mailbox.add(message);
        if (owned.compareAndSet(false, true)) {
            turn();
            leave();
        }
    }

    private boolean tryOwn() {
        for (int i = 0; i < SPINS; i++) {
            if (!owned.get() && owned.compareAndSet(false, true)) {
                return true;
            }
            Thread.onSpinWait();
        }
        return false;
    }

    /** Applies and records all there is. */
    private void turn() {
        Message message = mailbox.poll();
        while (message != null) {
            message.apply(state);
            message = mailbox.poll();
        }
        flush();
        if (!over) {
            status = accepted ? state.status() : RunStatus.QUEUED;
            paused = state.isPaused();
        }
    }

    /** Gives the loop up, unless a message has come meanwhile. */
    private void leave() {
        summonHelpers();
        owned.set(false);
        while (!mailbox.isEmpty() && owned.compareAndSet(false, true)) {
            turn();
            summonHelpers();
            owned.set(false);
        }
    }

    // --- threads ---

    /** A helper's life: takes what is ready until nothing is. */
    @Override
    public void run() {
        if (!tryOwn()) {
            post(new Message.HelperArrived(this));
            return;
        }
        helperArrived();
        Attempt attempt = takeAlong();
        while (attempt != null) {
            attempt = work(attempt);
        }
    }

    void helperArrived() {
        idleHelpers--;
    }

    private @Nullable Attempt takeAlong() {
        turn();
        Attempt attempt = take();
        leave();
        return attempt;
    }

    private @Nullable Attempt take() {
        while (!ready.isEmpty() && executing < settings.maxParallelSteps() && !state.isPaused()) {
            Attempt attempt = state.beginAttempt(ready.remove(), this);
            if (attempt != null) {
                executing++;
                publishStart();
                return attempt;
            }
        }
        return null;
    }

    private void summonHelpers() {
        if (ready.isEmpty() || over || state.isPaused()) {
            return;
        }
        int wanted = Math.min(ready.size(), settings.maxParallelSteps() - executing);
        while (idleHelpers < wanted) {
            try {
                ports.executor().execute(this);
                idleHelpers++;
            } catch (RejectedExecutionException full) {
                if (idleHelpers == 0 && executing == 0) {
                    ports.timer().after(REFUSED_RETRY, () -> post(new Message.Nudge()));
                }
                return; // a worker or helper of this run that comes back looks again
            }
        }
    }

    /** Does an attempt; returns the next one for this thread. */
    private @Nullable Attempt work(Attempt attempt) {
        Object value = null;
        Failure failure = null;
        if (attempt.enter()) {
            try {
                value = Work.perform(attempt, bindings, this);
            } catch (Throwable thrown) { // whatever a step throws fails that step and nothing else
                failure = Work.Thrown.failureOf(thrown);
            } finally {
                attempt.leave();
            }
        } else {
            failure = Failure.of(Failure.CANCELLED, "stopped before it began", false);
        }
        if (value instanceof CompletionStage<?> stage) {
            stage.whenComplete((result, thrown) -> post(ended(
                    attempt, result, thrown == null ? null : Work.Thrown.failureOf(thrown))));
            return tryOwn() ? takeAlong() : null;
        }
        if (tryOwn()) {
            ended(attempt, value, failure).apply(state);
            return takeAlong();
        }
        post(ended(attempt, value, failure));
        return null;
    }

    private Message.AttemptEnded ended(Attempt attempt, @Nullable Object value, @Nullable Failure failure) {
        List<String> secrets = attempt.secrets();
        return new Message.AttemptEnded(
                this,
                attempt,
                Redaction.of(value, secrets),
                failure == null ? null : Redaction.of(failure, secrets));
    }

    void attemptReturned() {
        executing--;
    }

    // --- the journal ---

    /** Records what has happened until there is nothing to record or the journal has to be waited for. */
    private void flush() {
        while (!entries.isEmpty() && underWay == null && !over) {
            JournalEntry[] batch = entries.toArray(JournalEntry[]::new);
            entries.clear();
            Settlements due = settlements;
            settlements = spare;
            spare = due;
            if (!isDurable(batch) || append(batch)) {
                applied(batch);
            }
        }
    }

    private static boolean isDurable(JournalEntry[] batch) {
        for (JournalEntry entry : batch) {
            if (entry.isDurable()) {
                return true;
            }
        }
        return false;
    }

    /** Appends; true if the entries are durable already. */
    private boolean append(JournalEntry[] batch) {
        CompletableFuture<Void> appended = ports.journal()
                .append(ports.lease(), settings.id(), Arrays.asList(batch))
                .toCompletableFuture();
        if (appended.isDone() && !appended.isCompletedExceptionally()) {
            return true;
        }
        underWay = batch;
        appended.whenComplete((nothing, thrown) -> post(new Message.Recorded(this, thrown)));
        return false;
    }

    void recorded(@Nullable Throwable failure) {
        JournalEntry[] batch = underWay;
        underWay = null;
        if (failure != null) {
            lose(failure);
        } else if (batch != null) {
            applied(batch);
        }
    }

    private void applied(JournalEntry[] batch) {
        if (ports.events().isListening()) {
            ports.events().publish(settings.id(), plan.workflow(), batch);
        }
        spare.settleAll(state);
        if (!accepted) {
            accepted = true;
            observer.accepted();
        }
        if (batch[batch.length - 1] instanceof JournalEntry.RunEnded && ending != null) {
            over = true;
            ending.run();
        }
    }

    /** Tells listeners of a start at once, in order behind what is being recorded. */
    private void publishStart() {
        flush();
    }

    void lose(Throwable why) {
        if (over) {
            return;
        }
        over = true;
        entries.clear();
        ready.clear();
        state.abandon();
        status = RunStatus.FAILED;
        observer.lost(why);
    }

    /** What the state asks for. */
    private final class Outside implements Effects {

        @Override
        public long now() {
            return ports.clock().millis();
        }

        @Override
        public double random() {
            return ports.random().nextDouble();
        }

        @Override
        public void record(JournalEntry entry) {
            entries.add(entry);
        }

        @Override
        public void settleWhenDurable(Frame frame, int node) {
            settlements.add(frame, node);
        }

        @Override
        public void enqueue(Activity activity) {
            ready.add(activity);
        }

        @Override
        public void stop(Attempt attempt) {
            attempt.stop();
        }

        @Override
        public Timer.Cancellable after(Duration delay, Message message) {
            return ports.timer().after(delay, () -> post(message));
        }

        @Override
        public void startChild(Activity activity, Bindings.Children.Request request) {
            bindings.children()
                    .start(
                            request,
                            (output, failure) -> post(new Message.ChildEnded(activity, output, failure)));
        }

        @Override
        public void cancelChild(Bindings.Children.Request request, String reason) {
            bindings.children().cancel(request.child(), reason);
        }

        @Override
        public void ended(RunStatus end, @Nullable Object output, @Nullable Failure failure) {
            ending = () -> {
                status = end;
                observer.ended(end, output, failure);
            };
        }

        @Override
        public String secret(String name) {
            Optional<String> secret = bindings.secrets().apply(name);
            return secret.orElseThrow(() -> new io.auterity.plan.ComputeException(
                    "secret-missing", "no secret '" + name + "' is known to this engine"));
        }
    }
}
