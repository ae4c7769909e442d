package io.auterity.behaviour;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.auterity.Run;
import io.auterity.RunResult;
import io.auterity.connector.StepContext;
import io.auterity.connector.StepException;
import io.auterity.journal.JournalEntry.Emitted;
import io.auterity.journal.JournalEntry.StepProgressed;
import io.auterity.journal.JournalEntry.StepStreamed;
import io.auterity.journal.RunStatus;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.assertj.core.groups.Tuple;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ProgressTest {

    @OnEverySchedule
    void listeners_hear_of_progress_pieces_and_events_and_the_journal_keeps_the_events(Schedule schedule) {
        try (Lab lab = new Lab(schedule)) {
            lab.on("talk", (input, context) -> {
                context.progress(1, 3, "one");
                if (schedule == Schedule.REAL) { // of reports that come close together only the latest is told
                    lab.until(() -> !lab.events(StepProgressed.class).isEmpty());
                }
                context.partial("piece");
                context.progress(3, 3, "done");
                return null;
            });
            Run<Object> run =
                    lab.start("steps: {a: {uses: do.talk}, e: {emit: {event: scored, data: {n: 1}}, needs: [a]}}\n");
            lab.end(run).orElseThrow();
            lab.until(() -> !lab.events(Emitted.class).isEmpty());
            Tuple one = Tuple.tuple(1L, "one");
            Tuple done = Tuple.tuple(3L, "done");
            if (lab.isSimulated()) {
                lab.world().runUntilIdle();
            }
            assertThat(lab.events(StepProgressed.class))
                    .extracting(StepProgressed::done, StepProgressed::message)
                    .isIn(List.of(one, done), List.of(done)); // a run that is busy tells the latest
            assertThat(lab.events(StepStreamed.class))
                    .extracting(StepStreamed::data)
                    .containsExactly("piece");
            assertThat(lab.events(Emitted.class))
                    .extracting(Emitted::event, Emitted::data)
                    .containsExactly(Tuple.tuple("scored", Map.of("n", 1L)));
            assertThat(run.entries())
                    .noneMatch(StepProgressed.class::isInstance)
                    .anyMatch(Emitted.class::isInstance);
        }
    }

    @OnEverySchedule
    void a_heartbeat_starts_the_time_out_anew(Schedule schedule) {
        try (Lab lab = new Lab(schedule)) {
            lab.on("beats", (input, context) -> beat(lab, context, 10));
            // A busy machine may take its time once; without the heartbeats every attempt would take too long.
            Run<Object> run =
                    lab.start("steps: {a: {uses: do.beats, timeout: 400ms, retry: {maxAttempts: 20, delay: 1ms}}}\n"
                            + "output: ${{ steps.a.output }}");
            assertThat(lab.end(run).orElseThrow()).isEqualTo("alive");
        }
    }

    private static CompletableFuture<@Nullable Object> beat(Lab lab, StepContext context, int more) {
        context.heartbeat();
        return more == 0
                ? CompletableFuture.completedFuture("alive")
                : lab.later(Duration.ofMillis(100), () -> "").thenCompose(any -> beat(lab, context, more - 1));
    }

    @Test
    void the_rest_of_the_time_out_shrinks_and_grows_with_a_heartbeat() {
        try (Lab lab = new Lab(Schedule.SIMULATED)) {
            lab.on(
                    "look",
                    (input, context) -> lab.later(Duration.ofSeconds(20), () -> {
                        Duration before = context.remaining();
                        context.heartbeat();
                        return before + " " + context.remaining();
                    }));
            assertThat(lab.run("steps: {a: {uses: do.look, timeout: 1m}}\noutput: ${{ steps.a.output }}")
                            .orElseThrow())
                    .isEqualTo("PT40S PT1M");
        }
    }

    @OnEverySchedule
    void calls_after_the_attempt_has_ended_have_no_effect(Schedule schedule) {
        try (Lab lab = new Lab(schedule)) {
            StepContext[] kept = new StepContext[1];
            lab.on("keep", (input, context) -> {
                kept[0] = context;
                return null;
            });
            Run<Object> run = lab.start("steps: {a: {uses: do.keep}, w: {await: go, needs: [a]}}");
            lab.untilSeen(io.auterity.journal.JournalEntry.StepWaiting.class, "w");
            kept[0].progress(1, 1, "late");
            kept[0].partial("late");
            kept[0].heartbeat();
            run.signal("go", null);
            assertThat(lab.end(run).status()).isEqualTo(RunStatus.SUCCEEDED);
            lab.until(
                    () -> lab.events().stream().anyMatch(io.auterity.journal.JournalEntry.RunEnded.class::isInstance));
            assertThat(lab.events(StepProgressed.class)).isEmpty();
            assertThat(lab.events(StepStreamed.class)).isEmpty();
        }
    }

    @OnEverySchedule
    void secrets_are_cut_out_of_everything_a_step_tells(Schedule schedule) {
        try (Lab lab = new Lab(schedule).with(builder -> builder.secrets(name -> Optional.of("hunter2")))) {
            lab.on("leak", (input, context) -> {
                Object key = input.get("key");
                context.progress(1, 2, "using " + key);
                context.partial(Map.of("key", "is " + key));
                if (context.attempt() == 1) {
                    throw new io.auterity.connector.StepException("no", "bad key " + key, true);
                }
                return Map.of("echo", key);
            });
            Run<Object> run =
                    lab.start("steps: {a: {uses: do.leak, with: {key: '${{ secrets.api }}'}, retry: {delay: 1ms}}}\n"
                            + "output: ${{ steps.a.output }}");
            assertThat(lab.end(run).orElseThrow()).isEqualTo(Map.of("echo", "***"));
            lab.until(
                    () -> lab.events().stream().anyMatch(io.auterity.journal.JournalEntry.RunEnded.class::isInstance));
            assertThat(lab.events().toString()).contains("***").doesNotContain("hunter2");
            assertThat(run.entries().toString()).doesNotContain("hunter2");
        }
    }

    @OnEverySchedule
    void a_secret_inside_another_leaves_nothing_of_that_behind(Schedule schedule) {
        Map<String, String> secrets = Map.of("test", "hunter2", "live", "hunter2-of-production");
        try (Lab lab = new Lab(schedule).with(builder -> builder.secrets(name -> Optional.of(secrets.get(name))))) {
            RunResult<Object> result = lab.run(
                    "steps: {a: {uses: do.echo, with: {value: ['${{ secrets.test }}', '${{ secrets.live }}']}}}\n"
                            + "output: ${{ steps.a.output }}");
            assertThat(result.orElseThrow()).isEqualTo(List.of("***", "***"));
        }
    }

    @OnEverySchedule
    void a_message_that_was_cut_off_within_a_secret_does_not_show_its_beginning(Schedule schedule) {
        try (Lab lab =
                new Lab(schedule).with(builder -> builder.secrets(name -> Optional.of("hunter2-of-production")))) {
            lab.on("refused", (input, context) -> {
                throw new StepException("http-401", "it answered 401: no such key hunter2-of-pro", false);
            });
            RunResult<Object> result = lab.run("steps: {a: {uses: do.refused, with: {key: '${{ secrets.api }}'}}}");
            assertThat(result.failure().orElseThrow().message())
                    .endsWith("it answered 401: no such key ***")
                    .doesNotContain("hunter2");
        }
    }

    @OnEverySchedule
    void a_secret_does_not_get_into_the_log_or_into_the_input_of_another_run(Schedule schedule) {
        try (Lab lab = new Lab(schedule).with(builder -> builder.secrets(name -> Optional.of("hunter2")))) {
            for (String step : List.of(
                    "{uses: core.log, with: {message: m, data: {x: ['${{ secrets.api }}']}}}",
                    "{uses: core.run, with: {workflow: child, input: {key: '${{ secrets.api }}'}}}")) {
                assertThatThrownBy(() -> lab.run("steps: {a: " + step + "}"))
                        .hasMessageContaining("AUT-C021")
                        .hasMessageContaining("in the 'with' of an operation that does not record it");
            }
        }
    }

    @OnEverySchedule
    void a_secret_is_cut_out_of_the_code_of_a_failure_too(Schedule schedule) {
        try (Lab lab = new Lab(schedule).with(builder -> builder.secrets(name -> Optional.of("hunter2")))) {
            RunResult<Object> result =
                    lab.run("steps: {a: {uses: core.fail, with: {code: '${{ secrets.api }}', message: m}}}");
            assertThat(result.failure().orElseThrow().code()).isEqualTo("***");
        }
    }
}
