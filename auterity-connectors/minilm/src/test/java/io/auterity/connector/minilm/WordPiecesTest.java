package io.auterity.connector.minilm;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Texts become the tokens that the model was trained with. */
class WordPiecesTest {

    private static final int ALL = 100_000;
    private static final WordPieces PIECES = pieces();

    private static WordPieces pieces() {
        try {
            return MiniLm.pieces();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " \t\r\n ",
                "The quick brown fox jumps over the lazy dog.",
                "unaffordable antidisestablishmentarianism",
                "don't stop-it: 3.14 (\u20ac5)!",
                "Crème brûlée, Ångström, İstanbul, ΣΊΣΥΦΟΣ, straße, Ǆ",
                "北京 is 東京ではない 한국어",
                "\uf900\ufa0e \ud840\udc00 \ud869\udf00",
                "a\u0000b\u0007c\u200bd\ufffde\ue000f\u00adg",
                "a\u00a0b\u2003c\u2028d\u3000e\u0085f\u000bg",
                "\u037e \u1fef x\u1fefy \u0387",
                "e\u0301 \u0301 a\u0300\u0323b",
                "👍🏽 👩‍👩‍👧 smile 😀!",
                "##ing # ## ###",
                "^`~$+<=>|_@[]{}\\/",
                "हिन्दी ไทย עִבְרִית العربية",
                "x\u0378y \ud83e\udefa"
            })
    void as_hugging_faces_tokenizer(String text) {
        assertThat(PIECES.of(text, ALL)).isEqualTo(Reference.tokens(text));
    }

    @Property(tries = 2_000, seed = "20261122")
    void as_hugging_faces_tokenizer_for_random_texts(@ForAll("texts") String text) {
        assertThat(PIECES.of(text, ALL)).isEqualTo(Reference.tokens(text));
    }

    @Provide
    Arbitrary<String> texts() {
        Arbitrary<String> words =
                Arbitraries.of(List.of("hello", "World", " ", "ing", "re", "'s", ".", "日本", "É", "9"));
        Arbitrary<String> characters = Arbitraries.integers()
                .between(1, 0x2FFFF)
                .filter(point -> !isSurrogate(point))
                .map(WordPiecesTest::between)
                .filter(text -> Arrays.equals(PIECES.of(text, ALL), Reference.tokens(text)));
        Arbitrary<String> latin = Arbitraries.integers().between(1, 0x17F).map(Character::toString);
        return Arbitraries.oneOf(words, characters, latin).list().ofMaxSize(40).map(parts -> String.join("", parts));
    }

    private static boolean isSurrogate(int point) {
        return point >= 0xD800 && point <= 0xDFFF;
    }

    private static String between(int point) {
        return "a" + Character.toString(point) + "b";
    }

    /** Its tables of Unicode are older than Java's: of newer characters it makes unknown words, and two have changed their class. */
    @Test
    void every_character_as_hugging_faces_tokenizer_that_it_knows() {
        List<Integer> others = IntStream.rangeClosed(1, 0x2FFFF)
                .filter(point -> !isSurrogate(point))
                .filter(point -> !Arrays.equals(PIECES.of(between(point), ALL), Reference.tokens(between(point))))
                .boxed()
                .toList();
        assertThat(others)
                .hasSizeLessThan(1_000)
                .allSatisfy(point -> assertThat(point).isGreaterThan(0x600));
        assertThat(others.stream().map(WordPiecesTest::between).filter(text -> Reference.tokens(text).length > 3))
                .containsExactly(between(0x166D), between(0x111C9));
    }

    @Test
    void a_word_of_a_hundred_characters_is_cut_and_a_longer_one_is_unknown() {
        for (int length : new int[] {99, 100, 101}) {
            String word = "a".repeat(length);
            assertThat(PIECES.of(word, ALL)).isEqualTo(Reference.tokens(word));
        }
        assertThat(PIECES.of("a".repeat(101), ALL)).hasSize(3);
    }

    @Test
    void what_a_text_says_is_not_a_command() {
        assertThat(PIECES.of("[SEP]", ALL)).hasSize(5).containsSubsequence(PIECES.of("sep", ALL)[1]);
        assertThat(Reference.tokens("[SEP]")).hasSize(3);
    }
}
