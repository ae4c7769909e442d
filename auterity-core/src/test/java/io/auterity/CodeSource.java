package io.auterity;

import java.net.URI;
import java.nio.file.Path;

/** Where classes were loaded from: main and test classes are told apart without knowing the build's directories. */
public final class CodeSource {

    private CodeSource() {}

    /** Returns the folder or the jar that a class came from. */
    public static Path of(Class<?> type) {
        return Path.of(URI.create(
                type.getProtectionDomain().getCodeSource().getLocation().toString()));
    }
}
