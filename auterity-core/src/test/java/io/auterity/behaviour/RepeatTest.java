package io.auterity.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import io.auterity.Run;
import io.auterity.RunResult;
import io.auterity.definition.Failure;
import io.auterity.journal.RunStatus;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class RepeatTest {

    @OnEverySchedule
    void goes_on_until_the_condition_holds_and_gives_the_last_value(Schedule schedule) {
        try (Lab lab = new Lab(schedule)) {
            RunResult<Object> result = lab.run("""
                    steps:
                      poll:
                        repeat:
                          steps: {a: {value: "${{ index * 10 }}"}}
                          output: ${{ steps.a.output }}
                          until: ${{ steps.a.output >= 30 }}
                    output: ${{ steps.poll.output }}
                    """);
            assertThat(result.orElseThrow()).isEqualTo(30L);
        }
    }

    @OnEverySchedule
    void goes_on_while_the_condition_holds(Schedule schedule) {
        try (Lab lab = new Lab(schedule)) {
            RunResult<Object> result = lab.run("""
                    steps:
                      poll: {repeat: {steps: {a: {uses: do.echo, with: {value: "${{ index }}"}}}, output: "${{ steps.a.output }}", while: "${{ index < 3 }}"}}
                    output: ${{ steps.poll.output }}
                    """);
            assertThat(result.orElseThrow()).isEqualTo(2L);
            assertThat(lab.calls()).containsExactly("poll[0]/a", "poll[1]/a", "poll[2]/a");
        }
    }

    @OnEverySchedule
    void fails_when_it_would_go_on_beyond_the_maximum(Schedule schedule) {
        try (Lab lab = new Lab(schedule)) {
            RunResult<Object> result = lab.run(
                    "steps: {poll: {repeat: {steps: {a: {uses: do.echo, with: {value: 1}}}, until: '${{ steps.a.output == 2 }}', max: 4}}}");
            assertThat(result.failure().map(Failure::code)).contains("repeat-limit");
            assertThat(lab.calls()).hasSize(4);
        }
    }

    @OnEverySchedule
    void a_failure_inside_ends_it(Schedule schedule) {
        try (Lab lab = new Lab(schedule)) {
            RunResult<Object> result = lab.run(
                    "steps: {poll: {repeat: {steps: {a: {value: '${{ 1 / (2 - index) }}'}}, until: '${{ index > 5 }}'}}}");
            assertThat(result.failure().map(Failure::code)).contains(Failure.EXPRESSION);
        }
    }

    @Test
    void pauses_between_two_times() {
        try (Lab lab = new Lab(Schedule.SIMULATED)) {
            lab.run("steps: {poll: {repeat: {steps: {a: {uses: do.echo}}, until: '${{ index == 4 }}', delay: 1h}}}")
                    .orElseThrow();
            assertThat(lab.world().age()).isEqualTo(Duration.ofHours(4));
        }
    }

    @OnEverySchedule
    void can_be_cancelled_between_two_times(Schedule schedule) {
        try (Lab lab = new Lab(schedule)) {
            Run<Object> run = lab.start(
                    "steps: {poll: {repeat: {steps: {a: {uses: do.echo}}, until: '${{ index == 9 }}', delay: 1h}}}");
            lab.untilSeen(io.auterity.journal.JournalEntry.StepSucceeded.class, "poll[0]/a");
            run.cancel("enough");
            assertThat(lab.end(run).status()).isEqualTo(RunStatus.CANCELLED);
            assertThat(lab.calls()).hasSize(1);
        }
    }

    @OnEverySchedule
    void ten_thousand_times_do_not_grow_the_stack(Schedule schedule) {
        try (Lab lab = new Lab(schedule)) {
            RunResult<Object> result = lab.run("""
                    steps:
                      loop: {repeat: {steps: {a: {if: "${{ index < 0 }}", value: 1}}, until: "${{ index == 9999 }}", max: 10000, output: "${{ index }}"}}
                    output: ${{ steps.loop.output }}
                    """);
            assertThat(result.orElseThrow()).isEqualTo(9_999L);
        }
    }

    @Test
    void a_time_out_in_the_pause_does_not_shorten_the_pause_before_the_next_attempt() {
        try (Lab lab = new Lab(Schedule.SIMULATED)) {
            Run<Object> run = lab.start("""
                    steps:
                      poll:
                        repeat: {steps: {a: {uses: do.echo}}, until: "${{ index == 99 }}", delay: 10s}
                        timeout: 15s
                        retry: {maxAttempts: 2, delay: 1h, maxDelay: 1h, jitter: 0}
                    """);
            RunResult<Object> result = lab.end(run);
            assertThat(result.failure().map(Failure::code)).contains(Failure.TIMEOUT);
            assertThat(lab.world().age()).isEqualTo(Duration.ofHours(1).plusSeconds(30));
        }
    }
}
