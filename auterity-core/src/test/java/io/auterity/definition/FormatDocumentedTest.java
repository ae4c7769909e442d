package io.auterity.definition;

import static org.assertj.core.api.Assertions.assertThat;

import io.auterity.definition.StepKind.ForEach;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What {@code docs/workflows.md} says of the format is what the reader knows. */
class FormatDocumentedTest {

    private static final String PAGE = page();

    @Test
    void every_key_and_every_word_of_the_format_is_explained() {
        Set<String> words = new TreeSet<>(Keys.Kind.keys());
        for (Keys.Kind kind : Keys.Kind.values()) {
            words.addAll(kind.beside);
        }
        List.of(
                        Keys.WORKFLOW,
                        Keys.COMMON,
                        Keys.DEFAULTS,
                        Keys.TRIGGER,
                        Keys.WEBHOOK,
                        Keys.SCHEDULE,
                        Keys.RETRY,
                        Keys.ON_ERROR,
                        Keys.BLOCK,
                        Keys.CASE,
                        Keys.REPEAT,
                        Keys.AWAIT,
                        Keys.APPROVE,
                        Keys.EMIT,
                        Keys.FAIL,
                        Keys.JAVA,
                        Keys.JOIN.keySet(),
                        Keys.ITEM_ERRORS.keySet(),
                        Keys.OTHERWISE.keySet(),
                        Keys.ERROR_WORDS.keySet(),
                        Keys.CATCH_UP.keySet(),
                        Keys.OVERLAP.keySet())
                .forEach(words::addAll);
        assertThat(words)
                .allSatisfy(word -> assertThat(PAGE)
                        .as(word)
                        .containsPattern("`[^`\n]*(?<![\\w-])" + Pattern.quote(word) + "(?![\\w-])[^`\n]*`"));
    }

    @Test
    void the_tables_have_the_keys_of_the_reader_in_its_order() {
        assertThat(keys("## The workflow")).containsExactlyElementsOf(Keys.WORKFLOW);
        assertThat(keys("## What a step does")).containsExactlyElementsOf(Keys.Kind.keys());
        assertThat(keys("## How it deals")).containsExactlyInAnyOrderElementsOf(Keys.COMMON);
    }

    @Test
    void the_defaults_are_those_of_the_code() {
        assertThat(row("forEach")).contains("(`" + ForEach.DEFAULT_AS + "`)", "(" + ForEach.DEFAULT_CONCURRENCY + ")");
        assertThat(row("repeat")).contains(String.format("(%,d)", StepKind.Repeat.DEFAULT_MAX));
        assertThat(row("retry"))
                .contains(String.join(
                        ", ",
                        String.valueOf(Retry.DEFAULT_MAX_ATTEMPTS),
                        Durations.print(Retry.DEFAULT_DELAY),
                        String.valueOf((int) Retry.DEFAULT_MULTIPLIER),
                        Durations.print(Retry.DEFAULT_MAX_DELAY),
                        String.valueOf(Retry.DEFAULT_JITTER)));
        assertThat(row("defaults")).contains(Policy.DEFAULT_TIMEOUT.toMinutes() + " minutes");
        assertThat(row("catchUpLimit")).contains(String.valueOf(Trigger.Firing.DEFAULT_CATCH_UP_LIMIT));
        assertThat(PAGE)
                .contains(String.format(
                        "%d MiB, %,d steps, %d levels and %d aliases",
                        Limits.DEFAULT.maxBytes() >> 20,
                        Limits.DEFAULT.maxSteps(),
                        Limits.DEFAULT.maxDepth(),
                        Limits.DEFAULT.maxAliases()));
    }

    @Test
    void the_sample_can_be_read() {
        String sample = PAGE.split("```yaml\n")[1].split("```")[0];
        assertThat(new DefinitionReader().read(sample).definition().id()).isEqualTo("lead-follow-up");
    }

    private static String row(String key) {
        return PAGE.lines()
                .filter(line -> line.startsWith("| `" + key + "` |"))
                .findFirst()
                .orElseThrow();
    }

    private static Collection<String> keys(String heading) {
        String section = PAGE.substring(PAGE.indexOf(heading)).split("\n## ", 2)[0];
        return section.lines()
                .filter(line -> line.startsWith("| `"))
                .map(line -> line.split("`")[1])
                .toList();
    }

    private static String page() {
        Path directory = Path.of("").toAbsolutePath();
        while (!Files.exists(directory.resolve("docs/workflows.md"))) {
            directory = directory.getParent();
        }
        try {
            return Files.readString(directory.resolve("docs/workflows.md"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
