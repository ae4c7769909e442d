package io.auterity.relay.usage;

import static org.assertj.core.api.Assertions.assertThat;

import io.auterity.definition.Json;
import io.auterity.relay.money.Meter;
import io.auterity.relay.money.ModelName;
import io.auterity.relay.money.Money;
import io.auterity.relay.money.PriceBook;
import io.auterity.relay.money.ServiceTier;
import io.auterity.relay.money.UnknownPrice;
import io.auterity.relay.money.Usage;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

/** What providers report and what it costs; the tests named after an issue show the defect of a peer absent. */
class UsageReaderTest {

    private static final PriceBook BOOK = PriceBook.shipped();

    @Test
    void litellm_9812_cache_writes_are_charged_once() {
        Usage usage = read(
                UsageReader.ANTHROPIC_MESSAGES,
                "{'input_tokens': 3, 'cache_creation_input_tokens': 12304, 'cache_read_input_tokens': 0, 'output_tokens': 550}");
        // 3 x $3 + 12,304 x $3.75 + 550 x $15 a million; the peer said $0.091311
        assertThat(cost("anthropic/claude-3-7-sonnet-20250219", usage)).isEqualTo(Money.dollars("0.054399"));
    }

    @Test
    void litellm_11364_cached_tokens_have_their_own_price() {
        Usage usage = read(
                UsageReader.ANTHROPIC_MESSAGES,
                "{'input_tokens': 10, 'cache_creation_input_tokens': 32435, 'cache_read_input_tokens': 66360, 'output_tokens': 5120}");
        assertThat(usage.inputTokens()).isEqualTo(98_805);
        // 10 x $5 + 32,435 x $6.25 + 66,360 x $0.50 + 5,120 x $25 a million; the peer said $0.047080
        assertThat(cost("anthropic/claude-opus-4-5", usage)).isEqualTo(Money.dollars("0.36394875"));
    }

    @Test
    void openai_cached_tokens_are_inside_the_prompt() {
        Usage usage = read(
                UsageReader.OPENAI_CHAT,
                "{'prompt_tokens': 2006, 'completion_tokens': 300, 'total_tokens': 2306,"
                        + " 'prompt_tokens_details': {'cached_tokens': 1920}}");
        assertThat(usage.counts()).isEqualTo(Map.of("input", 86L, "cached_input", 1920L, "output", 300L));
        assertThat(cost("openai/gpt-4o", usage)).isEqualTo(Money.dollars("0.005615"));
    }

    @Test
    void opencode_17566_reasoning_tokens_are_inside_the_completion() {
        Usage usage = read(
                UsageReader.OPENAI_CHAT,
                "{'prompt_tokens': 14746, 'completion_tokens': 1944, 'total_tokens': 16690,"
                        + " 'completion_tokens_details': {'reasoning_tokens': 1360}}");
        assertThat(usage.outputTokens()).isEqualTo(1944);
        // the peer said about $1.04
        assertThat(cost("openai/gpt-5.4-pro", usage)).isEqualTo(Money.dollars("0.7923"));
    }

    @Test
    void reasoning_beside_the_completion_is_charged_too() {
        Usage usage = read(
                UsageReader.OPENAI_CHAT,
                "{'prompt_tokens': 32, 'completion_tokens': 9, 'total_tokens': 341,"
                        + " 'completion_tokens_details': {'reasoning_tokens': 300}}");
        assertThat(usage.counts()).isEqualTo(Map.of("input", 32L, "output", 9L, "reasoning", 300L));
    }

    @Test
    void an_hour_of_cache_costs_more_than_five_minutes() {
        Usage usage = read(
                UsageReader.ANTHROPIC_MESSAGES,
                "{'input_tokens': 1, 'output_tokens': 2, 'cache_creation_input_tokens': 300,"
                        + " 'cache_creation': {'ephemeral_5m_input_tokens': 100, 'ephemeral_1h_input_tokens': 200}}");
        assertThat(usage.counts())
                .isEqualTo(Map.of("input", 1L, "output", 2L, "cache_write", 100L, "cache_write_1h", 200L));
    }

    @Test
    void litellm_18599_an_answer_that_reasons_is_charged_whole() {
        Usage usage = read(
                UsageReader.OPENAI_CHAT,
                "{'prompt_tokens': 17, 'completion_tokens': 482, 'total_tokens': 499,"
                        + " 'completion_tokens_details': {'reasoning_tokens': 448},"
                        + " 'prompt_tokens_details': {'cached_tokens': 0}}");
        // 17 x $0.05 + 482 x $0.40 a million; the peer charged the 448 only
        assertThat(cost("openai/gpt-5-nano-2025-08-07", usage)).isEqualTo(Money.dollars("0.00019365"));
    }

    @Test
    void litellm_16996_searches_by_anthropic_are_charged() {
        Usage usage = read(
                UsageReader.ANTHROPIC_MESSAGES,
                "{'input_tokens': 10, 'output_tokens': 5, 'server_tool_use': {'web_search_requests': 2}}");
        assertThat(usage.count(Meter.WEB_SEARCH)).isEqualTo(2);
    }

    @Test
    void litellm_15227_searches_by_openai_are_counted_in_its_answer() {
        Usage usage = UsageReader.OPENAI_RESPONSES
                .read(json("{'usage': {'input_tokens': 10, 'output_tokens': 5}, 'output':"
                        + " [{'type': 'web_search_call'}, {'type': 'message'}, {'type': 'web_search_call'}]}"))
                .orElseThrow();
        // two searches at a cent each, 10 x $2.50 + 5 x $10 a million
        assertThat(cost("openai/gpt-4o", usage)).isEqualTo(Money.dollars("0.020075"));
    }

    @Test
    void litellm_10384_a_search_that_was_allowed_and_not_made_costs_nothing() {
        Usage usage = UsageReader.OPENAI_RESPONSES
                .read(json("{'tools': [{'type': 'web_search', 'search_context_size': 'medium'}],"
                        + " 'usage': {'input_tokens': 10, 'output_tokens': 5}, 'output': [{'type': 'message'}]}"))
                .orElseThrow();
        assertThat(cost("openai/gpt-4o", usage)).isEqualTo(Money.dollars("0.000075"));
    }

    @Test
    void litellm_11789_cached_tokens_have_their_own_price_in_a_stream_too() {
        Usage start = read(
                UsageReader.ANTHROPIC_MESSAGES,
                "{'input_tokens': 4, 'cache_creation_input_tokens': 0, 'cache_read_input_tokens': 2455,"
                        + " 'output_tokens': 1}");
        Usage end = read(UsageReader.ANTHROPIC_MESSAGES, "{'output_tokens': 23}");
        // 4 x $0.80 + 2,455 x $0.08 + 23 x $4 a million; the peer said $0.002059
        assertThat(cost("anthropic/claude-3-5-haiku-20241022", UsageReader.merge(start, end)))
                .isEqualTo(Money.dollars("0.0002916"));
    }

    @Test
    void responses_name_their_counts_differently() {
        Usage usage = read(
                UsageReader.OPENAI_RESPONSES,
                "{'input_tokens': 75, 'input_tokens_details': {'cached_tokens': 32}, 'output_tokens': 1186,"
                        + " 'output_tokens_details': {'reasoning_tokens': 1024}, 'total_tokens': 1261}");
        assertThat(usage.counts())
                .isEqualTo(Map.of("input", 43L, "cached_input", 32L, "output", 162L, "reasoning", 1024L));
    }

    @Test
    void embeddings_have_no_output() {
        assertThat(read(UsageReader.OPENAI_EMBEDDINGS, "{'prompt_tokens': 8, 'total_tokens': 8}"))
                .isEqualTo(Usage.of(8, 0));
    }

    @Test
    void audio_is_counted_apart() {
        Usage usage = read(
                UsageReader.OPENAI_CHAT,
                "{'prompt_tokens': 100, 'completion_tokens': 50, 'prompt_tokens_details': {'audio_tokens': 60},"
                        + " 'completion_tokens_details': {'audio_tokens': 40}}");
        assertThat(usage.counts())
                .isEqualTo(Map.of("input", 40L, "audio_input", 60L, "output", 10L, "audio_output", 40L));
    }

    @Test
    void an_answer_without_usage_has_none() {
        assertThat(UsageReader.OPENAI_CHAT.read(json("{'choices': []}"))).isEmpty();
        assertThat(UsageReader.OPENAI_CHAT.read(json("{'usage': null}"))).isEmpty();
    }

    @Test
    void the_reports_of_a_stream_are_running_totals() {
        Usage start = read(UsageReader.ANTHROPIC_MESSAGES, "{'input_tokens': 25, 'output_tokens': 1}");
        Usage end = read(UsageReader.ANTHROPIC_MESSAGES, "{'output_tokens': 15}");
        assertThat(UsageReader.merge(start, end)).isEqualTo(Usage.of(25, 15));
    }

    @Property(tries = 300, seed = "20261122")
    void whatever_a_provider_reports_is_never_negative_and_never_less_than_the_total(
            @ForAll @LongRange(min = -5, max = 1000) long prompt,
            @ForAll @LongRange(min = -5, max = 2000) long cached,
            @ForAll @LongRange(min = -5, max = 2000) long audio,
            @ForAll @LongRange(min = -5, max = 1000) long completion,
            @ForAll @LongRange(min = -5, max = 2000) long reasoning) {
        Usage usage = read(
                UsageReader.OPENAI_CHAT,
                "{'prompt_tokens': " + prompt + ", 'completion_tokens': " + completion
                        + ", 'prompt_tokens_details': {'cached_tokens': " + cached + ", 'audio_tokens': " + audio
                        + "}, 'completion_tokens_details': {'reasoning_tokens': " + reasoning + "}}");
        assertThat(usage.inputTokens()).isEqualTo(Math.max(0, prompt));
        assertThat(usage.outputTokens()).isGreaterThanOrEqualTo(Math.max(0, completion));
        for (Meter meter : Meter.values()) {
            assertThat(usage.count(meter)).isNotNegative();
        }
    }

    private static Money cost(String model, Usage usage) {
        return BOOK.price(ModelName.of(model), ServiceTier.STANDARD, usage.inputTokens(), UnknownPrice.REFUSE)
                .cost(usage)
                .orElseThrow();
    }

    private static Usage read(UsageReader reader, String usage) {
        return reader.read(json("{'usage': " + usage + "}")).orElseThrow();
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> json(String text) {
        return (Map<String, Object>) Json.read(text.replace('\'', '"'));
    }
}
