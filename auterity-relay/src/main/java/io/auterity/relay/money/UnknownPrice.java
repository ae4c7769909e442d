package io.auterity.relay.money;

/**
 * What to do with a call whose price nobody knows: that of the model, or that of one thing which the call needs, as a rate for
 * its answer. It is never counted as free.
 */
public enum UnknownPrice {
    /** The call is not made. */
    REFUSE,
    /** The call is booked at the dearest published rates of its provider, or of all if its provider has none. */
    WORST_CASE,
    /** The call is made; its lines carry the counts, no cost and a flag, and no budget is charged. */
    ALLOW_AND_FLAG
}
