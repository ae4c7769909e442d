package io.auterity.run;

import io.auterity.definition.Failure;
import io.auterity.journal.JavaValue;
import io.auterity.journal.StepStatus;
import io.auterity.plan.Graph;
import io.auterity.plan.Reference;
import io.auterity.plan.Rows;
import io.auterity.plan.Scope;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The state of one graph in one run: a workflow's body, one item of a loop, one branch.
 *
 * <p>Changed by the run's loop only. Other threads read the values of settled nodes through {@link Scope}; the handing
 * over of an attempt orders those reads after the writes.
 */
final class Frame implements Scope {

    private static final StepStatus[] STATUSES = StepStatus.values();
    private static final byte SUCCEEDED = (byte) StepStatus.SUCCEEDED.ordinal();

    final RunState run;
    final Graph graph;
    /** The step this frame works for; null for the workflow itself. */
    final @Nullable Activity owner;
    /** What opened the frame; null for the workflow itself. */
    final Activity.@Nullable Control control;

    final int index;
    /** A loop's item, or the error a catch block handles; a JSON value or a JavaValue. */
    final @Nullable Object variable;

    private final byte[] statuses;
    /**
     * How many predecessors of each node have not settled, and in the highest bits what the others settled as: side by
     * side, since both change when one settles.
     */
    private final int[] before;

    private final int[] readers;
    private final @Nullable Object[] outputs;
    private @Nullable Failure @Nullable [] failures;
    private int @Nullable [] attempts;
    private int unsettled;

    /** The first of its activities under way; the others are next to it in the list of the run. */
    @Nullable
    Activity firstActive;

    /** Why the block fails; null while it does not. */
    @Nullable
    Failure failure;

    /** The race whose branches these are; null for other blocks. */
    @Nullable
    RaceControl race;

    Frame(RunState run, Graph graph, Activity.@Nullable Control control, int index, @Nullable Object variable) {
        this.run = run;
        this.graph = graph;
        this.control = control;
        this.owner = control == null ? null : control.activity();
        this.index = index;
        this.variable = variable;
        this.unsettled = graph.size();
        this.statuses = new byte[unsettled];
        this.outputs = new Object[unsettled];
        this.before = graph.predecessorCounts();
        this.readers = graph.readerCounts();
    }

    StepStatus status(int node) {
        return STATUSES[statuses[node]];
    }

    void become(int node, StepStatus status) {
        statuses[node] = (byte) status.ordinal();
    }

    void keepOutput(int node, @Nullable Object output) {
        if (readers[node] > 0) {
            outputs[node] = output;
        }
    }

    @SuppressWarnings("NullAway") // the array is made when the first failure is kept
    void keepFailure(int node, Failure why) {
        if (failures == null) {
            failures = new Failure[statuses.length];
        }
        failures[node] = why;
    }

    void keepAttempts(int node, int count) {
        if (count != 1 && attempts == null) {
            attempts = new int[statuses.length];
        }
        if (attempts != null) {
            attempts[node] = count;
        }
    }

    /** Lowers the counters behind a settled node. */
    void settle(int node, Outcome outcome, NodeAction ready) {
        Rows successors = graph.successors();
        for (int i = successors.start(node), end = successors.start(node + 1); i < end; i++) {
            int successor = successors.target(i);
            int left = (before[successor] | outcome.bit) - 1;
            before[successor] = left;
            if ((left & Outcome.NONE) == 0) {
                ready.accept(this, successor);
            }
        }
        Rows reads = graph.reads();
        for (int i = reads.start(node), end = reads.start(node + 1); i < end; i++) {
            int read = reads.target(i);
            if (--readers[read] == 0) {
                outputs[read] = null;
            }
        }
        unsettled--;
    }

    boolean isSettled() {
        return unsettled == 0;
    }

    /** How many nodes have not settled yet. */
    int unsettled() {
        return unsettled;
    }

    boolean hasSeen(int node, Outcome outcome) {
        return (before[node] & outcome.bit) != 0;
    }

    boolean hasPredecessors(int node) {
        return (before[node] & ~Outcome.NONE) != 0;
    }

    boolean isPending(int node) {
        return statuses[node] == 0;
    }

    /** How a node's settling counts for those behind it. */
    enum Outcome {
        SUCCEEDED(1 << 28),
        FAILED(1 << 29),
        SKIPPED(1 << 30);

        /** The bits below those of all outcomes. */
        private static final int NONE = SUCCEEDED.bit - 1;

        private final int bit;

        Outcome(int bit) {
            this.bit = bit;
        }
    }

    /** Takes a node of a frame. */
    @FunctionalInterface
    interface NodeAction {
        void accept(Frame frame, int node);
    }

    /** Returns the path of a node: {@code score}, {@code each[3]/greet}. */
    String pathOf(int node) {
        String name = graph.name(node);
        return control == null ? name : control.pathOf(this) + "/" + name;
    }

    /** Returns the arguments of a node's code that are passed on untouched, as the code takes them. */
    @Nullable
    Object[] arguments(int node) {
        Rows arguments = graph.arguments();
        int start = arguments.start(node);
        @Nullable Object[] values = new Object[arguments.start(node + 1) - start];
        for (int i = 0; i < values.length; i++) {
            Object value = stored(arguments.target(start + i));
            values[i] = value == ABSENT ? null : JavaValue.objectOf(value);
        }
        return values;
    }

    // --- Scope ---

    @Override
    public @Nullable Object read(int reference) {
        return JavaValue.jsonOf(stored(reference));
    }

    @Override
    public @Nullable Object readStored(int reference) {
        return stored(reference);
    }

    @Override
    public boolean isCancelled() {
        return false; // what the loop computes is short and always wanted
    }

    private @Nullable Object stored(int reference) {
        if (reference <= Reference.MAX_INDEX) { // the output of a node of this frame, which is what most read
            return statuses[reference] == SUCCEEDED ? outputs[reference] : ABSENT;
        }
        Frame frame = outwards(Reference.depth(reference));
        int node = Reference.index(reference);
        return switch (Reference.kind(reference)) {
            case OUTPUT -> frame.status(node) == StepStatus.SUCCEEDED ? frame.outputs[node] : ABSENT;
            case STATUS -> frame.status(node).text();
            case ERROR -> frame.errorOf(node);
            case ATTEMPTS -> frame.attemptsOf(node);
            case VARIABLE -> frame.variable;
            case INDEX -> (long) frame.index;
            case INPUT -> run.input();
            case VAR -> run.variable(node);
            case SECRET -> run.secret(node);
            case RUN_ID -> run.settings().id().value();
            case RUN_STARTED_AT -> run.startedAt();
            case RUN_WORKFLOW -> run.plan().workflow();
            case RUN_TENANT -> run.settings().origin().tenant();
            case TRIGGER_NAME, TRIGGER_AT ->
                throw new IllegalStateException("only what is before a run reads its trigger");
        };
    }

    private Frame outwards(int depth) {
        Frame frame = this;
        for (int i = 0; i < depth; i++) {
            if (frame.owner == null) {
                throw new IllegalStateException("no frame " + depth + " around " + graph);
            }
            frame = frame.owner.frame;
        }
        return frame;
    }

    private Object errorOf(int node) {
        Failure why = failures == null ? null : failures[node];
        return why == null ? ABSENT : asJson(why);
    }

    private long attemptsOf(int node) {
        if (attempts != null && attempts[node] > 0) {
            return attempts[node];
        }
        return status(node) == StepStatus.SUCCEEDED ? 1 : 0;
    }

    /** Returns one of the failures of this frame, the one that was kept last by number. */
    Optional<Failure> anyFailure() {
        return failures == null
                ? Optional.empty()
                : Arrays.stream(failures).filter(Objects::nonNull).reduce((first, second) -> second);
    }

    /** Returns the form in which expressions see a failure. */
    static Map<String, Object> asJson(Failure failure) {
        Map<String, Object> error = new LinkedHashMap<>();
        error.put("code", failure.code());
        error.put("message", failure.message());
        return error;
    }
}
