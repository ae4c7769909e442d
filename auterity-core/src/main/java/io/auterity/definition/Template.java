package io.auterity.definition;

import org.jspecify.annotations.Nullable;

/**
 * A JSON value whose texts may hold expressions in {@code ${{ }}}.
 *
 * @param json null, Boolean, Long, Double, String, List or Map of the same; never changes
 */
public record Template(@Nullable Object json) {

    /** Copies the value deeply. */
    public Template {
        json = Values.copyOf(json);
    }

    /**
     * Makes the template of one expression.
     *
     * @param source the expression without its {@code ${{ }}}
     * @return the template
     */
    public static Template expression(String source) {
        return new Template("${{ " + source + " }}");
    }
}
