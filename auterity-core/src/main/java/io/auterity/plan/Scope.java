package io.auterity.plan;

import org.jspecify.annotations.Nullable;

/** What a computation may read: the values of a run, seen from one frame. */
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
     * Reads a value as the Java object that a step returned, without turning it into JSON.
     *
     * @param reference a {@link Reference}
     * @return the object, or {@link #ABSENT}
     */
    @Nullable
    Object readJava(int reference);

    /**
     * Says whether the result is no longer wanted; long computations look now and then.
     *
     * @return whether to stop
     */
    boolean isCancelled();
}
