package io.auterity.benchmarks;

import io.auterity.definition.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * How long the command line takes from the start of its process to the start of a workflow's first step, as the run's
 * report tells it, and how long a program takes that does nothing. The third is ours with an archive of loaded classes,
 * which {@code -XX:ArchiveClassesAtExit} makes.
 */
final class StartBench implements Bench {

    private static final String JAR = "auterity-server/target/auterity.jar";
    private static final String GREETING = "examples/greeting.yaml";
    private static final String DEALERSHIP = "examples/dealership.yaml";

    @Override
    public String id() {
        return "start";
    }

    @Override
    public String summary() {
        return "time from the start of auterity.jar to a run's first step, and to the main method of an empty program";
    }

    @Override
    public void run(Effort effort, List<String> arguments, Consumer<Result> figures) throws Exception {
        String jar = arguments.isEmpty() ? JAR : arguments.get(0);
        for (String file : List.of(jar, GREETING, DEALERSHIP)) {
            if (!Files.isRegularFile(Path.of(file))) {
                throw new UsageException("there is no file '" + file
                        + "'; start this in the root of the repository, after mvn -DskipTests package");
            }
        }
        compare("greeting", List.of(GREETING, "--input", "name=Ann"), jar, effort, figures);
        if (!effort.isQuick()) {
            compare(
                    "dealership",
                    List.of(DEALERSHIP, "--input", "cars=@examples/data/cars.json"),
                    jar,
                    effort,
                    figures);
        }
    }

    private void compare(String workload, List<String> workflow, String jar, Effort effort, Consumer<Result> figures)
            throws Exception {
        Path directory = Files.createTempDirectory("auterity-start");
        Path archive = directory.resolve("classes.jsa");
        try {
            List<String> run = new ArrayList<>(List.of("-jar", jar, "run"));
            run.addAll(workflow);
            run.addAll(List.of("--quiet", "--output", "json"));
            output(java(List.of("-XX:ArchiveClassesAtExit=" + archive, "-Xlog:disable"), run));
            List<String> empty = List.of("-cp", System.getProperty("java.class.path"), Nothing.class.getName());
            new Interleaved(effort.rounds())
                    .add("ours", () -> toFirstStep(java(List.of(), run)))
                    .add("empty-program", () -> toMain(java(List.of(), empty)))
                    .add(
                            "ours-with-class-archive",
                            () -> toFirstStep(java(List.of("-XX:SharedArchiveFile=" + archive), run)))
                    .firstAgainstOthers(id(), workload, "ms")
                    .forEach(figures);
        } finally {
            Files.deleteIfExists(archive);
            Files.delete(directory);
        }
    }

    private static List<String> java(List<String> options, List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options);
        command.addAll(arguments);
        return command;
    }

    private static double toFirstStep(List<String> command) throws IOException, InterruptedException {
        Instant start = Instant.now();
        return millis(start, firstStep(output(command)));
    }

    private static double toMain(List<String> command) throws IOException, InterruptedException {
        Instant start = Instant.now();
        return millis(start, Instant.parse(output(command).strip()));
    }

    private static double millis(Instant from, Instant to) {
        return Duration.between(from, to).toNanos() / 1e6;
    }

    private static String output(List<String> command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!process.waitFor(1, TimeUnit.MINUTES) || process.exitValue() != 0) {
            throw new IllegalStateException(command + " failed: " + output);
        }
        return output;
    }

    /** Finds when the first step of a run began in the report of {@code auterity run --output json}. */
    static Instant firstStep(String report) {
        Map<?, ?> steps = Json.read(report) instanceof Map<?, ?> run && run.get("steps") instanceof Map<?, ?> all
                ? all
                : Map.of();
        return steps.values().stream()
                .map(step -> ((Map<?, ?>) step).get("startedAt"))
                .filter(String.class::isInstance)
                .map(at -> Instant.parse((String) at))
                .min(Instant::compareTo)
                .orElseThrow(() -> new IllegalStateException("no step has begun: " + report));
    }

    /** A program that does nothing but tell when it was there. */
    static final class Nothing {

        private Nothing() {}

        /**
         * Tells the time.
         *
         * @param arguments none
         */
        public static void main(String[] arguments) {
            System.out.println(Instant.now());
        }
    }
}
