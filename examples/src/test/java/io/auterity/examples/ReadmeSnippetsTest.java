package io.auterity.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.auterity.Engine;
import io.auterity.Workflow;
import io.auterity.definition.DefinitionException;
import io.auterity.plan.GraphPicture;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Compares the README with what it shows. A comment above a block says where the block is from: {@code from FILE} for a
 * part of a file, {@code graph of FILE} for a workflow's picture, {@code problems of FILE} for what the compiler says.
 */
class ReadmeSnippetsTest {

    private static final Pattern SNIPPET =
            Pattern.compile("<!-- (from|graph of|problems of) (\\S+) -->\n```\\w*\n(.*?)\n```\n", Pattern.DOTALL);

    private static final String README = Repository.read("README.md");

    @TestFactory
    Stream<DynamicTest> each_block_is_what_it_says() {
        return snippets()
                .map(snippet -> DynamicTest.dynamicTest(
                        snippet.group(1) + " " + snippet.group(2),
                        () -> check(snippet.group(1), snippet.group(2), snippet.group(3))));
    }

    @Test
    void all_java_and_yaml_is_cut_from_a_file() {
        List<String> unmarked = new ArrayList<>();
        String rest = SNIPPET.matcher(README).replaceAll("");
        Pattern.compile("```(java|yaml|mermaid)\n(.*?)```", Pattern.DOTALL)
                .matcher(rest)
                .results()
                .forEach(block -> unmarked.add(block.group()));
        assertThat(unmarked).isEmpty();
        assertThat(snippets().map(snippet -> snippet.group(1))).contains("from", "graph of", "problems of");
    }

    @Test
    void files_that_commands_name_exist() {
        List<String> files = Pattern.compile("examples/[\\w./-]+\\.(yaml|json)")
                .matcher(README)
                .results()
                .map(MatchResult::group)
                .toList();
        assertThat(files)
                .isNotEmpty()
                .allMatch(file -> Files.exists(Repository.root().resolve(file)));
    }

    private static Stream<MatchResult> snippets() {
        return SNIPPET.matcher(README).results();
    }

    private static void check(String relation, String file, String block) {
        switch (relation) {
            case "from" ->
                assertThat(Repository.read(file)
                                .stripIndent()
                                .lines()
                                .map(String::strip)
                                .toList())
                        .containsSequence(block.lines().map(String::strip).toList());
            case "graph of" -> assertThat(block).isEqualTo(picture(file));
            default -> assertThat(block).isEqualTo(problems(file));
        }
    }

    private static Workflow<?, ?> read(String file) {
        return Workflow.read(
                Repository.read(file),
                Repository.root().resolve(file).getFileName().toString());
    }

    private static String picture(String file) {
        Workflow<?, ?> workflow = read(file);
        try (Engine engine =
                Engine.builder().discoverConnectors().register(workflow).build()) {
            return GraphPicture.of(engine.plan(workflow.definition().id()))
                    .mermaid()
                    .strip();
        }
    }

    private static String problems(String file) {
        Engine.Builder builder = Engine.builder().discoverConnectors().register(read(file));
        try (Engine engine = builder.build()) {
            throw new AssertionError("no problem in " + file + " for " + engine);
        } catch (DefinitionException e) {
            return e.getMessage();
        }
    }
}
