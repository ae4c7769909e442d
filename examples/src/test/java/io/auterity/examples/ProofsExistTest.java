package io.auterity.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Each promise in the README, and each proof in docs/reliability.md, names tests, and these are there. */
class ProofsExistTest {

    /** As in {@code RetryTest}, {@code behaviour/RetryTest}, {@code compile/*Test} and {@code RetryTest.P3_...}. */
    private static final Pattern TEST = Pattern.compile(
            "`(?:([a-z]+)/)?([A-Z][A-Za-z0-9]*(?:Test|Contract|IT)|\\*[A-Za-z]*Test)(?:\\.([A-Z]+[0-9]+_)\\.\\.\\.)?`");

    private static List<String> rows(String file, String from, String to) throws IOException {
        String text = Repository.read(file);
        int begin = text.indexOf(from);
        assertThat(begin).as("'%s' in %s", from, file).isNotNegative();
        int end = text.indexOf(to, begin + from.length());
        return text.substring(begin, end < 0 ? text.length() : end)
                .lines()
                .filter(line -> line.startsWith("| ") && !line.startsWith("| promise |") && !line.startsWith("| id |"))
                .toList();
    }

    private static List<Path> tests() throws IOException {
        try (Stream<Path> files = Files.walk(Repository.root())) {
            return files.filter(file -> file.toString().matches(".*/src/.*(Test|Contract|IT)\\.java"))
                    .toList();
        }
    }

    private static boolean isThere(Matcher named, List<Path> tests) throws IOException {
        String folder = named.group(1) == null ? "" : named.group(1) + "/";
        String ending = ("/" + folder + named.group(2) + ".java").replace("/*", "/[A-Za-z0-9]*");
        for (Path test : tests) {
            if (test.toString().matches(".*" + ending)
                    && (named.group(3) == null || Files.readString(test).contains(" " + named.group(3)))) {
                return true;
            }
        }
        return false;
    }

    private static void check(List<String> rows) throws IOException {
        List<Path> tests = tests();
        assertThat(rows).hasSizeGreaterThan(10);
        for (String row : rows) {
            Matcher named = TEST.matcher(row.substring(row.indexOf(" | ")));
            int found = 0;
            while (named.find()) {
                assertThat(isThere(named, tests))
                        .as("%s in: %s", named.group(), row)
                        .isTrue();
                found++;
            }
            assertThat(found).as("tests named in: %s", row).isPositive();
        }
    }

    @Test
    void every_promise_names_tests_that_are_there() throws IOException {
        check(rows("README.md", "## What is guaranteed", "\n## "));
    }

    @Test
    void every_proof_of_reliability_is_there() throws IOException {
        check(rows("docs/reliability.md", "## The proofs", "\n## "));
    }
}
