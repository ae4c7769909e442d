package io.auterity.relay.quality;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The examples that are most like a text, and the words that they are found by. */
class NeighboursTest {

    private static String text(SplittableRandom random, int words) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < words; i++) {
            int rank = (int) Math.pow(2_000, random.nextDouble()); // some words are common and most are rare
            text.append("word").append(rank).append(' ');
        }
        return text.toString();
    }

    @Test
    void words_are_distinct_and_ascending_and_none_is_lost() {
        SplittableRandom random = new SplittableRandom(20_261_122);
        for (int words = 1; words < 500; words++) {
            Grams grams = Grams.of(text(random, words));
            assertThat(grams.ids())
                    .isEqualTo(Arrays.stream(grams.ids()).sorted().distinct().toArray());
            assertThat(Arrays.stream(grams.counts()).sum()).isEqualTo(2 * words - 1); // with the pairs
        }
    }

    @Test
    void the_few_that_are_found_are_the_best_of_all_in_their_order() {
        SplittableRandom random = new SplittableRandom(20_261_122);
        List<Grams> texts = new ArrayList<>();
        IntStream.range(0, 500).forEach(i -> texts.add(Grams.of(text(random, 1 + random.nextInt(300)))));
        Neighbours index = Neighbours.of(texts);
        for (int i = 0; i < 100; i++) {
            Grams asked = Grams.of(text(random, 1 + random.nextInt(300)));
            float[] all = index.find(asked, texts.size()).likeness();
            float[] ascending = all.clone();
            Arrays.sort(ascending);
            assertThat(all).isEqualTo(ascending);
            int most = Math.min(20, all.length);
            assertThat(index.find(asked, 20).likeness())
                    .isEqualTo(Arrays.copyOfRange(all, all.length - most, all.length));
        }
    }

    @Test
    void likeness_is_the_cosine_of_the_weightiest_words() {
        SplittableRandom random = new SplittableRandom(20_261_128);
        List<Grams> texts = new ArrayList<>();
        IntStream.range(0, 200).forEach(i -> texts.add(Grams.of(text(random, 20)))); // few enough words to look at all
        Neighbours index = Neighbours.of(texts);
        for (int i = 0; i < texts.size(); i++) {
            Neighbours.Found found = index.find(texts.get(i), 1);
            assertThat(found.ids()).containsExactly(i);
            assertThat(found.likeness()[0]).isBetween(0.99f, 1.01f);
        }
    }

    @Test
    void of_the_equally_alike_the_latest_are_found() {
        Neighbours index = Neighbours.of(List.of());
        IntStream.range(0, 40).forEach(i -> index.add(Grams.of("the same words")));
        assertThat(index.find(Grams.of("the same words"), 3).ids()).containsExactly(37, 38, 39);
    }
}
