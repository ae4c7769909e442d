package io.auterity.definition;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A value of a YAML or JSON text, with the place where it begins; lines and columns are 1-based. */
sealed interface Node {

    int line();

    int column();

    /** How many lists and objects are nested here, this one included. */
    default int height() {
        return 0;
    }

    /** Null, Boolean, Long, Double or String. */
    record Scalar(@Nullable Object value, int line, int column) implements Node {}

    /** A value that stands for nothing a definition may hold; told once it is looked at. */
    record Refused(String code, String what, String fix, int line, int column) implements Node {}

    record Items(List<Node> items, int height, int line, int column) implements Node {}

    /**
     * An object.
     *
     * @param fields by key, the first of those with the same key
     * @param repeated the others with the same key
     */
    record Fields(Map<String, Field> fields, List<Field> repeated, int height, int line, int column) implements Node {}

    /** A key, where it stands, and its value. */
    record Field(String key, int line, int column, Node value) {}
}
