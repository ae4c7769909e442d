package io.auterity.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import io.auterity.Run;
import io.auterity.RunResult;
import io.auterity.StepBuilder;
import io.auterity.Workflow;
import io.auterity.connector.StepException;
import io.auterity.definition.Failure;
import io.auterity.journal.RunStatus;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

class TryTest {

    private record In() {}

    @OnEverySchedule
    void the_value_is_the_blocks_when_nothing_fails(Schedule schedule) {
        try (Lab lab = new Lab(schedule)) {
            Run<Object> run = lab.start("""
                    steps:
                      t:
                        try: {steps: {a: {uses: do.echo, with: {value: good}}}, output: "${{ steps.a.output }}"}
                        catch: {steps: {c: {uses: do.echo}}, output: bad}
                        finally: {steps: {f: {uses: do.echo}}}
                    output: ${{ steps.t.output }}
                    """);
            assertThat(lab.end(run).orElseThrow()).isEqualTo("good");
            assertThat(lab.calls()).containsExactly("t/a", "t.finally/f");
        }
    }

    @OnEverySchedule
    void catch_sees_the_error_and_gives_the_value(Schedule schedule) {
        try (Lab lab = new Lab(schedule)) {
            Run<Object> run = lab.start("""
                    steps:
                      t:
                        try: {steps: {a: {uses: do.fail, with: {code: oops}}, b: {uses: do.echo, needs: [a]}}}
                        catch: {steps: {c: {uses: do.echo, with: {value: "${{ error.code }}"}}}, output: "${{ steps.c.output }}"}
                        finally: {steps: {f: {uses: do.echo}}}
                    output: ${{ steps.t.output }}
                    """);
            assertThat(lab.end(run).orElseThrow()).isEqualTo("oops");
            assertThat(lab.calls()).containsExactly("t/a", "t.catch/c", "t.finally/f");
            assertThat(Lab.states(run)).containsEntry("t/b", "skipped").containsEntry("t", "succeeded");
        }
    }

    @OnEverySchedule
    void blocks_written_in_java_end_with_their_last_one_however_they_went(Schedule schedule) {
        List<String> ended = new CopyOnWriteArrayList<>();
        Workflow<In, String> mended = Workflow.define(
                "mended",
                In.class,
                (flow, in) -> flow.step("t")
                        .tryOr(
                                body -> body.step("a").run(String.class, () -> {
                                    throw new StepException("oops", "on purpose", false);
                                }),
                                (caught, error) ->
                                        caught.step("c").run(String.class, error, StepBuilder.StepError::code),
                                last -> last.step("f").run(Boolean.class, () -> ended.add("mended"))));
        Workflow<In, String> failing = Workflow.define(
                "failing",
                In.class,
                (flow, in) -> flow.step("t")
                        .tryFinally(
                                body -> body.step("a").run(String.class, () -> {
                                    throw new StepException("oops", "on purpose", false);
                                }),
                                last -> last.step("f").run(Boolean.class, () -> ended.add("failing"))));
        Workflow<In, String> good = Workflow.define(
                "good",
                In.class,
                (flow, in) -> flow.step("t")
                        .tryFinally(
                                body -> body.step("a").run(String.class, () -> "good"),
                                last -> last.step("f").run(Boolean.class, () -> ended.add("good"))));
        try (Lab lab = new Lab(schedule)) {
            assertThat(lab.run(mended, new In()).orElseThrow()).isEqualTo("oops");
            assertThat(lab.run(failing, new In()).failure().map(Failure::code)).contains("oops");
            assertThat(lab.run(good, new In()).orElseThrow()).isEqualTo("good");
        }
        assertThat(ended).containsExactly("mended", "failing", "good");
    }

    @OnEverySchedule
    void without_a_catch_the_failure_goes_on_after_finally(Schedule schedule) {
        try (Lab lab = new Lab(schedule)) {
            RunResult<Object> result = lab.run("""
                    steps:
                      t:
                        try: {steps: {a: {uses: do.fail, with: {code: oops}}}}
                        finally: {steps: {f: {uses: do.take, with: {time: 5ms}}}}
                    """);
            assertThat(result.failure().map(Failure::code)).contains("oops");
            assertThat(lab.calls()).containsExactly("t/a", "t.finally/f");
        }
    }

    @OnEverySchedule
    void a_failure_inside_catch_is_the_steps_and_finally_still_runs(Schedule schedule) {
        try (Lab lab = new Lab(schedule)) {
            RunResult<Object> result = lab.run("""
                    steps:
                      t:
                        try: {steps: {a: {uses: do.fail, with: {code: first}}}}
                        catch: {steps: {c: {uses: do.fail, with: {code: second}}}}
                        finally: {steps: {f: {uses: do.echo}}}
                    """);
            assertThat(result.failure().map(Failure::code)).contains("second");
            assertThat(lab.calls()).containsExactly("t/a", "t.catch/c", "t.finally/f");
        }
    }

    @OnEverySchedule
    void a_failure_inside_finally_fails_a_block_that_had_succeeded(Schedule schedule) {
        try (Lab lab = new Lab(schedule)) {
            RunResult<Object> result = lab.run("""
                    steps:
                      t:
                        try: {steps: {a: {uses: do.echo}}}
                        finally: {steps: {f: {uses: do.fail, with: {code: late}}}}
                    """);
            assertThat(result.failure().map(Failure::code)).contains("late");
        }
    }

    @OnEverySchedule
    void a_failure_inside_finally_does_not_hide_the_first(Schedule schedule) {
        try (Lab lab = new Lab(schedule)) {
            RunResult<Object> result = lab.run("""
                    steps:
                      t:
                        try: {steps: {a: {uses: do.fail, with: {code: first}}}}
                        finally: {steps: {f: {uses: do.fail, with: {code: late}}}}
                    """);
            assertThat(result.failure().map(Failure::code)).contains("first");
        }
    }

    @OnEverySchedule
    void a_cancellation_during_try_skips_catch_and_runs_finally(Schedule schedule) {
        try (Lab lab = new Lab(schedule)) {
            Run<Object> run = lab.start("""
                    steps:
                      t:
                        try: {steps: {a: {uses: do.take, with: {time: 1h}}}}
                        catch: {steps: {c: {uses: do.echo}}}
                        finally: {steps: {f: {uses: do.take, with: {time: 10ms}}}}
                      after: {uses: do.echo, needs: [t]}
                    """);
            lab.untilCalled("t/a");
            run.cancel("enough");
            assertThat(lab.end(run).status()).isEqualTo(RunStatus.CANCELLED);
            assertThat(lab.calls()).containsExactly("t/a", "t.finally/f");
            assertThat(Lab.states(run))
                    .containsEntry("t/a", "cancelled")
                    .containsEntry("t.finally/f", "succeeded")
                    .containsEntry("t", "cancelled")
                    .containsEntry("after", "skipped");
        }
    }

    @OnEverySchedule
    void a_cancellation_during_finally_lets_it_end(Schedule schedule) {
        try (Lab lab = new Lab(schedule)) {
            Run<Object> run = lab.start("""
                    steps:
                      t:
                        try: {steps: {a: {uses: do.echo}}}
                        finally: {steps: {f: {uses: do.held}, g: {uses: do.echo, needs: [f]}}}
                    """);
            lab.untilCalled("t.finally/f");
            run.cancel("enough");
            lab.release();
            assertThat(lab.end(run).status()).isEqualTo(RunStatus.CANCELLED);
            assertThat(Lab.states(run))
                    .containsEntry("t.finally/g", "succeeded")
                    .containsEntry("t", "cancelled");
        }
    }

    @OnEverySchedule
    void try_blocks_nest(Schedule schedule) {
        try (Lab lab = new Lab(schedule)) {
            RunResult<Object> result = lab.run("""
                    steps:
                      outer:
                        try:
                          steps:
                            inner:
                              try: {steps: {a: {uses: do.fail, with: {code: one}}}}
                              catch: {steps: {c: {uses: do.fail, with: {code: "two"}}}}
                        catch: {steps: {}, output: "caught ${{ error.code }}"}
                    output: ${{ steps.outer.output }}
                    """);
            assertThat(result.orElseThrow()).isEqualTo("caught two");
        }
    }

    @OnEverySchedule
    void an_attempt_of_a_whole_block_starts_it_anew(Schedule schedule) {
        try (Lab lab = new Lab(schedule)) {
            java.util.concurrent.atomic.AtomicInteger times = new java.util.concurrent.atomic.AtomicInteger();
            lab.on("third", (input, context) -> {
                if (times.incrementAndGet() < 3) {
                    throw new io.auterity.connector.StepException("not-yet", "no", true);
                }
                return (long) times.get();
            });
            RunResult<Object> result = lab.run("""
                    steps:
                      t:
                        try: {steps: {before: {uses: do.echo}, a: {uses: do.third, needs: [before]}}, output: "${{ steps.a.output }}"}
                        finally: {steps: {}}
                        retry: {maxAttempts: 3, delay: 1ms}
                    output: ${{ steps.t.output }}
                    """);
            assertThat(result.orElseThrow()).isEqualTo(3L);
            assertThat(lab.calls()).filteredOn("t/before"::equals).hasSize(3);
        }
    }
}
