package io.auterity.behaviour;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.auterity.EngineException;
import io.auterity.Run;
import io.auterity.RunResult;
import io.auterity.Workflow;
import io.auterity.definition.Failure;
import io.auterity.definition.StepKind;
import io.auterity.journal.JournalEntry.ApprovalDecided;
import io.auterity.journal.JournalEntry.StepWaiting;
import io.auterity.journal.RunStatus;
import java.time.Duration;
import java.util.List;
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

    /** What an approver fills in. */
    record Note(String note, int days) {}

    /** What is asked. */
    record Question(String text) {}

    private static Workflow<Question, String> inJava(StepKind.Approve.Otherwise otherwise, Duration within) {
        return Workflow.define("ask", Question.class, (flow, question) -> {
            var decision = flow.step("ok").approve(List.of("manager"), within, Note.class, otherwise);
            return flow.step("tell")
                    .run(
                            String.class,
                            decision,
                            made -> made.approved() + " " + made.form().get("note"));
        });
    }

    @OnEverySchedule
    void java_asks_for_a_form_and_says_what_silence_counts_as(Schedule schedule) {
        try (Lab lab = new Lab(schedule)) {
            Workflow<Question, String> asks = inJava(StepKind.Approve.Otherwise.FAIL, Duration.ofDays(1));
            Run<String> run = lab.start(asks, new Question("may I"));
            lab.untilSeen(StepWaiting.class, "ok");
            assertThatThrownBy(() -> run.decide("ok", true, "ada", Map.of("note", "fine", "days", "many")))
                    .isInstanceOf(EngineException.class)
                    .hasMessageContaining("/days");
            run.decide("ok", true, "ada", Map.of("note", "fine", "days", 3L));
            assertThat(lab.end(run).orElseThrow()).isEqualTo("true fine");
        }
        try (Lab lab = new Lab(schedule)) {
            assertThat(lab.run(inJava(StepKind.Approve.Otherwise.APPROVE, Duration.ofMillis(20)), new Question("may I"))
                            .orElseThrow())
                    .isEqualTo("true null");
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
