package io.auterity.testkit;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Starts programs of the tests in a JVM of their own, with the class path of this one. */
public final class OwnProcess {

    private OwnProcess() {}

    /**
     * Starts a program.
     *
     * @param options the options of its JVM, as {@code -Xmx64m}
     * @param program the class with its main method
     * @param told the file that takes what it prints
     * @param arguments its arguments
     * @return the process, for the caller to wait for and to destroy
     * @throws IOException if it cannot be started
     */
    public static Process start(List<String> options, Class<?> program, Path told, String... arguments)
            throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-XX:+UseSerialGC");
        command.addAll(options);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), program.getName()));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(told.toFile())
                .start();
    }
}
