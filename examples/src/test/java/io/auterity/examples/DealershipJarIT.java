package io.auterity.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.auterity.definition.Json;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
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

    @Test
    void values_the_cars_and_tells_how_far_it_is() throws Exception {
        Path jar = Path.of(System.getProperty("dealership.jar"));
        // Each JDK builds into a directory of its own; the README's is that of the default one.
        assertThat(Repository.read("README.md")).contains("java -jar examples/target/" + jar.getFileName() + "\n");
        Process demo = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-jar", jar.toString())
                .directory(Repository.root().toFile())
                .redirectOutput(directory.resolve("out").toFile())
                .redirectError(directory.resolve("err").toFile())
                .start();
        try {
            assertThat(demo.waitFor(2, TimeUnit.MINUTES)).as("ends in time").isTrue();
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
