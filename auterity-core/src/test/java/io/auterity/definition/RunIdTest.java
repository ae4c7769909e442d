package io.auterity.definition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RunIdTest {

    private static final String LONGEST = "x".repeat(RunId.MAX_LENGTH);

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "a b", "a/b", "a\nb", "\u0000", "ä", "a'b", "a%b", "\uD83D\uDE97"})
    void P3_refuses_ids_that_are_none(String text) {
        assertThatThrownBy(() -> RunId.of(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("a run id has ");
    }

    @Test
    void P3_takes_up_to_200_characters() {
        assertThat(RunId.of(LONGEST.substring(1)).value()).hasSize(199);
        assertThat(RunId.of(LONGEST).value()).hasSize(200);
        assertThatThrownBy(() -> RunId.of(LONGEST + "x"))
                .hasMessage("a run id has 1 to 200 characters, this one has 201");
        assertThat(RunId.of("aZ09._:-")).hasToString("aZ09._:-");
    }

    @Test
    void P3_ids_made_from_the_longest_are_ids_too() {
        assertThat(RunId.of(LONGEST).onFailure().value()).hasSizeLessThanOrEqualTo(RunId.MAX_LENGTH);
        assertThat(RunId.of(LONGEST).onFailure())
                .isNotEqualTo(RunId.of(LONGEST.substring(1)).onFailure());
    }
}
