package io.auterity.compile;

import org.jspecify.annotations.Nullable;

/**
 * Where something stands in a definition: for people, the workflow, then step names and keys, joined by {@code /}; for
 * the text it was read from, the path that {@link io.auterity.definition.Positions} understands.
 *
 * <p>A linked list and not a text, because a compilation makes one for every template and needs the text of almost
 * none.
 */
final class Place {

    private final @Nullable Place parent;
    private final String key;
    /** What the text has between the parent and this, as in {@code steps}, and people need not read; may be empty. */
    private final String container;

    private final int rank;

    private Place(@Nullable Place parent, String key, String container, int rank) {
        this.parent = parent;
        this.key = key;
        this.container = container;
        this.rank = rank;
    }

    static Place of(String workflow) {
        return new Place(null, workflow, "", 0);
    }

    /** Goes down to a key; what stands there is as far down the definition as this place. */
    Place at(String childKey) {
        return new Place(this, childKey, "", rank);
    }

    /** Goes down to a key that has its own rank, its number in the order in which people read the definition. */
    Place at(String childKey, int childRank) {
        return new Place(this, childKey, "", childRank);
    }

    /** Goes down to a step inside a container such as {@code steps}. */
    Place step(String name, String inside, int stepRank) {
        return new Place(this, name, inside, stepRank);
    }

    int rank() {
        return rank;
    }

    /** Returns the path of this place in the text of the definition. */
    String textPath() {
        StringBuilder text = new StringBuilder();
        appendTextPath(text);
        return text.toString();
    }

    private void appendTextPath(StringBuilder text) {
        if (parent != null) {
            parent.appendTextPath(text);
            if (!container.isEmpty()) {
                text.append(text.isEmpty() ? "" : "/").append(container);
            }
            text.append(text.isEmpty() ? "" : "/").append(key.replace("~", "~0").replace("/", "~1"));
        }
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        append(text);
        return text.toString();
    }

    private void append(StringBuilder text) {
        if (parent != null) {
            parent.append(text);
            text.append('/');
        }
        text.append(key);
    }
}
