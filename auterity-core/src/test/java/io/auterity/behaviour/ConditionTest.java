package io.auterity.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import io.auterity.Run;
import io.auterity.RunResult;
import io.auterity.definition.Failure;
import io.auterity.journal.RunStatus;
import java.util.Map;

class ConditionTest {

    private static final String GRADES = """
            input: {n: integer}
            steps:
              big: {if: "${{ input.n > 10 }}", uses: do.echo, with: {value: big}}
              small: {if: "${{ !(input.n > 10) }}", uses: do.echo, with: {value: small}}
              grade:
                switch:
                  - {if: "${{ input.n > 100 }}", value: huge}
                  - {if: "${{ input.n > 10 }}", value: large}
                  - {else: true, value: little}
            output: ["${{ coalesce(steps.big.output, steps.small.output, '') }}", "${{ steps.grade.output }}"]
            """;

    @OnEverySchedule
    void only_steps_whose_condition_holds_run(Schedule schedule) {
        try (Lab lab = new Lab(schedule)) {
            Run<Object> run = lab.start(GRADES, Map.of("n", 11));
            assertThat(lab.end(run).orElseThrow())
                    .asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.LIST)
                    .containsExactly("big", "large");
            assertThat(lab.calls()).containsExactly("big");
            assertThat(Lab.states(run)).containsEntry("small", "skipped");
        }
    }

    @OnEverySchedule
    void the_first_case_that_holds_gives_the_value(Schedule schedule) {
        try (Lab lab = new Lab(schedule)) {
            assertThat(lab.run(GRADES, Map.of("n", 5)).orElseThrow().toString()).isEqualTo("[small, little]");
            assertThat(lab.run(GRADES, Map.of("n", 500)).orElseThrow().toString())
                    .isEqualTo("[big, huge]");
        }
    }

    @OnEverySchedule
    void a_condition_may_read_how_another_step_ended(Schedule schedule) {
        try (Lab lab = new Lab(schedule)) {
            Run<Object> run = lab.start("""
                    steps:
                      pay: {uses: do.fail, with: {code: declined}, onError: continue}
                      remind:
                        if: ${{ steps.pay.status == 'failed' && coalesce(steps.pay.error.code, '') == 'declined' }}
                        uses: do.echo
                      ship: {if: "${{ steps.pay.status == 'succeeded' }}", uses: do.echo}
                    """);
            lab.end(run).orElseThrow();
            assertThat(Lab.states(run)).containsEntry("remind", "succeeded").containsEntry("ship", "skipped");
        }
    }

    @OnEverySchedule
    void a_condition_that_cannot_be_evaluated_fails_its_step(Schedule schedule) {
        try (Lab lab = new Lab(schedule)) {
            Run<Object> run = lab.start("""
                    input: {n: integer}
                    steps:
                      beside: {value: 1}
                      odd: {if: "${{ 10 / input.n > 1 }}", value: 1}
                    """, Map.of("n", 0));
            RunResult<Object> result = lab.end(run);
            assertThat(result.status()).isEqualTo(RunStatus.FAILED);
            assertThat(result.failure().map(Failure::code)).contains(Failure.EXPRESSION);
            assertThat(Lab.states(run)).containsEntry("odd", "failed");
        }
    }
}
