package io.auterity.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import io.auterity.Run;
import io.auterity.RunResult;
import io.auterity.definition.Failure;
import io.auterity.journal.RunStatus;
import java.util.Map;

class JoinTest {

    private static final String THREE_OUTCOMES = """
            steps:
              good: {value: 1}
              skipped: {if: "${{ has(input.never) }}", value: 2}
              bad: {uses: do.fail, onError: continue}
            """;

    @OnEverySchedule
    void a_step_waits_for_everything_it_reads(Schedule schedule) {
        try (Lab lab = new Lab(schedule)) {
            RunResult<Object> result = lab.run("""
                    steps:
                      slow: {uses: do.take, with: {time: 20ms, value: 2}}
                      fast: {value: 1}
                      sum: {value: "${{ int(steps.slow.output) + steps.fast.output }}"}
                    output: ${{ steps.sum.output }}
                    """);
            assertThat(result.orElseThrow()).isEqualTo(3L);
        }
    }

    @OnEverySchedule
    void needs_orders_steps_that_read_nothing_of_each_other(Schedule schedule) {
        try (Lab lab = new Lab(schedule)) {
            lab.run("""
                    steps:
                      third: {uses: do.echo, needs: [second]}
                      second: {uses: do.take, with: {time: 5ms}, needs: [first]}
                      first: {uses: do.take, with: {time: 5ms}}
                    """).orElseThrow();
            assertThat(lab.calls()).containsExactly("first", "second", "third");
        }
    }

    @OnEverySchedule
    void skipping_flows_to_dependants(Schedule schedule) {
        try (Lab lab = new Lab(schedule)) {
            Run<Object> run = lab.start(THREE_OUTCOMES + """
                      after: {value: 3, needs: [good, skipped]}
                      later: {value: 3, needs: [after]}
                    """);
            assertThat(lab.end(run).status()).isEqualTo(RunStatus.SUCCEEDED);
            assertThat(Lab.states(run))
                    .containsEntry("skipped", "skipped")
                    .containsEntry("after", "skipped")
                    .containsEntry("later", "skipped");
        }
    }

    @OnEverySchedule
    void a_failure_that_goes_on_counts_as_success_for_joins(Schedule schedule) {
        try (Lab lab = new Lab(schedule)) {
            Run<Object> run = lab.start(THREE_OUTCOMES + """
                      all: {value: "${{ coalesce(steps.bad.output, 'nothing') }}", needs: [good]}
                    """);
            assertThat(lab.end(run).orElseThrow()).isEqualTo(Map.of("good", 1L, "all", "nothing"));
            assertThat(Lab.states(run)).containsEntry("bad", "failed").containsEntry("all", "succeeded");
        }
    }

    @OnEverySchedule
    void any_success_runs_when_one_succeeded_and_is_skipped_when_none_did(Schedule schedule) {
        try (Lab lab = new Lab(schedule)) {
            Run<Object> run = lab.start(THREE_OUTCOMES + """
                      one: {value: 1, needs: [good, skipped], join: any-success}
                      none: {value: 1, needs: [skipped], join: any-success}
                    """);
            lab.end(run).orElseThrow();
            assertThat(Lab.states(run)).containsEntry("one", "succeeded").containsEntry("none", "skipped");
        }
    }

    @OnEverySchedule
    void none_failed_runs_after_skipped_steps(Schedule schedule) {
        try (Lab lab = new Lab(schedule)) {
            Run<Object> run =
                    lab.start(THREE_OUTCOMES + "  next: {value: 1, needs: [good, skipped], join: none-failed}\n");
            lab.end(run).orElseThrow();
            assertThat(Lab.states(run)).containsEntry("next", "succeeded");
        }
    }

    @OnEverySchedule
    void all_done_runs_after_a_failure_that_ends_the_run(Schedule schedule) {
        try (Lab lab = new Lab(schedule)) {
            Run<Object> run = lab.start("""
                    steps:
                      bad: {uses: do.fail, with: {code: boom}}
                      none: {value: 1, needs: [bad], join: none-failed}
                      any: {value: 1, needs: [bad], join: any-success}
                      cleanup: {uses: do.echo, with: {value: "${{ steps.bad.status }}"}, join: all-done}
                      more: {uses: do.echo, needs: [cleanup]}
                    """);
            RunResult<Object> result = lab.end(run);
            assertThat(result.status()).isEqualTo(RunStatus.FAILED);
            assertThat(result.failure().map(Failure::code)).contains("boom");
            assertThat(Lab.states(run))
                    .containsEntry("bad", "failed")
                    .containsEntry("none", "skipped")
                    .containsEntry("any", "skipped")
                    .containsEntry("cleanup", "succeeded")
                    .containsEntry("more", "skipped");
            assertThat(run.steps().get("cleanup").result().output()).isEqualTo("failed");
        }
    }

    @OnEverySchedule
    void a_failure_stops_what_is_under_way_beside_it(Schedule schedule) {
        try (Lab lab = new Lab(schedule)) {
            Run<Object> run = lab.start("""
                    steps:
                      long: {uses: do.take, with: {time: 1h}}
                      start: {uses: do.held}
                      bad: {uses: do.fail, needs: [start]}
                    """);
            lab.untilCalled("long");
            lab.release();
            assertThat(lab.end(run).status()).isEqualTo(RunStatus.FAILED);
            assertThat(Lab.states(run)).containsEntry("long", "cancelled");
        }
    }
}
