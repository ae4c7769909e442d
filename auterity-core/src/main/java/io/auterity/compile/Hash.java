package io.auterity.compile;

import io.auterity.definition.Definition;

/** The identity of a definition's version. */
final class Hash {

    private Hash() {}

    static String of(Definition definition) {
        return Integer.toHexString(definition.hashCode());
    }
}
