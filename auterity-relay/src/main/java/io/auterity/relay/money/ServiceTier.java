package io.auterity.relay.money;

import java.util.Locale;

/** The class of service a call is made in; it decides the price. */
public enum ServiceTier {
    /** The usual one. */
    STANDARD,
    /** Answers within a day, at about half the price. */
    BATCH,
    /** Answers when there is room. */
    FLEX,
    /** Answers before others. */
    PRIORITY,
    /** Answers faster, on other machines. */
    FAST,
    /** The usual one, in a region of the caller's choice. */
    REGIONAL,
    /** Batch in a region of the caller's choice. */
    REGIONAL_BATCH,
    /** Flex in a region of the caller's choice. */
    REGIONAL_FLEX,
    /** Priority in a region of the caller's choice. */
    REGIONAL_PRIORITY;

    /**
     * Returns the name in price books.
     *
     * @return lower-case words with dashes
     */
    public String key() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /**
     * Finds a tier by its name.
     *
     * @param key the name, as {@link #key} returns it
     * @return the tier
     * @throws IllegalArgumentException if there is none
     */
    public static ServiceTier of(String key) {
        return valueOf(key.toUpperCase(Locale.ROOT).replace('-', '_'));
    }
}
