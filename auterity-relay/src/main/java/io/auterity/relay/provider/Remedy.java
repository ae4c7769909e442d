package io.auterity.relay.provider;

/** What to do after a failure. */
public enum Remedy {
    /** The same deployment, once more. */
    SAME_AGAIN,
    /** The same deployment with another key if it has one, or else the next deployment. */
    OTHER_KEY,
    /** The next deployment, of the same model first. */
    NEXT_DEPLOYMENT,
    /** The next deployment of another model. */
    NEXT_MODEL,
    /** Nothing: another attempt would fail the same way, or nobody wants it any more. */
    STOP
}
