package io.auterity.compile;

import static org.assertj.core.api.Assertions.assertThat;

import io.auterity.definition.Definition;
import io.auterity.definition.DefinitionReader;
import io.auterity.definition.DefinitionWriter;
import io.auterity.plan.GraphPicture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Texts that Java's own regular expressions take for ever, or the whole stack, to look through if they are let. */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = ThreadMode.SEPARATE_THREAD)
class LongTextsTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = ' ',
            quoteCharacter = '|',
            value = {".a 100", ".a 4900", "['a'] 1900", ".a 200000"})
    void a_name_of_many_parts_is_refused(String part, int times) {
        String yaml =
                "auterity: 1\nid: flow\ninput: {a: any}\nsteps:\n  s: {uses: notify.send, with: {text: \"${{ input"
                        + part.repeat(times) + " }}\"}}\n";
        assertThat(Compiling.problems(yaml))
                .isNotEmpty()
                .first()
                .asString()
                .startsWith("AUT-C024 flow/s/with/text: the expression ");
    }

    @Test
    void a_long_text_that_begins_like_a_number_is_written_at_once() {
        Definition definition =
                Compiling.read("auterity: 1\nid: flow\nsteps: {a: {value: '" + "1".repeat(500_000) + "x'}}");
        String yaml = DefinitionWriter.yaml(definition);
        assertThat(new DefinitionReader().read(yaml, "").definition()).isEqualTo(definition);
    }

    @Test
    void a_picture_of_many_blanks_is_drawn_at_once() {
        Compiled compiled =
                Compiling.compile("auterity: 1\nid: flow\nsteps: {a: {value: \"${{ '" + " ".repeat(8_000) + "' }}\"}}");
        assertThat(GraphPicture.of(compiled.plan()).mermaid()).contains("= ' '");
    }
}
