package io.auterity.server;

import picocli.CommandLine.Option;

/** The option {@code --quiet} of the commands that show what runs do. */
final class ProgressOption {

    @Option(
            names = {"-q", "--quiet"},
            description = "Shows no progress.")
    private boolean isQuiet;

    boolean isQuiet() {
        return isQuiet;
    }
}
