package io.auterity.trigger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.auterity.definition.Trigger.Schedule;
import io.auterity.definition.Trigger.Window;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class TimetableTest {

    private static final String BERLIN = "Europe/Berlin"; // forward 2026-03-29T01:00Z, back 2026-10-25T01:00Z

    private static List<Instant> fires(Schedule schedule, String after, String until) {
        return Timetable.of(schedule).between(Instant.parse(after), Instant.parse(until), 10_000);
    }

    private static List<Instant> instants(String... texts) {
        return List.of(texts).stream().map(Instant::parse).toList();
    }

    // --- clocks that are put forward

    @Test
    void a_time_that_does_not_exist_fires_at_the_first_instant_after_the_gap() {
        assertThat(fires(Schedule.cron("30 2 * * *", BERLIN), "2026-03-28T00:00:00Z", "2026-03-30T12:00:00Z"))
                .isEqualTo(instants("2026-03-28T01:30:00Z", "2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z"));
    }

    @Test
    void times_in_one_gap_fire_once_together_with_that_of_its_end() {
        assertThat(fires(Schedule.cron("*/15 * * * *", BERLIN), "2026-03-29T00:40:00Z", "2026-03-29T01:20:00Z"))
                .isEqualTo(instants("2026-03-29T00:45:00Z", "2026-03-29T01:00:00Z", "2026-03-29T01:15:00Z"));
        assertThat(fires(Schedule.cron("0 2,3 * * *", BERLIN), "2026-03-29T00:00:00Z", "2026-03-29T12:00:00Z"))
                .isEqualTo(instants("2026-03-29T01:00:00Z"));
    }

    @Test
    void a_day_that_does_not_exist_fires_at_the_begin_of_the_next() { // Samoa went without December 30, 2011
        assertThat(fires(Schedule.cron("0 12 30 * *", "Pacific/Apia"), "2011-12-01T00:00:00Z", "2012-01-01T00:00:00Z"))
                .isEqualTo(instants("2011-12-30T10:00:00Z"));
    }

    // --- clocks that are put back

    @Test
    void a_time_that_exists_twice_fires_at_its_first_showing() {
        assertThat(fires(Schedule.cron("30 2 * * *", BERLIN), "2026-10-24T12:00:00Z", "2026-10-26T12:00:00Z"))
                .isEqualTo(instants("2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"));
    }

    @Test
    void what_is_asked_in_the_second_showing_comes_after_it() {
        assertThat(fires(Schedule.cron("30 2 * * *", BERLIN), "2026-10-25T01:10:00Z", "2026-10-26T12:00:00Z"))
                .isEqualTo(instants("2026-10-26T01:30:00Z"));
        assertThat(fires(Schedule.cron("0 * * * *", BERLIN), "2026-10-24T23:30:00Z", "2026-10-25T03:00:00Z"))
                .isEqualTo(instants("2026-10-25T00:00:00Z", "2026-10-25T02:00:00Z", "2026-10-25T03:00:00Z"));
    }

    @Test
    void intervals_are_elapsed_time_whatever_the_clocks_do() {
        assertThat(fires(Schedule.every(Duration.ofMinutes(30)), "2026-10-25T00:00:00Z", "2026-10-25T02:00:00Z"))
                .isEqualTo(instants(
                        "2026-10-25T00:30:00Z",
                        "2026-10-25T01:00:00Z",
                        "2026-10-25T01:30:00Z",
                        "2026-10-25T02:00:00Z"));
    }

    // --- intervals, single times, windows

    @Test
    void intervals_count_from_the_start_of_the_window() {
        Schedule schedule = Schedule.every(Duration.ofHours(1))
                .within(new Window(
                        Optional.of(Instant.parse("2026-01-01T00:20:00Z")),
                        Optional.of(Instant.parse("2026-01-01T02:20:00Z"))));
        assertThat(fires(schedule, "2020-01-01T00:00:00Z", "2027-01-01T00:00:00Z"))
                .isEqualTo(instants("2026-01-01T00:20:00Z", "2026-01-01T01:20:00Z", "2026-01-01T02:20:00Z"));
    }

    @Test
    void a_window_bounds_cron_too_with_both_ends_in_it() {
        Schedule schedule = Schedule.cron("@hourly", "UTC")
                .within(new Window(
                        Optional.of(Instant.parse("2026-01-01T01:00:00Z")),
                        Optional.of(Instant.parse("2026-01-01T02:00:00Z"))));
        assertThat(fires(schedule, "2020-01-01T00:00:00Z", "2027-01-01T00:00:00Z"))
                .isEqualTo(instants("2026-01-01T01:00:00Z", "2026-01-01T02:00:00Z"));
    }

    @Test
    void a_single_time_fires_once() {
        assertThat(fires(
                        Schedule.at(Instant.parse("2026-05-01T00:00:00Z")),
                        "2026-01-01T00:00:00Z",
                        "2027-01-01T00:00:00Z"))
                .isEqualTo(instants("2026-05-01T00:00:00Z"));
    }

    @Test
    void refuses_what_makes_no_sense() {
        assertThatThrownBy(() -> Timetable.of(Schedule.cron("@daily", "Europe/Berln")))
                .hasMessage("there is no time zone 'Europe/Berln'");
        assertThatThrownBy(() -> Timetable.of(Schedule.every(Duration.ofMillis(999))))
                .hasMessage("the interval PT0.999S is shorter than PT1S");
        assertThat(Timetable.of(Schedule.every(Duration.ofSeconds(1))).next(Instant.EPOCH))
                .contains(Instant.ofEpochSecond(1));
    }

    // --- against a reference that walks through the clock's minutes

    @Provide
    Arbitrary<String> zones() {
        return Arbitraries.of(
                "Europe/Berlin",
                "America/New_York",
                "Australia/Lord_Howe",
                "Asia/Tehran",
                "America/Sao_Paulo",
                "Pacific/Apia",
                "Africa/Casablanca",
                "Asia/Kathmandu",
                "UTC");
    }

    @Provide
    Arbitrary<String> expressions() {
        return Arbitraries.of(
                "*/10 * * * *", "0 * * * *", "30 2 * * *", "0 0 * * *", "15,45 0-3 * * *", "59 23 * * 6", "0 3 1 * *");
    }

    /** Every minute the clocks show maps to one instant; the schedule fires at the distinct ones, in order. */
    @Property(tries = 25, seed = "20261122")
    void fires_at_the_instants_of_the_minutes_that_the_clocks_show(
            @ForAll("expressions") String expression, @ForAll("zones") String zone, @ForAll("days") int day) {
        Instant from = Instant.parse("2008-01-01T00:00:00Z").plus(Duration.ofDays(day));
        Instant until = from.plus(Duration.ofDays(3));
        TreeSet<Instant> expected = new TreeSet<>();
        Cron cron = Cron.parse(expression);
        ZoneId id = ZoneId.of(zone);
        LocalDateTime minute =
                LocalDateTime.ofInstant(from, id).minusDays(2).withSecond(0).withNano(0);
        LocalDateTime last = LocalDateTime.ofInstant(until, id).plusDays(2);
        for (; minute.isBefore(last); minute = minute.plusMinutes(1)) {
            if (cron.next(minute.minusMinutes(1)).filter(minute::equals).isPresent()) {
                List<ZoneOffset> offsets = id.getRules().getValidOffsets(minute);
                expected.add(
                        offsets.isEmpty()
                                ? id.getRules().getTransition(minute).getInstant()
                                : minute.toInstant(offsets.get(0)));
            }
        }
        List<Instant> wanted = new ArrayList<>(expected.subSet(from, false, until, true));
        assertThat(Timetable.of(Schedule.cron(expression, zone)).between(from, until, 10_000))
                .isEqualTo(wanted);
    }

    @Provide
    Arbitrary<Integer> days() {
        return Arbitraries.integers().between(0, 20 * 365);
    }
}
