package io.auterity.examples;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The files of the repository; tests run in their module's directory, one below its root. */
final class Repository {

    private Repository() {}

    static Path root() {
        Path directory = Path.of("").toAbsolutePath();
        while (!Files.exists(directory.resolve("examples/dealership.yaml"))) {
            directory = directory.getParent();
            if (directory == null) {
                throw new IllegalStateException("no directory above has examples/dealership.yaml");
            }
        }
        return directory;
    }

    static String read(String file) {
        try {
            return Files.readString(root().resolve(file)).replace("\r\n", "\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
