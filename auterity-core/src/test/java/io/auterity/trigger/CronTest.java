package io.auterity.trigger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.LocalDateTime;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CronTest {

    private static final LocalDateTime START = LocalDateTime.parse("2026-01-01T00:00");

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0 9 * * MON-FRI   | 2026-01-01T09:00",
                "0 9 * * mon-fri   | 2026-01-01T09:00",
                "30 8-18/2 * * *   | 2026-01-01T08:30",
                "*/20 * * * *      | 2026-01-01T00:20",
                "5/15 * * * *      | 2026-01-01T00:05",
                "0 0 1 JAN,jul *   | 2026-07-01T00:00",
                "0 0 * * 0         | 2026-01-04T00:00",
                "0 0 * * 7         | 2026-01-04T00:00",
                "0 0 * * 6-7       | 2026-01-03T00:00",
                "0 0 29 2 *        | 2028-02-29T00:00",
                "0 0 13 * 5        | 2026-01-02T00:00",
                "'  0  0 2 * * '   | 2026-01-02T00:00",
                "@hourly           | 2026-01-01T01:00",
                "@daily            | 2026-01-02T00:00",
                "@midnight         | 2026-01-02T00:00",
                "@Weekly           | 2026-01-04T00:00",
                "@monthly          | 2026-02-01T00:00",
                "@yearly           | 2027-01-01T00:00",
                "@annually         | 2027-01-01T00:00"
            })
    void means(String expression, LocalDateTime next) {
        assertThat(Cron.parse(expression).next(START)).contains(next);
    }

    @Test
    void never_means_a_day_that_no_year_has() {
        assertThat(Cron.parse("0 0 30 2 *").next(START)).isEmpty();
        assertThat(Cron.parse("0 0 31 4,6,9,11 *").next(START)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "60 * * * *        | 60",
                "* 24 * * *        | 24",
                "* * 0 * *         | 0",
                "* * * 13 *        | 13",
                "* * * * 8         | 8",
                "* * * *           | 4 parts",
                "* * * * * *       | 6 parts",
                "*/0 * * * *       | 0",
                "5-1 * * * *       | range",
                "0 0 * * FRI-MON   | range",
                "a * * * *         | A",
                "* * L * *         | L",
                "@reboot           | ",
                "@                 | "
            })
    void refuses_what_is_none_and_says_why(String expression, String reason) {
        assertThatThrownBy(() -> Cron.parse(expression))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(reason == null ? "" : reason);
    }

    @Test
    void refuses_what_is_longer_than_an_expression_can_be() {
        String longest = "0" + ",0".repeat(123) + " * * * *";
        assertThat(longest).hasSize(Cron.MAX_LENGTH - 1);
        assertThat(Cron.parse(longest + " ").next(START)).contains(START.plusHours(1));
        assertThatThrownBy(() -> Cron.parse(longest + "  ")).hasMessage("it has 257 characters, more than 256");
    }

    // --- against a reference that looks at every minute

    private record Field(int min, int max, String text, BitSet values) {
        boolean isRestricted() {
            return !text.equals("*") && !text.equals("*/1");
        }
    }

    private static Arbitrary<Field> field(int min, int max) {
        Arbitrary<Integer> numbers = Arbitraries.integers().between(min, max);
        Arbitrary<Field> every = Arbitraries.just(new Field(min, max, "*", range(min, max, 1)));
        Arbitrary<Field> some = Combinators.combine(
                        numbers,
                        numbers,
                        Arbitraries.integers().between(1, max - min),
                        Arbitraries.integers().between(0, 4))
                .as((a, b, step, form) -> {
                    int low = Math.min(a, b);
                    int high = Math.max(a, b);
                    return switch (form) {
                        case 0 -> new Field(min, max, "" + a, range(a, a, 1));
                        case 1 -> new Field(min, max, low + "-" + high, range(low, high, 1));
                        case 2 -> new Field(min, max, "*/" + step, range(min, max, step));
                        case 3 -> new Field(min, max, low + "-" + high + "/" + step, range(low, high, step));
                        default -> {
                            BitSet both = range(low, low, 1);
                            both.or(range(high, high, 1));
                            yield new Field(min, max, high + "," + low, both);
                        }
                    };
                });
        return Arbitraries.frequencyOf(Tuple.of(1, every), Tuple.of(2, some));
    }

    private static BitSet range(int low, int high, int step) {
        BitSet values = new BitSet();
        for (int value = low; value <= high; value += step) {
            values.set(value);
        }
        return values;
    }

    @Provide
    Arbitrary<List<Field>> expressions() {
        return Combinators.combine(field(0, 59), field(0, 23), field(1, 31), field(1, 12), field(0, 6))
                .as(List::of);
    }

    @Provide
    Arbitrary<LocalDateTime> times() {
        return Arbitraries.longs()
                .between(0, 8L * 365 * 24 * 60)
                .map(LocalDateTime.parse("2023-01-01T00:00")::plusMinutes);
    }

    @Property(tries = 500, seed = "20261122")
    void finds_the_minute_that_a_walk_through_all_minutes_finds(
            @ForAll("expressions") List<Field> fields, @ForAll("times") LocalDateTime after) {
        String expression = String.join(" ", fields.stream().map(Field::text).toList());
        Optional<LocalDateTime> next = Cron.parse(expression).next(after);
        LocalDateTime end = next.orElse(after.plusDays(400));
        for (LocalDateTime minute = after.plusMinutes(1); minute.isBefore(end); ) {
            if (!meansDay(fields, minute)) {
                minute = minute.toLocalDate().plusDays(1).atStartOfDay();
                continue;
            }
            assertThat(meansTime(fields, minute))
                    .as("%s after %s: %s was not found", expression, after, minute)
                    .isFalse();
            minute = minute.plusMinutes(1);
        }
        next.ifPresent(found -> assertThat(meansDay(fields, found) && meansTime(fields, found))
                .as("%s after %s: %s is not meant", expression, after, found)
                .isTrue());
    }

    private static boolean meansTime(List<Field> fields, LocalDateTime time) {
        return fields.get(0).values().get(time.getMinute())
                && fields.get(1).values().get(time.getHour());
    }

    private static boolean meansDay(List<Field> fields, LocalDateTime time) {
        boolean ofMonth = fields.get(2).values().get(time.getDayOfMonth());
        boolean ofWeek = fields.get(4).values().get(time.getDayOfWeek().getValue() % 7);
        boolean both = fields.get(2).isRestricted() && fields.get(4).isRestricted();
        return fields.get(3).values().get(time.getMonthValue()) && (both ? ofMonth || ofWeek : ofMonth && ofWeek);
    }
}
