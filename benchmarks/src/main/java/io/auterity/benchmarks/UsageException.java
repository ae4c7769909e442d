package io.auterity.benchmarks;

/** A command line that makes no sense; the message is shown to the user, with the usage. */
public final class UsageException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /**
     * Makes the exception.
     *
     * @param message what is wrong, without a full stop
     */
    public UsageException(String message) {
        super(message);
    }
}
