package io.auterity.definition;

import java.util.Optional;

/**
 * From where on something that has a limit is worth a warning, while there is time to do something about it.
 *
 * <p>Each stands at a number that a healthy workflow or run seldom passes. Whoever raises the limit above what it is by
 * default expects more, and is warned as much later.
 */
public enum WarnLevel {
    /** Bytes of a definition's text: 256 KiB of 1 MiB. */
    TEXT_BYTES("maxBytes", 256 * 1024, Limits.DEFAULT.maxBytes()),
    /** Levels of a definition, of its text or of blocks inside blocks: 32 of 64. */
    DEPTH("maxDepth", 32, Limits.DEFAULT.maxDepth()),
    /** Steps of a workflow: 1,000 of 10,000. */
    STEPS("maxSteps", 1_000, Limits.DEFAULT.maxSteps()),
    /** Entries on the record of a run: 10,000 of 1,000,000. */
    ENTRIES("maxEntries", 10_000, 1_000_000),
    /** Bytes on the record of a run: 10 MiB of 50 MiB. */
    RECORD_BYTES("maxRecordBytes", 10L * 1024 * 1024, 50L * 1024 * 1024);

    private final String limitName;
    private final long usual;
    private final long usualLimit;

    WarnLevel(String limitName, long usual, long usualLimit) {
        this.limitName = limitName;
        this.usual = usual;
        this.usualLimit = usualLimit;
    }

    /**
     * Returns the name under which the limit is set.
     *
     * @return the limit's name
     */
    public String limitName() {
        return limitName;
    }

    /**
     * Returns the most that is not worth a warning.
     *
     * @param limit the limit that is in force
     * @return the number; at or above the limit if only what is beyond that is worth a word
     */
    public long below(long limit) {
        return limit <= usualLimit ? usual : limit / (usualLimit / usual);
    }

    /**
     * Returns the warning about something that is there as a whole.
     *
     * @param now how much of it there is
     * @param what what it is, in the plural
     * @param limit the limit that is in force
     * @param fix what to do about it
     * @return a sentence without its subject; empty if there is nothing to warn of
     */
    public Optional<String> warning(long now, String what, long limit, String fix) {
        return isPassed(0, now, limit)
                ? Optional.of(
                        "has " + now + " " + what + " and is refused beyond " + limit + " (" + limitName + "); " + fix)
                : Optional.empty();
    }

    /**
     * Says whether a warning is due.
     *
     * @param before what there was, a moment ago
     * @param now what there is
     * @param limit the limit that is in force
     * @return whether the level has just been passed, and the limit has not
     */
    public boolean isPassed(long before, long now, long limit) {
        long level = below(limit);
        return before <= level && now > level && now <= limit;
    }
}
