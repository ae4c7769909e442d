package io.auterity;

import io.auterity.definition.Failure;
import io.auterity.definition.RunId;
import io.auterity.journal.RunStatus;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How a run ended.
 *
 * @param <O> the output
 * @param id the run's id
 * @param status a terminal status
 * @param output the output; null unless it succeeded, and also then if the workflow has none
 * @param failure why it did not succeed; empty when it did
 */
public record RunResult<O>(
        RunId id, RunStatus status, @Nullable O output, Optional<Failure> failure) {

    /** Checks that every part is there. */
    public RunResult {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(status, "status");
        Objects.requireNonNull(failure, "failure");
    }

    /**
     * Says whether the run succeeded.
     *
     * @return whether there is an output and no failure
     */
    public boolean isSuccess() {
        return status == RunStatus.SUCCEEDED;
    }

    /**
     * Returns the output of a run that succeeded.
     *
     * @return the output; null if the workflow has none
     * @throws RunFailedException if the run did not succeed
     */
    @SuppressWarnings("NullAway") // a workflow whose output may be null says so in its type
    public O orElseThrow() {
        if (!isSuccess()) {
            throw new RunFailedException(id, status, failure);
        }
        return output;
    }
}
