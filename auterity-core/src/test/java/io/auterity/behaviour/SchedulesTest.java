package io.auterity.behaviour;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.auterity.Engine;
import io.auterity.EngineException;
import io.auterity.Schedules;
import io.auterity.Workflow;
import io.auterity.definition.RunId;
import io.auterity.journal.Cells;
import io.auterity.journal.InMemoryJournal;
import io.auterity.journal.Journal;
import io.auterity.journal.JournalEntry;
import io.auterity.journal.JournalEntry.RunEnded;
import io.auterity.journal.JournalEntry.RunStarted;
import io.auterity.journal.RunStatus;
import io.auterity.testkit.SimulatedWorld;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** Schedules in virtual time, which begins at midnight of January 1, 2026. */
class SchedulesTest {

    private final SimulatedWorld world = new SimulatedWorld(7);
    private final InMemoryJournal journal = new InMemoryJournal();
    private int engines;
    private final List<String> started = new ArrayList<>();

    private Engine engine(String schedule) {
        return engine(schedule, "{value: 1}", world.clock(), journal);
    }

    private Engine engine(String schedule, String step, InstantSource clock, Journal store) {
        Engine engine = world.engine()
                .id("engine-" + ++engines)
                .clock(clock)
                .journal(store)
                .listener(this::note)
                .register(Workflow.read("""
                    auterity: 1
                    id: report
                    steps: {a: %s}
                    triggers: [{schedule: %s}]
                    """.formatted(step, schedule), "report.yaml"))
                .build();
        engine.schedules().start();
        return engine;
    }

    private void note(RunId run, String workflow, JournalEntry entry) {
        if (entry instanceof RunStarted) {
            started.add(run.value().substring("report:schedule:2026-01-".length()));
        }
    }

    @Test
    void fires_at_its_times_and_not_before() {
        try (Engine engine = engine("{cron: '*/20 * * * *'}")) {
            world.pass(Duration.ofMinutes(20).minusMillis(1));
            assertThat(started).isEmpty();
            world.pass(Duration.ofMillis(2));
            assertThat(started).containsExactly("01T00:20:00Z");
            world.pass(Duration.ofMinutes(41));
            assertThat(started).containsExactly("01T00:20:00Z", "01T00:40:00Z", "01T01:00:00Z");
            assertThat(engine.schedules().list())
                    .singleElement()
                    .satisfies(status -> assertThat(status.next()).contains(Instant.parse("2026-01-01T01:20:00Z")));
        }
    }

    @Test
    void starts_one_run_an_instant_in_two_engines_of_one_journal() {
        try (Engine one = engine("{every: 10m}");
                Engine two = engine("{every: 10m}", "{value: 1}", world.clock(), journal)) {
            world.pass(Duration.ofMinutes(61));
            assertThat(started).hasSize(6).doesNotHaveDuplicates();
            assertThat(one.schedules().list()).isEqualTo(two.schedules().list());
        }
    }

    @Test
    void makes_up_for_what_was_missed_while_no_engine_ran() {
        for (Map.Entry<String, List<String>> expected : Map.of(
                        "none", List.<String>of(),
                        "latest", List.of("01T05:00:00Z"),
                        "all", List.of("01T02:00:00Z", "01T03:00:00Z", "01T04:00:00Z", "01T05:00:00Z"))
                .entrySet()) {
            SchedulesTest other = new SchedulesTest();
            String schedule = "{every: 1h, catchUp: " + expected.getKey() + "}";
            try (Engine engine = other.engine(schedule)) {
                other.world.pass(Duration.ofMinutes(61));
            }
            assertThat(other.started).containsExactly("01T01:00:00Z");
            other.started.clear();
            other.world.pass(Duration.ofHours(4).plusMinutes(30));
            try (Engine engine = other.engine(schedule)) {
                other.world.pass(Duration.ofSeconds(1));
            }
            assertThat(other.started).as(expected.getKey()).isEqualTo(expected.getValue());
        }
    }

    @Test
    void a_new_schedule_makes_up_for_nothing() {
        try (Engine engine = engine("{every: 1h, catchUp: all, startAt: 2025-12-01T00:00:00Z}")) {
            world.pass(Duration.ofMinutes(59));
            assertThat(started).isEmpty();
        }
    }

    @Test
    void overlaps_as_it_says() {
        for (Map.Entry<String, List<String>> expected : Map.of(
                        "allow",
                                List.of("01T01:00:00Z", "01T02:00:00Z", "01T03:00:00Z", "01T04:00:00Z", "01T05:00:00Z"),
                        "skip", List.of("01T01:00:00Z", "01T04:00:00Z"),
                        "queue", List.of("01T01:00:00Z", "01T03:00:00Z"),
                        "cancel-previous",
                                List.of("01T01:00:00Z", "01T02:00:00Z", "01T03:00:00Z", "01T04:00:00Z", "01T05:00:00Z"))
                .entrySet()) {
            SchedulesTest other = new SchedulesTest();
            String schedule = "{every: 1h, overlap: " + expected.getKey() + "}";
            try (Engine engine = other.engine(schedule, "{wait: 2h30m}", other.world.clock(), other.journal)) {
                other.world.pass(Duration.ofMinutes(5 * 60 + 1));
                assertThat(other.started).as(expected.getKey()).isEqualTo(expected.getValue());
                if (expected.getKey().equals("cancel-previous")) {
                    assertThat(other.journal.read(RunId.of("report:schedule:2026-01-01T04:00:00Z")))
                            .last()
                            .isInstanceOfSatisfying(
                                    RunEnded.class,
                                    end -> assertThat(end.status()).isEqualTo(RunStatus.CANCELLED));
                }
            }
        }
    }

    /** The other engine looked when the run before was still under way, this one when it had just ended. */
    @Test
    void skips_what_overlaps_a_run_that_an_engine_started_when_another_had_just_skipped_it() {
        Cells cells = new Cells() {
            private boolean skipped;

            @Override
            public Optional<Cell> read(String name) {
                return journal.cells().read(name);
            }

            @Override
            public boolean write(String name, long version, Map<String, Object> value) {
                if (!skipped && value.containsKey("lastRun")) {
                    skipped = true;
                    Map<String, Object> other = new LinkedHashMap<>(value);
                    other.remove("lastRun");
                    assertThat(journal.cells().write(name, version, other)).isTrue();
                }
                return journal.cells().write(name, version, value);
            }

            @Override
            public List<Cell> list(String prefix, String after, int limit) {
                return journal.cells().list(prefix, after, limit);
            }
        };
        Journal shared = (Journal) Proxy.newProxyInstance(
                Journal.class.getClassLoader(),
                new Class<?>[] {Journal.class},
                (proxy, method, arguments) ->
                        method.getName().equals("cells") ? cells : method.invoke(journal, arguments));
        try (Engine engine = engine("{every: 1h, overlap: skip}", "{wait: 1h30m}", world.clock(), shared)) {
            world.pass(Duration.ofMinutes(3 * 60 + 1));
            assertThat(started).containsExactly("01T01:00:00Z", "01T03:00:00Z");
        }
    }

    @Test
    void what_queues_is_made_up_for_one_after_the_other_if_all_of_it_counts() {
        try (Engine engine =
                engine("{every: 1h, overlap: queue, catchUp: all}", "{wait: 2h30m}", world.clock(), journal)) {
            world.pass(Duration.ofMinutes(8 * 60 + 31));
            assertThat(started).containsExactly("01T01:00:00Z", "01T02:00:00Z", "01T03:00:00Z", "01T04:00:00Z");
        }
    }

    /** Berlin's clocks went forward on March 29, 2026, at 01:00 UTC, and went back on October 25 at the same time. */
    @Test
    void fires_by_the_clocks_of_its_zone_when_they_are_changed() {
        for (Map.Entry<String, List<String>> expected : Map.of(
                        "2026-03-28T00:00:00Z", List.of("28T01:30:00Z", "29T01:00:00Z", "30T00:30:00Z"),
                        "2026-10-24T00:00:00Z", List.of("24T00:30:00Z", "25T00:30:00Z", "26T01:30:00Z"))
                .entrySet()) {
            SchedulesTest other = new SchedulesTest();
            Duration ahead = Duration.between(other.world.now(), Instant.parse(expected.getKey()));
            try (Engine engine = other.engine(
                    "{cron: 30 2 * * *, zone: Europe/Berlin}",
                    "{value: 1}",
                    () -> other.world.now().plus(ahead),
                    other.journal)) {
                other.world.pass(Duration.ofHours(60));
                assertThat(other.started).isEqualTo(expected.getValue());
            }
        }
    }

    @Test
    void stands_still_while_paused_and_makes_up_for_nothing_then() {
        try (Engine engine = engine("{every: 1h, catchUp: all}")) {
            engine.schedules().pause("report", "schedule");
            world.pass(Duration.ofMinutes(150));
            assertThat(started).isEmpty();
            assertThat(engine.schedules().list().get(0).state().paused()).isTrue();
            assertThat(engine.schedules().list().get(0).next()).isEmpty();
            engine.schedules().resume("report", "schedule");
            world.pass(Duration.ofMinutes(31));
            assertThat(started).containsExactly("01T03:00:00Z");
        }
    }

    @Test
    void follows_the_definition_when_it_is_paused_there_or_no_longer() {
        try (Engine engine = engine("{every: 1h, paused: true}")) {
            world.pass(Duration.ofMinutes(61));
            assertThat(started).isEmpty();
        }
        try (Engine engine = engine("{every: 1h}")) {
            world.pass(Duration.ofMinutes(60));
            assertThat(started).containsExactly("01T02:00:00Z");
        }
    }

    @Test
    void other_times_begin_when_they_are_first_seen() {
        try (Engine engine = engine("{every: 1h, catchUp: all}")) {
            world.pass(Duration.ofMinutes(61));
        }
        world.pass(Duration.ofMinutes(100));
        try (Engine engine = engine("{every: 10m, catchUp: all}")) {
            world.pass(Duration.ofMinutes(10));
        }
        assertThat(started).containsExactly("01T01:00:00Z", "01T02:50:00Z");
    }

    @Test
    void backfills_a_time_and_starts_nothing_twice() {
        try (Engine engine = engine("{every: 1h}")) {
            world.pass(Duration.ofMinutes(61));
            Schedules schedules = engine.schedules();
            List<RunId> runs = schedules.backfill(
                    "report", "schedule", Instant.parse("2025-12-31T23:00:00Z"), Instant.parse("2026-01-01T01:00:00Z"));
            assertThat(runs)
                    .extracting(RunId::value)
                    .containsExactly(
                            "report:schedule:2025-12-31T23:00:00Z",
                            "report:schedule:2026-01-01T00:00:00Z",
                            "report:schedule:2026-01-01T01:00:00Z");
            world.pass(Duration.ofSeconds(1));
            assertThat(started).hasSize(3);
            assertThatThrownBy(() -> schedules.pause("report", "shedule"))
                    .isInstanceOfSatisfying(
                            EngineException.class,
                            e -> assertThat(e.code()).isEqualTo(EngineException.UNKNOWN_SCHEDULE))
                    .hasMessage("workflow 'report' has no schedule 'shedule'; use 'schedule' (closest of: schedule)");
        }
    }

    @Test
    void backfills_at_most_ten_thousand_runs_in_a_call() {
        for (int runs : new int[] {Schedules.MAX_BACKFILL - 1, Schedules.MAX_BACKFILL, Schedules.MAX_BACKFILL + 1}) {
            SchedulesTest other = new SchedulesTest();
            Instant from = Instant.parse("2026-01-01T00:00:00Z").minus(Duration.ofDays(1));
            try (Engine engine = other.engine("{every: 1s, paused: true}")) {
                List<RunId> started =
                        engine.schedules().backfill("report", "schedule", from, from.plusSeconds(runs - 1));
                assertThat(started)
                        .hasSize(Math.min(runs, Schedules.MAX_BACKFILL))
                        .doesNotHaveDuplicates();
                assertThat(started.get(0).value()).endsWith(":" + from);
            }
        }
    }

    /** R13: the clock jumps while an engine fires; nothing comes more than a second early, nothing is missed. */
    @Test
    void fires_each_instant_once_and_never_early_when_the_clock_jumps() {
        for (Duration jump : List.of(
                Duration.ofSeconds(1),
                Duration.ofSeconds(-1),
                Duration.ofHours(1),
                Duration.ofHours(-1),
                Duration.ofDays(1),
                Duration.ofDays(-1))) {
            SchedulesTest other = new SchedulesTest();
            AtomicReference<Duration> offset = new AtomicReference<>(Duration.ofDays(2));
            InstantSource clock = () -> other.world.now().plus(offset.get());
            try (Engine engine = other.engine(
                    "{every: 10m, catchUp: all, catchUpLimit: 1000}", "{value: 1}", clock, other.journal)) {
                other.world.pass(Duration.ofMinutes(25));
                offset.set(offset.get().plus(jump));
                // Past the time to which the clock was put back, and an hour more.
                Duration rest = jump.isNegative() ? Duration.ofHours(1).minus(jump) : Duration.ofHours(1);
                other.world.pass(rest);
                Instant now = clock.instant();
                List<String> expected = new ArrayList<>();
                for (Instant at = Instant.parse("2026-01-03T00:10:00Z"); !at.isAfter(now); at = at.plusSeconds(600)) {
                    expected.add(at.toString().substring("2026-01-".length()));
                }
                assertThat(other.started).as("%s", jump).isEqualTo(expected);
            }
        }
    }

    @Test
    void tells_why_a_run_could_not_be_started_and_goes_on() {
        Engine engine = world.engine()
                .journal(journal)
                .register(Workflow.read("""
                    auterity: 1
                    id: report
                    input: {day: string}
                    steps: {a: {value: 1}}
                    triggers: [{schedule: {every: 1h}}]
                    """, "report.yaml"))
                .build();
        try (engine) {
            engine.schedules().start();
            world.pass(Duration.ofMinutes(61));
            assertThat(engine.schedules().list().get(0).state().last().problem())
                    .startsWith("the input of workflow 'report' has 1 problem:");
            assertThat(engine.schedules().list().get(0).state().mark())
                    .isEqualTo(Instant.parse("2026-01-01T01:00:00Z"));
        }
    }

    @Test
    void looks_no_more_often_when_a_workflow_has_been_replaced() {
        AtomicInteger looks = new AtomicInteger();
        try (Engine engine = world.engine()
                .timer((delay, task) -> {
                    looks.incrementAndGet();
                    return world.timer().after(delay, task);
                })
                .register(hourly("1"))
                .build()) {
            engine.schedules().start();
            world.pass(Duration.ofMinutes(30));
            engine.register(hourly("2"));
            world.pass(Duration.ofMinutes(31)); // the instant that the former version was waiting for has passed
            looks.set(0);
            world.pass(Duration.ofMinutes(1));
            assertThat(looks).hasValueLessThanOrEqualTo(61);
        }
    }

    private static Workflow<?, ?> hourly(String value) {
        return Workflow.read(
                "auterity: 1\nid: report\nsteps: {a: {value: " + value + "}}\ntriggers: [{schedule: {every: 1h}}]",
                "report.yaml");
    }
}
