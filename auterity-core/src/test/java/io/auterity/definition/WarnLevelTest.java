package io.auterity.definition;

import static org.assertj.core.api.Assertions.assertThat;

import io.auterity.compile.Compiler;
import io.auterity.run.RunSettings;
import java.util.List;
import org.junit.jupiter.api.Test;

class WarnLevelTest {

    private static final String HEAD = "auterity: 1\nid: w\nsteps:\n";

    @Test
    void a_warning_is_due_once_when_the_level_is_passed() {
        assertThat(WarnLevel.STEPS.isPassed(0, 999, 10_000)).isFalse();
        assertThat(WarnLevel.STEPS.isPassed(999, 1_000, 10_000)).isFalse();
        assertThat(WarnLevel.STEPS.isPassed(1_000, 1_001, 10_000)).isTrue();
        assertThat(WarnLevel.STEPS.isPassed(1_001, 1_002, 10_000)).isFalse();
        assertThat(WarnLevel.STEPS.isPassed(0, 10_001, 10_000)).as("is refused").isFalse();
    }

    @Test
    void a_raised_limit_raises_the_level_and_a_lowered_one_does_not_lower_it() {
        assertThat(WarnLevel.ENTRIES.below(10_000_000)).isEqualTo(100_000);
        assertThat(WarnLevel.ENTRIES.below(20_000)).isEqualTo(10_000);
        assertThat(WarnLevel.ENTRIES.isPassed(0, 20, 20)).isFalse();
    }

    @Test
    void the_levels_belong_to_the_limits_that_there_are() {
        RunSettings.Limits run = RunSettings.Limits.DEFAULT;
        assertThat(WarnLevel.ENTRIES.below(2L * run.maxEntries())).isEqualTo(20_000);
        assertThat(WarnLevel.RECORD_BYTES.below(2 * run.maxRecordBytes())).isEqualTo(20L << 20);
        assertThat(WarnLevel.TEXT_BYTES.below(2L * Limits.DEFAULT.maxBytes())).isEqualTo(512 << 10);
        assertThat(io.auterity.compile.Limits.DEFAULT.maxSteps()).isEqualTo(Limits.DEFAULT.maxSteps());
        assertThat(io.auterity.compile.Limits.DEFAULT.maxDepth()).isEqualTo(Limits.DEFAULT.maxDepth());
    }

    @Test
    void a_long_text_is_warned_of() {
        String text = HEAD + "  s: {value: 1}\n# ";
        for (int bytes : List.of((256 << 10) - 1, 256 << 10, (256 << 10) + 1)) {
            List<String> warnings =
                    read(text + "x".repeat(bytes - text.length())).warnings();
            if (bytes > 256 << 10) {
                assertThat(warnings)
                        .singleElement()
                        .asString()
                        .contains("has 262145 bytes of text and is refused beyond 1048576 (maxBytes); split it");
            } else {
                assertThat(warnings).isEmpty();
            }
        }
    }

    @Test
    void a_deep_text_is_warned_of() {
        for (int levels : List.of(31, 32, 33)) {
            int inside = levels - 3; // the workflow, its steps, the step
            String text = HEAD + "  s: {value: " + "[".repeat(inside) + "]".repeat(inside) + "}\n";
            assertThat(read(text).warnings()).hasSize(levels > 32 ? 1 : 0);
        }
    }

    @Test
    void many_blocks_inside_blocks_are_warned_of() {
        for (int depth : List.of(31, 32, 33)) {
            String flow = "auterity: 1\nid: w\nsteps: {s: " + "{try: {steps: {s: ".repeat(depth - 1) + "{value: 1}"
                    + "}}, finally: {steps: {f: {value: 1}}}}".repeat(depth - 1) + "}";
            Definition definition = new DefinitionReader(Limits.DEFAULT.withMaxDepth(Limits.DEEPEST))
                    .read(flow, "")
                    .definition();
            Compiler.Result result = Compiler.builder().build().check(definition, Positions.NONE);
            assertThat(result.problems()).isEmpty();
            assertThat(result.warnings()).hasSize(depth > 32 ? 1 : 0);
        }
    }

    private static DefinitionReader.Parsed read(String text) {
        return new DefinitionReader().read(text, "");
    }
}
