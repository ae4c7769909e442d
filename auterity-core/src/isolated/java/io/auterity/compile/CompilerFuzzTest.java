package io.auterity.compile;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.code_intelligence.jazzer.mutation.annotation.NotNull;
import io.auterity.definition.DefinitionException;
import io.auterity.definition.DefinitionReader;
import io.auterity.definition.Problem;
import io.auterity.plan.GraphPicture;
import io.auterity.testkit.ProcessorTime;
import org.junit.jupiter.api.Tag;

/** R19: The whole road from a text to a plan and its picture. */
@Tag("isolated")
class CompilerFuzzTest {

    private static final DefinitionReader READER = new DefinitionReader();
    private static final Compiler COMPILER = Compiling.compiler().build();

    @FuzzTest(maxDuration = "20s")
    void any_text_is_refused_with_problems_or_becomes_a_plan(byte @NotNull [] text) throws Exception {
        ProcessorTime.atMost(ProcessorTime.OF_A_PARSER, () -> check(text));
    }

    private static void check(byte[] text) {
        DefinitionReader.Parsed parsed;
        try {
            parsed = READER.read(text, "fuzz");
        } catch (DefinitionException refused) {
            assertThat(refused.problems()).isNotEmpty();
            refused.readable().ifPresent(rest -> COMPILER.check(rest.definition(), rest.positions()));
            return;
        }
        Compiler.Result compilation = COMPILER.check(parsed.definition(), parsed.positions());
        if (!compilation.problems().isEmpty()) {
            assertThat(compilation.problems()).extracting(Problem::fix).noneMatch(String::isBlank);
            return;
        }
        GraphPicture picture = GraphPicture.of(compilation.orElseThrow().plan());
        assertThat(picture.mermaid()).startsWith("flowchart");
        assertThat(picture.dot()).startsWith("digraph");
    }
}
