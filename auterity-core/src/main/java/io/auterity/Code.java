package io.auterity;

import io.auterity.connector.StepContext;

/**
 * The Java code of a step, by the number of values it takes. Code may throw anything; what it throws is the step's
 * failure. It runs on a thread of the engine's executor, is interrupted when the step is cancelled or times out, and
 * need not be deterministic.
 */
public final class Code {

    private Code() {}

    /**
     * Code that takes nothing.
     *
     * @param <O> what it returns
     */
    @FunctionalInterface
    public interface Of0<O> {
        /**
         * Does the work.
         *
         * @return the output
         * @throws Exception what went wrong
         */
        O call() throws Exception;
    }

    /**
     * Code that takes one value.
     *
     * @param <A> the value
     * @param <O> what it returns
     */
    @FunctionalInterface
    public interface Of1<A, O> {
        /**
         * Does the work.
         *
         * @param a the value
         * @return the output
         * @throws Exception what went wrong
         */
        O call(A a) throws Exception;
    }

    /**
     * Code that takes two values.
     *
     * @param <A> the first value
     * @param <B> the second value
     * @param <O> what it returns
     */
    @FunctionalInterface
    public interface Of2<A, B, O> {
        /**
         * Does the work.
         *
         * @param a the first value
         * @param b the second value
         * @return the output
         * @throws Exception what went wrong
         */
        O call(A a, B b) throws Exception;
    }

    /**
     * Code that takes three values.
     *
     * @param <A> the first value
     * @param <B> the second value
     * @param <C> the third value
     * @param <O> what it returns
     */
    @FunctionalInterface
    public interface Of3<A, B, C, O> {
        /**
         * Does the work.
         *
         * @param a the first value
         * @param b the second value
         * @param c the third value
         * @return the output
         * @throws Exception what went wrong
         */
        O call(A a, B b, C c) throws Exception;
    }

    /**
     * Code that takes four values.
     *
     * @param <A> the first value
     * @param <B> the second value
     * @param <C> the third value
     * @param <D> the fourth value
     * @param <O> what it returns
     */
    @FunctionalInterface
    public interface Of4<A, B, C, D, O> {
        /**
         * Does the work.
         *
         * @param a the first value
         * @param b the second value
         * @param c the third value
         * @param d the fourth value
         * @return the output
         * @throws Exception what went wrong
         */
        O call(A a, B b, C c, D d) throws Exception;
    }

    /**
     * Code that takes one value and wants to report progress, look at the attempt, or react to cancellation.
     *
     * @param <A> the value
     * @param <O> what it returns
     */
    @FunctionalInterface
    public interface WithContext<A, O> {
        /**
         * Does the work.
         *
         * @param a the value
         * @param context the attempt's surroundings
         * @return the output
         * @throws Exception what went wrong
         */
        O call(A a, StepContext context) throws Exception;
    }
}
