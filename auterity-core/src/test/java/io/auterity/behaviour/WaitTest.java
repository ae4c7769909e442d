package io.auterity.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import io.auterity.Run;
import io.auterity.RunResult;
import io.auterity.definition.Durations;
import io.auterity.definition.Failure;
import io.auterity.journal.JournalEntry.StepWaiting;
import io.auterity.journal.RunStatus;
import io.auterity.run.Threads;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WaitTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "90m",
                "PT1H30M",
                "2026-01-01T01:30:00Z",
                "2026-01-01T02:30:00+01:00",
                "${{ duration('90m') }}",
                "${{ timestamp('2026-01-01T01:30:00Z') }}",
                "${{ run.startedAt + duration('90m') }}",
                "${{ input.when }}",
            })
    void lets_the_time_pass(String time) {
        try (Lab lab = new Lab(Schedule.SIMULATED)) {
            Run<Object> run = lab.start(
                    "input: {when: string}\nsteps: {w: {wait: \"" + time + "\"}, a: {uses: do.echo, needs: [w]}}",
                    Map.of("when", "2026-01-01T01:30:00Z"));
            lab.untilSeen(StepWaiting.class, "w");
            assertThat(run.status()).isEqualTo(RunStatus.WAITING);
            lab.end(run).orElseThrow();
            assertThat(lab.world().age()).isEqualTo(Duration.ofMinutes(90));
        }
    }

    @OnEverySchedule
    void a_moment_that_has_passed_is_not_waited_for(Schedule schedule) {
        try (Lab lab = new Lab(schedule)) {
            lab.run("steps: {w: {wait: \"${{ timestamp('2020-01-01T00:00:00Z') }}\"}}")
                    .orElseThrow();
        }
    }

    @OnEverySchedule
    void what_is_neither_duration_nor_moment_fails_the_step(Schedule schedule) {
        try (Lab lab = new Lab(schedule)) {
            RunResult<Object> result =
                    lab.run("steps: {a: {uses: do.echo, with: {value: soon}}, w: {wait: '${{ steps.a.output }}'}}");
            assertThat(result.failure().map(Failure::code)).contains(Failure.INVALID_INPUT);
        }
    }

    @OnEverySchedule
    void many_waits_pass_together(Schedule schedule) {
        try (Lab lab = new Lab(schedule)) {
            lab.run("steps: {each: {forEach: '${{ range(500) }}', concurrency: 500, steps: {w: {wait: 50ms}}}}")
                    .orElseThrow();
            if (lab.isSimulated()) {
                assertThat(lab.world().age()).isEqualTo(Duration.ofMillis(50));
            }
        }
    }

    @Test
    void a_wait_holds_no_thread() {
        java.util.concurrent.ExecutorService one = io.auterity.run.Threads.newPool(1);
        try (Lab lab = new Lab(Schedule.REAL).with(builder -> builder.executor(one))) {
            lab.run("""
                steps:
                  each: {forEach: "${{ range(100) }}", concurrency: 100, steps: {w: {wait: 20ms}, a: {uses: do.echo, needs: [w]}}}
                """).orElseThrow();
        } finally {
            one.shutdownNow();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "${{ duration('876000h1ms') }}",
                "${{ timestamp('9999-12-31T23:59:59Z') }}",
                "${{ input.when }}",
            })
    void what_is_further_ahead_than_can_be_waited_for_fails_the_step(String time) {
        try (Lab lab = new Lab(Schedule.SIMULATED)) {
            RunResult<Object> result = lab.run(
                    "input: {when: string}\nsteps: {w: {wait: \"" + time + "\"}}",
                    Map.of("when", "+1000000000-12-31T00:00:00Z"));
            assertThat(result.failure().map(Failure::code)).contains(Failure.INVALID_INPUT);
            assertThat(result.failure().map(Failure::message).orElseThrow())
                    .contains("neither further ahead than 36500d");
        }
    }

    @Test
    void the_longest_wait_comes_to_its_end() {
        try (Lab lab = new Lab(Schedule.SIMULATED)) {
            lab.run("steps: {w: {wait: \"${{ duration('876000h') }}\"}}").orElseThrow();
            assertThat(lab.world().age()).isEqualTo(Durations.LONGEST);
        }
    }

    @Test
    void the_least_moment_has_passed() {
        try (Lab lab = new Lab(Schedule.SIMULATED)) {
            lab.run(
                            "input: {when: string}\nsteps: {w: {wait: '${{ input.when }}'}}",
                            Map.of("when", Instant.MIN.toString()))
                    .orElseThrow();
        }
    }

    @Test
    void a_computed_moment_may_leave_its_seconds_out() {
        try (Lab lab = new Lab(Schedule.SIMULATED)) {
            Instant now = lab.world().clock().instant();
            Instant minute = now.truncatedTo(ChronoUnit.MINUTES).plusSeconds(3_600);
            lab.run(
                            "input: {when: string}\nsteps: {w: {wait: '${{ input.when }}'}}",
                            Map.of("when", minute.toString().replace(":00Z", "Z")))
                    .orElseThrow();
            assertThat(lab.world().clock().instant()).isEqualTo(minute);
        }
    }

    @Test
    void a_timer_takes_any_delay() {
        try (Threads.OwnTimer timer = Threads.newTimer()) {
            timer.after(ChronoUnit.FOREVER.getDuration(), () -> {}).cancel();
        }
    }
}
