package io.auterity;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ErrorCodesDocumentedTest {

    /** A code as a whole string literal: codes in Javadoc or inside messages are mentions, not definitions. */
    private static final Pattern IN_SOURCE = Pattern.compile("\"(AUT-[A-Z]+\\d{3})\"");

    private static final Pattern IN_TABLE = Pattern.compile("(?m)^\\| `?(AUT-[A-Z]+\\d{3})`? \\| \\S.* \\| \\S.* \\|$");

    @Test
    void every_code_in_the_sources_is_documented_and_every_documented_code_exists() {
        assertThat(new TreeSet<>(documentedCodes())).isEqualTo(new TreeSet<>(codesInSources()));
    }

    @Test
    void every_code_is_documented_once_and_defined_once() {
        assertThat(documentedCodes()).doesNotHaveDuplicates();
        assertThat(codesInSources()).doesNotHaveDuplicates();
    }

    @Test
    void the_patterns_find_codes() {
        assertThat(find(IN_SOURCE, "new Problem(\"AUT-C003\", where)")).containsExactly("AUT-C003");
        assertThat(find(IN_SOURCE, "/** See AUT-C003. */")).isEmpty();
        assertThat(find(IN_TABLE, "| `AUT-C003` | unknown step | name one |")).containsExactly("AUT-C003");
        assertThat(find(IN_TABLE, "| `AUT-C003` | |")).isEmpty();
    }

    private static List<String> documentedCodes() {
        return find(IN_TABLE, read(repository().resolve("docs/errors.md")));
    }

    private static List<String> codesInSources() {
        try (Stream<Path> files = Files.walk(repository())) {
            return files.filter(ErrorCodesDocumentedTest::isMainSource)
                    .flatMap(file -> find(IN_SOURCE, read(file)).stream())
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isMainSource(Path file) {
        String path = file.toString().replace('\\', '/');
        return path.endsWith(".java") && path.contains("/src/main/java/");
    }

    private static List<String> find(Pattern pattern, String text) {
        return pattern.matcher(text).results().map(match -> match.group(1)).toList();
    }

    /** Tests run in their module's directory, below the one that holds the documentation. */
    private static Path repository() {
        Path directory = Path.of("").toAbsolutePath();
        while (!Files.exists(directory.resolve("docs/errors.md"))) {
            directory = directory.getParent();
            assertThat(directory).as("a directory with docs/errors.md").isNotNull();
        }
        return directory;
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
