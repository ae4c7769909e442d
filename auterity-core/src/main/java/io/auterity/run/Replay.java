package io.auterity.run;

import io.auterity.definition.Failure;
import io.auterity.definition.Order.Join;
import io.auterity.journal.JournalEntry;
import io.auterity.journal.JournalEntry.ApprovalDecided;
import io.auterity.journal.JournalEntry.AttemptFailed;
import io.auterity.journal.JournalEntry.Emitted;
import io.auterity.journal.JournalEntry.OfStep;
import io.auterity.journal.JournalEntry.RunCompensating;
import io.auterity.journal.JournalEntry.RunPaused;
import io.auterity.journal.JournalEntry.RunResumed;
import io.auterity.journal.JournalEntry.RunStarted;
import io.auterity.journal.JournalEntry.RunStopping;
import io.auterity.journal.JournalEntry.SignalReceived;
import io.auterity.journal.JournalEntry.StepCancelled;
import io.auterity.journal.JournalEntry.StepCompensated;
import io.auterity.journal.JournalEntry.StepFailed;
import io.auterity.journal.JournalEntry.StepSkipped;
import io.auterity.journal.JournalEntry.StepStopping;
import io.auterity.journal.JournalEntry.StepSucceeded;
import io.auterity.journal.RunStatus;
import io.auterity.run.Activity.Phase;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Brings a run's state to where its record ends, by telling it again what happened, in the order in which it was
 * recorded. Nothing happens outside meanwhile.
 *
 * <p>Some entries came from outside: what attempts ended with, signals, decisions, a cancellation. They are told to the
 * state. The others the state made itself (what is skipped, what is stopped with a failed block, when a block is done),
 * and makes again; each is looked up in the record, and where the two differ the record wins: outputs, deadlines, whether
 * a step that was stopped had begun.
 *
 * <p>What is not recorded is when the journal answered, and so when the nodes of an entry settled and their successors
 * began. Live, that was some time before the first entry that needs it. Here it is just then: an entry about a step that
 * has not begun settles the unsettled node that ended first, as the record has it, and the next, until the step has begun
 * (a node that is stopped may have its end here before one that the record has first). So the replay is never ahead
 * of what happened; a step that had begun without leaving an entry begins when the run goes on, with the same idempotency
 * key. A block that had begun is different when it is stopped: what is inside it is stopped, and says so in the record.
 * So before something stops, what has entries inside it further on must have begun ({@link #stopping(Frame)}). Entries of
 * one turn are appended together, so the end of the record never cuts off what an entry led to at once.
 *
 * <p>Confined to the run's loop.
 */
final class Replay implements Effects {

    /** What the path of a step's finally block ends with; it opens, too, when the step is stopped. */
    private static final String FINALLY = ".finally";

    private final RunState state;
    private final Effects outside;
    private final List<JournalEntry> entries;
    private final boolean[] told;

    /** The places of entries not told yet, by step or by kind. */
    private final Map<Object, Queue<Integer>> places = new HashMap<>();

    /** The places of entries inside each block or its frame, by path; made when first asked for. */
    private @Nullable Map<String, Queue<Integer>> inside;

    private final Map<String, Activity> activities = new HashMap<>();

    /** What opened each frame, by the frame's path. */
    private final Map<String, Activity.Control> opened = new HashMap<>();

    /** The nodes that have not settled, in the order in which the record says that they came to their ends. */
    private final Queue<Unsettled> unsettled = new PriorityQueue<>(Comparator.comparingInt(Unsettled::place));

    private final Map<Activity, Bindings.Children.Request> children = new LinkedHashMap<>();
    private final Map<Activity, String> cancelledChildren = new HashMap<>();
    private int lastRecorded;
    private long now;
    private long settledAt;

    Replay(RunState state, Effects outside, List<JournalEntry> entries) {
        this.state = state;
        this.outside = outside;
        this.entries = entries;
        this.told = new boolean[entries.size()];
        for (int place = 0; place < told.length; place++) {
            JournalEntry entry = entries.get(place);
            if (entry.isDurable() && !(entry instanceof Emitted)) {
                places.computeIfAbsent(keyOf(entry), any -> new ArrayDeque<>(2)).add(place);
            }
        }
    }

    /** A node and the place of the entry with which it came to its end. */
    private record Unsettled(Frame frame, int node, int place, long at) {}

    private static Object keyOf(JournalEntry entry) {
        return entry instanceof OfStep ofStep ? ofStep.step() : entry.getClass();
    }

    // --- from the first entry to the last ---

    void run() {
        for (int place = 0; place < told.length; place++) {
            JournalEntry entry = entries.get(place);
            now = Math.max(now, entry.at());
            if (!told[place] && entry.isDurable()) {
                tell(place, entry);
            }
        }
    }

    private void tell(int place, JournalEntry entry) {
        if (entry instanceof RunStarted started) {
            take(place);
            state.accepted(started);
        } else if (entry instanceof RunPaused || entry instanceof RunResumed) {
            state.pause(entry instanceof RunPaused);
        } else if (entry instanceof RunStopping stopping) {
            beginIfNeeded();
            state.stop(stopping.failure());
        } else if (entry instanceof SignalReceived signal) {
            refuse(place, state.signal(signal.signal(), signal.payload()));
        } else if (entry instanceof RunCompensating) {
            untilTold(place, "");
        } else if (entry instanceof OfStep ofStep && !(entry instanceof Emitted)) {
            tell(place, ofStep);
        }
        if (!told[place] && !(entry instanceof Emitted)) {
            throw doesNotFit(place, "it did not happen again");
        }
    }

    private void tell(int place, OfStep entry) {
        String path = entry.step();
        if (entry instanceof ApprovalDecided decided) {
            activity(place, path);
            if (!told[place]) {
                refuse(
                        place,
                        state.decide(path, new Message.Approval(decided.approved(), decided.by(), decided.form())));
            }
        } else if (entry instanceof StepStopping stopping) {
            Activity activity = activity(place, path);
            if (activity != null) {
                state.replay(activity, stopping);
            }
        } else if (entry instanceof StepSkipped || entry instanceof StepCancelled) {
            Activity activity = activity(place, path);
            if (activity != null && isEndedFromOutside(activity)) {
                state.replayStopped(activity);
            } else {
                untilStopped(place, path);
            }
        } else if (entry instanceof JournalEntry.StepWaiting) {
            untilTold(place, path);
        } else {
            ended(place, entry);
        }
    }

    /** Tells what an attempt ended with, or lets a block come to its end. */
    private void ended(int place, OfStep entry) {
        Activity activity = activity(place, entry.step());
        while (activity != null && !told[place] && !isTakenBy(activity, entry)) {
            advance(place, entry.step());
            activity = activity(place, entry.step());
        }
        if (activity == null || told[place]) {
            return;
        }
        if (entry instanceof StepSucceeded succeeded) {
            state.replay(activity, succeeded);
        } else if (entry instanceof StepFailed failed) {
            state.replay(activity, failed);
        } else if (entry instanceof AttemptFailed failed) {
            state.replay(activity, failed);
        } else if (entry instanceof StepCompensated compensated) {
            state.replay(activity, compensated);
        }
    }

    private static boolean isTakenBy(Activity activity, OfStep entry) {
        return isEndedFromOutside(activity) && (activity.phase == Phase.UNDO) == isOfUndo(activity, entry);
    }

    private static boolean isOfUndo(Activity activity, OfStep entry) {
        return entry instanceof StepCompensated || (activity.phase == Phase.UNDO && entry instanceof AttemptFailed);
    }

    /** Whether the activity has an attempt under way, or waits for what only the record can tell. */
    private static boolean isEndedFromOutside(Activity activity) {
        return activity.attempt != null || (activity.control != null && activity.control.isWaiting());
    }

    /** Only what settled can have stopped a step that had begun; to wake it would let it go on. */
    private void untilStopped(int place, String path) {
        boolean more = true;
        while (more && !told[place]) {
            more = settleNext();
        }
        untilTold(place, path);
    }

    private void untilTold(int place, String path) {
        while (!told[place]) {
            advance(place, path);
        }
    }

    /** Returns the step under way, letting happen what lets it begin; null if its entry was told thereby. */
    private @Nullable Activity activity(int place, String path) {
        Activity activity = activities.get(path);
        while (!told[place] && (activity == null || activity.settled)) {
            advance(place, path);
            activity = activities.get(path);
        }
        return told[place] ? null : activity;
    }

    private void beginIfNeeded() {
        if (!state.hasBegun()) {
            state.begin();
        }
    }

    /** Lets one thing happen that must have, before there could be an entry about a step. */
    private void advance(int place, String path) {
        if (!state.hasBegun()) {
            state.begin();
            if (!state.hasBegun()) {
                throw doesNotFit(place, "the run is over");
            }
        } else if (!wakeAround(path)) {
            if (!settleNext()) {
                throw doesNotFit(place, "nothing leads there");
            }
        }
    }

    private boolean settleNext() {
        Unsettled next = unsettled.poll();
        if (next == null) {
            return false;
        }
        long before = settledAt;
        settledAt = next.at;
        state.settle(next.frame, next.node);
        settledAt = before;
        return true;
    }

    /** Wakes the step, or the outermost block around it, that waits for its next attempt or iteration. */
    private boolean wakeAround(String path) {
        for (int end = 1; end <= path.length(); end++) {
            if (end == path.length() || "/[.".indexOf(path.charAt(end)) >= 0) {
                Activity activity = activities.get(path.substring(0, end));
                if (activity != null && wake(activity)) {
                    return true;
                }
            }
        }
        return false;
    }

    private boolean wake(Activity activity) {
        if (!activity.settled
                && activity.timer instanceof Pending timer
                && !timer.isOver
                && (activity.control == null || !activity.control.isWaiting())) {
            timer.isOver = true;
            timer.message.apply(state);
            return true;
        }
        return false;
    }

    // --- what had begun before it was stopped ---

    /** Lets the blocks of a frame begin that had begun: those with entries inside them from here to their own next. */
    @Override
    public void stopping(Frame frame) {
        if (unsettled.isEmpty()) {
            return;
        }
        for (int node = 0; node < frame.graph.size(); node++) {
            if (frame.isPending(node) && frame.graph.node(node).start().join() != Join.ALL_DONE) {
                String path = frame.pathOf(node);
                boolean more = true;
                while (more && frame.isPending(node) && firstInside(path) != null) {
                    more = settleNext();
                }
            }
        }
    }

    /** Lets the frames of a block open that were open: the next attempt or iteration, a further item, a catch block. */
    @Override
    public void stopping(Activity activity) {
        String path = activity.path();
        boolean more = true;
        String frame = frameToOpen(activity, path);
        while (more && frame != null) {
            more = wake(activity) || settleNext();
            frame = frameToOpen(activity, path);
        }
    }

    /** Returns a frame of a block that has entries inside it before the block's own next and is not open; null for none. */
    private @Nullable String frameToOpen(Activity activity, String path) {
        if (activity.settled || firstInside(path) == null) {
            return null;
        }
        int end = ownNext(path);
        for (int place : Objects.requireNonNull(inside().get(path))) {
            if (place > end) {
                return null;
            }
            String step = ((OfStep) entries.get(place)).step();
            String frame = step.substring(0, step.indexOf('/', path.length()));
            boolean begunByStop = frame.length() == path.length() + FINALLY.length() && frame.endsWith(FINALLY);
            if (!told[place] && !begunByStop && !isOpen(frame, activity)) {
                return frame;
            }
        }
        return null;
    }

    private boolean isOpen(String frame, Activity activity) {
        return activity.control != null && opened.get(frame) == activity.control;
    }

    /** Returns the first entry inside a block before its own next one, told to nobody yet; null for none. */
    private @Nullable Integer firstInside(String path) {
        Queue<Integer> queue = inside().get(path);
        while (queue != null && !queue.isEmpty() && told[queue.peek()]) {
            queue.remove();
        }
        Integer first = queue == null ? null : queue.peek();
        return first == null || first > ownNext(path) ? null : first;
    }

    private int ownNext(String path) {
        Queue<Integer> own = places.get(path);
        Integer next = own == null ? null : own.peek();
        return next == null ? Integer.MAX_VALUE : next;
    }

    private Map<String, Queue<Integer>> inside() {
        if (inside == null) {
            inside = new HashMap<>();
            for (int place = 0; place < told.length; place++) {
                JournalEntry entry = entries.get(place);
                if (!told[place]
                        && entry.isDurable()
                        && entry instanceof OfStep ofStep
                        && !(entry instanceof Emitted)) {
                    String path = ofStep.step();
                    for (int end = 1; end < path.length(); end++) {
                        if ("/[.".indexOf(path.charAt(end)) >= 0) {
                            inside.computeIfAbsent(path.substring(0, end), any -> new ArrayDeque<>())
                                    .add(place);
                        }
                    }
                }
            }
        }
        return inside;
    }

    private void refuse(int place, Optional<String> refusal) {
        refusal.ifPresent(why -> {
            throw doesNotFit(place, why);
        });
    }

    private ReplayException doesNotFit(int place, String why) {
        JournalEntry entry = entries.get(place);
        String of = entry instanceof OfStep ofStep ? " of step '" + ofStep.step() + "'" : "";
        return new ReplayException(
                "run '" + state.settings().id() + "' cannot be continued: entry " + (place + 1) + ", "
                        + entry.getClass().getSimpleName() + of + ", does not fit version '"
                        + state.plan().hash() + "' of workflow '" + state.plan().workflow() + "': " + why);
    }

    private void take(int place) {
        told[place] = true;
        Queue<Integer> queue = places.get(keyOf(entries.get(place)));
        if (queue != null) {
            queue.remove(place);
        }
    }

    // --- and on from there ---

    /**
     * Goes on: what the record's end left unsettled settles, timers run, child runs are looked for.
     *
     * @param since is told before each node settles since when it counts as settled
     */
    void goLive(LongConsumer since) {
        if (!state.hasBegun()) {
            state.begin();
            return;
        }
        List<Unsettled> rest = new ArrayList<>();
        while (!unsettled.isEmpty()) {
            rest.add(unsettled.remove());
        }
        rest.forEach(each -> {
            since.accept(each.at);
            state.settle(each.frame, each.node);
        });
        if (state.hasEnded()) {
            return;
        }
        if (state.runTimeout() instanceof Pending timer) {
            state.runTimeout(timer.arm());
        }
        for (Activity activity = state.firstActive(); activity != null; activity = activity.next) {
            if (activity.timer instanceof Pending timer && !timer.isOver) {
                activity.timer = timer.arm();
            }
        }
        state.resumeTimeouts();
        children.forEach((activity, request) -> {
            if (!activity.settled && activity.control instanceof ChildControl) {
                outside.startChild(activity, request);
                String reason = cancelledChildren.get(activity);
                if (reason != null) {
                    outside.cancelChild(request, reason);
                }
            }
        });
    }

    /** A timer that runs when the run goes on. */
    private final class Pending implements Timer.Cancellable {
        private final long due;
        private final Message message;
        private boolean isOver;

        private Pending(long due, Message message) {
            this.due = due;
            this.message = message;
        }

        private Timer.Cancellable arm() {
            return outside.after(Duration.ofMillis(Math.max(0, due - outside.now())), message);
        }

        @Override
        public void cancel() {
            isOver = true;
        }
    }

    // --- Effects ---

    @Override
    public boolean isLive() {
        return false;
    }

    @Override
    public long now() {
        return now;
    }

    @Override
    public long settledAt() {
        return settledAt == 0 ? now : settledAt;
    }

    @Override
    public double random() {
        return 0; // what it decided is in the record
    }

    @Override
    @SuppressWarnings("unchecked") // fits() has looked
    public <E extends JournalEntry> E record(E entry) {
        if (!entry.isDurable()) {
            return entry;
        }
        Queue<Integer> queue = places.get(keyOf(entry));
        Integer place = queue == null ? null : queue.peek();
        if (queue == null || place == null || !fits(entry, entries.get(place))) {
            throw new ReplayException("run '" + state.settings().id() + "' cannot be continued: " + entry
                    + " follows from version '" + state.plan().hash() + "' of workflow '"
                    + state.plan().workflow() + "', and what is recorded is "
                    + (place == null ? "nothing" : "entry " + (place + 1) + ", " + entries.get(place)));
        }
        queue.remove();
        told[place] = true;
        lastRecorded = place;
        now = Math.max(now, entries.get(place).at());
        return (E) entries.get(place);
    }

    private static boolean fits(JournalEntry made, JournalEntry recorded) {
        return made.getClass() == recorded.getClass() || (isStopped(made) && isStopped(recorded));
    }

    private static boolean isStopped(JournalEntry entry) {
        return entry instanceof StepSkipped || entry instanceof StepCancelled;
    }

    @Override
    public void whenTold(Runnable action) {
        outside.whenTold(action); // only of attempts, and a replay begins none
    }

    @Override
    public void settleWhenDurable(Frame frame, int node) {
        opened(frame);
        unsettled.add(new Unsettled(frame, node, lastRecorded, now)); // it has just been recorded
    }

    @Override
    public void began(Activity activity) {
        activities.put(activity.path(), activity);
        opened(activity.frame);
    }

    private void opened(Frame frame) {
        if (frame.control != null) {
            opened.put(frame.control.pathOf(frame), frame.control);
        }
    }

    @Override
    public Attempt enqueue(Activity activity) {
        return outside.enqueue(activity); // nobody takes it before the run goes on
    }

    @Override
    public boolean stop(Attempt attempt) {
        return outside.stop(attempt);
    }

    @Override
    public void returned() {}

    @Override
    public Timer.Cancellable after(Duration delay, Message message) {
        return new Pending(now + delay.toMillis(), message);
    }

    @Override
    public void startChild(Activity activity, Bindings.Children.Request request) {
        children.put(activity, request);
    }

    @Override
    public void cancelChild(Bindings.Children.Request request, String reason) {
        children.forEach((activity, known) -> {
            if (known.equals(request)) {
                cancelledChildren.put(activity, reason);
            }
        });
    }

    @Override
    public void ended(RunStatus status, @Nullable Object output, @Nullable Failure failure) {
        throw new ReplayException(
                "run '" + state.settings().id() + "' cannot be continued: it would have ended before");
    }

    @Override
    public String secret(String name) {
        return outside.secret(name);
    }
}
