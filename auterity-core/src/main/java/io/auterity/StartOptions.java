package io.auterity;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * What can be said about a run when it is started, beside its workflow, id and input. Immutable and thread-safe.
 *
 * <pre>{@code
 * engine.start(workflow, RunId.of("order-42"), order, StartOptions.DEFAULT.label("customer", "c-7"));
 * }</pre>
 */
public final class StartOptions {

    /** No labels. */
    public static final StartOptions DEFAULT = new StartOptions(Map.of());

    /** The most labels of a run. */
    public static final int MAX_LABELS = 32;

    /** The most characters of a label's name. */
    public static final int MAX_LABEL_NAME = 200;

    /** The most characters of a label's value. */
    public static final int MAX_LABEL_VALUE = 500;

    private final Map<String, String> labels;

    private StartOptions(Map<String, String> labels) {
        this.labels = Map.copyOf(labels);
    }

    /**
     * Adds a label, by which runs can be {@linkplain io.auterity.journal.RunQuery.Filter#labels looked for}; one of the
     * same name is replaced. Labels are recorded with the start and never change. They are shown to whoever may list
     * runs: put no secrets into them.
     *
     * @param name 1 to {@value #MAX_LABEL_NAME} characters, none of them a control character
     * @param value at most {@value #MAX_LABEL_VALUE} characters, none of them a control character
     * @return these options and the label
     * @throws IllegalArgumentException if the name or the value is not as described, or there would be more than
     *     {@value #MAX_LABELS} labels
     */
    public StartOptions label(String name, String value) {
        check("the name of a label", name, 1, MAX_LABEL_NAME);
        check("the value of label '" + name + "'", value, 0, MAX_LABEL_VALUE);
        Map<String, String> more = new LinkedHashMap<>(labels);
        more.put(name, value);
        if (more.size() > MAX_LABELS) {
            throw new IllegalArgumentException("a run has at most " + MAX_LABELS + " labels; leave out '" + name + "'");
        }
        return new StartOptions(more);
    }

    /**
     * Adds labels.
     *
     * @param all values by name
     * @return these options and the labels
     * @throws IllegalArgumentException as for {@link #label}
     */
    public StartOptions labels(Map<String, String> all) {
        StartOptions options = this;
        for (Map.Entry<String, String> label : all.entrySet()) {
            options = options.label(label.getKey(), label.getValue());
        }
        return options;
    }

    private static void check(String what, String text, int least, int most) {
        Objects.requireNonNull(text, what);
        if (text.length() < least || text.length() > most) {
            throw new IllegalArgumentException(
                    what + " has " + least + " to " + most + " characters, not " + text.length());
        }
        if (text.chars().anyMatch(Character::isISOControl)
                || !StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
            throw new IllegalArgumentException(
                    what + " holds a control character or half of a surrogate pair; use characters that can be shown");
        }
    }

    /**
     * Returns the labels.
     *
     * @return values by name
     */
    public Map<String, String> labels() {
        return labels;
    }

    @Override
    public String toString() {
        return "StartOptions[labels=" + labels + "]";
    }
}
