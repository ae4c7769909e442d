package io.auterity.testkit;

import java.util.List;
import java.util.Optional;

/**
 * A line of an {@link EffectLedger}. Times are milliseconds since the epoch by the clock of whoever wrote the line; the
 * order of lines is the order in which they were written, across all processes.
 */
public sealed interface LedgerLine {

    /**
     * Somebody is about to start a run. It need not exist if its {@link Accepted} is missing.
     *
     * @param run the run's id
     * @param workflow the workflow's identifier
     * @param input tells the model what to expect
     */
    record Intended(String run, String workflow, String input) implements LedgerLine {}

    /**
     * A run's start was acknowledged: from here on it must end.
     *
     * @param run the run's id
     */
    record Accepted(String run) implements LedgerLine {}

    /**
     * A step does what the outside world can see.
     *
     * @param at when
     * @param run the run's id
     * @param step the step's path, with its iterations, as in {@code each[3]/greet}
     * @param attempt the attempt, 1-based
     * @param key the idempotency key
     * @param epoch the epoch of the engine that does it
     */
    record Effect(long at, String run, String step, int attempt, String key, long epoch) implements LedgerLine {}

    /**
     * Somebody has been told that a step succeeded.
     *
     * @param run the run's id
     * @param step the step's path
     */
    record Done(String run, String step) implements LedgerLine {}

    /**
     * An engine or its store was hit: killed, stopped, cut off, restarted.
     *
     * @param at when
     * @param what for people
     */
    record Disturbed(long at, String what) implements LedgerLine {}

    /**
     * Writes the line down.
     *
     * @return its fields, separated by tabs, without a line end
     */
    default String text() {
        if (this instanceof Intended it) {
            return join("intended", it.run, it.workflow, it.input);
        } else if (this instanceof Accepted it) {
            return join("accepted", it.run);
        } else if (this instanceof Effect it) {
            return join("effect", it.at, it.run, it.step, it.attempt, it.key, it.epoch);
        } else if (this instanceof Done it) {
            return join("done", it.run, it.step);
        } else if (this instanceof Disturbed it) {
            return join("disturbed", it.at, it.what);
        }
        throw new AssertionError(this);
    }

    private static String join(Object... fields) {
        StringBuilder line = new StringBuilder();
        for (Object field : fields) {
            String text = field.toString();
            if (text.indexOf('\t') >= 0 || text.indexOf('\n') >= 0) {
                throw new IllegalArgumentException("a field of a ledger holds no tab and no line end: " + text);
            }
            line.append(line.length() == 0 ? "" : "\t").append(text);
        }
        return line.toString();
    }

    /**
     * Reads a line.
     *
     * @param text what {@link #text} wrote
     * @return the line; empty when it is none, as the last one of a ledger may be that was being written in a crash
     */
    static Optional<LedgerLine> parse(String text) {
        List<String> fields = List.of(text.split("\t", -1));
        try {
            return Optional.of(
                    switch (fields.get(0)) {
                        case "intended" -> new Intended(fields.get(1), fields.get(2), fields.get(3));
                        case "accepted" -> new Accepted(fields.get(1));
                        case "effect" ->
                            new Effect(
                                    Long.parseLong(fields.get(1)),
                                    fields.get(2),
                                    fields.get(3),
                                    Integer.parseInt(fields.get(4)),
                                    fields.get(5),
                                    Long.parseLong(fields.get(6)));
                        case "done" -> new Done(fields.get(1), fields.get(2));
                        case "disturbed" -> new Disturbed(Long.parseLong(fields.get(1)), fields.get(2));
                        default -> throw new IllegalArgumentException(text);
                    });
        } catch (IllegalArgumentException | IndexOutOfBoundsException torn) {
            return Optional.empty();
        }
    }
}
