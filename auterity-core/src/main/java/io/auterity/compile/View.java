package io.auterity.compile;

import org.jspecify.annotations.Nullable;

/**
 * From where an expression looks at names: the block in whose frame it is evaluated, the step it serves, and when.
 *
 * @param block the block; its frame has depth 0
 * @param reader the step of that block which the expression serves; null for the block's own output or condition
 * @param moment when it is evaluated
 * @param secrets whether it may read secrets
 */
record View(BlockDraft block, @Nullable StepDraft reader, Moment moment, boolean secrets) {

    /** When an expression is evaluated, which decides what it can see. */
    enum Moment {
        /** Before the run, when a schedule makes its input: nothing is there but the schedule. */
        TRIGGER,
        /** Before the block's steps: they are not there yet. */
        BEFORE,
        /** When the reader starts or runs: what it reads must have settled before, which makes an edge. */
        RUN,
        /** When the reader has failed: as {@link #RUN}, and its own error is there. */
        FALLBACK,
        /** When the run has failed and the reader is taken back: its own output is there, and no edge is made. */
        UNDO,
        /** After all of the block's steps. */
        AFTER
    }

    View withSecrets() {
        return new View(block, reader, moment, true);
    }

    View at(Moment newMoment) {
        return new View(block, reader, newMoment, secrets);
    }
}
