package io.auterity.relay.quality;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.auterity.relay.money.ModelName;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class QualityPredictorTest {

    private static final ModelName A = ModelName.of("x/a");
    private static final ModelName B = ModelName.of("x/b");
    private static final Instant NOW = Instant.parse("2026-06-01T00:00:00Z");

    private final QualityPredictor predictor = new QualityPredictor(PredictorSettings.DEFAULT);

    @Test
    void who_knows_nothing_guesses_and_says_so() {
        assertThat(predict("anything").of(A)).isEqualTo(Prediction.Quality.UNKNOWN);
    }

    @Test
    void similar_prompts_have_similar_scores() {
        teach(50);
        Prediction sums = predict("What is 17 plus 80? Give the number.");
        assertThat(sums.best(List.of(A, B))).isEqualTo(A);
        assertThat(sums.gain(A, B)).isGreaterThan(0.5);
        assertThat(sums.of(A).evidence()).isGreaterThan(0.1);
        assertThat(predict("Write a poem about the sea and the wind.").best(List.of(A, B)))
                .isEqualTo(B);
    }

    @Test
    void a_prompt_unlike_any_other_gets_the_average_and_a_named_task_that_of_the_task() {
        teach(50);
        assertThat(predict("zzz qqq").of(A).mean()).isCloseTo(0.5, within(0.02));
        assertThat(predictor.predict("zzz qqq", Optional.of("poem"), NOW).of(A).mean())
                .isLessThan(0.2);
    }

    @Test
    void words_that_many_prompts_have_tell_what_similar_prompts_cannot() {
        predictor.learn(hardAndEasy());
        Prediction hard = predict("Prove it: zzz qqq xxx");
        assertThat(hard.of(A).evidence()).isLessThan(0.1); // it is like no other
        assertThat(hard.gain(A, B)).isGreaterThan(0.1);
        assertThat(predict("Recall it: zzz qqq xxx").gain(A, B)).isLessThan(-0.1);
    }

    @Test
    void it_hears_words_also_in_examples_that_come_one_by_one_and_the_same_in_the_same_order() {
        QualityPredictor other = new QualityPredictor(PredictorSettings.DEFAULT);
        for (QualityPredictor one : List.of(predictor, other)) {
            one.learn(hardAndEasy());
            for (int i = 0; i < 200; i++) { // too few to learn all of them anew
                one.learn(new Example("Guess it: o" + i + " p" + i, Optional.empty(), Map.of(A, 1.0, B, 0.0), NOW));
            }
        }
        Prediction guess = predict("Guess it: zzz qqq xxx");
        assertThat(guess.gain(A, B)).isGreaterThan(predict("it: zzz qqq xxx").gain(A, B) + 0.1);
        assertThat(other.predict("Guess it: zzz qqq xxx", Optional.empty(), NOW))
                .isEqualTo(guess);
    }

    @Test
    void an_evaluation_may_come_sorted() {
        List<Example> mixed = hardAndEasy();
        List<Example> sorted = new ArrayList<>(mixed);
        sorted.sort(Comparator.comparing(Example::prompt));
        predictor.learn(mixed);
        QualityPredictor other = new QualityPredictor(PredictorSettings.DEFAULT);
        other.learn(sorted);
        for (String prompt : List.of("it: zzz", "Prove it: zzz qqq xxx", "Recall it: zzz qqq xxx")) {
            assertThat(other.predict(prompt, Optional.empty(), NOW).gain(A, B))
                    .isCloseTo(predict(prompt).gain(A, B), within(0.02));
        }
    }

    @Test
    void a_model_that_was_tried_on_some_prompts_only_is_predicted_from_those() {
        predictor.learn(new Example("sort a list in java", Optional.empty(), Map.of(A, 1.0), NOW));
        predictor.learn(new Example("sort a list in python", Optional.empty(), Map.of(B, 0.0), NOW));
        Prediction prediction = predict("sort a list in ruby");
        assertThat(prediction.of(A).mean()).isGreaterThan(0.7);
        assertThat(prediction.of(B).mean()).isLessThan(0.3);
    }

    @Test
    void old_examples_fade_where_a_half_life_is_set() {
        QualityPredictor fading = new QualityPredictor(PredictorSettings.DEFAULT.halfLife(Duration.ofDays(7)));
        for (int i = 0; i < 20; i++) {
            fading.learn(new Example(
                    "count the stars " + i, Optional.empty(), Map.of(A, 1.0), NOW.minus(Duration.ofDays(70))));
        }
        for (int i = 0; i < 3; i++) {
            fading.learn(new Example("count the stars again " + i, Optional.empty(), Map.of(A, 0.0), NOW));
        }
        double faded =
                fading.predict("count the stars", Optional.empty(), NOW).of(A).mean();
        assertThat(faded).isLessThan(0.3); // most examples say 1
    }

    @Test
    void a_model_whose_only_example_is_too_old_to_count_is_predicted_all_the_same() {
        PredictorSettings weekly = PredictorSettings.DEFAULT.halfLife(Duration.ofDays(7));
        List<Example> examples = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            examples.add(new Example("count the stars " + i, Optional.empty(), Map.of(A, 1.0), NOW));
        }
        examples.add(new Example("count them", Optional.empty(), Map.of(B, 1.0), NOW.minus(Duration.ofDays(365))));
        QualityPredictor oneByOne = new QualityPredictor(weekly);
        examples.forEach(oneByOne::learn);
        QualityPredictor atOnce = new QualityPredictor(weekly);
        atOnce.learn(examples);
        for (QualityPredictor one : List.of(oneByOne, atOnce, QualityPredictor.read(oneByOne.write(), weekly))) {
            Prediction prediction = one.predict("count the stars", Optional.empty(), NOW);
            assertThat(prediction.of(A).mean()).isGreaterThan(0.8);
            assertThat(prediction.of(B).mean()).isBetween(0.4, 0.8);
        }
    }

    @Test
    void an_example_without_scores_may_be_the_first_one() {
        Example none = new Example("count the stars", Optional.empty(), Map.of(), NOW);
        predictor.learn(none);
        assertThat(predict("count the stars").of(A)).isEqualTo(Prediction.Quality.UNKNOWN);
        predictor.learn(new Example("count the stars", Optional.empty(), Map.of(A, 1.0), NOW));
        predictor.learn(none);
        assertThat(predict("count the stars").of(A).mean()).isGreaterThan(0.7);
        assertThat(QualityPredictor.read(predictor.write(), PredictorSettings.DEFAULT)
                        .size())
                .isEqualTo(3);
    }

    @Test
    void what_is_written_and_read_predicts_the_same() {
        teach(30);
        QualityPredictor copy = QualityPredictor.read(predictor.write(), PredictorSettings.DEFAULT);
        for (String prompt : List.of("What is 1 plus 2?", "Write a poem about rain.", "else")) {
            assertThat(copy.predict(prompt, Optional.empty(), NOW)).isEqualTo(predict(prompt));
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> QualityPredictor.read(List.of("{}"), PredictorSettings.DEFAULT));
    }

    @Test
    void predictions_do_not_wait_until_all_is_learned_anew() {
        predictor.learn(IntStream.range(0, 10)
                .mapToObj(i -> hardAndEasy())
                .flatMap(List::stream)
                .toList());
        Prediction before = predict("Prove it: n3 m7");
        int most = 0;
        for (int round = 0; round < 5; round++) {
            Thread learner = new Thread(() -> predictor.learn(List.of())); // the same examples, so the same predictions
            learner.start();
            int made = 0;
            for (; learner.isAlive(); made++) {
                assertThat(predict("Prove it: n3 m7")).isEqualTo(before);
            }
            most = Math.max(most, made);
        }
        assertThat(most).isGreaterThan(500);
    }

    @Test
    void predictions_go_on_while_models_come_and_examples_are_forgotten() throws InterruptedException {
        QualityPredictor small = new QualityPredictor(new PredictorSettings(5, 1, 1, 100, Optional.empty()));
        small.learn(new Example("prompt number 0", Optional.empty(), Map.of(A, 1.0), NOW));
        Thread learner = new Thread(() -> {
            for (int i = 0; i < 300; i++) {
                Example example = new Example(
                        "prompt number " + i, Optional.empty(), Map.of(ModelName.of("x/m" + i / 50), 1.0), NOW);
                small.learn(i % 3 == 0 ? List.of(example, example) : List.of(example));
            }
        });
        learner.start();
        while (learner.isAlive()) {
            assertThat(small.predict("prompt number 7", Optional.empty(), NOW)
                            .of(A)
                            .mean())
                    .isBetween(0.0, 1.0);
        }
        learner.join();
    }

    @Test
    void it_is_bounded() {
        QualityPredictor small = new QualityPredictor(new PredictorSettings(5, 1, 1, 100, Optional.empty()));
        for (int i = 0; i < 250; i++) {
            small.learn(new Example("prompt number " + i, Optional.empty(), Map.of(A, 1.0), NOW));
            assertThat(small.size()).isLessThanOrEqualTo(100);
        }
        assertThat(small.predict("prompt number 249", Optional.empty(), NOW)
                        .of(A)
                        .evidence())
                .isPositive();
        assertThat(Grams.of("w ".repeat(Grams.MAX_WORDS + 5)).counts()).contains(Grams.MAX_WORDS);
    }

    @Test
    void scores_outside_their_range_are_refused() {
        assertThatIllegalArgumentException().isThrownBy(() -> new Example("p", Optional.empty(), Map.of(A, 1.01), NOW));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Example("p", Optional.empty(), Map.of(A, Double.NaN), NOW));
        assertThatIllegalArgumentException().isThrownBy(() -> new PredictorSettings(0, 1, 1, 100, Optional.empty()));
        assertThatIllegalArgumentException().isThrownBy(() -> new PredictorSettings(1, 1, 1, 7, Optional.empty()));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new PredictorSettings(1, 1, 1, 1_000_001, Optional.empty()))
                .withMessageContaining("1000000");
    }

    @Test
    void a_score_that_comes_later_is_learned_once_by_request_id() {
        ChoiceLog log = new ChoiceLog(2, predictor);
        log.add(choice("q1", A));
        assertThat(log.score("q1", Optional.empty(), 1.0, NOW)).isTrue();
        assertThat(log.score("q1", Optional.empty(), 0.0, NOW)).isFalse();
        assertThat(log.score("unknown", Optional.empty(), 0.0, NOW)).isFalse();
        assertThat(predictor.size()).isEqualTo(1);
        assertThat(log.choices().get(0).score()).contains(1.0);
        log.add(choice("q2", A));
        log.add(choice("q3", A));
        assertThat(log.choices()).extracting(LoggedChoice::request).containsExactly("q2", "q3");
        assertThatIllegalArgumentException().isThrownBy(() -> log.score("q2", Optional.empty(), 1.5, NOW));
    }

    @Test
    void a_choice_is_cut_into_words_once() {
        ChoiceLog.Remembered remembered = new ChoiceLog.Remembered(choice("q1", A), null);
        Grams words = remembered.grams();
        assertThat(words.ids()).isEqualTo(Grams.of("prompt").ids());
        assertThat(remembered.grams()).isSameAs(words);
        assertThat(remembered.scored(1.0).grams()).isSameAs(words);
    }

    private static LoggedChoice choice(String request, ModelName chosen) {
        return new LoggedChoice(
                request, "prompt", chosen, Map.of(A, 0.5, B, 0.5), Map.of(A, 0.6, B, 0.4), Optional.empty());
    }

    private Prediction predict(String prompt) {
        return predictor.predict(prompt, Optional.empty(), NOW);
    }

    /** A is good where something is to be proved and B where it is to be recalled; what it is differs each time. */
    private static List<Example> hardAndEasy() {
        List<Example> examples = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            examples.add(
                    new Example("Prove it: n" + 3 * i + " m" + 7 * i, Optional.empty(), Map.of(A, 1.0, B, 0.0), NOW));
            examples.add(
                    new Example("Recall it: n" + 5 * i + " m" + 9 * i, Optional.empty(), Map.of(A, 0.0, B, 1.0), NOW));
        }
        return examples;
    }

    /** A is good at sums and bad at poems, B the other way round. */
    private void teach(int each) {
        Random random = new Random(5);
        List<Example> examples = new ArrayList<>();
        for (int i = 0; i < each; i++) {
            examples.add(new Example(
                    "What is " + random.nextInt(100) + " plus " + random.nextInt(100) + "? Give the number.",
                    Optional.of("sum"),
                    Map.of(A, 1.0, B, 0.0),
                    NOW));
            examples.add(new Example(
                    "Write a poem about "
                            + List.of("rain", "love", "the sea", "night").get(random.nextInt(4)) + ".",
                    Optional.of("poem"),
                    Map.of(A, 0.0, B, 1.0),
                    NOW));
        }
        predictor.learn(examples);
    }
}
