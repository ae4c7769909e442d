package io.auterity.relay.money;

import java.util.regex.Pattern;

/**
 * A model of a provider, as prices, rules and records name it. A call never carries a name without its provider: what is
 * a model at one provider means nothing at another.
 *
 * @param provider the provider, as in {@code openai}
 * @param model the provider's own name of the model, as in {@code gpt-4o-mini}
 */
public record ModelName(String provider, String model) implements Comparable<ModelName> {

    private static final Pattern PROVIDER = Pattern.compile("[a-z0-9][a-z0-9._-]{0,99}");

    /** Checks that both parts are there. */
    public ModelName {
        if (!PROVIDER.matcher(provider).matches()) {
            throw new IllegalArgumentException("'" + provider + "' is no provider's name; write it as in openai");
        }
        if (model.isBlank() || model.length() > 200) {
            throw new IllegalArgumentException("a model's name has 1 to 200 characters, not " + model.length());
        }
    }

    /**
     * Reads a name.
     *
     * @param text provider and model with a slash between, as in {@code openai/gpt-4o-mini}
     * @return the name
     * @throws IllegalArgumentException if a part is missing
     */
    public static ModelName of(String text) {
        int slash = text.indexOf('/');
        if (slash < 0) {
            throw new IllegalArgumentException("'" + text + "' names no provider; write it as in openai/gpt-4o-mini");
        }
        return new ModelName(text.substring(0, slash), text.substring(slash + 1));
    }

    @Override
    public int compareTo(ModelName other) {
        return toString().compareTo(other.toString());
    }

    /** Shows the name as {@link #of} reads it. */
    @Override
    public String toString() {
        return provider + "/" + model;
    }
}
