package io.auterity.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import io.auterity.Run;
import io.auterity.RunResult;
import io.auterity.definition.Failure;
import io.auterity.journal.JournalEntry;
import io.auterity.journal.JournalEntry.StepCompensated;
import io.auterity.journal.RunStatus;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

class UndoTest {

    private final List<Object> undone = Collections.synchronizedList(new ArrayList<>());

    private Lab lab(Schedule schedule) {
        return new Lab(schedule).on("undo", (input, context) -> undone.add(input.get("what")));
    }

    @OnEverySchedule
    void undo_steps_run_in_reverse_order_of_completion(Schedule schedule) {
        try (Lab lab = lab(schedule)) {
            Run<Object> run = lab.start("""
                    steps:
                      slow: {await: slow, undo: {uses: do.undo, with: {what: "slow ${{ steps.slow.output }}"}}}
                      fast: {await: fast, undo: {uses: do.undo, with: {what: "fast ${{ steps.fast.output }}"}}}
                      medium: {await: medium, undo: {uses: do.undo, with: {what: "medium ${{ steps.medium.output }}"}}}
                      last: {uses: do.fail, with: {code: no}, needs: [slow, fast, medium], undo: {uses: do.undo, with: {what: never}}}
                    """);
            run.signal("fast", 1L);
            run.signal("medium", 2L);
            run.signal("slow", 3L);
            RunResult<Object> result = lab.end(run);
            assertThat(result.status()).isEqualTo(RunStatus.COMPENSATED);
            assertThat(result.failure().map(Failure::code)).contains("no");
            assertThat(undone).containsExactly("slow 3", "medium 2", "fast 1");
            assertThat(Lab.states(run)).containsEntry("slow", "compensated").containsEntry("last", "failed");
            assertThat(run.entries())
                    .filteredOn(JournalEntry.RunCompensating.class::isInstance)
                    .hasSize(1);
        }
    }

    @OnEverySchedule
    void steps_inside_blocks_and_items_are_taken_back_too(Schedule schedule) {
        try (Lab lab = lab(schedule)) {
            Run<Object> run = lab.start("""
                    steps:
                      each:
                        forEach: ${{ ['a', 'b', 'c'] }}
                        concurrency: 1
                        steps:
                          book: {uses: do.echo, with: {value: "${{ item }}"}, undo: {uses: do.undo, with: {what: "${{ steps.book.output }} of ${{ item }}"}}}
                      t:
                        needs: [each]
                        try: {steps: {pay: {uses: do.echo, undo: {uses: do.undo, with: {what: pay}}}, no: {uses: do.fail, needs: [pay]}}}
                        catch: {steps: {}}
                      bad: {uses: do.fail, needs: [t]}
                    """);
            assertThat(lab.end(run).status()).isEqualTo(RunStatus.COMPENSATED);
            assertThat(undone).containsExactly("pay", "c of c", "b of b", "a of a");
        }
    }

    @OnEverySchedule
    void a_cancelled_run_takes_back_what_it_did(Schedule schedule) {
        try (Lab lab = lab(schedule)) {
            Run<Object> run = lab.start("""
                    steps:
                      a: {uses: do.echo, undo: {uses: do.undo, with: {what: a}}}
                      w: {await: never, needs: [a]}
                    """);
            lab.untilSeen(JournalEntry.StepWaiting.class, "w");
            run.cancel("enough");
            RunResult<Object> result = lab.end(run);
            assertThat(result.status()).isEqualTo(RunStatus.COMPENSATED);
            assertThat(result.failure().map(Failure::code)).contains(Failure.CANCELLED);
            assertThat(undone).containsExactly("a");
        }
    }

    @OnEverySchedule
    void an_undo_that_fails_does_not_keep_the_others_from_running(Schedule schedule) {
        try (Lab lab = lab(schedule)) {
            Run<Object> run = lab.start("""
                    steps:
                      a: {uses: do.echo, undo: {uses: do.undo, with: {what: a}}}
                      b: {uses: do.echo, needs: [a], undo: {uses: do.fail, with: {code: stuck}}}
                      c: {uses: do.echo, needs: [b], undo: {uses: do.undo, with: {what: c}}}
                      d: {uses: do.fail, with: {code: no}, needs: [c]}
                    """);
            RunResult<Object> result = lab.end(run);
            assertThat(result.status()).isEqualTo(RunStatus.FAILED);
            assertThat(result.failure().map(Failure::code)).contains("no");
            assertThat(undone).containsExactly("c", "a");
            assertThat(Lab.states(run)).containsEntry("a", "compensated").containsEntry("b", "succeeded");
            assertThat(run.entries().stream()
                            .filter(StepCompensated.class::isInstance)
                            .map(StepCompensated.class::cast)
                            .filter(entry -> entry.failure().isPresent()))
                    .singleElement()
                    .extracting(StepCompensated::step)
                    .isEqualTo("b");
        }
    }

    @OnEverySchedule
    void a_step_that_succeeded_by_its_fallback_has_nothing_to_take_back(Schedule schedule) {
        try (Lab lab = lab(schedule)) {
            Run<Object> run = lab.start("""
                    steps:
                      a: {uses: do.flaky, with: {failures: 1}, retry: {maxAttempts: 2, delay: 0s}, onError: {fallback: 0}, undo: {uses: do.undo, with: {what: a}}}
                      b: {uses: do.fail, needs: [a], onError: {fallback: 0}, undo: {uses: do.undo, with: {what: b}}}
                      c: {uses: do.fail, needs: [b], onError: {fallback: {uses: do.echo}}, undo: {uses: do.undo, with: {what: c}}}
                      d: {if: "${{ 1 / steps.b.output > 0 }}", uses: do.echo, needs: [c], onError: {fallback: 0}, undo: {uses: do.undo, with: {what: d}}}
                      e: {uses: do.fail, needs: [d]}
                    """);
            assertThat(lab.end(run).status()).isEqualTo(RunStatus.COMPENSATED);
            assertThat(undone).containsExactly("a");
            assertThat(Lab.states(run))
                    .containsEntry("a", "compensated")
                    .containsEntry("b", "succeeded")
                    .containsEntry("c", "succeeded")
                    .containsEntry("d", "succeeded");
        }
    }

    @OnEverySchedule
    void a_run_in_which_only_fallbacks_succeeded_just_fails(Schedule schedule) {
        try (Lab lab = lab(schedule)) {
            RunResult<Object> result = lab.run("""
                    steps:
                      a: {uses: do.fail, onError: {fallback: 0}, undo: {uses: do.undo, with: {what: a}}}
                      b: {uses: do.fail, needs: [a]}
                    """);
            assertThat(result.status()).isEqualTo(RunStatus.FAILED);
            assertThat(undone).isEmpty();
        }
    }

    @OnEverySchedule
    void undo_steps_are_tried_again_as_their_step_is(Schedule schedule) {
        try (Lab lab = lab(schedule)) {
            Run<Object> run = lab.start("""
                    steps:
                      a: {uses: do.echo, retry: {maxAttempts: 3, delay: 1ms}, undo: {uses: do.flaky, with: {failures: 2}}}
                      b: {uses: do.fail, needs: [a]}
                    """);
            assertThat(lab.end(run).status()).isEqualTo(RunStatus.COMPENSATED);
            assertThat(lab.calls()).filteredOn("a"::equals).hasSize(4);
        }
    }

    @OnEverySchedule
    void an_undo_has_a_key_of_its_own(Schedule schedule) {
        List<String> keys = Collections.synchronizedList(new ArrayList<>());
        try (Lab lab = lab(schedule).on("key", (input, context) -> keys.add(context.idempotencyKey()))) {
            lab.run("steps: {a: {uses: do.key, undo: {uses: do.key}}, b: {uses: do.fail, needs: [a]}}");
            assertThat(keys).containsExactly("run-1/a", "run-1/a/undo");
        }
    }

    @OnEverySchedule
    void an_undo_knows_the_place_of_its_step_whatever_the_block_does_by_then(Schedule schedule) {
        List<String> keys = Collections.synchronizedList(new ArrayList<>());
        try (Lab lab = lab(schedule).on("key", (input, context) -> keys.add(context.idempotencyKey()))) {
            Run<Object> run = lab.start("""
                    steps:
                      t:
                        try: {steps: {a: {uses: do.echo, undo: {uses: do.key}}, no: {uses: do.fail, needs: [a]}}}
                        catch: {steps: {b: {uses: do.echo, undo: {uses: do.key}}}}
                        finally: {steps: {c: {uses: do.echo, undo: {uses: do.key}}}}
                      each:
                        needs: [t]
                        forEach: ["x", "y"]
                        concurrency: 1
                        onError: {fallback: none}
                        steps: {d: {uses: do.echo, undo: {uses: do.key}}, no: {if: "${{ index == 1 }}", uses: do.fail, needs: [d]}}
                      bad: {uses: do.fail, needs: [each]}
                    """);
            assertThat(lab.end(run).status()).isEqualTo(RunStatus.COMPENSATED);
            assertThat(keys)
                    .containsExactly(
                            "run-1/each/d/1/undo",
                            "run-1/each/d/0/undo",
                            "run-1/t.finally/c/undo",
                            "run-1/t.catch/b/undo",
                            "run-1/t/a/undo");
            assertThat(Lab.states(run))
                    .containsEntry("t/a", "compensated")
                    .containsEntry("t.catch/b", "compensated")
                    .containsEntry("each[0]/d", "compensated");
        }
    }

    @OnEverySchedule
    void cancelling_a_run_that_takes_back_changes_nothing(Schedule schedule) {
        try (Lab lab = lab(schedule)) {
            Run<Object> run = lab.start("""
                    steps:
                      a: {uses: do.echo, undo: {uses: do.held}}
                      b: {uses: do.fail, with: {code: no}, needs: [a]}
                    """);
            lab.until(() -> run.status() == RunStatus.COMPENSATING);
            run.cancel("too late");
            lab.release();
            RunResult<Object> result = lab.end(run);
            assertThat(result.status()).isEqualTo(RunStatus.COMPENSATED);
            assertThat(result.failure().map(Failure::code)).contains("no");
        }
    }

    @OnEverySchedule
    void cancelling_a_run_that_takes_back_ends_its_waits_without_an_end(Schedule schedule) {
        try (Lab lab = lab(schedule)) {
            Run<Object> run = lab.start("""
                    steps:
                      a: {uses: do.echo, undo: {uses: do.undo, with: {what: a}}}
                      b: {uses: do.echo, needs: [a], undo: {await: {signal: ok}}}
                      c: {uses: do.echo, needs: [b], undo: {await: {signal: ok}}}
                      d: {uses: do.fail, with: {code: no}, needs: [c]}
                    """);
            lab.untilSeen(JournalEntry.StepWaiting.class, "c");
            run.cancel("enough");
            run.cancel("enough again");
            RunResult<Object> result = lab.end(run);
            assertThat(result.status()).isEqualTo(RunStatus.FAILED);
            assertThat(result.failure().map(Failure::code)).contains("no");
            assertThat(undone).containsExactly("a");
            assertThat(Lab.states(run))
                    .containsEntry("a", "compensated")
                    .containsEntry("b", "succeeded")
                    .containsEntry("c", "succeeded");
            assertThat(run.entries())
                    .filteredOn(JournalEntry.RunStopping.class::isInstance)
                    .hasSize(1);
        }
    }

    @OnEverySchedule
    void a_cancelled_run_takes_back_without_waiting_for_ever(Schedule schedule) {
        try (Lab lab = lab(schedule)) {
            Run<Object> run = lab.start("""
                    steps:
                      a: {uses: do.echo, undo: {await: {signal: ok}}}
                      w: {await: {signal: never}, needs: [a]}
                    """);
            lab.untilSeen(JournalEntry.StepWaiting.class, "w");
            run.cancel("enough");
            RunResult<Object> result = lab.end(run);
            assertThat(result.status()).isEqualTo(RunStatus.FAILED);
            assertThat(result.failure().map(Failure::code)).contains(Failure.CANCELLED);
        }
    }

    @OnEverySchedule
    void a_run_that_takes_back_after_a_failure_may_wait_for_a_person(Schedule schedule) {
        try (Lab lab = lab(schedule)) {
            Run<Object> run = lab.start("""
                    steps:
                      a: {uses: do.echo, undo: {await: {signal: ok}}}
                      b: {uses: do.fail, needs: [a]}
                    """);
            lab.untilSeen(JournalEntry.StepWaiting.class, "a");
            run.signal("ok", 1L);
            assertThat(lab.end(run).status()).isEqualTo(RunStatus.COMPENSATED);
        }
    }

    @OnEverySchedule
    void a_run_that_succeeds_takes_nothing_back(Schedule schedule) {
        try (Lab lab = lab(schedule)) {
            assertThat(lab.run("steps: {a: {uses: do.echo, undo: {uses: do.undo}}}")
                            .status())
                    .isEqualTo(RunStatus.SUCCEEDED);
            assertThat(undone).isEmpty();
        }
    }
}
