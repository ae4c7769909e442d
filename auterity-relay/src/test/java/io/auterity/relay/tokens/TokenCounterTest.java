package io.auterity.relay.tokens;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.knuddels.jtokkit.Encodings;
import com.knuddels.jtokkit.api.EncodingRegistry;
import com.knuddels.jtokkit.api.EncodingType;
import io.auterity.definition.Json;
import io.auterity.relay.decide.RouteRequest;
import io.auterity.relay.money.ModelName;
import io.auterity.relay.provider.Prompt;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tokens before a model has counted them: exact for OpenAI, learned for the others, never above the bytes. */
class TokenCounterTest {

    private static final ModelName CLAUDE = ModelName.of("anthropic/claude-sonnet-4-5");
    private static final ModelName GPT = ModelName.of("openai/gpt-4o");
    private static final EncodingRegistry READ = Encodings.newLazyEncodingRegistry();
    private static final String WORDS = "The quick brown fox jumps over the lazy dog. ";

    /** The conversation of OpenAI's cookbook, and what its API counted. */
    @ParameterizedTest
    @CsvSource({"openai/gpt-4o, 124", "openai/gpt-4o-mini, 124", "openai/gpt-4-0613, 129", "azure/gpt-3.5-turbo, 129"})
    void a_chat_with_openai_is_counted_exactly(String model, long tokens) {
        Prompt prompt = new Prompt(
                List.of(
                        Prompt.message(
                                "system",
                                "You are a helpful, pattern-following assistant that translates corporate jargon into"
                                        + " plain English."),
                        named("example_user", "New synergies will help drive top-line growth."),
                        named("example_assistant", "Things working well together will increase revenue."),
                        named(
                                "example_user",
                                "Let's circle back when we have more bandwidth to touch base on opportunities for"
                                        + " increased leverage."),
                        named("example_assistant", "Let's talk later when we're less busy about how to do better."),
                        Prompt.message(
                                "user",
                                "This late pivot means we don't have time to boil the ocean for the client"
                                        + " deliverable.")),
                Map.of("temperature", 0.5));
        RouteRequest.Tokens counted = TokenCounter.calibrated().count(prompt).of(ModelName.of(model));
        assertThat(counted.expected()).isEqualTo(tokens);
        assertThat(counted.most()).isBetween(tokens, 2 * tokens);
        assertThat(counted.likely()).isEqualTo(counted.most());
    }

    private static Map<String, Object> named(String name, String text) {
        return Map.of("role", "system", "name", name, "content", text);
    }

    @Test
    void a_long_prompt_for_openai_is_bounded_close_to_the_truth_and_not_by_its_bytes() {
        Prompt prompt = Prompt.of(WORDS.repeat(1_000));
        RouteRequest.Tokens counted = TokenCounter.calibrated().count(prompt).of(GPT);
        assertThat(counted.expected()).isBetween(10_000L, 10_100L);
        assertThat(counted.most() - counted.expected()).isLessThan(40);
        assertThat(TokenCounter.provable().count(prompt).of(GPT).most()).isGreaterThan(45_000);
    }

    @Test
    void the_bound_for_other_models_is_the_bytes_until_enough_usage_has_come_back() {
        TokenCounter counter = TokenCounter.calibrated();
        Prompt prompt = Prompt.of(WORDS.repeat(100));
        long bytes = counter.count(prompt).most(0).inputTokens();
        for (int i = 0; i < Calibration.LEAST - 1; i++) {
            counter.count(prompt).learn(CLAUDE, 1_300);
        }
        assertThat(counter.count(prompt).of(CLAUDE).most()).isEqualTo(bytes);
        assertThat(counter.count(prompt).of(CLAUDE).likely()).isBetween(2_000L, 2_100L);
        assertThat(counter.count(prompt).of(CLAUDE).expected()).isBetween(1_299L, 1_301L);

        counter.count(prompt).learn(CLAUDE, 1_300);

        RouteRequest.Tokens learned = counter.count(prompt).of(CLAUDE);
        assertThat(learned.most()).isBetween(1_300L, 1_500L).isEqualTo(learned.likely());
        assertThat(counter.count(prompt).of(ModelName.of("anthropic/other")).most())
                .isEqualTo(bytes);
    }

    /** A vocabulary that is unlike OpenAI's, and differs from text to text. */
    @Test
    void the_learned_bound_holds_for_new_prompts_and_the_mean_is_theirs() {
        TokenCounter counter = TokenCounter.calibrated();
        Random random = new Random(5);
        for (int i = 0; i < 500; i++) {
            TokenCounter.Counted counted = counter.count(Prompt.of(WORDS.repeat(1 + random.nextInt(200))));
            counted.learn(CLAUDE, truth(counted, random));
        }
        int exceeded = 0;
        long expected = 0;
        long real = 0;
        for (int i = 0; i < 500; i++) {
            TokenCounter.Counted counted = counter.count(Prompt.of(WORDS.repeat(1 + random.nextInt(200))));
            long truth = truth(counted, random);
            exceeded += truth > counted.of(CLAUDE).most() ? 1 : 0;
            expected += counted.of(CLAUDE).expected();
            real += truth;
        }
        assertThat(exceeded).isLessThanOrEqualTo(5);
        assertThat((double) expected / real).isBetween(0.97, 1.03);
    }

    private static long truth(TokenCounter.Counted counted, Random random) {
        return Math.round(counted.of(GPT).expected() * (1.2 + 0.2 * random.nextGaussian() * 0.3)) + 5;
    }

    @Test
    void what_was_learned_can_be_kept() {
        TokenCounter counter = TokenCounter.calibrated();
        Random random = new Random(5);
        for (int i = 0; i < 150; i++) {
            counter.count(Prompt.of(WORDS.repeat(50))).learn(CLAUDE, 600 + random.nextInt(100));
        }
        List<String> lines = counter.write();
        Prompt prompt = Prompt.of(WORDS.repeat(70));
        assertThat(TokenCounter.read(lines).count(prompt).of(CLAUDE))
                .isEqualTo(counter.count(prompt).of(CLAUDE));
        assertThat(TokenCounter.read(lines).write()).isEqualTo(lines);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TokenCounter.read(List.of("{\"openai/gpt-4o\": [[1, 2]]}")))
                .withMessageContaining("not what a counter wrote: [1, 2]");
    }

    @Test
    void old_samples_make_room_so_that_a_new_vocabulary_is_learned() {
        TokenCounter counter = TokenCounter.calibrated();
        Prompt prompt = Prompt.of(WORDS.repeat(100));
        for (int i = 0; i < Calibration.KEPT; i++) {
            counter.count(prompt).learn(CLAUDE, 3_000);
        }
        assertThat(counter.count(prompt).of(CLAUDE).most()).isGreaterThan(3_000);
        for (int i = 0; i < Calibration.KEPT; i++) {
            counter.count(prompt).learn(CLAUDE, 1_300);
        }
        assertThat(counter.count(prompt).of(CLAUDE).most()).isLessThan(1_500);
    }

    @Test
    void a_prompt_above_the_bound_moves_it_at_once() {
        TokenCounter counter = TokenCounter.calibrated();
        Prompt prompt = Prompt.of(WORDS.repeat(100));
        for (int i = 0; i < Calibration.LEAST + 3; i++) {
            counter.count(prompt).learn(CLAUDE, 1_300);
        }
        assertThat(counter.count(prompt).of(CLAUDE).most()).isLessThan(1_500);

        counter.count(prompt).learn(CLAUDE, 3_000);

        assertThat(counter.count(prompt).of(CLAUDE).most()).isGreaterThan(3_000);
    }

    @Test
    void images_and_tiny_prompts_teach_nothing() {
        TokenCounter counter = TokenCounter.calibrated();
        counter.count(Prompt.of("hi")).learn(CLAUDE, 500);
        counter.count(new Prompt(
                        List.of(Map.of(
                                "role",
                                "user",
                                "content",
                                List.of(
                                        Map.of("type", "image_url", "image_url", Map.of("url", "http://x")),
                                        Map.of("type", "text", "text", WORDS.repeat(10))))),
                        Map.of()))
                .learn(CLAUDE, 5_000);
        assertThat(counter.write()).isEmpty();
    }

    /** What OpenAI's guide has for an image of 1024 pixels square, and for the largest. */
    @ParameterizedTest
    @CsvSource({
        "openai/gpt-4o-mini, 25501, 48169",
        "azure/gpt-4o-mini-2024-07-18, 25501, 48169",
        "openai/ft:gpt-4o-mini-2024-07-18:us::x, 25501, 48169",
        "openrouter/openai/gpt-4o-mini:free, 25501, 48169",
        "openai/gpt-4o, 765, 1445",
        "openai/gpt-4.1, 765, 1445",
        "openai/gpt-4.1-mini, 1659, 2489",
        "openai/gpt-5-nano, 2520, 3779",
        "openai/o4-mini-2025-04-16, 1762, 2642",
        "openai/gpt-5, 630, 1190",
        "openai/o1, 675, 1275",
        "openai/gpt-5.4, 1229, 12000",
        "openai/gpt-5.4-mini, 1229, 12000",
        "anthropic/claude-opus-4-7, 1334, 4784"
    })
    void an_image_has_what_its_model_makes_of_it(String name, long usual, long largest) {
        ModelName model = ModelName.of(name);
        for (TokenCounter counter : List.of(TokenCounter.calibrated(), TokenCounter.provable())) {
            RouteRequest.Tokens none = counter.count(pictured(0)).of(model);
            RouteRequest.Tokens three = counter.count(pictured(3)).of(model);
            assertThat(three.expected() - none.expected()).isBetween(3 * usual, 3 * usual + 100);
            assertThat(three.most() - none.most()).isGreaterThanOrEqualTo(3 * largest);
            assertThat(three.most())
                    .isLessThanOrEqualTo(counter.count(pictured(3)).most(0).inputTokens());
        }
    }

    /** OpenAI's prices of them are made by tokens that take no room. */
    @Test
    void many_images_fit_into_the_window_of_gpt_4o_mini() {
        RouteRequest.Tokens ten = TokenCounter.calibrated().count(pictured(10)).of(ModelName.of("openai/gpt-4o-mini"));
        assertThat(ten.likely()).isLessThan(128_000);
        assertThat(ten.expected()).isGreaterThan(255_000);
    }

    private static Prompt pictured(int images) {
        List<Object> parts = new ArrayList<>(List.of(Map.of("type", "text", "text", WORDS)));
        for (int i = 0; i < images; i++) {
            parts.add(Map.of("type", "image_url", "image_url", Map.of("url", "https://x/y.png")));
        }
        return new Prompt(List.of(Map.of("role", "user", "content", parts)), Map.of());
    }

    @Test
    void texts_beyond_what_is_cut_count_by_their_bytes() {
        String most = WORDS.repeat(4 * 1024 * 1024 / WORDS.length());
        long within = TokenCounter.calibrated().count(Prompt.of(most)).of(GPT).most();
        assertThat(within).isLessThan(1_000_000);
        Prompt more =
                new Prompt(List.of(Prompt.message("user", most), Prompt.message("user", WORDS.repeat(10))), Map.of());
        assertThat(TokenCounter.calibrated().count(more).of(GPT).most() - within)
                .isBetween(10L * WORDS.length(), 10L * WORDS.length() + 50);
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", " ", "\ud83d\ude00", "\u6f22"})
    void one_endless_word_is_counted_in_pieces(String letter) {
        String word = letter.repeat(200_000);
        long pieces = Vocabulary.O200K.count(word);
        long piece = Vocabulary.O200K.count(letter.repeat(10_000));
        assertThat((double) pieces / (20 * piece)).isBetween(0.98, 1.03);
        assertThat(TokenCounter.calibrated().expected("x".repeat(40_000_000))).isEqualTo(10_000_000);
    }

    /** Words are counted one by one and remembered, which must change nothing. */
    @Property(tries = 300, seed = "20261128")
    void a_text_has_as_many_tokens_as_its_vocabulary_says(@ForAll("sentences") String text) {
        Map<ModelName, EncodingType> vocabularies =
                Map.of(GPT, EncodingType.O200K_BASE, ModelName.of("openai/gpt-4"), EncodingType.CL100K_BASE);
        Words words = new Words();
        for (int round = 0; round < 2; round++) {
            vocabularies.forEach((model, type) -> {
                long whole = READ.getEncoding(type).countTokensOrdinary(text);
                assertThat(words.count(Vocabulary.of(model).orElseThrow(), text))
                        .isEqualTo(whole);
            });
        }
    }

    /** Prompts hold what nobody may find in memory later. */
    @Test
    void ordinary_words_are_remembered_and_nothing_else() {
        Words words = new Words();
        Words others = new Words();
        words.count(
                Vocabulary.O200K, "Don't give (Otto) my PIN 4711, the key sk-abcDEF or a_pass/word. Never\nPlease!");
        for (String kept : List.of("Don't", " give", " (Otto", " PIN", ".", "\nPlease")) {
            assertThat(words.keeps(Vocabulary.O200K, kept)).as(kept).isTrue();
            assertThat(words.keeps(Vocabulary.CL100K, kept)).as(kept).isFalse();
            assertThat(others.keeps(Vocabulary.O200K, kept)).as(kept).isFalse();
        }
        for (String passing : List.of(" 4711,", " 4711", " sk-abcDEF", " sk", "-abcDEF", " a_pass/word", "/word")) {
            assertThat(words.keeps(Vocabulary.O200K, passing)).as(passing).isFalse();
        }
    }

    @Provide
    Arbitrary<String> sentences() {
        Arbitrary<String> some = Arbitraries.of(
                " ",
                "  ",
                "\n",
                "\n\n ",
                "\t",
                "a",
                "Fox",
                "jumps",
                "it's",
                "WE'LL",
                "42",
                "1234567",
                ".",
                "...",
                "/",
                "(x)",
                "end",
                "\r\n",
                "x\"",
                "[",
                "<b>",
                "`",
                "|",
                "**",
                "\u00e9",
                "\u4f60\u597d",
                "e\u0301",
                "\ud83d\ude00",
                "\u00a0",
                "_",
                "x_y",
                "'",
                "'s ",
                "-1 ");
        return Arbitraries.oneOf(some, Arbitraries.strings().ofMaxLength(3))
                .list()
                .ofMaxSize(40)
                .map(parts -> String.join("", parts));
    }

    @Property(tries = 200, seed = "20261122")
    void no_count_is_above_the_bytes_and_they_are_in_order(@ForAll String text, @ForAll String key) {
        List<Map<String, Object>> messages = new ArrayList<>(List.of(Prompt.message("user", text)));
        messages.add(Map.of("role", "assistant", "content", List.of(Map.of("type", "text", "text", key))));
        Prompt prompt = new Prompt(messages, Map.of("tools", List.of(Map.of(key, Map.of("type", text)))));
        TokenCounter.Counted counted = TokenCounter.calibrated().count(prompt);
        long bytes = counted.most(0).inputTokens();
        assertThat(bytes)
                .isGreaterThanOrEqualTo(Json.write(prompt.messages()).getBytes(StandardCharsets.UTF_8).length / 6);
        for (ModelName model : List.of(GPT, CLAUDE, ModelName.of("openai/gpt-4"))) {
            RouteRequest.Tokens tokens = counted.of(model);
            assertThat(tokens.expected()).isLessThanOrEqualTo(tokens.likely());
            assertThat(tokens.likely()).isLessThanOrEqualTo(tokens.most());
            assertThat(tokens.most()).isLessThanOrEqualTo(bytes);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "openai/gpt-5-mini, O200K",
        "openai/o3, O200K",
        "openrouter/openai/gpt-4o, O200K",
        "azure/gpt-4.1-nano, O200K",
        "openai/gpt-4, CL100K",
        "openai/gpt-4-turbo, CL100K",
        "openai/text-embedding-3-small, CL100K",
        "x/gpt-neo, ",
        "openai/o1x, ",
        "anthropic/claude, "
    })
    void a_vocabulary_is_known_by_the_models_name(String model, String vocabulary) {
        assertThat(Vocabulary.of(ModelName.of(model)).map(Enum::name).orElse(null))
                .isEqualTo(vocabulary);
    }
}
