package io.auterity.journal;

import io.auterity.definition.RunId;
import io.auterity.journal.JournalEntry.RunStarted;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;

/**
 * A run that is put into a queue.
 *
 * @param run the run
 * @param start its first entry
 * @param place where it stands
 */
public record QueuedRun(RunId run, RunStarted start, Place place) {

    /** The most characters of a key, or of the id of a sole run. */
    public static final int MAX_KEY = 200;

    /** The priorities there are: from minus this to this. */
    public static final int MAX_PRIORITY = 100;

    /**
     * Where a run stands in a queue: behind runs of higher priority, and among those of its own priority behind runs of
     * its key that are due earlier. Keys take turns.
     *
     * @param key what it shares limits and turns with; empty for none
     * @param priority higher ones first, {@code -}{@value QueuedRun#MAX_PRIORITY} to {@value QueuedRun#MAX_PRIORITY}
     * @param delay how long it waits at least, by the store's clock; zero to {@link Write#FOREVER}
     * @param sole what there is one run of; empty for any number
     */
    public record Place(String key, int priority, Duration delay, Optional<Sole> sole) {

        /** Without a key, in the middle, at once. */
        public static final Place NONE = new Place("", 0, Duration.ZERO, Optional.empty());

        /** Checks the limits. */
        public Place {
            checkText("a key", key);
            if (priority < -MAX_PRIORITY || priority > MAX_PRIORITY) {
                throw new IllegalArgumentException(
                        "a priority is -" + MAX_PRIORITY + " to " + MAX_PRIORITY + ", not " + priority);
            }
            checkTime("a delay", delay);
        }
    }

    /**
     * What there is only one run of in a queue.
     *
     * @param id names it, 1 to {@value QueuedRun#MAX_KEY} characters
     * @param debounce empty to leave a run of this id that has not ended alone; otherwise a run that has not begun starts
     *     with the new input, and later by the delay again, but no later than this after it was first put in
     */
    public record Sole(String id, Optional<Duration> debounce) {

        /** Checks the limits. */
        public Sole {
            checkText("the id of a sole run", id);
            if (id.isEmpty()) {
                throw new IllegalArgumentException("the id of a sole run must not be empty");
            }
            debounce.ifPresent(most -> checkTime("the longest debounce", most));
        }
    }

    private static void checkTime(String what, Duration time) {
        if (time.isNegative() || time.compareTo(Write.FOREVER) > 0) {
            throw new IllegalArgumentException(what + " is zero to " + Write.FOREVER.toDays() + " days, not " + time);
        }
    }

    private static void checkText(String what, String text) {
        if (text.length() > MAX_KEY) {
            throw new IllegalArgumentException(
                    what + " has at most " + MAX_KEY + " characters, this one has " + text.length());
        }
        if (text.indexOf('\0') >= 0 || !StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
            throw new IllegalArgumentException(what + " must be a text that UTF-8 can write, without U+0000");
        }
    }
}
