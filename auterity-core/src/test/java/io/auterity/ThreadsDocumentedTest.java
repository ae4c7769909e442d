package io.auterity;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Each public class and interface of the library says which threads may use it; records, enums and exceptions need not. */
class ThreadsDocumentedTest {

    private static final Pattern TYPE =
            Pattern.compile("(?m)^public (?:(?:abstract|final|sealed|non-sealed) )*(?:class|interface) (\\w+)[^{]*");
    private static final Pattern SAYS_SO = Pattern.compile("(?i)thread|immutable");

    @Test
    void every_public_type_says_it() throws IOException {
        List<String> silent = new ArrayList<>();
        int[] seen = new int[1];
        for (Path source : sources()) {
            String text = Files.readString(source);
            Matcher type = TYPE.matcher(text);
            if (type.find() && !type.group().contains("Exception")) {
                seen[0]++;
                String before = text.substring(0, type.start());
                String javadoc = before.substring(Math.max(0, before.lastIndexOf("/**")));
                if (!SAYS_SO.matcher(javadoc).find()) {
                    silent.add(source.getFileName() + ": add 'Thread-safe.', 'Immutable.' or 'Not thread-safe.'");
                }
            }
        }
        assertThat(seen[0]).isGreaterThan(100);
        assertThat(silent).isEmpty();
    }

    private static List<Path> sources() throws IOException {
        Path root = Path.of("").toAbsolutePath();
        while (!Files.exists(root.resolve("auterity-connectors"))) {
            root = root.getParent();
            assertThat(root).as("a directory with auterity-connectors").isNotNull();
        }
        List<Path> modules = new ArrayList<>(List.of(root.resolve("auterity-core"), root.resolve("auterity-relay")));
        try (Stream<Path> connectors = Files.list(root.resolve("auterity-connectors"))) {
            connectors.forEach(modules::add);
        }
        return modules.stream()
                .map(module -> module.resolve("src/main/java"))
                .filter(Files::exists)
                .flatMap(ThreadsDocumentedTest::javaBelow)
                .toList();
    }

    private static Stream<Path> javaBelow(Path directory) {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(file -> file.toString().endsWith(".java")).toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
