package io.auterity.footprint;

import static org.assertj.core.api.Assertions.assertThat;

import io.auterity.testkit.OwnProcess;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A heap that is too small ends the process with an error; how long anything takes says nothing here. */
@Timeout(value = FootprintTest.MINUTES + 1, unit = TimeUnit.MINUTES)
class FootprintTest {

    static final long MINUTES = 15;

    @TempDir
    private Path folder;

    @Test
    void one_hundred_thousand_runs_are_parked_within_512_MB_of_heap() throws Exception {
        assertThat(output("512m", ParkedRuns.class, "100000")).contains("100000 runs were answered");
    }

    @Test
    void a_run_of_100_000_nodes_takes_256_MB_of_heap_at_most() throws Exception {
        assertThat(output("256m", ManyNodes.class, "100000")).contains("100000 nodes were run");
    }

    @Test
    void a_run_of_1_000_000_nodes_takes_2_GB_of_heap_at_most() throws Exception {
        assertThat(output("2g", ManyNodes.class, "1000000")).contains("1000000 nodes were run");
    }

    @Test
    void a_heap_that_is_too_small_is_noticed() throws Exception {
        Process process = start("24m", ParkedRuns.class, "100000");
        assertThat(end(process)).isNotZero();
        assertThat(said()).contains("OutOfMemoryError");
    }

    /** Runs a program in a process of its own and returns what it says. */
    private String output(String heap, Class<?> program, String argument) throws Exception {
        Process process = start(heap, program, argument);
        assertThat(end(process)).as(this::said).isZero();
        return said();
    }

    private Process start(String heap, Class<?> program, String argument) throws IOException {
        return OwnProcess.start(
                List.of("-Xmx" + heap, "-XX:+ExitOnOutOfMemoryError"), program, folder.resolve("said"), argument);
    }

    private static int end(Process process) throws InterruptedException {
        try {
            assertThat(process.waitFor(MINUTES, TimeUnit.MINUTES)).isTrue();
            return process.exitValue();
        } finally {
            process.destroyForcibly();
        }
    }

    private String said() {
        try {
            return Files.readString(folder.resolve("said"), StandardCharsets.UTF_8);
        } catch (IOException e) {
            return e.toString();
        }
    }
}
