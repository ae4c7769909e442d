package io.auterity.behaviour;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.auterity.EngineException;
import io.auterity.Run;
import io.auterity.RunResult;
import io.auterity.definition.Failure;
import io.auterity.journal.JournalEntry.SignalReceived;
import io.auterity.journal.JournalEntry.StepWaiting;
import java.util.List;
import java.util.Map;

class SignalTest {

    private static final String WAITS =
            "steps: {w: {await: {signal: reply, within: 1d}}}\noutput: ${{ steps.w.output }}";

    @OnEverySchedule
    void the_step_that_waits_takes_the_payload(Schedule schedule) {
        try (Lab lab = new Lab(schedule)) {
            Run<Object> run = lab.start(WAITS);
            lab.untilSeen(StepWaiting.class, "w");
            run.signal("reply", Map.of("text", "yes"));
            assertThat(lab.end(run).orElseThrow()).isEqualTo(Map.of("text", "yes"));
            assertThat(run.entries())
                    .filteredOn(SignalReceived.class::isInstance)
                    .hasSize(1);
        }
    }

    @OnEverySchedule
    void a_signal_that_comes_early_is_kept(Schedule schedule) {
        try (Lab lab = new Lab(schedule)) {
            Run<Object> run = lab.start("""
                    steps:
                      before: {uses: do.take, with: {time: 20ms}}
                      w: {await: reply, needs: [before]}
                    output: ${{ steps.w.output }}
                    """);
            run.signal("other", "not this");
            run.signal("reply", "early");
            assertThat(lab.end(run).orElseThrow()).isEqualTo("early");
        }
    }

    @OnEverySchedule
    void early_signals_are_taken_in_the_order_they_came(Schedule schedule) {
        try (Lab lab = new Lab(schedule)) {
            Run<Object> run = lab.start("""
                    steps:
                      gate: {await: go}
                      each: {forEach: "${{ range(3) }}", concurrency: 1, needs: [gate], steps: {w: {await: part}}, output: "${{ steps.w.output }}"}
                    output: ${{ steps.each.output }}
                    """);
            List.of(1L, 2L, 3L).forEach(part -> run.signal("part", part));
            run.signal("go", null);
            assertThat(lab.end(run).orElseThrow()).isEqualTo(List.of(1L, 2L, 3L));
        }
    }

    @OnEverySchedule
    void each_signal_reaches_one_step_the_one_that_has_waited_longest(Schedule schedule) {
        try (Lab lab = new Lab(schedule)) {
            Run<Object> run = lab.start("""
                    steps:
                      first: {await: go}
                      pause: {wait: 10ms}
                      second: {await: go, needs: [pause]}
                    output: ["${{ steps.first.output }}", "${{ steps.second.output }}"]
                    """);
            lab.untilSeen(StepWaiting.class, "second");
            run.signal("go", "a");
            run.signal("go", "b");
            assertThat(lab.end(run).orElseThrow()).isEqualTo(List.of("a", "b"));
        }
    }

    @OnEverySchedule
    void nobody_waits_longer_than_said(Schedule schedule) {
        try (Lab lab = new Lab(schedule)) {
            RunResult<Object> result = lab.run("steps: {w: {await: {signal: reply, within: 20ms}}}");
            assertThat(result.failure().map(Failure::code)).contains(Failure.TIMEOUT);
        }
    }

    @OnEverySchedule
    void an_ended_run_takes_no_signal(Schedule schedule) {
        try (Lab lab = new Lab(schedule)) {
            Run<Object> run = lab.start("steps: {a: {value: 1}}");
            lab.end(run);
            assertThatThrownBy(() -> run.signal("reply", null))
                    .isInstanceOfSatisfying(
                            EngineException.class, e -> assertThat(e.code()).isEqualTo(EngineException.NOT_WAITING));
        }
    }

    @OnEverySchedule
    void two_thousand_signals_are_kept_and_not_one_more(Schedule schedule) {
        try (Lab lab = new Lab(schedule)) {
            Run<Object> run = lab.start(
                    "steps: {gate: {await: go}, w: {await: spare, needs: [gate]}}\noutput: ${{ steps.w.output }}");
            for (long i = 1; i <= 1_999; i++) {
                run.signal("spare", i);
            }
            run.signal("spare", 2_000L);
            assertThatThrownBy(() -> run.signal("spare", 2_001L)).isInstanceOf(EngineException.class);
            assertThatThrownBy(() -> run.signal("another", 1L)).isInstanceOf(EngineException.class);
            run.signal("go", null); // somebody waits for this one
            assertThat(lab.end(run).orElseThrow()).isEqualTo(1L);
            assertThat(run.entries())
                    .filteredOn(SignalReceived.class::isInstance)
                    .hasSize(2_001);
        }
    }

    @OnEverySchedule
    void a_signal_may_be_sent_from_where_the_end_of_a_run_is_told(Schedule schedule) {
        try (Lab lab = new Lab(schedule)) {
            Run<Object> first = lab.start("steps: {a: {uses: do.take, with: {time: 5ms}}}");
            Run<Object> second = lab.start(WAITS);
            first.result().whenComplete((result, thrown) -> {
                assertThatThrownBy(() -> first.signal("late", null)).isInstanceOf(EngineException.class);
                second.signal("reply", "from the end");
            });
            assertThat(lab.end(second).orElseThrow()).isEqualTo("from the end");
        }
    }
}
