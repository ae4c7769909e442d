package io.auterity.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.auterity.definition.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The jar that users get, as a process of its own; runs after packaging. */
class PackagedJarIT {

    @TempDir
    private Path directory;

    private Process start(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-jar",
                System.getProperty("auterity.jar")));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command).directory(directory.toFile()).start();
    }

    private static String read(java.io.InputStream stream) throws IOException {
        return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    }

    @Test
    void runs_a_workflow_from_standard_input() throws Exception {
        Process process = start("run", "-", "--input", "name=\u00c4nne", "--output", "json");
        try (var in = process.getOutputStream()) {
            in.write("""
                    auterity: 1
                    id: hello
                    input: {name: string}
                    steps:
                      tell: {uses: core.log, with: {message: "about to greet"}}
                      greet: {value: "Hello ${{ input.name }}", needs: [tell]}
                    output: ${{ steps.greet.output }}
                    """.getBytes(StandardCharsets.UTF_8));
        }
        Map<?, ?> result = (Map<?, ?>) Json.read(read(process.getInputStream()));
        String err = read(process.getErrorStream());
        assertThat(process.waitFor()).isZero();
        assertThat(result.get("status")).isEqualTo("succeeded");
        assertThat((String) result.get("output")).startsWith("Hello ");
        assertThat(err).contains("about to greet", "+ greet: succeeded").doesNotContain("Exception", "SLF4J");
    }

    @Test
    void knows_its_version_and_refuses_what_is_not_there() throws Exception {
        Process version = start("--version");
        assertThat(read(version.getInputStream())).startsWith("auterity ").doesNotContain("development");
        assertThat(version.waitFor()).isZero();
        Process missing = start("run", "missing.yaml");
        assertThat(read(missing.getErrorStream())).contains("there is no such file");
        assertThat(missing.waitFor()).isEqualTo(2);
    }

    @Test
    void a_signal_cancels_the_run_which_cleans_up() throws Exception {
        Files.writeString(directory.resolve("long.yaml"), """
                auterity: 1
                id: long
                steps:
                  work:
                    try: {steps: {wait: {wait: 1h}}}
                    finally: {steps: {clean: {emit: cleaned}}}
                """);
        Process process = start("run", "long.yaml");
        List<String> lines = new ArrayList<>();
        try (BufferedReader err = process.errorReader(StandardCharsets.UTF_8)) {
            for (String line = err.readLine(); line != null; line = err.readLine()) {
                lines.add(line);
                if (line.contains("waits for")) {
                    process.toHandle().destroy(); // SIGTERM
                }
            }
        }
        assertThat(process.waitFor()).isEqualTo(1);
        assertThat(String.join("\n", lines))
                .contains("interrupted: cancelling the run", "work.finally/clean", "run cancelled");
    }
}
