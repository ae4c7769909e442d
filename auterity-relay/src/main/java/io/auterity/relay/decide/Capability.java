package io.auterity.relay.decide;

/** What a call may need of a model. */
public enum Capability {
    /** Calling tools. */
    TOOLS,
    /** Looking at images. */
    VISION,
    /** Answers that satisfy a JSON Schema. */
    STRUCTURED,
    /** Answers that arrive piece by piece. */
    STREAMING,
    /**
     * Going on with an answer whose beginning stands last in the conversation, as Anthropic's models before 4.6 and many
     * local servers do. A model that cannot is asked to.
     */
    PREFILL,
    /** Turning texts into vectors; a model that can do so does not chat. */
    EMBEDDINGS
}
