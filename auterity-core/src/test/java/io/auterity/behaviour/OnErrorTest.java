package io.auterity.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import io.auterity.Flow;
import io.auterity.Handle;
import io.auterity.Run;
import io.auterity.RunResult;
import io.auterity.Workflow;
import io.auterity.definition.Failure;
import io.auterity.journal.JournalEntry.AttemptFailed;
import io.auterity.journal.JournalEntry.StepFailed;
import io.auterity.journal.RunStatus;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;

class OnErrorTest {

    @OnEverySchedule
    void a_failure_ends_the_run_when_nothing_is_said(Schedule schedule) {
        try (Lab lab = new Lab(schedule)) {
            Run<Object> run = lab.start("steps: {a: {uses: do.fail, with: {code: no}}, b: {value: 1, needs: [a]}}");
            RunResult<Object> result = lab.end(run);
            assertThat(result.status()).isEqualTo(RunStatus.FAILED);
            assertThat(result.failure())
                    .get()
                    .extracting(Failure::code, Failure::message)
                    .containsExactly("no", "on purpose");
            assertThat(Lab.states(run)).isEqualTo(Map.of("a", "failed", "b", "skipped"));
        }
    }

    @OnEverySchedule
    void continue_leaves_the_step_failed_and_its_output_absent(Schedule schedule) {
        try (Lab lab = new Lab(schedule)) {
            Run<Object> run = lab.start("""
                    steps:
                      a: {uses: do.fail, with: {code: no}, onError: continue}
                      b: {value: ["${{ coalesce(steps.a.output, 'none') }}", "${{ steps.a.status }}", "${{ coalesce(steps.a.error.code, '') }}"]}
                    output: ${{ steps.b.output }}
                    """);
            assertThat(lab.end(run).orElseThrow()).isEqualTo(List.of("none", "failed", "no"));
        }
    }

    @OnEverySchedule
    void a_fallback_value_takes_the_place_of_the_output_and_sees_the_error(Schedule schedule) {
        try (Lab lab = new Lab(schedule)) {
            RunResult<Object> result = lab.run("""
                    steps:
                      a:
                        uses: do.fail
                        with: {code: no, message: sold out}
                        onError: {fallback: "instead of ${{ error.code }}: ${{ error.message }}"}
                    output: ${{ steps.a.output }}
                    """);
            assertThat(result.orElseThrow()).isEqualTo("instead of no: sold out");
        }
    }

    @OnEverySchedule
    void a_fallback_step_runs_once_after_the_last_attempt(Schedule schedule) {
        try (Lab lab = new Lab(schedule)) {
            lab.on("other", (input, context) -> context.idempotencyKey() + " " + input.get("why"));
            Run<Object> run = lab.start("""
                    steps:
                      a:
                        uses: do.fail
                        with: {code: no, retryable: true}
                        retry: {maxAttempts: 2, delay: 1ms}
                        onError: {fallback: {uses: do.other, with: {why: "${{ error.code }}"}}}
                    output: ${{ steps.a.output }}
                    """);
            assertThat(lab.end(run).orElseThrow()).isEqualTo("run-1/a/fallback no");
            assertThat(lab.calls()).hasSize(3);
            assertThat(run.entries())
                    .filteredOn(AttemptFailed.class::isInstance)
                    .hasSize(2);
            assertThat(Lab.states(run)).containsEntry("a", "succeeded");
        }
    }

    @OnEverySchedule
    void a_fallback_that_fails_fails_the_step(Schedule schedule) {
        try (Lab lab = new Lab(schedule)) {
            RunResult<Object> result = lab.run("""
                    steps:
                      a:
                        uses: do.fail
                        with: {code: first}
                        onError: {fallback: {uses: do.fail, with: {code: second}}}
                    """);
            assertThat(result.failure().map(Failure::code)).contains("second");
        }
    }

    @OnEverySchedule
    void a_fallback_may_be_a_block_or_a_wait(Schedule schedule) {
        try (Lab lab = new Lab(schedule)) {
            Run<Object> run = lab.start("""
                    steps:
                      a: {uses: do.fail, onError: {fallback: {await: {signal: person}}}}
                    output: ${{ steps.a.output }}
                    """);
            lab.untilSeen(io.auterity.journal.JournalEntry.StepWaiting.class, "a");
            run.signal("person", "mended");
            assertThat(lab.end(run).orElseThrow()).isEqualTo("mended");
        }
    }

    @OnEverySchedule
    void a_condition_that_fails_is_a_failure_of_the_step(Schedule schedule) {
        try (Lab lab = new Lab(schedule)) {
            Run<Object> run = lab.start(Lab.read("""
                    steps:
                      a: {if: "${{ 10 / input.n > 1 }}", value: never, onError: {fallback: "${{ error.code }}"}}
                      b:
                        if: "${{ 10 / input.n > 1 }}"
                        uses: do.echo
                        retry: {maxAttempts: 5, delay: 1h, maxDelay: 1h, on: ["*"]}
                        onError: {fallback: {uses: do.echo, with: {value: "${{ error.code }}"}}}
                      c: {if: "${{ 10 / input.n > 1 }}", value: never, onError: continue}
                      d: {if: "${{ 10 / input.n > 1 }}", value: never, onError: {fallback: {await: {signal: person}}}}
                    output: ["${{ coalesce(steps.a.output, 0) }}", "${{ coalesce(steps.b.output, 0) }}", "${{ steps.c.status }}", "${{ coalesce(steps.d.output, 0) }}"]
                    """), Map.of("n", 0L));
            lab.untilSeen(io.auterity.journal.JournalEntry.StepWaiting.class, "d");
            run.signal("person", "mended");
            assertThat(lab.end(run).orElseThrow()).isEqualTo(List.of("expression", "expression", "failed", "mended"));
            assertThat(lab.calls()).as("a condition is not tried again").containsExactly("b");
        }
    }

    @OnEverySchedule
    void a_fallback_after_a_condition_may_fail_too(Schedule schedule) {
        try (Lab lab = new Lab(schedule)) {
            RunResult<Object> result = lab.run("""
                    steps:
                      a: {value: 0}
                      b: {if: "${{ 10 / steps.a.output > 1 }}", value: 1, onError: {fallback: {uses: do.fail, with: {code: second}}}}
                    """);
            assertThat(result.failure().map(Failure::code)).contains("second");
        }
    }

    @OnEverySchedule
    void a_value_that_cannot_be_json_fails_what_reads_it_on_the_loop(Schedule schedule) {
        Workflow<Map<String, Object>, Object> workflow = unspeakable((flow, odd) -> flow.orElse(
                "end",
                flow.step("reads")
                        .when("string(" + odd.expression() + ") == 'x'")
                        .value(Object.class, "1"),
                0));
        try (Lab lab = new Lab(schedule)) {
            Run<Object> run = lab.start(workflow, Map.of());
            assertThat(lab.end(run).status()).isEqualTo(RunStatus.FAILED);
            assertThat(run.entries().stream()
                            .filter(StepFailed.class::isInstance)
                            .map(StepFailed.class::cast))
                    .extracting(StepFailed::step)
                    .containsExactly("reads");
        }
    }

    @OnEverySchedule
    void a_value_that_cannot_be_json_fails_what_reads_it_on_a_thread(Schedule schedule) {
        Workflow<Map<String, Object>, Object> workflow =
                unspeakable((flow, odd) -> flow.step("reads").value(Object.class, "string(" + odd.expression() + ")"));
        try (Lab lab = new Lab(schedule)) {
            Run<Object> run = lab.start(workflow, Map.of());
            assertThat(lab.end(run).status()).isEqualTo(RunStatus.FAILED);
            assertThat(run.entries().stream()
                            .filter(StepFailed.class::isInstance)
                            .map(StepFailed.class::cast))
                    .extracting(StepFailed::step)
                    .containsExactly("reads");
        }
    }

    @SuppressWarnings({"unchecked", "rawtypes"})
    private static Workflow<Map<String, Object>, Object> unspeakable(
            BiFunction<Flow, Handle<Object>, Handle<Object>> rest) {
        return (Workflow) Workflow.define("odd", Map.class, (flow, input) -> {
            List<Object> endless = new java.util.ArrayList<>();
            endless.add(endless);
            return rest.apply(flow, flow.step("odd").run(Object.class, () -> endless));
        });
    }
}
