package io.auterity.expression;

/**
 * The values of the variables at one moment, by slot.
 *
 * <p>Values are JSON values (null, Boolean, Long, Double, String, List, Map with string keys) and the times Instant and
 * Duration; any other Java object ends an evaluation that touches it. A binding is read from the thread that evaluates.
 */
@FunctionalInterface
public interface Bindings {
    /** What {@link #get} returns for a value that is not there, such as the output of a skipped step. */
    Object ABSENT = Absent.ABSENT;

    /** No variables. */
    Bindings NONE = Absent.ABSENT;

    /**
     * Returns the value of a variable.
     *
     * @param slot the slot its {@link Environment.Variable} was declared with
     * @return the value, null for a JSON null, or {@link #ABSENT}
     */
    @org.jspecify.annotations.Nullable
    Object get(int slot);
}
