package io.auterity.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.auterity.definition.Json;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The first command of the README, as a process of its own; runs after packaging. */
class DealershipJarIT {

    @TempDir
    private Path directory;

    private String output(String file) throws Exception {
        return Files.readString(directory.resolve(file), StandardCharsets.UTF_8);
    }

    /** What the threads of a process do, virtual ones too where there are some. */
    private String threads(long process) throws Exception {
        Path dump = directory.resolve("threads");
        List<String> command = new ArrayList<>(List.of(program("jcmd"), Long.toString(process)));
        boolean hasVirtualThreads = Runtime.version().feature() >= 21;
        command.addAll(
                hasVirtualThreads ? List.of("Thread.dump_to_file", dump.toString()) : List.of("Thread.print", "-l"));
        Process jcmd = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("jcmd").toFile())
                .start();
        boolean isThere = jcmd.waitFor(20, TimeUnit.SECONDS) && Files.exists(dump);
        jcmd.destroyForcibly();
        return output("jcmd") + (isThere ? output("threads") : "");
    }

    private static String program(String name) {
        return Path.of(System.getProperty("java.home"), "bin", name).toString();
    }

    @Test
    void values_the_cars_and_tells_how_far_it_is() throws Exception {
        Path jar = Path.of(System.getProperty("dealership.jar"));
        // Each JDK builds into a directory of its own; the README's is that of the default one.
        assertThat(Repository.read("README.md")).contains("java -jar examples/target/" + jar.getFileName() + "\n");
        Process demo = new ProcessBuilder(program("java"), "-jar", jar.toString())
                .directory(Repository.root().toFile())
                .redirectOutput(directory.resolve("out").toFile())
                .redirectError(directory.resolve("err").toFile())
                .start();
        try {
            if (!demo.waitFor(90, TimeUnit.SECONDS)) {
                throw new AssertionError("does not end\n" + output("err") + threads(demo.pid()));
            }
        } finally {
            demo.destroyForcibly();
        }

        String err = output("err");
        assertThat(demo.exitValue()).as(err).isZero();
        Map<?, ?> report = (Map<?, ?>) Json.read(output("out"));
        assertThat(report.get("cars")).isEqualTo(406L);
        assertThat(report.get("valued")).isEqualTo(392L);
        assertThat(report.keySet()).asString().isEqualTo("[cars, valued, origins, followUp]");
        assertThat(err)
                .startsWith("auterity run examples/dealership.yaml --input cars=@examples/data/cars.json")
                .contains("clean: succeeded", "valued: succeeded", "392 items", " retries", "run succeeded")
                .doesNotContain("Exception", "SLF4J");
    }
}
