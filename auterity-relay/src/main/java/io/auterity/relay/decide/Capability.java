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
    /** Turning texts into vectors; a model that can do so does not chat. */
    EMBEDDINGS
}
