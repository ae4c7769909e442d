package io.auterity.server;

import io.auterity.definition.Json;
import io.auterity.event.ProgressStyle;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** Runs the command line in this process, with files in a directory of its own and its streams captured. */
final class CommandLineRun {

    private final Path directory;
    private final Map<String, String> environment = new HashMap<>();
    private String in = "";
    private Shell.Process process = Shell.Process.FOREIGN;

    CommandLineRun(Path directory) {
        this.directory = directory;
    }

    /**
     * What came of it.
     *
     * @param code the exit code
     * @param out standard output
     * @param err standard error
     */
    record Result(int code, String out, String err) {

        Map<?, ?> json() {
            return (Map<?, ?>) Json.read(out);
        }

        /** What stands at a path of keys and indexes of the JSON object. */
        Object json(Object... path) {
            Object at = Json.read(out);
            for (Object key : path) {
                at = key instanceof Integer index ? ((List<?>) at).get(index) : ((Map<?, ?>) at).get(key);
            }
            return at;
        }
    }

    CommandLineRun environment(String name, String value) {
        environment.put(name, value);
        return this;
    }

    CommandLineRun in(String text) {
        in = text;
        return this;
    }

    CommandLineRun interrupt(CompletableFuture<Runnable> interrupt) {
        return signals(interrupt, new CompletableFuture<>());
    }

    CommandLineRun terminate(CompletableFuture<Runnable> terminate) {
        return signals(new CompletableFuture<>(), terminate);
    }

    private CommandLineRun signals(CompletableFuture<Runnable> interrupt, CompletableFuture<Runnable> terminate) {
        return process(new Shell.Process() {
            @Override
            public void onInterrupt(Runnable action) {
                interrupt.complete(action);
            }

            @Override
            public void onTermination(Runnable action) {
                terminate.complete(action);
            }

            @Override
            public void sendLogsTo(Consumer<String> lines) {}
        });
    }

    CommandLineRun process(Shell.Process own) {
        process = own;
        return this;
    }

    /** Writes a file and returns its name. */
    String file(String name, String content) {
        try {
            return Files.writeString(directory.resolve(name), content).toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Result run(String... arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Shell shell = new Shell(
                new ByteArrayInputStream(in.getBytes(StandardCharsets.UTF_8)),
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                environment,
                ProgressStyle.PLAIN,
                process);
        int code = Main.run(shell, arguments);
        return new Result(code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }
}
