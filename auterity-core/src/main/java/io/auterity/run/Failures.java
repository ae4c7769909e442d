package io.auterity.run;

import io.auterity.connector.StepException;
import io.auterity.definition.AuterityException;
import io.auterity.definition.Failure;
import io.auterity.plan.ComputeException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;

/** Turns what a step threw into data. */
final class Failures {

    private Failures() {}

    static Failure of(Throwable thrown) {
        Throwable cause = unwrapped(thrown);
        if (cause instanceof StepException step) {
            return step.failure();
        }
        if (cause instanceof ComputeException compute) {
            return new Failure(compute.code(), messageOf(compute), false, compute);
        }
        if (cause instanceof IOException || cause instanceof UncheckedIOException) {
            return new Failure("io", messageOf(cause), true, cause);
        }
        if (cause instanceof TimeoutException) {
            return new Failure(Failure.TIMEOUT, messageOf(cause), true, cause);
        }
        if (cause instanceof InterruptedException || cause instanceof CancellationException) {
            return new Failure(Failure.CANCELLED, messageOf(cause), false, cause);
        }
        if (cause instanceof AuterityException known) {
            return new Failure(known.code(), messageOf(known), false, known);
        }
        return new Failure(Failure.EXCEPTION, messageOf(cause), !(cause instanceof Error), cause);
    }

    /** Turns what kept an output from becoming JSON into data. */
    static Failure ofUnwritable(Throwable thrown) {
        String what = thrown instanceof StackOverflowError
                ? "it is nested too deeply or contains itself"
                : messageOf(unwrapped(thrown));
        return new Failure(
                "invalid-output", "the output cannot be recorded, since it has no JSON: " + what, false, thrown);
    }

    /** Says that an output is larger than the journal takes. */
    static Failure ofTooLarge(long bytes, long most) {
        return Failure.of(
                "output-too-large",
                "the output has " + bytes + " bytes of JSON, the journal takes " + most
                        + "; keep large data elsewhere and pass on where it is",
                false);
    }

    /** Returns how long the other side asked to be left alone; zero when it said nothing. */
    static Duration retryAfter(Failure failure) {
        return failure.cause() instanceof StepException step ? step.retryAfter().orElse(Duration.ZERO) : Duration.ZERO;
    }

    private static Throwable unwrapped(Throwable thrown) {
        Throwable cause = thrown;
        while ((cause instanceof CompletionException || cause instanceof ExecutionException)
                && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }

    private static String messageOf(Throwable thrown) {
        String message = thrown.getMessage();
        String type = thrown.getClass().getSimpleName();
        if (message == null) {
            return type;
        }
        return thrown instanceof AuterityException ? message : type + ": " + message;
    }
}
