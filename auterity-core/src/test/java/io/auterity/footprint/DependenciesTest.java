package io.auterity.footprint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.auterity.Engine;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What a user of the core gets on disk, and what the core's README says of it. */
class DependenciesTest {

    private static final long MOST_BYTES = 12_000_000;
    private static final Pattern JAR = Pattern.compile("(.*?)-[0-9][0-9A-Za-z.-]*\\.jar");
    private static final Pattern ROW = Pattern.compile("\\| `([a-z0-9-]+)` \\| ([0-9,]+) \\| (.*) \\|");

    @Test
    void core_and_its_libraries_take_12_MB_on_disk_at_most() throws Exception {
        long own = bytesOf(Path.of(
                Engine.class.getProtectionDomain().getCodeSource().getLocation().toURI()));
        long libraries = libraries().values().stream()
                .mapToLong(DependenciesTest::bytesOf)
                .sum();
        assertThat(own).isPositive();
        assertThat(own + libraries).isLessThanOrEqualTo(MOST_BYTES);
    }

    @Test
    void the_readme_names_each_library_with_its_size_and_the_reason_for_it() throws IOException {
        Map<String, Long> actual = new TreeMap<>();
        libraries().forEach((name, jar) -> actual.put(name, Math.round(bytesOf(jar) / 1000.0)));
        Map<String, Long> said = new TreeMap<>();
        for (String line : Files.readAllLines(Path.of("README.md"))) {
            Matcher row = ROW.matcher(line);
            if (row.matches()) {
                said.put(row.group(1), Long.parseLong(row.group(2).replace(",", "")));
                assertThat(row.group(3)).as(line).hasSizeGreaterThan(20);
            }
        }
        assertThat(said).isEqualTo(actual);
    }

    /** The jars at run time by their names without versions. */
    private static Map<String, Path> libraries() throws IOException {
        String list = System.getProperty("auterity.runtime.classpath");
        assumeThat(list).as("the list that the Maven build makes").isNotNull();
        Map<String, Path> libraries = new TreeMap<>();
        for (String jar : Files.readString(Path.of(list)).strip().split(System.getProperty("path.separator"))) {
            Path path = Path.of(jar);
            Matcher name = JAR.matcher(path.getFileName().toString());
            assertThat(name.matches()).as(jar).isTrue();
            libraries.put(name.group(1), path);
        }
        assertThat(libraries).isNotEmpty();
        return libraries;
    }

    private static long bytesOf(Path place) {
        try (Stream<Path> files = Files.walk(place)) {
            return files.filter(Files::isRegularFile)
                    .mapToLong(file -> file.toFile().length())
                    .sum();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
