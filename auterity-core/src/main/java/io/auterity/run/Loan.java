package io.auterity.run;

import io.auterity.plan.Scope;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A quick step under way on a thread that has lent its loop: what a taker must know to see to it. One for each thread
 * in a streak, used for one step after the other.
 *
 * <p>The lender writes the step before it lends. A taker, holding the loop, makes the attempt of it and leaves it here;
 * a lender whose loop has been taken waits those few instructions for it. Handed over by {@link Ownership}.
 *
 * <p>What the step computes reads through here: it ends early if a taker has stopped it.
 */
final class Loan implements Scope {

    final Thread thread = Thread.currentThread();

    private @Nullable Frame frame;
    private int node;
    private long startedAt;
    private volatile @Nullable Attempt attempt;

    /** Begins a step; by the lender, before it lends. */
    void begin(Frame stepFrame, int stepNode, long now) {
        if (frame != stepFrame) {
            frame = stepFrame;
        }
        node = stepNode;
        startedAt = now;
    }

    Frame frame() {
        return Objects.requireNonNull(frame);
    }

    int node() {
        return node;
    }

    String path() {
        return frame().pathOf(node);
    }

    long startedAt() {
        return startedAt;
    }

    // --- Scope, for the lender ---

    @Override
    public @Nullable Object read(int reference) {
        return frame().read(reference);
    }

    @Override
    public @Nullable Object readStored(int reference) {
        return frame().readStored(reference);
    }

    @Override
    public boolean isCancelled() {
        Attempt made = attempt;
        return made != null && made.isCancelled();
    }

    // --- handing over ---

    /** Leaves the attempt for the lender; by the taker. */
    void taken(Attempt made) {
        attempt = made;
    }

    /** Returns the attempt of a step whose loop has been taken; by the lender. */
    Attempt attempt() {
        Attempt made = attempt;
        while (made == null) {
            Thread.onSpinWait();
            made = attempt;
        }
        attempt = null;
        return made;
    }
}
