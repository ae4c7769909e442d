package io.auterity.trigger;

import static org.assertj.core.api.Assertions.assertThat;

import io.auterity.definition.Trigger.CatchUp;
import io.auterity.definition.Trigger.Firing;
import io.auterity.definition.Trigger.Overlap;
import io.auterity.definition.Trigger.Schedule;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class DueTest {

    private static final Timetable HOURLY = Timetable.of(Schedule.every(Duration.ofHours(1)));

    private static Due due(CatchUp catchUp, Overlap overlap, String mark, String now, boolean underWay) {
        return Due.of(HOURLY, new Firing(catchUp, 3, overlap), at(mark), at(now), underWay);
    }

    private static Due allowing(CatchUp catchUp, String mark, String now) {
        return due(catchUp, Overlap.ALLOW, mark, now, false);
    }

    private static Instant at(String time) {
        return Instant.parse("2026-01-01T" + time + "Z");
    }

    private static Due fires(String mark, String... instants) {
        return new Due(List.of(instants).stream().map(DueTest::at).toList(), at(mark), false);
    }

    @Test
    void nothing_is_due_before_its_time() {
        assertThat(allowing(CatchUp.ALL, "09:00:00", "09:59:59.999")).isEqualTo(fires("09:00:00"));
        assertThat(allowing(CatchUp.ALL, "09:00:00", "10:00:00")).isEqualTo(fires("10:00:00", "10:00:00"));
    }

    @Test
    void nothing_is_due_again_when_the_clock_is_put_back() {
        assertThat(allowing(CatchUp.ALL, "10:00:00", "08:00:00")).isEqualTo(fires("10:00:00"));
    }

    @Test
    void what_is_a_minute_late_is_on_time_and_what_is_later_was_missed() {
        assertThat(allowing(CatchUp.NONE, "09:00:00", "10:01:00")).isEqualTo(fires("10:00:00", "10:00:00"));
        assertThat(allowing(CatchUp.NONE, "09:00:00", "10:01:00.001")).isEqualTo(fires("10:01:00.001"));
    }

    @Test
    void makes_up_for_the_latest() {
        assertThat(allowing(CatchUp.LATEST, "02:00:00", "09:30:00")).isEqualTo(fires("09:00:00", "09:00:00"));
        assertThat(allowing(CatchUp.LATEST, "02:00:00", "09:00:30")).isEqualTo(fires("09:00:00", "09:00:00"));
    }

    @Test
    void makes_up_for_all_up_to_the_limit_the_newest_of_them() {
        assertThat(allowing(CatchUp.ALL, "07:00:00", "09:30:00")).isEqualTo(fires("09:00:00", "08:00:00", "09:00:00"));
        assertThat(allowing(CatchUp.ALL, "06:00:00", "09:30:00"))
                .isEqualTo(fires("09:00:00", "07:00:00", "08:00:00", "09:00:00"));
        assertThat(allowing(CatchUp.ALL, "02:00:00", "09:30:00"))
                .isEqualTo(fires("09:00:00", "07:00:00", "08:00:00", "09:00:00"));
    }

    @Test
    void is_quick_however_long_nobody_fired() {
        Timetable seconds = Timetable.of(Schedule.every(Duration.ofSeconds(1)));
        Firing all = new Firing(CatchUp.ALL, Firing.MOST_CATCH_UP, Overlap.ALLOW);
        Due due = Due.of(seconds, all, Instant.EPOCH, at("00:00:00"), false);
        assertThat(due.fire()).hasSize(10_000).last().isEqualTo(at("00:00:00"));
        assertThat(due.fire().get(0)).isEqualTo(at("00:00:00").minusSeconds(9_999));
    }

    @Test
    void skips_while_a_run_is_under_way() {
        assertThat(due(CatchUp.LATEST, Overlap.SKIP, "09:00:00", "10:00:00", true))
                .isEqualTo(fires("10:00:00"));
        assertThat(due(CatchUp.LATEST, Overlap.SKIP, "09:00:00", "10:00:00", false))
                .isEqualTo(fires("10:00:00", "10:00:00"));
    }

    @Test
    void queues_while_a_run_is_under_way_and_starts_one_at_a_time_then() {
        assertThat(due(CatchUp.ALL, Overlap.QUEUE, "07:00:00", "09:30:00", true))
                .isEqualTo(fires("07:00:00"));
        assertThat(due(CatchUp.ALL, Overlap.QUEUE, "07:00:00", "09:30:00", false))
                .isEqualTo(fires("08:00:00", "08:00:00"));
        assertThat(due(CatchUp.LATEST, Overlap.QUEUE, "07:00:00", "09:30:00", false))
                .isEqualTo(fires("09:00:00", "09:00:00"));
    }

    @Test
    void cancels_the_run_under_way_and_starts_the_latest_when_it_has_ended() {
        assertThat(due(CatchUp.LATEST, Overlap.CANCEL_PREVIOUS, "09:00:00", "10:00:00", true))
                .isEqualTo(new Due(List.of(), at("09:00:00"), true));
        assertThat(due(CatchUp.LATEST, Overlap.CANCEL_PREVIOUS, "09:00:00", "10:00:05", false))
                .isEqualTo(fires("10:00:00", "10:00:00"));
    }

    // --- clocks that jump (R13)

    @Provide
    Arbitrary<List<Integer>> jumps() {
        return Arbitraries.of(-86_400, -3_600, -1, 1, 1, 1, 1, 1, 5, 61, 3_600, 86_400)
                .list()
                .ofMinSize(1)
                .ofMaxSize(300);
    }

    /** Whatever the clock does: with catchUp all, each instant that the clock has passed is fired once, none early. */
    @Property(tries = 300, seed = "20261122")
    void fires_each_instant_once_and_never_early_however_the_clock_jumps(
            @ForAll("jumps") List<Integer> jumps, @ForAll @IntRange(min = 1, max = 7_200) int interval) {
        Timetable timetable = Timetable.of(Schedule.every(Duration.ofSeconds(interval)));
        Firing firing = new Firing(CatchUp.ALL, Firing.MOST_CATCH_UP, Overlap.ALLOW);
        Instant begin = at("00:00:00");
        Instant now = begin;
        Instant mark = begin;
        Instant furthest = begin;
        List<Instant> fired = new ArrayList<>();
        for (int jump : jumps) {
            now = now.plusSeconds(jump);
            Due due = Due.of(timetable, firing, mark, now, false);
            for (Instant instant : due.fire()) {
                assertThat(instant).isBeforeOrEqualTo(now);
            }
            fired.addAll(due.fire());
            mark = due.mark();
            furthest = now.isAfter(furthest) ? now : furthest;
        }
        assertThat(fired).doesNotHaveDuplicates().isSorted();
        List<Instant> passed = timetable.between(begin, furthest, Integer.MAX_VALUE);
        // Only more instants in one jump than the limit allows may be missing.
        assertThat(new TreeSet<>(passed).containsAll(fired)).isTrue();
        if (86_400 / interval < Firing.MOST_CATCH_UP) {
            assertThat(fired).isEqualTo(passed);
        }
    }
}
