package io.auterity.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import io.auterity.Run;
import io.auterity.RunResult;
import io.auterity.definition.Failure;
import io.auterity.journal.RunStatus;
import java.util.Map;

class RaceTest {

    @OnEverySchedule
    void the_first_to_succeed_wins_and_the_others_are_cancelled(Schedule schedule) {
        try (Lab lab = new Lab(schedule)) {
            Run<Object> run = lab.start("""
                    steps:
                      r:
                        race:
                          slow: {uses: do.take, with: {time: 1h, value: slow}}
                          fast: {uses: do.held, with: {value: fast}}
                    output: ${{ steps.r.output }}
                    """);
            lab.untilCalled("r/slow");
            lab.release();
            assertThat(lab.end(run).orElseThrow()).isEqualTo(Map.of("winner", "fast", "output", "fast"));
            assertThat(Lab.states(run)).containsEntry("r/slow", "cancelled").containsEntry("r/fast", "succeeded");
        }
    }

    @OnEverySchedule
    void a_branch_that_fails_leaves_the_race_to_the_others(Schedule schedule) {
        try (Lab lab = new Lab(schedule)) {
            RunResult<Object> result = lab.run("""
                    steps:
                      r: {race: {bad: {uses: do.fail}, good: {uses: do.take, with: {time: 10ms, value: 1}}}}
                    output: ${{ steps.r.output.winner }}
                    """);
            assertThat(result.orElseThrow()).isEqualTo("good");
        }
    }

    @OnEverySchedule
    void a_race_that_nobody_wins_fails(Schedule schedule) {
        try (Lab lab = new Lab(schedule)) {
            RunResult<Object> result = lab.run(
                    "steps: {r: {race: {a: {uses: do.fail, with: {code: no}}, b: {uses: do.fail, with: {code: no}}}}}");
            assertThat(result.failure().map(Failure::code)).contains("no");
        }
    }

    @OnEverySchedule
    void a_timer_as_a_branch_bounds_the_others(Schedule schedule) {
        try (Lab lab = new Lab(schedule)) {
            RunResult<Object> result = lab.run("""
                    steps:
                      r: {race: {answer: {await: reply}, late: {wait: 20ms}}}
                    output: ${{ steps.r.output.winner }}
                    """);
            assertThat(result.orElseThrow()).isEqualTo("late");
        }
    }

    @OnEverySchedule
    void blocks_race_too_and_losers_stop_inside(Schedule schedule) {
        try (Lab lab = new Lab(schedule)) {
            Run<Object> run = lab.start("""
                    steps:
                      r:
                        race:
                          loop: {forEach: "${{ range(5) }}", steps: {a: {uses: do.take, with: {time: 1h}}}}
                          one: {uses: do.held}
                    """);
            lab.untilCalled("r/loop[4]/a");
            lab.release();
            assertThat(lab.end(run).status()).isEqualTo(RunStatus.SUCCEEDED);
            assertThat(Lab.states(run))
                    .containsEntry("r/loop[4]/a", "cancelled")
                    .containsEntry("r/loop", "cancelled");
        }
    }

    @OnEverySchedule
    void a_cancelled_race_stops_all_branches(Schedule schedule) {
        try (Lab lab = new Lab(schedule)) {
            Run<Object> run =
                    lab.start("steps: {r: {race: {a: {uses: do.take, with: {time: 1h}}, b: {await: never}}}}");
            lab.untilCalled("r/a");
            run.cancel("enough");
            assertThat(lab.end(run).status()).isEqualTo(RunStatus.CANCELLED);
            assertThat(Lab.states(run)).containsEntry("r/a", "cancelled").containsEntry("r/b", "cancelled");
        }
    }
}
