package io.auterity.connector.jdbc.reliability;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A {@link Worker} or a {@link Spender} in a process of its own. Not thread-safe. */
final class WorkerProcess implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofMinutes(4);

    private final Process process;
    private final Path errors;
    private final CompletableFuture<Void> ready = new CompletableFuture<>();
    private final CompletableFuture<Void> drained = new CompletableFuture<>();
    private final BlockingQueue<Use> uses = new LinkedBlockingQueue<>();
    private final BlockingQueue<Long> clocks = new LinkedBlockingQueue<>();
    private volatile long epoch;
    private volatile long fenced;
    private volatile long forgotten;

    /**
     * What a worker uses.
     *
     * @param heapBytes what is on its heap after a collection
     * @param pooled how many threads its engine's pool has, which grows and shrinks up to a limit
     * @param threads how many other threads are alive in it, virtual ones aside
     * @param files how many files and sockets it has open
     */
    record Use(long heapBytes, long pooled, long threads, long files) {

        private static Use of(String[] words) {
            return new Use(
                    Long.parseLong(words[1]),
                    Long.parseLong(words[2]),
                    Long.parseLong(words[3]),
                    Long.parseLong(words[4]));
        }
    }

    /** Starts a worker with these options of the virtual machine, the class path among them. */
    WorkerProcess(Worker.Settings settings, Path directory, List<String> jvm) {
        this(settings, directory, jvm, Map.of());
    }

    /** The same with more in its environment. */
    WorkerProcess(Worker.Settings settings, Path directory, List<String> jvm, Map<String, String> environment) {
        this(
                settings.engine() + "-" + settings.seed(),
                directory,
                jvm,
                environment,
                Worker.class,
                settings.arguments().toArray(String[]::new));
    }

    /** Starts a class whose {@code main} listens and speaks as a worker does. */
    WorkerProcess(String name, Path directory, List<String> jvm, Class<?> main, String... arguments) {
        this(name, directory, jvm, Map.of(), main, arguments);
    }

    private WorkerProcess(
            String name,
            Path directory,
            List<String> jvm,
            Map<String, String> environment,
            Class<?> main,
            String... arguments) {
        errors = directory.resolve(name + ".err");
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto"));
        command.addAll(jvm);
        command.add("-Dorg.slf4j.simpleLogger.defaultLogLevel=warn");
        command.add(main.getName());
        command.addAll(List.of(arguments));
        try {
            ProcessBuilder builder = new ProcessBuilder(command).redirectError(errors.toFile());
            builder.environment().putAll(environment);
            process = builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread reader = new Thread(this::read, "output of " + name);
        reader.setDaemon(true);
        reader.start();
    }

    private void read() {
        try (BufferedReader out =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = out.readLine(); line != null; line = out.readLine()) {
                if (line.equals("READY")) {
                    ready.complete(null);
                } else if (line.equals("DRAINED")) {
                    drained.complete(null);
                } else if (line.startsWith("USE ")) {
                    uses.add(Use.of(line.split(" ")));
                } else if (line.startsWith("CLOCK ")) {
                    clocks.add(Long.parseLong(line.substring("CLOCK ".length())));
                } else if (line.startsWith("EPOCH ")) {
                    epoch = Long.parseLong(line.substring("EPOCH ".length()));
                } else if (line.startsWith("FENCED ")) {
                    fenced = Long.parseLong(line.substring("FENCED ".length()));
                } else if (line.startsWith("FORGOTTEN ")) {
                    forgotten = Long.parseLong(line.substring("FORGOTTEN ".length()));
                }
            }
        } catch (IOException e) { // the process was killed while it spoke
            ready.completeExceptionally(e);
        }
        IllegalStateException ended = new IllegalStateException("the process has ended");
        ready.completeExceptionally(ended);
        drained.completeExceptionally(ended);
    }

    long pid() {
        return process.pid();
    }

    /** Waits until the engine is there. */
    WorkerProcess awaitReady() {
        await(ready);
        return this;
    }

    /** Lets it finish everything and end. */
    void drain() {
        say("drain");
        awaitDrained();
    }

    /** Lets several finish everything that is in the journal they share. */
    static void drain(List<WorkerProcess> workers) {
        workers.forEach(worker -> worker.say("drain"));
        workers.forEach(WorkerProcess::awaitDrained);
    }

    /** Waits until it has finished everything. */
    void awaitDrained() {
        await(drained);
    }

    /** Waits until it has ended by itself. */
    void awaitEnd() {
        try {
            if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                throw new AssertionError("process " + pid() + " does not end: " + tail());
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Returns what it uses. */
    Use use() throws InterruptedException {
        say("use");
        return answer(uses);
    }

    /** Returns the milliseconds that its wall clock shows. */
    long clock() throws InterruptedException {
        say("clock");
        return answer(clocks);
    }

    private <T> T answer(BlockingQueue<T> answers) throws InterruptedException {
        T answer = answers.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        if (answer == null) {
            throw new AssertionError("process " + pid() + " does not answer: " + tail());
        }
        return answer;
    }

    /** The epoch of the engine's lease. */
    long epoch() {
        return epoch;
    }

    /** How many writes came too late and were refused; known once the process has drained. */
    long fenced() {
        return fenced;
    }

    /** How many runs it has forgotten because their time was over; known once the process has drained. */
    long forgotten() {
        return forgotten;
    }

    /** Lets it finish everything, if it lives that long; returns whether it did. */
    boolean drainsAlive() {
        try {
            say("drain");
            drained.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            return true;
        } catch (ExecutionException | UncheckedIOException ended) {
            awaitEnd();
            return false;
        } catch (InterruptedException | TimeoutException e) {
            throw new AssertionError("process " + pid() + " neither drains nor ends: " + tail(), e);
        }
    }

    /** Tells it a command of its own. */
    void say(String command) {
        try {
            process.getOutputStream().write((command + "\n").getBytes(StandardCharsets.US_ASCII));
            process.getOutputStream().flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void await(CompletableFuture<Void> word) {
        try {
            word.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new AssertionError("process " + pid() + " did not get that far: " + tail(), e);
        }
    }

    private String tail() {
        try {
            String all = Files.readString(errors);
            return all.substring(Math.max(0, all.length() - 4_000));
        } catch (IOException e) {
            return e.toString();
        }
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** {@code kill -9}. */
    void kill() {
        process.destroyForcibly();
        awaitEnd();
    }

    /** {@code kill -STOP}: the process stands still and does not know it. */
    void freeze() {
        signal("-STOP");
    }

    /** {@code kill -CONT}. */
    void thaw() {
        signal("-CONT");
    }

    private void signal(String signal) {
        try {
            Process kill = new ProcessBuilder("kill", signal, String.valueOf(pid()))
                    .inheritIO()
                    .start();
            if (!kill.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS) || kill.exitValue() != 0) {
                throw new AssertionError("kill " + signal + " " + pid() + " failed");
            }
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Kills it if it lives. */
    @Override
    public void close() {
        kill();
    }
}
