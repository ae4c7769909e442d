package io.auterity.plan;

import org.jspecify.annotations.Nullable;

/**
 * What a computation may read: the values of a run, seen from one frame. May be read on any thread that the step is
 * done on; what is read there does not change meanwhile.
 */
public interface Scope {

    /** What {@link #read} answers for a value that is not there, such as the output of a skipped step. */
    Object ABSENT = new Object() {
        @Override
        public String toString() {
            return "absent";
        }
    };

    /**
     * Reads a value as JSON.
     *
     * @param reference a {@link Reference}
     * @return a JSON value, Instant or Duration, or {@link #ABSENT}
     */
    @Nullable
    Object read(int reference);

    /**
     * Reads a value in the form it is kept in, to be passed on untouched: what a Java step returned stays the same
     * object. Only for templates that are exactly one reference, where a block's output, the items of a loop or the
     * arguments of Java code are wanted.
     *
     * @param reference a {@link Reference}
     * @return the value, opaque to the caller, or {@link #ABSENT}
     */
    @Nullable
    Object readStored(int reference);

    /**
     * Says whether the result is no longer wanted; long computations look now and then.
     *
     * @return whether to stop
     */
    boolean isCancelled();
}
