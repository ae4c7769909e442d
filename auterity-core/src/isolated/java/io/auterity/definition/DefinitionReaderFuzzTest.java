package io.auterity.definition;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.code_intelligence.jazzer.mutation.annotation.NotNull;
import io.auterity.testkit.ProcessorTime;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Tag;

/** R19. */
@Tag("isolated")
class DefinitionReaderFuzzTest {

    private static final DefinitionReader READER = new DefinitionReader();

    /** What is written may be longer and deeper than what was read: aliases are written out, short forms in full. */
    private static final DefinitionReader PATIENT_READER =
            new DefinitionReader(new Limits(64 * 1024 * 1024, Limits.DEEPEST, 0, 10_000, 1_000_000, 10_000));

    @FuzzTest(maxDuration = "1m")
    void any_bytes_are_refused_with_problems_or_survive_writing(byte @NotNull [] text) throws Exception {
        ProcessorTime.atMost(ProcessorTime.OF_A_PARSER, () -> check(text));
    }

    private static void check(byte[] text) {
        Definition definition;
        try {
            definition = READER.read(text, "fuzz").definition();
        } catch (DefinitionException e) {
            assertThat(e.problems()).isNotEmpty();
            return;
        }
        String yaml = DefinitionWriter.yaml(definition);
        Definition again = PATIENT_READER.read(yaml, "").definition();
        assertThat(again).isEqualTo(definition);
        assertThat(DefinitionWriter.yaml(again)).isEqualTo(yaml);
        byte[] json = DefinitionWriter.json(definition).getBytes(StandardCharsets.UTF_8);
        assertThat(PATIENT_READER.read(json, "").definition()).isEqualTo(definition);
        assertThat(PATIENT_READER.read(DefinitionHash.canonical(definition), "").definition())
                .extracting(DefinitionHash::of)
                .isEqualTo(DefinitionHash.of(definition));
    }
}
