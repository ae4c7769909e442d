package io.auterity.relay.money;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PriceBookTest {

    private static final PriceBook BOOK = PriceBook.shipped();
    private static final ModelName STRANGER = ModelName.of("openai/gpt-99");

    @Test
    void the_shipped_book_is_what_the_converter_makes_of_its_sources() throws Exception {
        try (InputStream shipped = PriceBook.class.getResourceAsStream("prices-2026-08-21.json")) {
            assertThat(PriceBookConverter.convert(Path.of("src/test/prices"), "2026-08-21"))
                    .isEqualTo(new String(shipped.readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    /** The source says cents a token: $2.50 and $10 a million tokens are 0.00025 and 0.001 there. */
    @Test
    void earlier_defect_24_prices_are_a_token_and_not_a_character() {
        Rates rates = rates("openai/gpt-4o", ServiceTier.STANDARD, 1);
        assertThat(rates.rate(Meter.INPUT)).hasValue(2_500_000);
        assertThat(rates.cost(Usage.of(1_000_000, 0))).isEqualTo(Money.dollars("2.50"));
        assertThat(rates.cost(Usage.of(0, 1_000_000))).isEqualTo(Money.dollars("10"));
    }

    @Test
    void batch_and_priority_have_their_own_rates() {
        assertThat(rates("openai/gpt-4o", ServiceTier.BATCH, 1).rate(Meter.OUTPUT))
                .hasValue(5_000_000);
        assertThat(rates("openai/gpt-4o", ServiceTier.PRIORITY, 1).rate(Meter.OUTPUT))
                .hasValue(17_000_000);
        assertThat(rates("openai/gpt-5.4", ServiceTier.REGIONAL, 1).rate(Meter.INPUT))
                .hasValue(2_750_000);
    }

    @Test
    void a_long_prompt_costs_more_from_the_first_token_above_the_limit() {
        assertThat(rates("openai/gpt-5.4", ServiceTier.STANDARD, 271_999).rate(Meter.INPUT))
                .hasValue(2_500_000);
        assertThat(rates("openai/gpt-5.4", ServiceTier.STANDARD, 272_000).rate(Meter.INPUT))
                .hasValue(2_500_000);
        assertThat(rates("openai/gpt-5.4", ServiceTier.STANDARD, 272_001).rate(Meter.INPUT))
                .hasValue(5_000_000);
        assertThat(rates("google/gemini-2.5-pro", ServiceTier.STANDARD, 200_000).rate(Meter.INPUT))
                .hasValue(2_500_000);
    }

    @Test
    void a_tier_without_a_long_rate_has_no_price_for_long_prompts() {
        assertThat(price("openai/gpt-5.4", ServiceTier.PRIORITY, 272_000).certainty())
                .isEqualTo(Price.Certainty.KNOWN);
        assertThat(price("openai/gpt-5.4", ServiceTier.PRIORITY, 272_001).certainty())
                .isEqualTo(Price.Certainty.UNKNOWN);
    }

    @Test
    void an_unknown_price_is_refused_with_its_name() {
        assertThatThrownBy(() -> BOOK.price(STRANGER, ServiceTier.STANDARD, 1, UnknownPrice.REFUSE))
                .isInstanceOfSatisfying(
                        PriceException.class, e -> assertThat(e.code()).isEqualTo("AUT-L001"))
                .hasMessageContaining("openai/gpt-99", "PriceBook.with");
    }

    @Test
    void an_unknown_price_in_the_worst_case_is_the_dearest_of_the_provider() {
        Price price = BOOK.price(STRANGER, ServiceTier.STANDARD, 1, UnknownPrice.WORST_CASE);
        assertThat(price.certainty()).isEqualTo(Price.Certainty.WORST_CASE);
        for (ModelName name : BOOK.models()) {
            if (name.provider().equals("openai")) {
                Usage usage = Usage.of(1000, 1000);
                price(name.toString(), ServiceTier.STANDARD, 1)
                        .cost(usage)
                        .ifPresent(cost ->
                                assertThat(price.cost(usage).orElseThrow()).isGreaterThanOrEqualTo(cost));
            }
        }
    }

    @Test
    void an_unknown_price_that_is_allowed_has_no_cost_instead_of_zero() {
        assertThat(BOOK.price(STRANGER, ServiceTier.STANDARD, 1, UnknownPrice.ALLOW_AND_FLAG)
                        .cost(Usage.of(1, 1)))
                .isEmpty();
        // a model with a price, but none for sound
        assertThat(price("openai/gpt-4o", ServiceTier.STANDARD, 1).cost(Usage.NONE.with(Meter.AUDIO_INPUT, 1)))
                .isEmpty();
    }

    /** The rate of the answer is missing, which an answer of no tokens does not need. */
    @Test
    void a_price_that_lacks_a_rate_which_a_call_needs_is_unknown() {
        PriceBook partial = BOOK.with(STRANGER, Rates.of(Map.of(Meter.INPUT, 1_000L)));
        assertThat(partial.price(STRANGER, ServiceTier.STANDARD, Usage.of(10, 0), UnknownPrice.REFUSE)
                        .certainty())
                .isEqualTo(Price.Certainty.KNOWN);
        Usage most = Usage.of(10, 5);
        assertThat(partial.missing(STRANGER, ServiceTier.STANDARD, most)).contains("price of its output");
        assertThatThrownBy(() -> partial.price(STRANGER, ServiceTier.STANDARD, most, UnknownPrice.REFUSE))
                .isInstanceOf(PriceException.class)
                .hasMessageContaining("no price of openai/gpt-99 in tier standard for output");
        assertThat(partial.price(STRANGER, ServiceTier.STANDARD, most, UnknownPrice.ALLOW_AND_FLAG)
                        .certainty())
                .isEqualTo(Price.Certainty.UNKNOWN);
        Price dearest = partial.price(STRANGER, ServiceTier.STANDARD, most, UnknownPrice.WORST_CASE);
        assertThat(dearest.certainty()).isEqualTo(Price.Certainty.WORST_CASE);
        assertThat(dearest.cost(most).orElseThrow())
                .isGreaterThan(rates("openai/gpt-4o", ServiceTier.STANDARD, 1).cost(most));
    }

    @Test
    void in_the_worst_case_others_stand_in_for_a_provider_that_publishes_no_such_rate() {
        ModelName own = ModelName.of("local/llama");
        PriceBook partial = BOOK.with(own, Rates.of(Map.of(Meter.INPUT, 1_000L)));
        assertThat(partial.price(own, ServiceTier.STANDARD, Usage.of(1, 1), UnknownPrice.WORST_CASE)
                        .cost(Usage.of(1, 1)))
                .isPresent();
        PriceBook only = book("'unit': 'pico-dollars', 'models': {'a/b': {'standard': {'input': 5}}}");
        assertThatThrownBy(() -> only.price(own, ServiceTier.STANDARD, Usage.of(1, 1), UnknownPrice.WORST_CASE))
                .isInstanceOf(PriceException.class)
                .hasMessageContaining("no price of any model for output");
    }

    @Test
    void nothing_but_moderation_is_free() {
        for (ModelName name : BOOK.models()) {
            if (!name.model().contains("moderation")) {
                for (ServiceTier tier : ServiceTier.values()) {
                    price(name.toString(), tier, 1)
                            .cost(Usage.of(1, 0))
                            .ifPresent(cost -> assertThat(cost.nanos())
                                    .as("%s %s", name, tier)
                                    .isPositive());
                }
            }
        }
    }

    @Test
    void a_contract_changes_the_price_and_the_hash() {
        PriceBook ours = BOOK.with(STRANGER, Rates.of(1_000, 2_000));
        assertThat(ours.hash()).isNotEqualTo(BOOK.hash()).hasSize(64);
        assertThat(ours.price(STRANGER, ServiceTier.BATCH, 500_000, UnknownPrice.REFUSE)
                        .cost(Usage.of(1, 1)))
                .contains(new Money(3));
        assertThat(PriceBook.shipped().hash()).isEqualTo(BOOK.hash());
    }

    @Test
    void a_book_in_another_unit_or_with_fractions_is_refused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> book("'unit': 'cents', 'models': {}"))
                .withMessageContaining("pico-dollars");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> book("'unit': 'pico-dollars', 'models': {'a/b': {'standard': {'input': 0.5}}}"))
                .withMessageContaining("a/b standard/input");
    }

    private static PriceBook book(String content) {
        return PriceBook.read(
                ("{'version': '1', " + content + "}").replace('\'', '"').getBytes(StandardCharsets.UTF_8));
    }

    private static Price price(String model, ServiceTier tier, long input) {
        return BOOK.price(ModelName.of(model), tier, input, UnknownPrice.ALLOW_AND_FLAG);
    }

    private static Rates rates(String model, ServiceTier tier, long input) {
        return price(model, tier, input).rates().orElseThrow(() -> new AssertionError(Map.of(model, tier)));
    }
}
