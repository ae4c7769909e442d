package io.auterity.server.gateway;

/** What a caller wants with a body. */
enum Purpose {
    /** An answer. */
    ANSWER,
    /** The number of its tokens. */
    COUNT,
    /** To say how well an earlier answer was. */
    SCORE
}
