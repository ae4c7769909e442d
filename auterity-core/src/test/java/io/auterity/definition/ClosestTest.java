package io.auterity.definition;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClosestTest {

    @ParameterizedTest
    @CsvSource({
        "chrage-card, charge-card",
        "reserve-stok, reserve-stock",
        "SHIP, ship",
        "hsip, ship",
        "retry, retry",
        "nees, needs"
    })
    void finds_the_name_that_was_meant(String mistyped, String meant) {
        assertThat(Closest.to(mistyped, List.of("reserve-stock", "charge-card", "ship", "retry", "needs")))
                .contains(meant);
    }

    @Test
    void finds_the_only_name_that_begins_so() {
        assertThat(Closest.to("int", List.of("string", "integer", "number"))).contains("integer");
        assertThat(Closest.to("in", List.of("string", "integer", "number"))).isEmpty();
        assertThat(Closest.to("charge", List.of("charge-the-card", "charge-the-account")))
                .isEmpty();
    }

    @Test
    void finds_nothing_when_nothing_is_close() {
        assertThat(Closest.to("banana", List.of("ship", "pay"))).isEmpty();
        assertThat(Closest.to("x".repeat(100_000), List.of("ship"))).isEmpty();
        assertThat(Closest.to("ship", List.of())).isEmpty();
    }

    @Test
    void the_fix_names_the_closest_and_the_others() {
        assertThat(Closest.fix("hsip", List.of("pay", "ship"))).isEqualTo("use 'ship' (closest of: pay, ship)");
        assertThat(Closest.fix("banana", List.of("pay", "ship"))).isEqualTo("use one of: pay, ship");
        assertThat(Closest.fix("banana", List.of())).contains("none");
    }

    @Test
    void the_fix_lists_a_few_of_many() {
        List<String> known =
                IntStream.range(0, 1_000).mapToObj(i -> "name-" + i).toList();
        assertThat(Closest.fix("other", known)).endsWith("name-11, 988 more");
    }
}
