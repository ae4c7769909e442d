package io.auterity.relay.quality;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** What words do to the score of each model. */
class WordEffectsTest {

    private static final Instant NOW = Instant.parse("2026-06-01T00:00:00Z");
    private static final Duration WEEK = Duration.ofDays(7);

    private final WordEffects effects = new WordEffects(PredictorSettings.DEFAULT);

    private static double of(WordEffects effects, String text, int model) {
        return effects.of(Grams.of(text)).byModel()[model];
    }

    private void learn(String text, double... beyond) {
        effects.learn(Grams.of(text), beyond, NOW);
    }

    @Test
    void a_word_is_told_from_those_it_comes_with() {
        SplittableRandom random = new SplittableRandom(20_261_128);
        for (int i = 0; i < 3_000; i++) {
            String others = " w" + random.nextInt(500) + " w" + random.nextInt(500);
            learn("prove" + others, 0.4, -0.2);
            learn("recall" + others, -0.4, 0.2);
        }
        assertThat(of(effects, "prove w7 w8", 0)).isCloseTo(0.4, within(0.1));
        assertThat(of(effects, "prove w7 w8", 1)).isCloseTo(-0.2, within(0.05));
        assertThat(of(effects, "recall w7 w8", 0)).isCloseTo(-0.4, within(0.1));
        assertThat(of(effects, "w7", 0)).isCloseTo(0, within(0.1));
    }

    @Test
    void one_example_moves_it_a_little_and_a_word_that_is_often_seen_less() {
        learn("rare", 1);
        learn("often", 1);
        double first = of(effects, "often", 0);
        assertThat(first).isBetween(0.05, 0.5).isEqualTo(of(effects, "rare", 0));
        for (int i = 0; i < 1_000; i++) {
            learn("often", i % 2 == 0 ? 1 : -1);
        }
        double before = of(effects, "often", 0);
        learn("often", 1);
        assertThat(of(effects, "often", 0) - before).isBetween(0.0, first / 2);
    }

    @Test
    void how_much_is_known_is_the_share_of_words_that_have_been_seen() {
        assertThat(effects.of(Grams.of("one two")).known()).isZero();
        learn("one", 1);
        assertThat(effects.of(Grams.of("one")).known()).isEqualTo(1);
        assertThat(effects.of(Grams.of("one two")).known()).isCloseTo(1 / 3.0, within(1e-9)); // and their pair
        assertThat(effects.of(Grams.of("")).known()).isZero();
        assertThat(of(effects, "", 0)).isZero();
        learn("", 1);
        assertThat(of(effects, "three", 0)).isZero();
    }

    @Test
    void a_model_that_comes_later_or_was_not_tried_changes_nothing_for_the_others() {
        learn("one two", 0.5);
        double first = of(effects, "one two", 0);
        learn("one two", Double.NaN, -0.5, Double.NaN);
        assertThat(of(effects, "one two", 0)).isEqualTo(first);
        assertThat(of(effects, "one two", 1)).isNegative();
        assertThat(of(effects, "one two", 2)).isZero();
    }

    @Test
    void an_example_counts_half_after_a_half_life_whether_time_passes_or_it_comes_late() {
        WordEffects fading = new WordEffects(PredictorSettings.DEFAULT.halfLife(WEEK));
        fading.learn(Grams.of("old"), new double[] {1}, NOW);
        double fresh = of(fading, "old", 0);
        fading.learn(Grams.of("new"), new double[] {1}, NOW.plus(WEEK));
        assertThat(of(fading, "new", 0)).isCloseTo(fresh, within(1e-6));
        assertThat(of(fading, "old", 0)).isCloseTo(fresh / 2, within(1e-6));
        fading.learn(Grams.of("late"), new double[] {1}, NOW);
        assertThat(of(fading, "late", 0)).isBetween(fresh / 2, 0.9 * fresh); // a new word makes a longer step
        for (int i = 2; i < 200; i++) {
            fading.learn(Grams.of("new"), new double[] {0.5}, NOW.plus(WEEK.multipliedBy(i)));
        }
        assertThat(of(fading, "old", 0)).isCloseTo(0, within(1e-6));
        assertThat(of(fading, "new", 0)).isBetween(0.1, 0.5);
        fading.learn(Grams.of("long gone"), new double[] {1}, Instant.MIN);
        assertThat(fading.of(Grams.of("long")).known()).isZero();
        fading.learn(Grams.of("long"), new double[] {1}, NOW.plus(WEEK.multipliedBy(200)));
        assertThat(of(fading, "long", 0)).isCloseTo(fresh, within(1e-6));
    }

    @Test
    void the_same_examples_in_the_same_order_have_the_same_effects() {
        WordEffects[] both = {
            new WordEffects(PredictorSettings.DEFAULT.halfLife(WEEK)),
            new WordEffects(PredictorSettings.DEFAULT.halfLife(WEEK))
        };
        for (WordEffects one : both) {
            SplittableRandom random = new SplittableRandom(7);
            for (int i = 0; i < 500; i++) {
                String text = "w" + random.nextInt(50) + " w" + random.nextInt(50);
                double[] beyond = {random.nextDouble() - 0.5, random.nextDouble() - 0.5};
                one.learn(Grams.of(text), beyond, NOW.plusSeconds(random.nextInt(10_000_000)));
            }
        }
        double[][] said = Arrays.stream(both)
                .map(one -> one.of(Grams.of("w1 w2 w3")).byModel())
                .toArray(double[][]::new);
        assertThat(said[0]).isEqualTo(said[1]).doesNotContain(0);
    }
}
