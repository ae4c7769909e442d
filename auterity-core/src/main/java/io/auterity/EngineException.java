package io.auterity;

import io.auterity.definition.AuterityException;

/** A call of the engine that it cannot follow; the caller must act. */
public final class EngineException extends AuterityException {

    /** The engine and its queue are full. */
    public static final String FULL = "AUT-R002";

    /** The run did not end in the time given. */
    public static final String STILL_RUNNING = "AUT-R003";

    /** No workflow with this id is registered. */
    public static final String UNKNOWN_WORKFLOW = "AUT-R004";

    /** The input does not satisfy the workflow's schema. */
    public static final String INVALID_INPUT = "AUT-R005";

    /** The engine has been closed. */
    public static final String CLOSED = "AUT-R006";

    /** No run with this id is known. */
    public static final String UNKNOWN_RUN = "AUT-R007";

    /** The run cannot take this signal or decision now. */
    public static final String NOT_WAITING = "AUT-R008";

    /** The id is that of a run of another workflow. */
    public static final String OTHER_WORKFLOW = "AUT-R012";

    /** The workflow has no schedule of this name. */
    public static final String UNKNOWN_SCHEDULE = "AUT-R010";

    /** The workflow has no step of this name. */
    public static final String UNKNOWN_STEP = "AUT-R013";

    /** The run cannot be tried again: it has not ended, or nothing of it is left to do. */
    public static final String NOTHING_TO_RETRY = "AUT-R014";

    /** The queue holds as many runs as it takes. */
    public static final String QUEUE_FULL = "AUT-R016";

    /** The engine has not declared a queue of this name. */
    public static final String UNKNOWN_QUEUE = "AUT-R017";

    /** Workflows run each other deeper than the engine lets them. */
    public static final String TOO_DEEP = "AUT-R018";

    /** The workflow has no such version. */
    public static final String UNKNOWN_VERSION = "AUT-R015";

    private static final long serialVersionUID = 1L;

    EngineException(String code, String message) {
        super(code, message);
    }
}
