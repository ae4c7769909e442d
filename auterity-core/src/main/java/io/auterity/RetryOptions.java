package io.auterity;

import io.auterity.definition.Values;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * How a run that has ended is tried again. Immutable and thread-safe.
 *
 * <p>Without more, the new run takes over every step that succeeded and does the rest. A step is only taken over if all
 * steps before it are.
 */
public final class RetryOptions {

    /** Takes over all steps that succeeded, with the same input and on the same version. */
    public static final RetryOptions DEFAULT =
            new RetryOptions(Optional.empty(), Optional.empty(), Optional.empty(), false);

    /** Stands for the version that new starts use. */
    static final String CURRENT = "";

    private final Optional<String> fromStep;
    private final Optional<Map<String, Object>> input;
    private final Optional<String> version;
    private final boolean anew;

    private RetryOptions(
            Optional<String> fromStep, Optional<Map<String, Object>> input, Optional<String> version, boolean anew) {
        this.fromStep = fromStep;
        this.input = input;
        this.version = version;
        this.anew = anew;
    }

    /**
     * Begins with a step: it and what depends on it are done again, also what had succeeded.
     *
     * @param step the step; a path into a block stands for the block
     * @return these options and the step
     */
    public RetryOptions from(String step) {
        return new RetryOptions(Optional.of(step), input, version, false);
    }

    /**
     * Does everything again.
     *
     * @return these options, from the beginning
     */
    public RetryOptions fromBeginning() {
        return new RetryOptions(Optional.empty(), input, version, true);
    }

    /**
     * Runs with another input. Unless a step to begin with {@linkplain #from is named}, everything is done again; if one
     * is, the steps taken over keep the outputs that they had with the former input.
     *
     * @param newInput a JSON object
     * @return these options and the input
     */
    public RetryOptions input(Map<String, Object> newInput) {
        return new RetryOptions(fromStep, Optional.of(Values.copyOf(newInput)), version, anew);
    }

    /**
     * Runs on another version of the workflow. Steps that are new in it or not the same, and what depends on them, are
     * done again.
     *
     * @param hash the version, as {@link Versions} names it
     * @return these options and the version
     */
    public RetryOptions onVersion(String hash) {
        Objects.requireNonNull(hash, "hash");
        if (hash.isEmpty()) {
            throw new IllegalArgumentException("the version is empty; use a hash that Versions.history names");
        }
        return new RetryOptions(fromStep, input, Optional.of(hash), anew);
    }

    /**
     * Runs on the version that new starts use.
     *
     * @return these options and that version
     */
    public RetryOptions onCurrentVersion() {
        return new RetryOptions(fromStep, input, Optional.of(CURRENT), anew);
    }

    Optional<String> fromStep() {
        return fromStep;
    }

    Optional<Map<String, Object>> input() {
        return input;
    }

    Optional<String> version() {
        return version;
    }

    /** Whether nothing is taken over. */
    boolean isAnew() {
        return anew || (input.isPresent() && fromStep.isEmpty());
    }

    @Override
    public String toString() {
        return "RetryOptions[from=" + (isAnew() ? "the beginning" : fromStep.orElse("what did not succeed"))
                + (input.isPresent() ? ", another input" : "")
                + version.map(hash -> ", version=" + (hash.isEmpty() ? "current" : hash))
                        .orElse("") + "]";
    }
}
