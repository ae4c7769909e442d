package io.auterity.server;

/** How results are written to standard output. */
enum OutputFormat {
    /** For people. */
    TEXT,
    /** One JSON object. */
    JSON
}
