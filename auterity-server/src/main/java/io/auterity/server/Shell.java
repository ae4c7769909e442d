package io.auterity.server;

import io.auterity.definition.Problem;
import io.auterity.event.ProgressStyle;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/**
 * What the command line gets from the shell that started it.
 *
 * @param in standard input
 * @param out standard output: results, in UTF-8
 * @param err standard error: progress and messages
 * @param environment the environment variables
 * @param screen what standard error can show
 * @param process what can be asked of the process
 */
record Shell(
        InputStream in,
        PrintStream out,
        PrintStream err,
        Map<String, String> environment,
        ProgressStyle screen,
        Process process) {

    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9%+,./:=@_-]+");
    private static final int LONGEST = 64 * 1024 * 1024;

    Shell {
        environment = Map.copyOf(environment);
    }

    /** What can be asked of the process that the command line runs in. */
    interface Process {
        /** A process of somebody else: neither its signals nor its logs are ours. */
        Process FOREIGN = new Process() {
            @Override
            public void onInterrupt(Runnable action) {}

            @Override
            public void onTermination(Runnable action) {}

            @Override
            public void sendLogsTo(Consumer<String> lines) {}
        };

        /**
         * Calls back when somebody presses Ctrl-C, who no longer wants what the process does. After that another signal, of
         * whichever kind, ends the process at once.
         *
         * @param action what to do, on another thread
         */
        void onInterrupt(Runnable action);

        /**
         * Calls back when the system ends the process (SIGTERM), as it does before the machine stops. After that another
         * signal, of whichever kind, ends the process at once.
         *
         * @param action what to do, on another thread
         */
        void onTermination(Runnable action);

        /**
         * Takes what is logged away from standard error, where it would run into the progress.
         *
         * @param lines takes a line at a time, on any thread
         */
        void sendLogsTo(Consumer<String> lines);
    }

    /** Refuses a name of no file that can be read; standard input always can be. An empty one has been refused before. */
    void check(String name) {
        if (name.isEmpty() || name.equals("-")) {
            return;
        }
        try {
            Path path = Path.of(name);
            if (Files.isDirectory(path)) {
                throw directory(name);
            }
            if (!Files.exists(path)) {
                throw noSuchFile(name);
            }
        } catch (InvalidPathException e) {
            throw noSuchFile(name);
        }
    }

    /** A word as one types it into a shell. */
    static String quoted(String word) {
        return PLAIN.matcher(word).matches() ? word : "'" + word.replace("'", "'\\''") + "'";
    }

    private static Refusal noSuchFile(String name) {
        return refused(name, "there is no such file", "check the name and the current directory");
    }

    private static Refusal directory(String name) {
        return refused(name, "this is a directory", "name a file in it");
    }

    /**
     * Reads a file.
     *
     * @param name its name; {@code -} for standard input
     * @return its bytes
     * @throws Refusal if it cannot be read
     */
    byte[] read(String name) {
        if (name.isEmpty()) {
            throw refused(name, "the name is empty", "name a file, or - for standard input");
        }
        try {
            return name.equals("-") ? bounded(in, "standard input") : file(name);
        } catch (NoSuchFileException | InvalidPathException e) {
            throw noSuchFile(name);
        } catch (AccessDeniedException e) {
            throw refused(name, "the file may not be read", "give this user the right to read it");
        } catch (IOException e) {
            throw refused(name, "the file cannot be read: " + e.getMessage(), "check the file system");
        }
    }

    private static byte[] file(String name) throws IOException {
        Path path = Path.of(name);
        if (Files.isDirectory(path)) {
            throw directory(name);
        }
        try (InputStream file = Files.newInputStream(path)) {
            return bounded(file, name);
        }
    }

    private static byte[] bounded(InputStream stream, String name) throws IOException {
        byte[] bytes = stream.readNBytes(LONGEST + 1);
        if (bytes.length > LONGEST) {
            throw refused(name, "the file has more than 64 MiB", "use a smaller one");
        }
        return bytes;
    }

    private static Refusal refused(String name, String what, String fix) {
        String where = name.isEmpty() ? "the file" : name;
        Problem problem = Refusal.problem(Refusal.FILE, where, what, fix);
        return new Refusal("reading '" + name + "'", List.of(problem));
    }
}
