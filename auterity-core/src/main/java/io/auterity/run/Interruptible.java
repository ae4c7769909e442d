package io.auterity.run;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Work that one thread does and another may interrupt, so that the interrupt hits this work or nothing.
 *
 * <p>Between the two threads stands {@link #phase}. A stopper that moves it from RUNNING to STOPPING owns the right to
 * interrupt; a worker that finds STOPPING waits those few instructions until STOPPED, so that an interrupt can never hit
 * the thread's next piece of work.
 *
 * <p>A thread that takes the work tells listeners before it begins; a stopper that comes meanwhile waits those few
 * instructions, so that listeners never hear of a start after they have heard of the end.
 */
class Interruptible {

    private static final Logger LOG = LoggerFactory.getLogger(Interruptible.class);

    private static final int NEW = 0;
    private static final int RUNNING = 1;
    private static final int LEFT = 2;
    private static final int STOPPING = 3;
    private static final int STOPPED = 4;
    private static final int ANNOUNCING = 5;

    private static final VarHandle PHASE;

    static {
        try {
            PHASE = MethodHandles.lookup().findVarHandle(Interruptible.class, "phase", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    @SuppressWarnings("unused") // through PHASE
    private volatile int phase;

    private @Nullable Thread worker; // written before RUNNING, read after STOPPING

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

    /** Interrupts the work if it is being done, or keeps it from beginning (true). */
    boolean interrupt() {
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
        return false;
    }
}
