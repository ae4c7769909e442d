package io.auterity;

/** How often Lincheck tries a program, each time in another order. */
public final class Invocations {

    private Invocations() {}

    /**
     * Returns how often it is tried: more often where {@code -Dlincheck.invocations} says so.
     *
     * @param usual how often it is tried in a build
     * @return the number
     */
    public static int atLeast(int usual) {
        return Math.max(usual, Integer.getInteger("lincheck.invocations", 0));
    }
}
