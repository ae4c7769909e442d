package io.auterity.behaviour;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.auterity.EngineException;
import io.auterity.Run;
import io.auterity.RunResult;
import io.auterity.definition.Failure;
import io.auterity.journal.JournalEntry.ApprovalDecided;
import io.auterity.journal.JournalEntry.StepWaiting;
import io.auterity.journal.RunStatus;
import java.util.Map;

class ApprovalTest {

    private static String approve(String otherwise) {
        return "steps: {ok: {approve: {by: [manager], within: 20ms" + otherwise
                + "}}}\noutput: ${{ steps.ok.output.approved }}";
    }

    @OnEverySchedule
    void a_decision_gives_who_when_and_what_was_filled_in(Schedule schedule) {
        try (Lab lab = new Lab(schedule)) {
            Run<Object> run = lab.start("""
                    steps:
                      ok: {approve: {by: [manager], within: 1d, form: {note: string}}}
                      go: {if: "${{ steps.ok.output.approved }}", uses: do.echo, with: {value: "${{ steps.ok.output.form.note }}"}}
                    output: ${{ steps.ok.output }}
                    """);
            lab.untilSeen(StepWaiting.class, "ok");
            assertThat(run.status()).isEqualTo(RunStatus.WAITING);
            run.decide("ok", true, "ada", Map.of("note", "fine"));
            RunResult<Object> result = lab.end(run);
            assertThat((Map<?, ?>) result.orElseThrow())
                    .extracting("approved", "by", "form")
                    .containsExactly(true, "ada", Map.of("note", "fine"));
            assertThat(lab.calls()).containsExactly("go");
            assertThat(run.entries())
                    .filteredOn(ApprovalDecided.class::isInstance)
                    .hasSize(1);
        }
    }

    @OnEverySchedule
    void a_refusal_is_a_value_and_no_failure(Schedule schedule) {
        try (Lab lab = new Lab(schedule)) {
            Run<Object> run = lab.start(approve("").replace("20ms", "1d"));
            lab.untilSeen(StepWaiting.class, "ok");
            run.decide("ok", false, "ada", Map.of());
            assertThat(lab.end(run).orElseThrow()).isEqualTo(false);
        }
    }

    @OnEverySchedule
    void when_nobody_decides_it_counts_as_the_workflow_says(Schedule schedule) {
        try (Lab lab = new Lab(schedule)) {
            assertThat(lab.run(approve(", else: approve")).orElseThrow()).isEqualTo(true);
            assertThat(lab.run(approve(", else: reject")).orElseThrow()).isEqualTo(false);
            assertThat(lab.run(approve(", else: fail")).failure().map(Failure::code))
                    .contains(Failure.TIMEOUT);
            assertThat(lab.run(approve("")).failure().map(Failure::code)).contains(Failure.TIMEOUT);
        }
    }

    @OnEverySchedule
    void a_step_that_waits_for_nobody_takes_no_decision(Schedule schedule) {
        try (Lab lab = new Lab(schedule)) {
            Run<Object> run = lab.start("steps: {gate: {await: go}, ok: {approve: {}, needs: [gate]}}");
            for (String step : new String[] {"ok", "gate", "unknown"}) {
                assertThatThrownBy(() -> run.decide(step, true, "ada", Map.of()))
                        .isInstanceOfSatisfying(
                                EngineException.class,
                                e -> assertThat(e.code()).isEqualTo(EngineException.NOT_WAITING));
            }
            run.signal("go", null);
            lab.untilSeen(StepWaiting.class, "ok");
            run.decide("ok", true, "ada", Map.of());
            assertThatThrownBy(() -> run.decide("ok", false, "eve", Map.of())).isInstanceOf(EngineException.class);
            assertThat(lab.end(run).status()).isEqualTo(RunStatus.SUCCEEDED);
        }
    }

    @OnEverySchedule
    void approvals_of_items_are_told_apart_by_their_paths(Schedule schedule) {
        try (Lab lab = new Lab(schedule)) {
            Run<Object> run = lab.start("""
                    steps:
                      each: {forEach: [a, b], steps: {ok: {approve: {within: 1d}}}, output: "${{ steps.ok.output.by }}"}
                    output: ${{ steps.each.output }}
                    """);
            lab.untilSeen(StepWaiting.class, "each[1]/ok");
            run.decide("each[1]/ok", true, "second", Map.of());
            run.decide("each[0]/ok", true, "first", Map.of());
            assertThat(lab.end(run).orElseThrow()).isEqualTo(java.util.List.of("first", "second"));
        }
    }
}
