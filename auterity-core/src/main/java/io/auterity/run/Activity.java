package io.auterity.run;

import io.auterity.definition.Failure;
import io.auterity.plan.Body;
import io.auterity.plan.Node;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A step under way, from the moment it may start until it settles. Changed by the run's loop only.
 *
 * <p>Activities of a run form a list through themselves, so that a deadline or a cancellation finds them without an
 * object for each.
 */
final class Activity {

    final Frame frame;
    final int node;
    private final Node definition;
    /** What it does now: the node's body, its fallback, or its undo. */
    Body body;

    final Phase phase;

    int attempts;
    long startedAt;
    /** The try that is under way on some thread; null when none is. */
    @Nullable
    Attempt attempt;

    /** Runs the frames of a block, or waits; null for what runs on a thread. */
    @Nullable
    Control control;

    Timer.@Nullable Cancellable timer;
    /** When the timer calls, in milliseconds since the epoch. */
    long due;
    /** When a block's time-out ends it; 0 for never. */
    long deadline;
    /** Why it is being stopped; null while it is not. */
    @Nullable
    Failure stopping;

    boolean fallingBack;

    boolean settled;

    @Nullable
    Activity previous;

    @Nullable
    Activity next;

    Activity(Frame frame, int node, Body body, Phase phase) {
        this.frame = frame;
        this.node = node;
        this.definition = frame.graph.node(node);
        this.body = body;
        this.phase = phase;
    }

    Node definition() {
        return definition;
    }

    /** Returns the time-out of an attempt or a block; null for none. */
    @Nullable
    Duration timeout() {
        Duration own = definition.recovery().timeout();
        boolean calls = body instanceof Body.Call || body instanceof Body.Code;
        // Steps that call have one since they were compiled; this is for the fallbacks and undos of other steps.
        return own == null && calls ? frame.run.defaultTimeout() : own;
    }

    String path() {
        return frame.pathOf(node);
    }

    /** Whether an activity does a step or takes it back. */
    enum Phase {
        STEP,
        UNDO
    }

    /** What a step without a thread of its own does: runs frames, or waits. */
    interface Control {

        /** Is told that a frame of this step has settled. */
        default void settled(Frame child, @Nullable Object output, @Nullable Failure failure) {
            throw new IllegalStateException("no frame works for this step");
        }

        /** Is told that the time has come which the step was waiting for. */
        default void due() {}

        /** Stops; the step settles as stopped once everything inside has, at once if nothing is. */
        void stop(Failure why);

        /** The step is over in another way than by what this does. */
        default void left() {}

        /** Whether the step's end comes from outside; false for blocks, which end when the frames in them have. */
        default boolean isWaiting() {
            return false;
        }

        /** Returns the step. */
        Activity activity();

        /** Returns the path of a frame of this step: {@code each[3]}, also when the step does something else by now. */
        default String pathOf(Frame child) {
            throw new IllegalStateException("no frame works for this step");
        }
    }
}
