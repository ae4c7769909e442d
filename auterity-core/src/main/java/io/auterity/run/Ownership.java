package io.auterity.run;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Who may change a run: at most one thread at a time, without a lock and without anybody waiting.
 *
 * <p>The loop is free, held, or lent. Its holder either releases it, or <em>lends</em> it while it does a step of the
 * host's on the same thread: from then on it must not touch the run's state, whoever comes may take the loop over, and
 * when the step is done the lender takes the loop back unless somebody has. The taker finds out which step is under way
 * from what the lender has written before it lent.
 *
 * <p>What must hold, whatever the interleaving:
 *
 * <ul>
 *   <li>Between a successful {@link #take}, or {@link #takeBack}, and the next {@link #release} or {@link #lend} no
 *       other thread holds the loop, and everything written by earlier holders is seen.
 *   <li>{@link #takeBack} succeeds only if nobody took that very loan: each has a number of its own.
 *   <li>Whoever puts something into the mailbox and then fails to {@link #take}, or to {@link #takeFree}, may go: the
 *       holder looks into the mailbox after it has released, which is a full fence, and after it has taken back.
 *   <li>Lending is no fence, since it happens with every step, so a message may come unseen while the loop is being lent.
 *       The lender sees it when its step is done; if that is not soon, the {@link Pulse} takes the loop.
 * </ul>
 *
 * <p>Thread-safe.
 */
final class Ownership {

    private static final VarHandle STATE;

    static {
        try {
            STATE = MethodHandles.lookup().findVarHandle(Ownership.class, "state", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private static final long FREE = 0;
    private static final long HELD = 1;
    private static final long LENT = 2;

    /** The lowest two bits say which of the three; the others count the loans. */
    private static final long WHICH = 3;

    private static final long LOAN = WHICH + 1;

    @SuppressWarnings("unused") // through STATE
    private volatile long state;

    /** How an attempt to take the loop went. */
    enum Taken {
        /** Somebody holds it. */
        NOT,
        /** It was free. */
        FREE,
        /** It was lent; the step that its lender does is under way, and now the taker's to see to. */
        FROM_LENDER
    }

    /** Takes the loop if it is free or lent. */
    Taken take() {
        while (true) {
            long seen = (long) STATE.getVolatile(this);
            long which = seen & WHICH;
            if (which == HELD) {
                return Taken.NOT;
            }
            if (STATE.compareAndSet(this, seen, seen & ~WHICH | HELD)) {
                return which == FREE ? Taken.FREE : Taken.FROM_LENDER;
            }
        }
    }

    /** Says whether somebody holds the loop, who will look into the mailbox before going. */
    boolean isHeld() {
        return ((long) STATE.getVolatile(this) & WHICH) == HELD;
    }

    /** Takes the loop if it is free; whoever has lent it comes back to it. */
    boolean takeFree() {
        while (true) {
            long seen = (long) STATE.getVolatile(this);
            if ((seen & WHICH) != FREE) {
                return false;
            }
            if (STATE.compareAndSet(this, seen, seen | HELD)) {
                return true;
            }
        }
    }

    /** Gives the loop up; by its holder. */
    void release() {
        STATE.setVolatile(this, (long) STATE.get(this) & ~WHICH | FREE);
    }

    /**
     * Lends the loop while this thread does a step; by its holder.
     *
     * @return the number of the loan, to take it back with
     */
    long lend() {
        long loan = ((long) STATE.get(this) & ~WHICH) + LOAN | LENT;
        STATE.setRelease(this, loan);
        return loan;
    }

    /** Takes the loop back, unless somebody has taken it since it was lent; by its lender. */
    boolean takeBack(long loan) {
        return STATE.compareAndSet(this, loan, loan & ~WHICH | HELD);
    }

    /**
     * Returns a number that stays the same while the loop is lent for one step, and is never the same for two; 0 while
     * it is not lent.
     */
    long loan() {
        long seen = (long) STATE.getVolatile(this);
        return (seen & WHICH) == LENT ? seen : 0;
    }
}
