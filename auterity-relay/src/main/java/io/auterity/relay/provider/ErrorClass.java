package io.auterity.relay.provider;

/**
 * Why a call failed, and what follows from it: the one table of failures.
 *
 * <p>It holds for whole answers and for streams alike, because both are made by the same code. The only difference: a
 * stream that has delivered content ends, unless the policy lets the next deployment go on with it.
 */
public enum ErrorClass {
    /** The key is wrong or may not do this: 401 and 403. */
    KEY(Remedy.OTHER_KEY, false, false),
    /** The key's money is spent: 402, or 429 that says so. */
    QUOTA(Remedy.OTHER_KEY, false, false),
    /** Too many calls: 429. */
    RATE_LIMIT(Remedy.OTHER_KEY, false, false),
    /** The provider is overloaded or broken: 5xx and 529, and what it reports in an answer without saying what it is. */
    OVERLOADED(Remedy.NEXT_DEPLOYMENT, false, true),
    /** No connection, so that the provider has not seen the call; each deployment is asked again once. */
    CONNECTION(Remedy.SAME_AGAIN, false, true),
    /** No answer in time; the provider may charge for it. */
    TIMEOUT(Remedy.NEXT_DEPLOYMENT, true, true),
    /** The answer ended in the middle. */
    CUT_OFF(Remedy.NEXT_DEPLOYMENT, true, true),
    /** The answer is none that the interface knows. */
    MALFORMED(Remedy.NEXT_DEPLOYMENT, true, true),
    /** A whole answer is not as it was asked for; told what is wrong, its deployment is asked again once. */
    INVALID(Remedy.SAME_AGAIN, true, false),
    /** The model or deployment does not exist: 404. */
    NOT_FOUND(Remedy.NEXT_DEPLOYMENT, false, false),
    /** The prompt is longer than the model takes. */
    CONTEXT(Remedy.NEXT_MODEL, false, false),
    /** The provider does not answer such prompts. */
    CONTENT(Remedy.STOP, false, false),
    /** The request is wrong: other 4xx. */
    REQUEST(Remedy.STOP, false, false),
    /** The guard or a credential's binding forbids the destination. */
    REFUSED(Remedy.STOP, false, false),
    /** The caller has gone; what had been sent is charged. */
    CANCELLED(Remedy.STOP, true, false);

    private final Remedy remedy;
    private final boolean isBilled;
    private final boolean isCounted;

    ErrorClass(Remedy remedy, boolean isBilled, boolean isCounted) {
        this.remedy = remedy;
        this.isBilled = isBilled;
        this.isCounted = isCounted;
    }

    /**
     * Returns what to do next.
     *
     * @return the remedy
     */
    public Remedy remedy() {
        return remedy;
    }

    /**
     * Says whether the provider may charge for the failed call, so that the budget must.
     *
     * @return whether it is charged
     */
    public boolean isBilled() {
        return isBilled;
    }

    /**
     * Says whether the deployment's breaker counts it.
     *
     * @return whether it is a sign that the deployment is ill
     */
    public boolean isCounted() {
        return isCounted;
    }
}
