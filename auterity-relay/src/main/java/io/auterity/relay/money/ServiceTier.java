package io.auterity.relay.money;

import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

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

    private static final Set<Object> UNSAID = Set.of("auto", "default", "standard", "standard_only");

    /**
     * Returns the name in price books.
     *
     * @return lower-case words with dashes
     */
    public String key() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /**
     * Says whether a request's {@code service_tier} leaves the class of service to the deployment, which decides the price.
     *
     * @param word what the request says
     * @return whether it is null or one of {@code auto}, {@code default}, {@code standard} and {@code standard_only}
     */
    public static boolean isUnsaid(@Nullable Object word) {
        return word == null || UNSAID.contains(word);
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
