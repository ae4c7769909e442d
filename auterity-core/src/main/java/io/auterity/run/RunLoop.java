package io.auterity.run;

import io.auterity.definition.Failure;
import io.auterity.definition.RunId;
import io.auterity.definition.WarnLevel;
import io.auterity.event.Batch;
import io.auterity.journal.FencedException;
import io.auterity.journal.InMemoryJournal;
import io.auterity.journal.JavaValue;
import io.auterity.journal.JournalEntry;
import io.auterity.journal.JournalEntry.RunEnded;
import io.auterity.journal.NoJournal;
import io.auterity.journal.RunMessage;
import io.auterity.journal.RunStatus;
import io.auterity.journal.Write;
import io.auterity.plan.Body;
import io.auterity.plan.ComputeException;
import io.auterity.plan.Graph;
import io.auterity.plan.Plan;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One run under way: the single writer around its {@link RunState}, and the threads that do its work.
 *
 * <p><b>Single writer.</b> Messages go into a mailbox; whoever finds the loop free becomes its owner, applies what is
 * there, records it, and leaves. There is no thread of the loop's own: a worker that has finished a step is the owner
 * for the moment it takes to see what follows, and takes the first ready step along. The owner looks into the mailbox
 * once more after leaving, so a message can never be left behind.
 *
 * <p><b>Threads.</b> The owner takes the first ready attempt along and offers the others. Whoever is done with one takes
 * the next that is offered, without owning the loop. While attempts are offered, at least one helper is on its way: a
 * task on the executor that takes what is there when it gets a thread. An attempt that blocks therefore never holds up
 * another, and attempts that take no time hardly need helpers. Helpers multiply: each that finds more than it can take
 * lets as many more come as are at work already, so a wide fan-out has its threads after a few doublings.
 *
 * <p><b>Durability.</b> Entries are appended once a turn. Nodes whose entries are under way settle when the journal
 * answers; until then the turns that follow gather what comes next. The start of a run that nobody waits for may ride with
 * the first entry behind it: first steps that only compute begin before it is on record, everything else after that.
 *
 * <p>Thread-safe.
 */
public final class RunLoop implements Runnable {

    private static final Logger LOG = LoggerFactory.getLogger(RunLoop.class);

    /** The most helpers that are let come at once. */
    private static final int MAX_SUMMONED = 1_024;

    /**
     * For how long a run is parked at most that waits for a child run. The child's end wakes it; this is for the child
     * that ended in the moment in which its parent was parked, in a process that came to its end in the same moment.
     */
    private static final Duration CHILD_LOOK = Duration.ofMinutes(5);

    /** How long after a run was taken up a message for it is handed over at the latest, mostly. */
    private static final Duration MESSAGE_COMES = Duration.ofMillis(100);

    /** When the executor has no place and nothing is under way, how long until the next try. */
    private static final Duration REFUSED_RETRY = Duration.ofMillis(10);

    /** For how long a start waits for an entry to ride with: a write takes no longer, mostly. */
    private static final Duration RIDE = Duration.ofMillis(10);

    private static final String SPLIT = "let child runs do parts of its work, each with a record of its own";
    private static final String KEEP_ELSEWHERE = "keep large data elsewhere and pass on where it is, or " + SPLIT;

    static final String LET_GO = "this engine lets go of the run";

    /** Entries of a streak that are told to listeners together: to wake them costs as much as hundreds of quick steps. */
    private static final int PUBLISHED_TOGETHER = 1_024;

    private final RunPorts ports;
    private final Bindings bindings;
    private final Observer observer;
    private final RunSettings settings;
    private final Plan plan;
    private final RunState state;
    private final Outside outside;

    private final ConcurrentLinkedQueue<Message> mailbox = new ConcurrentLinkedQueue<>();
    private final Ownership ownership = new Ownership();
    private volatile RunStatus status = RunStatus.QUEUED;
    private volatile boolean paused;
    private volatile boolean gone;
    private volatile boolean awaitsRecord;
    private CompletableFuture<Void> lastAppend = CompletableFuture.completedFuture(null);

    /** Attempts that any thread may take. */
    private final ConcurrentLinkedQueue<Attempt> offered = new ConcurrentLinkedQueue<>();

    /** Helpers on their way. While something is offered there is one: it leaves this count before it looks. */
    private final AtomicInteger coming = new AtomicInteger();

    private final AtomicInteger atWork = new AtomicInteger();

    /** Whether plain steps wait for a thread that does them one after the other. */
    private volatile boolean kept;

    /** Whether the pulse looks after this run; whoever sets it tells the pulse. */
    private final AtomicBoolean watched = new AtomicBoolean();

    /** Whether a thread does plain steps, one after the other. */
    private volatile boolean inStreak;

    /** How often the pulse has looked at this run; written by the pulse only. */
    private volatile int beats;

    private long loanAtBeat; // by the pulse only

    // All below are touched by the owner only.
    private final ArrayDeque<Attempt> ready = new ArrayDeque<>(2);
    private final List<JournalEntry> entries = new ArrayList<>(4);
    private Batch outbox;
    private final Set<Long> handled = new HashSet<>(0);
    private final List<RunMessage.Received> held = new ArrayList<>(0);
    private List<Long> taken = new ArrayList<>(0);
    private List<Runnable> untold = new ArrayList<>(0);
    private List<Runnable> telling = new ArrayList<>(0);
    /** Why no more attempts are started, if they are not: is told when none is under way any more. */
    private @Nullable Runnable drained;

    private boolean draining;
    private final boolean listening;
    private final boolean recording;
    private final boolean preparing;
    private Settlements settlements = new Settlements();
    private Settlements spare = new Settlements();
    /** Whether a turn may have to wait for a journal. */
    private final boolean mayBlock;

    /** Whether results need nothing before they are recorded, as a journal on disk does. */
    private final boolean mayStreak;

    private final Streak streak;
    private @Nullable Loan lent;
    private int executing;
    private int recordedEntries;
    private long recordedBytes;
    private long turnTime;
    private int beatOfTurnTime;
    private @Nullable JournalEntry last;
    private JournalEntry @Nullable [] underWay;
    /** Whether what is under way is the run's end, which waits for what follows from it. */
    private boolean endIsHeld;

    private boolean accepted;
    /** Ends the time in which the start waits for an entry to ride with; null while it does not wait. */
    private Timer.@Nullable Cancellable ride;

    private final boolean parks;
    private final List<Message> postponed = new ArrayList<>(0);
    private boolean parking;
    private boolean restWatched;
    private boolean recovered;
    private boolean replaying;
    private long turns;
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
        this.recording = !(ports.journal() instanceof NoJournal);
        this.parks = recording && !ports.tenure().parkAfter().isZero();
        this.preparing = ports.journal().isDurable();
        this.listening = ports.events().isListening();
        this.outside = new Outside();
        this.state = new RunState(plan, settings, outside);
        this.outbox = new Batch(settings.id(), plan.workflow());
        this.mayBlock = recording && !(ports.journal() instanceof InMemoryJournal);
        this.mayStreak = !mayBlock && !parks;
        this.streak = new Streak(ports.clock());
    }

    /** Is told how a run goes, each once, on some thread that must not be held up. */
    public interface Observer {
        /** The start is durable. */
        void accepted();

        /**
         * The run is about to end, and has not succeeded. What follows from that elsewhere is to be on record before the
         * end is, so that it happens wherever this process comes to its end.
         *
         * @param status how it ends
         * @param failure why it did not succeed
         * @return completes when the end may be recorded; never, if this engine starts nothing any more
         */
        default CompletionStage<Void> ending(RunStatus status, Failure failure) {
            return CompletableFuture.completedFuture(null);
        }

        /**
         * The end is durable.
         *
         * @param status how it ended
         * @param output its output: a JSON value or a {@link io.auterity.journal.JavaValue}
         * @param failure why it did not succeed, or null
         */
        void ended(RunStatus status, @Nullable Object output, @Nullable Failure failure);

        /**
         * The run only waits, and is left to the journal until it is due.
         *
         * @param undelivered what reached the run while it was being parked, for its inbox
         * @param children the child runs it waits for, one of which may have ended meanwhile
         */
        default void parked(List<RunMessage> undelivered, List<RunId> children) {}

        /**
         * The journal refuses this run's entries; whatever becomes of it happens elsewhere.
         *
         * @param why as the journal said
         * @param undelivered what reached the run while it was to be parked, for its inbox
         */
        void lost(Throwable why, List<RunMessage> undelivered);
    }

    // --- what the engine asks ---

    /** Records the start. */
    public void accept() {
        post(new Message.Accept());
    }

    /**
     * Says whether the first steps may begin before the start is on record: they only compute, so that nothing outside has
     * seen the run if it never is.
     *
     * @return whether {@link #acceptAndBegin} may be called; never with a journal that answers at once
     */
    public boolean mayRide() {
        return mayBlock && Arrays.stream(plan.graph().roots()).allMatch(this::mayBeginUnrecorded);
    }

    private boolean mayBeginUnrecorded(int root) {
        Graph graph = plan.graph();
        return graph.isPlain(root) && graph.node(root).recovery().fallback() == null && !needsContext(graph, root);
    }

    /**
     * Lets the first steps start, and records the start with the first entry that comes of them, or by itself if none comes
     * soon. Instead of {@link #accept} and {@link #begin}.
     */
    public void acceptAndBegin() {
        post(new Message.AcceptAndBegin(this));
    }

    void beginRide() {
        ride = ports.timer().after(RIDE, () -> postFromOutside(new Message.Record(this)));
    }

    /** Lets the start wait no longer: it is recorded with this turn. */
    void endRide() {
        if (ride != null) {
            ride.cancel();
            ride = null;
        }
    }

    /**
     * Goes on with a run that was accepted before, by this engine or another: brings it to where its record ends, then
     * lets it take its next steps. Instead of {@link #accept} and {@link #begin}.
     *
     * @param recorded the run's durable entries, from its start; the run has not ended
     */
    public void resume(List<JournalEntry> recorded) {
        post(new Message.Resume(this, recorded));
    }

    /** Lets the first steps start. */
    public void begin() {
        post(new Message.Begin(this));
    }

    /**
     * Sends a signal, or a decision on an approval.
     *
     * @param message the signal or the decision
     * @return why the run refuses it: it has ended, no step waits for the decision, it holds too many signals that nobody
     *     waits for, the payload or form does not satisfy its schema, or the engine {@linkplain #isGone lets go of the
     *     run} before it is known to be on record; empty once it is on record
     */
    public CompletionStage<Optional<String>> ask(RunMessage message) {
        CompletableFuture<Optional<String>> answer = new CompletableFuture<>();
        post(new Message.Asked(this, message, answer));
        return answer;
    }

    /** Answers what the run takes once that is on record: whoever has the answer may count on it, whatever breaks. */
    void answer(CompletableFuture<Optional<String>> answer, Optional<String> refusal) {
        if (refusal.isPresent()) {
            answer.complete(refusal);
        } else {
            untold.add(() -> answer.complete(gone ? Optional.of(LET_GO) : Optional.empty()));
        }
    }

    /**
     * Takes a message from the run's inbox; it leaves the inbox with the entries that come of it. One that the run
     * refuses leaves the inbox all the same. Handing over the same one again has no effect.
     *
     * @param received the message
     */
    public void receive(RunMessage.Received received) {
        post(new Message.Received(this, received));
    }

    void received(RunMessage.Received received) {
        if (over || !handled.add(received.number())) {
            return;
        }
        if (!accepted) { // the record comes first
            held.add(received);
            return;
        }
        open(received);
    }

    private void open(RunMessage.Received received) {
        taken.add(received.number());
        Optional<String> refusal = Message.tell(received.message(), state);
        refusal.ifPresent(why -> LOG.warn("run {} does not take {}: {}", settings.id(), received.message(), why));
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
     * Starts no more attempts, for good.
     *
     * @param quiet called once, on any thread, when no attempt is under way and all that came of them is recorded
     */
    public void drain(Runnable quiet) {
        post(new Message.Drain(this, quiet));
    }

    void drains(Runnable quiet) {
        if (over) {
            quiet.run(); // nobody looks at this loop any more
            return;
        }
        draining = true;
        drained = quiet;
        endRide();
        takeBack();
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
     * Does something when no write of this loop is under way any more. Until then nobody else may write to the run under
     * the same lease, since the two could change places.
     *
     * <p>For the observer, when it is told that the run is lost.
     *
     * @param action what to do, on any thread; now if nothing is under way
     */
    public void afterLastWrite(Runnable action) {
        lastAppend.whenComplete((nothing, thrown) -> action.run());
    }

    /**
     * Says that {@link #resume} will come: before that the run knows nothing and must not be told anything but what comes
     * from its inbox. Called before anybody else can reach the loop.
     */
    public void awaitRecord() {
        awaitsRecord = true;
    }

    /**
     * Says whether the run waits for its record, and who wants to tell it something has to use its inbox.
     *
     * @return whether {@link #resume} is still to come
     */
    public boolean isAwaitingRecord() {
        return awaitsRecord;
    }

    /**
     * Says whether this engine has let go of the run without its end: it goes on elsewhere, or in another loop.
     *
     * @return whether nothing more will happen in this loop
     */
    public boolean isGone() {
        return gone;
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

    /**
     * Checks right before something that cannot be taken back that this engine still has the run. If it cannot be sure,
     * it lets go of the run: the run goes on elsewhere, or here once it has been claimed again.
     */
    void checkTenure() {
        if (!ports.tenure().holds().getAsBoolean()) {
            FencedException fenced =
                    new FencedException(settings.id(), ports.tenure().lease());
            abandon(fenced);
            throw fenced;
        }
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
        if (take()) {
            turn();
            leave();
        }
    }

    /**
     * The same for a thread that others wait for, such as the timer's or that of a client whose answer has come: a turn
     * may append to the journal and so take its time, and is left to the executor.
     */
    private void postFromOutside(Message message) {
        if (!mayBlock) {
            post(message);
            return;
        }
        mailbox.add(message);
        if (!ownership.isHeld()) {
            new PatientExecutor(ports.executor(), ports.timer()).execute(this::look);
        }
    }

    private void look() {
        if (take()) {
            turn();
            leave();
        }
    }

    /** The same for a message that can wait until a quick step of the loop's lender is done. */
    private void postToLender(Message message) {
        mailbox.add(message);
        if (takeFree()) {
            turn();
            leave();
        }
    }

    /** Takes the loop, unless somebody holds it; a step that its lender does becomes an attempt like others. */
    private boolean take() {
        Ownership.Taken taken = ownership.take();
        if (taken != Ownership.Taken.NOT) {
            turnTime = 0;
        }
        if (taken == Ownership.Taken.FROM_LENDER) {
            Loan loan = Objects.requireNonNull(lent);
            loan.taken(begunPlain(loan));
            inStreak = false;
            endStreak();
        }
        return taken != Ownership.Taken.NOT;
    }

    /** Takes the loop if it is free; whoever has lent it will come back and look. */
    private boolean takeFree() {
        boolean taken = ownership.takeFree();
        if (taken) {
            turnTime = 0;
        }
        return taken;
    }

    /** Applies and records all there is; a run whose loop breaks is lost to this engine, not left hanging. */
    private void turn() {
        try {
            Message message = mailbox.poll();
            while (message != null) {
                if (parking && !(message instanceof Message.Recorded)) {
                    postponed.add(message);
                } else {
                    message.apply(state);
                }
                message = mailbox.poll();
            }
            if (accepted && !held.isEmpty()) {
                held.forEach(this::open);
                held.clear();
            }
            flush();
        } catch (RuntimeException | Error broken) {
            lose(broken);
        }
        turns++;
        if (!over && parks) {
            watchRest();
        }
        if (!over) {
            RunStatus now = accepted ? state.status() : RunStatus.QUEUED;
            if (status != now) {
                status = now;
            }
            if (paused != state.isPaused()) {
                paused = state.isPaused();
                if (paused) {
                    takeBack();
                }
            }
        }
    }

    // --- parking ---

    /** Whether the run only waits, and everything about it is in the journal. */
    private boolean isAtRest() {
        return accepted
                && !over
                && executing == 0
                && underWay == null
                && entries.isEmpty()
                && taken.isEmpty()
                && held.isEmpty()
                && state.hasBegun()
                && !state.startsChild()
                && (state.isPaused() || (ready.isEmpty() && state.status() == RunStatus.WAITING));
    }

    private void watchRest() {
        if (!restWatched && isAtRest()) {
            restWatched = true;
            long turn = turns;
            // A run that was taken up and turns out only to wait is not worth keeping for long: whoever took it may
            // have many. But perhaps it was taken up for the sake of a message, which comes behind it.
            Duration delay = ports.tenure().parkAfter();
            if (recovered && delay.compareTo(MESSAGE_COMES) > 0) {
                delay = MESSAGE_COMES;
            }
            recovered = false;
            ports.timer().after(delay, () -> postFromOutside(new Message.Park(this, turn)));
        }
    }

    /** Gives the run up if nothing has happened since a turn, unless it is about to go on. */
    void park(long turn) {
        restWatched = false;
        if (turns != turn || !isAtRest()) {
            return; // the turn under way watches again
        }
        long due = state.nextDue();
        Duration left = due == Long.MAX_VALUE ? Write.FOREVER : Duration.ofMillis(due - now());
        if (left.compareTo(CHILD_LOOK) > 0 && !state.children().isEmpty()) {
            left = CHILD_LOOK;
        }
        if (left.compareTo(ports.tenure().parkAfter()) < 0) {
            return;
        }
        parking = true;
        CompletableFuture<Void> parked = append(Write.park(settings.id(), left));
        lastAppend = parked;
        underWay = new JournalEntry[0];
        parked.whenComplete((nothing, thrown) -> post(new Message.Recorded(this, thrown)));
    }

    /** The run is a row now. What reached it meanwhile is refused here, and its senders try the inbox. */
    private void parked() {
        over = true;
        gone = true;
        List<RunId> children = state.children();
        state.abandon();
        ending = () -> {
            List<RunMessage> undelivered = refusePostponed();
            status = RunStatus.WAITING;
            observer.parked(undelivered, children);
        };
    }

    /** Refuses what came while the run was being parked, now that it is over here; returns what is for its inbox. */
    private List<RunMessage> refusePostponed() {
        List<RunMessage> undelivered = new ArrayList<>(0);
        for (Message message : postponed) {
            Message.toInbox(message).ifPresent(undelivered::add);
            message.apply(state);
        }
        return undelivered;
    }

    /** The same beginning with what came of an attempt, which needs no message. */
    private void turn(Attempt attempt, @Nullable Object value, @Nullable Failure failure) {
        try {
            if (failure == null && !preparing && attempt.secrets().isEmpty()) {
                state.attemptEnded(attempt, value, null);
            } else {
                ended(attempt, value, failure).apply(state);
            }
        } catch (RuntimeException | Error broken) {
            lose(broken);
        }
        turn();
    }

    /** Takes back what is offered and no thread has taken. */
    private void takeBack() {
        Attempt attempt = offered.poll();
        while (attempt != null) {
            if (!attempt.isCancelled()) {
                executing--;
                attempt.offered = false;
                ready.add(attempt);
            }
            attempt = offered.poll();
        }
    }

    /**
     * Tells listeners, offers what is ready, and gives the loop up, unless a message has come meanwhile. Whoever waits for
     * the end is told when the loop is free, so that what they do then may ask this run again.
     */
    private void leave() {
        boolean more;
        do {
            try {
                publish();
                offer();
            } catch (RuntimeException | Error broken) { // by the host's executor, say; held for ever it would hang
                lose(broken);
            }
            Runnable end = over ? ending : null;
            if (end != null) {
                ending = null;
                parking =
                        false; // whoever comes from here on is refused at once: what was postponed is for the end alone
            }
            Runnable quiet = isQuiet() ? drained : null;
            if (quiet != null) {
                drained = null;
            }
            ownership.release();
            if (end != null) {
                end.run();
            }
            if (quiet != null) {
                quiet.run();
            }
            more = !mailbox.isEmpty() && takeFree();
            if (more) {
                turn();
            }
        } while (more);
    }

    private void publish() {
        if (outbox.size() > 0) {
            Batch happened = outbox;
            outbox = happened.next();
            ports.events().publish(happened);
        }
    }

    // --- threads ---

    private boolean isQuiet() {
        return over || (executing == 0 && (underWay == null || endIsHeld) && entries.isEmpty());
    }

    private boolean mayStart() {
        return !ready.isEmpty() && executing < settings.limits().maxParallelSteps() && !isHeldBack();
    }

    private boolean isHeldBack() {
        return state.isPaused() || draining || over;
    }

    /** Lets other threads have what is ready. */
    private void offer() {
        kept = !state.backlog().isEmpty() && !isHeldBack();
        if (kept && coming.get() == 0) {
            summon(1);
        }
        if (!mayStart()) {
            return;
        }
        while (mayStart()) {
            Attempt attempt = ready.remove();
            if (!attempt.isCancelled()) {
                executing++;
                attempt.offered = true;
                attempt.announcedByLoop = isToldLater(attempt);
                offered.add(attempt);
            }
        }
        if (offered.isEmpty()) {
            return;
        }
        if (coming.get() == 0) {
            summon(1);
        }
    }

    private void summon(int helpers) {
        for (int i = 0; i < helpers; i++) {
            coming.incrementAndGet();
            try {
                ports.executor().execute(this);
            } catch (RejectedExecutionException | OutOfMemoryError full) { // which may be about memory for a thread
                // A thread of this run that comes back takes what is offered; this is for when there is none.
                ports.timer().after(REFUSED_RETRY, this::summonAgain);
                return; // still counted as coming, so that one retry serves all
            }
        }
    }

    private void summonAgain() {
        coming.decrementAndGet();
        if ((kept || !offered.isEmpty()) && coming.get() == 0) {
            summon(1);
        }
    }

    /** A helper's life: takes what is offered until nothing is. */
    @Override
    public void run() {
        coming.decrementAndGet();
        atWork.incrementAndGet();
        Attempt attempt = offered.poll();
        if (attempt != null && !offered.isEmpty()) {
            multiply();
        }
        Loan loan = new Loan();
        if (attempt == null && kept) {
            attempt = attend(loan);
        }
        while (attempt != null) {
            attempt = begin(attempt) ? work(attempt, loan) : next();
            if (attempt == null && kept) {
                attempt = attend(loan);
            }
        }
        atWork.decrementAndGet();
    }

    /** Lets as many more helpers come as there are, since there is more to take. */
    private void multiply() {
        summon(Math.min(atWork.get(), MAX_SUMMONED) - coming.get());
    }

    /** Takes the next attempt that is offered to any thread. */
    private @Nullable Attempt next() {
        Attempt attempt = offered.poll();
        if (attempt != null && coming.get() == 0 && !offered.isEmpty()) {
            summon(1);
        }
        return attempt;
    }

    /** Begins an attempt that was offered; false if it was stopped before. */
    private boolean begin(Attempt attempt) {
        long now = ports.clock().millis();
        attempt.begin(now);
        if (attempt.announcedByLoop) {
            boolean entered = attempt.enter();
            if (entered) {
                post(new Message.Began(attempt));
            }
            return entered;
        }
        if (listening && attempt.isStep()) {
            return attempt.enter(
                    () -> ports.events().publish(Batch.of(settings.id(), plan.workflow(), attempt.started())));
        }
        return attempt.enter();
    }

    /** Whether listeners must not hear of the attempt before they hear of what the journal has not answered yet. */
    private boolean isToldLater(Attempt attempt) {
        return listening && (underWay != null || !accepted) && attempt.isStep();
    }

    /** Takes the first ready attempt along; called by the owner. */
    private @Nullable Attempt takeAlong() {
        while (mayStart()) {
            Attempt attempt = ready.remove();
            if (!attempt.isCancelled()) {
                attempt.begin(now());
                attempt.enterAsOwner();
                executing++;
                attempt.announcedByLoop = isToldLater(attempt);
                if (attempt.announcedByLoop) {
                    state.announce(attempt);
                } else if (listening && attempt.isStep()) {
                    outbox.add(attempt.started());
                }
                return attempt;
            }
        }
        return null;
    }

    private long now() {
        int beat = beats;
        if (turnTime == 0 || beatOfTurnTime != beat) {
            turnTime = ports.clock().millis();
            beatOfTurnTime = beat;
        }
        return turnTime;
    }

    /** Does attempts that have begun, one after the other; returns one that has been offered and not begun. */
    private @Nullable Attempt work(Attempt first, Loan loan) {
        Attempt attempt = first;
        while (true) {
            Object value = null;
            Failure failure = null;
            try { // nothing if it was stopped since it was taken along, perhaps by this thread as it left the loop
                value = attempt.isCancelled() ? null : Work.perform(attempt, bindings, this);
            } catch (Throwable thrown) { // whatever a step throws fails that step and nothing else
                failure = Work.Thrown.failureOf(thrown);
            }
            if (Work.isStage(value) || !takeFree()) {
                attempt.leave();
                hand(attempt, value, failure);
                return next();
            }
            attempt.leaveAsOwner();
            turn(attempt, value, failure);
            attempt = goOn(loan);
            if (attempt == null) {
                return next();
            }
        }
    }

    /** Hands what came of an attempt to whoever holds the loop, or will when it is there. */
    private void hand(Attempt attempt, @Nullable Object value, @Nullable Failure failure) {
        if (value instanceof CompletionStage<?> stage) {
            await(attempt, stage);
        } else {
            postToLender(ended(attempt, value, failure));
        }
    }

    /** Goes on with what is ready, as the thread that holds the loop, which it gives up; returns an attempt begun. */
    private @Nullable Attempt goOn(Loan loan) {
        if (!doKept(loan)) {
            return null;
        }
        Attempt attempt = takeAlong();
        if (attempt != null && mayStreak && streak.begins(isPlain(attempt))) {
            state.keepPlain(true);
            bindings.pace().set(true);
        }
        leave();
        return attempt;
    }

    /** Begins as runs of the same plan have been going. */
    void expectStreak() {
        if (mayStreak && bindings.pace().isQuick()) {
            streak.expect();
            state.keepPlain(true);
        }
    }

    private boolean isPlain(Attempt attempt) {
        Activity activity = attempt.activity;
        return activity.frame.graph.isPlain(activity.node) && !needsContext(activity.frame.graph, activity.node);
    }

    private boolean needsContext(Graph graph, int node) {
        int function = graph.function(node);
        if (function < 0) {
            if (!(graph.node(node).body() instanceof Body.Code code)) {
                return false;
            }
            function = code.function();
        }
        return bindings.functions().get(function).needsContext();
    }

    // --- plain steps, one after the other ---

    /** Sees to the plain steps that wait for a thread; returns an attempt that has been offered and not begun. */
    private @Nullable Attempt attend(Loan loan) {
        mailbox.add(
                new Message.Look()); // so that whoever holds the loop summons another, should this thread not get it
        if (!takeFree()) {
            return next();
        }
        turn();
        Attempt attempt = goOn(loan);
        return attempt == null ? next() : work(attempt, loan);
    }

    private boolean mayDoKept() {
        Backlog backlog = state.backlog();
        return !backlog.isEmpty()
                && !needsContext(backlog.frame().graph, backlog.node())
                && ready.isEmpty()
                && underWay == null
                && executing < settings.limits().maxParallelSteps()
                && !isHeldBack();
    }

    /**
     * Does the plain steps that are kept for this thread, which holds the loop and lends it meanwhile; false if the loop
     * has been taken from it.
     */
    private boolean doKept(Loan loan) {
        if (!mayDoKept()) {
            return endKept();
        }
        kept = false;
        watch();
        while (true) {
            if (!mailbox.isEmpty()) {
                turn();
            }
            if (!mayDoKept() || (streak.isDue() && !goesOn())) {
                return endKept();
            }
            long number = lend(loan);
            Object value = null;
            Failure failure = null;
            try {
                value = Work.performPlain(loan, bindings);
            } catch (Throwable thrown) { // whatever a step throws fails that step and nothing else
                failure = Work.Thrown.failureOf(thrown);
            }
            if (!ownership.takeBack(number)) {
                Attempt attempt = loan.attempt();
                attempt.leave();
                hand(attempt, value, failure);
                return false;
            }
            Attempt.takeBackInterrupt();
            plainEnded(loan, value, failure);
        }
    }

    /** Ends the doing of plain steps, and lets every thread have those that are left. */
    private boolean endKept() {
        inStreak = false;
        if (!state.backlog().isEmpty() && !over) {
            endStreak();
        }
        return true;
    }

    private boolean goesOn() {
        turnTime = 0;
        return streak.goesOn();
    }

    /** Begins the first of the plain steps that are kept, and lends the loop meanwhile. */
    private long lend(Loan loan) {
        Backlog backlog = state.backlog();
        loan.begin(backlog.frame(), backlog.node(), now());
        backlog.remove();
        executing++;
        if (lent != loan) {
            lent = loan;
        }
        return ownership.lend();
    }

    private void plainEnded(Loan loan, @Nullable Object value, @Nullable Failure failure) {
        if (failure == null && !Work.isStage(value)) {
            try {
                state.succeededPlain(loan.frame(), loan.node(), loan.startedAt(), value);
                flush();
            } catch (RuntimeException | Error broken) {
                lose(broken);
            }
        } else {
            Attempt attempt = begunPlain(loan);
            attempt.leaveAsOwner();
            if (value instanceof CompletionStage<?> stage) {
                await(attempt, stage);
            } else {
                turn(attempt, null, failure);
            }
        }
        if (outbox.size() >= PUBLISHED_TOGETHER) {
            publish();
        }
    }

    private Attempt begunPlain(Loan loan) {
        if (listening) {
            outbox.add(new JournalEntry.StepStarted(loan.startedAt(), loan.path(), 1));
        }
        return state.begunPlain(loan.frame(), loan.node(), loan.startedAt(), activity -> {
            Attempt attempt = new Attempt(activity, this);
            attempt.begin(loan.startedAt());
            attempt.enterFor(loan.thread);
            return attempt;
        });
    }

    private void endStreak() {
        streak.end();
        bindings.pace().set(false);
        state.keepPlain(false);
    }

    /** Sees to it that the pulse looks after this run as long as it is in a streak. */
    private void watch() {
        inStreak = true;
        if (!watched.get() && watched.compareAndSet(false, true)) {
            ports.pulse().watch(this::beat);
        }
    }

    /** Notes that time has passed; false if the pulse need no longer look after this run. Called by the pulse. */
    boolean beat() {
        int soFar = beats; // one thread writes: the pulse
        beats = soFar + 1;
        long loan = ownership.loan();
        if (loan != 0 && loan == loanAtBeat) {
            post(new Message.Look()); // takes the loop from a step that is not as quick as the others were
        }
        loanAtBeat = loan;
        if (inStreak) {
            return true;
        }
        watched.set(false);
        return inStreak && watched.compareAndSet(false, true); // a streak that began meanwhile, and did not tell
    }

    /** Waits for a stage. What is stopped and goes on all the same keeps its place until it is over, as code that blocks. */
    private void await(Attempt attempt, CompletionStage<?> stage) {
        try {
            stage.whenComplete((result, thrown) ->
                    postFromOutside(ended(attempt, result, thrown == null ? null : Work.Thrown.failureOf(thrown))));
        } catch (RuntimeException | Error thrown) { // a stage of the user's own making that takes no callback
            post(ended(attempt, null, Work.Thrown.failureOf(thrown)));
        }
    }

    private Message.AttemptEnded ended(Attempt attempt, @Nullable Object value, @Nullable Failure failure) {
        List<String> secrets = attempt.secrets();
        if (failure != null) {
            return new Message.AttemptEnded(attempt, null, Redaction.of(failure, secrets));
        }
        Object visible = Redaction.of(value, secrets);
        if (!preparing) {
            return new Message.AttemptEnded(attempt, visible, null);
        }
        try { // on this thread, so that the loop need not; and what cannot be recorded fails the step that made it
            Object prepared = JavaValue.prepared(visible);
            long most = ports.journal().maxOutputBytes();
            return prepared instanceof JavaValue output && output.bytes().length > most
                    ? new Message.AttemptEnded(attempt, null, Failures.ofTooLarge(output.bytes().length, most))
                    : new Message.AttemptEnded(attempt, prepared, null);
        } catch (RuntimeException | StackOverflowError unwritable) {
            return new Message.AttemptEnded(attempt, null, Failures.ofUnwritable(unwritable));
        }
    }

    // --- the journal ---

    /** Records what has happened until there is nothing to record or the journal has to be waited for. */
    private void flush() {
        if (!recording) {
            pass();
            tell(untold);
            return;
        }
        if (ride != null) {
            if (!isStartFollowed()) {
                return;
            }
            endRide();
        }
        while ((!entries.isEmpty() || !taken.isEmpty()) && underWay == null && !over) {
            if (settlements.end(state)) { // the run's end rides with its last step
                settlements.settleAll(state);
            }
            JournalEntry[] batch = nextBatch();
            Settlements due = settlements;
            settlements = spare;
            spare = due;
            List<Runnable> told = telling;
            telling = untold;
            untold = told;
            if ((taken.isEmpty() && !isDurable(batch)) || append(batch)) {
                applied(batch);
            }
        }
        if (underWay == null || over) {
            tell(untold);
        }
    }

    /** Whether something is to be recorded that the start can ride with. */
    private boolean isStartFollowed() {
        return entries.stream().skip(1).anyMatch(JournalEntry::isDurable);
    }

    /** Takes what is recorded next: all there is; but before a failure's consequences begin, the run is on record. */
    private JournalEntry[] nextBatch() {
        RunEnded failure = accepted ? null : takeFailure();
        JournalEntry[] batch = entries.toArray(JournalEntry[]::new);
        entries.clear();
        if (failure != null) {
            entries.add(failure);
        }
        return batch;
    }

    /** Takes the run's end from what is to be recorded, if it is there and a failure. */
    private @Nullable RunEnded takeFailure() {
        int last = entries.size() - 1;
        if (last >= 0
                && entries.get(last) instanceof RunEnded end
                && end.failure().isPresent()) {
            entries.remove(last);
            return end;
        }
        return null;
    }

    private static void tell(List<Runnable> actions) {
        if (!actions.isEmpty()) {
            List.copyOf(actions).forEach(Runnable::run);
            actions.clear();
        }
    }

    /** Without a journal, what has happened counts at once. */
    private void pass() {
        JournalEntry newest = last;
        while (newest != null && !over) {
            last = null;
            Settlements due = settlements;
            settlements = spare;
            spare = due;
            concluded(newest);
            newest = last;
        }
    }

    /** Counts entries of the run's record, its end aside; a run with too many is stopped. */
    private void counted(int more) {
        int before = recordedEntries;
        recordedEntries += more;
        int most = settings.limits().maxEntries();
        if (before <= most && recordedEntries > most) {
            mailbox.add(stop(Failure.TOO_MANY_ENTRIES, recordedEntries + " entries", most, WarnLevel.ENTRIES, SPLIT));
        } else if (WarnLevel.ENTRIES.isPassed(before, recordedEntries, most)) {
            warn(recordedEntries + " entries", most, WarnLevel.ENTRIES, SPLIT);
        }
    }

    /**
     * Looks how many bytes the run's record has, which the journal knows; a run that has too many and goes on is stopped,
     * at once, so that nothing begins any more that builds on what is just being recorded.
     */
    private void weigh() {
        long now = ports.journal().recordedBytes(ports.tenure().lease(), settings.id());
        long before = recordedBytes;
        if (now <= before) {
            return;
        }
        recordedBytes = now;
        long most = settings.limits().maxRecordBytes();
        if (before <= most && now > most) {
            Message stop = stop(Failure.RECORD_TOO_LARGE, now + " bytes", most, WarnLevel.RECORD_BYTES, KEEP_ELSEWHERE);
            if (replaying) {
                mailbox.add(stop); // the run goes on from its record first
            } else {
                stop.apply(state);
            }
        } else if (WarnLevel.RECORD_BYTES.isPassed(before, now, most)) {
            warn(now + " bytes", most, WarnLevel.RECORD_BYTES, KEEP_ELSEWHERE);
        }
    }

    private static Message stop(String code, String has, long most, WarnLevel level, String fix) {
        return new Message.Stop(Failure.of(
                code,
                "the run has " + has + " on its record and goes on, the limit is " + most + " (" + level.limitName()
                        + "); " + fix,
                false));
    }

    /** Says that a run nears a limit; not of one that was taken up like that, of which it was said before. */
    private void warn(String has, long most, WarnLevel level, String fix) {
        if (!replaying) {
            LOG.warn(
                    "run {} of workflow {} has {} on its record, and is stopped beyond {} ({}); {}",
                    settings.id(),
                    plan.workflow(),
                    has,
                    most,
                    level.limitName(),
                    fix);
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
        Write write = writeOf(batch);
        CompletableFuture<Void> appended;
        RunEnded end = endOf(batch);
        if (end != null && end.failure().isPresent()) {
            endIsHeld = true;
            appended = observer.ending(end.status(), end.failure().get())
                    .thenCompose(nothing -> append(write))
                    .toCompletableFuture();
        } else {
            appended = append(write);
        }
        if (preparing && end == null) {
            weigh();
        }
        turnTime = 0; // the journal may have taken its time
        if (appended.isDone() && !appended.isCompletedExceptionally()) {
            return true;
        }
        underWay = batch;
        lastAppend = appended;
        appended.whenComplete((nothing, thrown) -> {
            Message recorded = new Message.Recorded(this, thrown);
            if (end != null || thrown != null) {
                // Those who wait for the run are told, and may wait for the journal there and then: not on its thread.
                postFromOutside(recorded);
            } else {
                post(recorded);
            }
        });
        return false;
    }

    private CompletableFuture<Void> append(Write write) {
        try {
            return ports.journal().append(ports.tenure().lease(), write).toCompletableFuture();
        } catch (RuntimeException broken) { // a journal that throws has not recorded
            return CompletableFuture.failedFuture(broken);
        }
    }

    private Write writeOf(JournalEntry[] batch) {
        List<Long> numbers = taken;
        if (!numbers.isEmpty()) {
            taken = new ArrayList<>(0);
        }
        return new Write(
                settings.id(),
                Arrays.asList(batch),
                numbers,
                Optional.empty(),
                endOf(batch) != null ? settings.origin().parent() : Optional.empty());
    }

    /** Returns the run's end, which is the last entry of a batch if it is there. */
    private static @Nullable RunEnded endOf(JournalEntry[] batch) {
        return batch.length > 0 && batch[batch.length - 1] instanceof RunEnded end ? end : null;
    }

    void recorded(@Nullable Throwable failure) {
        JournalEntry[] batch = underWay;
        underWay = null;
        endIsHeld = false;
        if (failure != null) {
            parking = false;
            Throwable cause = failure instanceof CompletionException ? failure.getCause() : null;
            lose(cause == null ? failure : cause);
        } else if (parking) {
            parked();
        } else if (batch != null) {
            applied(batch);
        }
    }

    private void applied(JournalEntry[] batch) {
        if (listening) {
            outbox.addAll(batch);
        }
        tell(telling);
        if (over) {
            return; // let go of meanwhile: what follows from these entries happens wherever the run goes on
        }
        if (batch.length > 0) {
            concluded(batch[batch.length - 1]);
        } else {
            spare.settleAll(state);
        }
    }

    /** Goes on from what counts now. */
    private void concluded(JournalEntry last) {
        spare.settleAll(state);
        if (!accepted) {
            accepted = true;
            observer.accepted();
        }
        if (last instanceof RunEnded && ending != null) {
            over = true;
        }
    }

    void replay(List<JournalEntry> recorded) {
        if (over) {
            return; // let go of before it came so far, since the lease has ended
        }
        Replay replay = new Replay(state, outside, recorded);
        state.ask(replay);
        replay.run();
        state.ask(outside);
        ready.removeIf(Attempt::isCancelled); // what was attempted, and has its end in the record
        accepted = true;
        awaitsRecord = false;
        recovered = true;
        replaying = true;
        counted(recorded.size());
        if (preparing) {
            weigh();
        }
        replaying = false;
        replay.goLive(at -> outside.settledAt = at);
        outside.settledAt = 0;
        observer.accepted();
    }

    void lose(Throwable why) {
        if (over) {
            return;
        }
        over = true;
        gone = true;
        endRide();
        entries.clear();
        last = null;
        ready.clear();
        offered.clear();
        tell(telling);
        tell(untold);
        state.abandon();
        ending = () -> {
            List<RunMessage> undelivered = refusePostponed();
            status = RunStatus.FAILED;
            observer.lost(why, undelivered);
        };
    }

    /** What the state asks for. */
    private final class Outside implements Effects {

        private long settledAt;

        @Override
        public long now() {
            return RunLoop.this.now();
        }

        @Override
        public long settledAt() {
            return settledAt == 0 ? now() : settledAt;
        }

        @Override
        public double random() {
            return ports.random().nextDouble();
        }

        @Override
        public <E extends JournalEntry> E record(E entry) {
            if (recording) {
                entries.add(entry);
                if (entry.isDurable() && !(entry instanceof RunEnded)) {
                    counted(1);
                }
                return entry;
            }
            last = entry;
            if (listening) {
                outbox.add(entry);
            }
            return entry;
        }

        @Override
        public boolean recordWithStart(JournalEntry.StepSucceeded success) {
            if (recording) {
                if (listening) {
                    outbox.add(new JournalEntry.StepStarted(success.startedAt(), success.step(), 1));
                }
                record(success);
            } else if (listening) {
                outbox.addWithStart(success);
            }
            return !recording;
        }

        @Override
        public void whenTold(Runnable action) {
            untold.add(action);
        }

        @Override
        public void settleWhenDurable(Frame frame, int node) {
            settlements.add(frame, node);
        }

        @Override
        public Attempt enqueue(Activity activity) {
            Attempt attempt = new Attempt(activity, RunLoop.this);
            ready.add(attempt);
            return attempt;
        }

        @Override
        public boolean stop(Attempt attempt) {
            boolean neverBegan = attempt.stop();
            if (neverBegan && attempt.offered) {
                executing--;
            }
            return neverBegan;
        }

        @Override
        public void returned() {
            executing--;
        }

        @Override
        public Timer.Cancellable after(Duration delay, Message message) {
            return ports.timer().after(delay, () -> postFromOutside(message));
        }

        @Override
        public void startChild(Activity activity, Bindings.Children.Request request) {
            bindings.children().start(request, new Bindings.Children.Ended() {
                @Override
                public void started() {
                    if (parks) {
                        post(new Message.ChildStarted(activity));
                    }
                }

                @Override
                public void ended(@Nullable Object output, @Nullable Failure failure) {
                    post(new Message.ChildEnded(activity, output, failure));
                }
            });
        }

        @Override
        public void cancelChild(Bindings.Children.Request request, String reason) {
            bindings.children().cancel(request.child(), reason);
        }

        @Override
        public void ended(RunStatus end, @Nullable Object output, @Nullable Failure failure) {
            if (!recording && failure != null) {
                observer.ending(end, failure); // nothing to wait for where nothing is on record
            }
            ending = () -> {
                status = end;
                observer.ended(end, output, failure);
            };
        }

        @Override
        public String secret(String name) {
            Optional<String> secret = bindings.secrets().apply(name);
            return secret.orElseThrow(
                    () -> new ComputeException("secret-missing", "no secret '" + name + "' is known to this engine"));
        }
    }
}
