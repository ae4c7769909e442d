package io.auterity.compile;

import io.auterity.definition.Values;
import io.auterity.expression.Type;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * What workflows that run another one know of it.
 *
 * @param input the JSON Schema of its input; empty accepts any object
 * @param output the type of its output; {@link Type#ANY} when it has not been compiled yet
 * @param runs the identifiers of the workflows that it runs itself
 */
public record Signature(Map<String, Object> input, Type output, Set<String> runs) {

    /** Copies the collections. */
    public Signature {
        input = Values.copyOf(input);
        Objects.requireNonNull(output, "output");
        runs = Collections.unmodifiableSet(new LinkedHashSet<>(runs));
    }
}
