package io.auterity.connector.jdbc.reliability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.function.LongUnaryOperator;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** What R18 takes for growth, and what not. */
class CourseTest {

    private static final Duration MINUTE = Duration.ofMinutes(1);

    private static Course hour(LongUnaryOperator value) {
        return new Course(LongStream.range(0, 60).map(value).boxed().toList(), MINUTE);
    }

    @Test
    void what_goes_up_and_down_stays_level() {
        Course course = hour(minute -> 1_000 + 100 * (minute % 5));

        assertThat(course.early()).isEqualTo(1_400);
        assertThat(course.late()).isEqualTo(1_000);
        assertThat(course.perHour()).isEqualTo(0, within(60.0));
    }

    @Test
    void what_grows_by_one_each_time_is_higher_late_than_early() {
        Course course = hour(minute -> minute);

        assertThat(course.early()).isEqualTo(17);
        assertThat(course.late()).isEqualTo(48);
        assertThat(course.perHour()).isEqualTo(60, within(1e-9));
    }

    @Test
    void the_warm_up_is_not_growth() {
        Course course = hour(minute -> minute < 6 ? minute : 10);

        assertThat(course.late()).isEqualTo(course.early());
        assertThat(course.perHour()).isZero();
    }

    @Test
    void finds_a_megabyte_an_hour_among_half_a_megabyte_of_noise() {
        Random random = new Random(20_261_127);
        Course course = hour(minute -> 10_000_000 + minute * 1_000_000 / 60 + random.nextInt(500_000));

        assertThat(course.perHour()).isEqualTo(1_000_000, within(300_000.0));
    }

    @Test
    void the_distance_counts() {
        List<Long> values = LongStream.range(0, 10).boxed().toList();

        assertThat(new Course(values, Duration.ofSeconds(6)).perHour()).isEqualTo(600, within(1e-9));
    }

    @Test
    void a_few_measurements_say_nothing() {
        assertThatIllegalArgumentException().isThrownBy(() -> new Course(List.of(1L, 2L), MINUTE));
    }
}
