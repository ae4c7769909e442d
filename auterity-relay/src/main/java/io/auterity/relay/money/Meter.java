package io.auterity.relay.money;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a provider counts and charges for. The counts of one call are disjoint: a cached token is not also an input token,
 * and a reasoning token not also an output token.
 *
 * <p>Where a provider publishes no rate of its own for a meter, another meter's rate applies if {@link #fallback} names
 * one; otherwise the price is unknown. No fallback is cheaper than what the providers really charge.
 */
public enum Meter {
    /** Text tokens of the prompt that came from no cache. */
    INPUT(null, true),
    /** Tokens of the prompt that the provider read from its cache. */
    CACHED_INPUT(INPUT, true),
    /** Tokens written to the provider's cache for its usual time. */
    CACHE_WRITE(INPUT, true),
    /** Tokens written to the provider's cache for an hour. */
    CACHE_WRITE_1H(CACHE_WRITE, true),
    /** Audio tokens of the prompt. */
    AUDIO_INPUT(null, true),
    /** Audio tokens of the prompt that the provider read from its cache. */
    CACHED_AUDIO_INPUT(AUDIO_INPUT, true),
    /** Image tokens of the prompt, where they are counted apart from text. */
    IMAGE_INPUT(INPUT, true),
    /** Image tokens of the prompt that the provider read from its cache. */
    CACHED_IMAGE_INPUT(IMAGE_INPUT, true),
    /** Text tokens of the answer that were no reasoning. */
    OUTPUT(null, false),
    /** Tokens the model spent on reasoning. */
    REASONING(OUTPUT, false),
    /** Audio tokens of the answer. */
    AUDIO_OUTPUT(null, false),
    /** Image tokens of the answer. */
    IMAGE_OUTPUT(null, false),
    /** Searches of the web that the provider made during the call. */
    WEB_SEARCH(null, false),
    /** Searches in files that the provider made during the call. */
    FILE_SEARCH(null, false);

    /** All in order: {@link #values} copies them every time. */
    static final List<Meter> ALL = List.of(values());

    private final Optional<Meter> fallback;
    private final boolean isInput;

    Meter(@Nullable Meter fallback, boolean isInput) {
        this.fallback = Optional.ofNullable(fallback);
        this.isInput = isInput;
    }

    /**
     * Returns the meter whose rate applies when this one has none.
     *
     * @return the meter, or empty when the price is then unknown
     */
    public Optional<Meter> fallback() {
        return fallback;
    }

    /**
     * Says whether this counts tokens of the prompt.
     *
     * @return whether it does
     */
    public boolean isInput() {
        return isInput;
    }

    /**
     * Returns the name in price books and logs.
     *
     * @return lower-case words with underscores, as in {@code cached_input}
     */
    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * Finds a meter by its name.
     *
     * @param key the name, as {@link #key} returns it
     * @return the meter
     * @throws IllegalArgumentException if there is none
     */
    public static Meter of(String key) {
        return valueOf(key.toUpperCase(Locale.ROOT));
    }
}
