package io.auterity.regex;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** RE2/J alone would compile some of these patterns for ever, or until the memory is full. */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = ThreadMode.SEPARATE_THREAD)
class RegexTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "(?i)\u1C80",
                "(?i)\\x{1C84}",
                "(?s)a(?mi:b)\u1C88",
                "(?i)[\u1C80]",
                "(?i)[^\u1C88]",
                "(?i)[B-\\x{10400}]",
                "(?i)[\\x42-\\x{10400}]",
                "(?i)[[:alpha:]B-\\x{10400}]",
                "(?i)[]B-\u4E00]",
                "(?i)[--\u4E00]",
                "(?i)\\Q[\\E[B-\u4E00]",
                "(?i)(a|[\u1000-\u2000])",
            })
    void case_is_not_ignored_where_that_has_no_end(String pattern) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Regex.compile(pattern))
                .withMessageStartingWith("the pattern ignores case and has one of the letters U+1C80 to U+1C88");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\u1C80",
                "[B-\\x{10400}]",
                "(?i)qwen-\u5343\u95EE",
                "(?i)[a-z\u4E00-\u9FFF]+",
                "(?i)[^a-z]",
                "(?i)\\pL+\\d[[:alpha:]]",
                "(?i)\\Qa-\u4E00\\E",
            })
    void other_patterns_may_have_these_letters_or_ignore_case(String pattern) {
        assertThatCode(() -> Regex.compile(pattern)).doesNotThrowAnyException();
    }

    /** The families of letters are a table of RE2/J's, their case is the JVM's: on a new JVM others may have no end. */
    @Test
    void every_other_letter_can_be_looked_for_in_any_case() {
        for (int letter = 0; letter <= Character.MAX_CODE_POINT; letter++) {
            boolean endless = letter >= 0x1C80 && letter <= 0x1C88;
            if (Character.isLetter(letter) && !endless) {
                String text = Character.toString(letter);
                assertThat(Regex.compile("(?i)" + text).find(text)).isTrue();
            }
        }
    }

    @Test
    void any_text_can_be_searched_ignoring_case() {
        for (int letter = 0x1C80; letter <= 0x1C88; letter++) {
            String text = Character.toString(letter);
            assertThat(Regex.compile("(?i)k|[a-z]|\u0412|[\u0410-\u044F]").find(text + "K"))
                    .isTrue();
        }
    }

    @Test
    void the_size_is_limited() {
        assertThat(Regex.compile("a{1000}a{999}").states()).isEqualTo(Regex.MAX_STATES - 1);
        assertThat(Regex.compile("a{1000}a{1000}").states()).isEqualTo(Regex.MAX_STATES);
        for (String large : new String[] {"a".repeat(1_001), "a{1000}a{1000}b", "(((a{1000}){1000}){1000}){1000}"}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> Regex.compile(large))
                    .withMessage("the pattern is larger than 1000 characters or 2000 states");
        }
        assertThatCode(() -> Regex.compile("a".repeat(999))).doesNotThrowAnyException();
        assertThatCode(() -> Regex.compile("a".repeat(1_000))).doesNotThrowAnyException();
    }

    @Test
    void case_is_ignored_in_ranges_of_so_many_characters_and_no_more() {
        for (String last : new String[] {"\u9fff", "\ua000"}) {
            assertThatCode(() -> Regex.compile("(?i)[\u2000-" + last + "x]")).doesNotThrowAnyException();
        }
        assertThatCode(() -> Regex.compile("(?i)[\\x{1E943}-\\x{10FFFF}]")).doesNotThrowAnyException();
        for (String wide :
                new String[] {"[\u2000-\ua001]", "[\u2000-\u9000][\u2000-\u9000]", "[\\x{2000}-\\x{10FFFF}]"}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> Regex.compile("(?i)" + wide))
                    .withMessageStartingWith("the pattern ignores case in ranges of more than 32768 characters");
            assertThatCode(() -> Regex.compile(wide)).doesNotThrowAnyException();
        }
    }

    @Test
    void what_is_no_pattern_is_refused_with_the_reason() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Regex.compile("(a"))
                .withMessage("the pattern is wrong: missing closing )");
    }
}
