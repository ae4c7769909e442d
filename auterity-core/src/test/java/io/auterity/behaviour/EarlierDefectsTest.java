package io.auterity.behaviour;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.auterity.Run;
import io.auterity.RunResult;
import io.auterity.Workflow;
import io.auterity.definition.Definition;
import io.auterity.definition.DefinitionException;
import io.auterity.definition.RunId;
import io.auterity.definition.Step;
import io.auterity.definition.StepKind;
import io.auterity.definition.Template;
import io.auterity.journal.JournalEntry;
import io.auterity.journal.JournalEntry.StepSucceeded;
import io.auterity.journal.RunStatus;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * Defects of an earlier attempt at this product, by their numbers, each shown absent. 8 is in {@link RetryTest}, 14 in
 * {@link CancelTest}.
 */
class EarlierDefectsTest {

    /** One step of every kind there is; a new kind must be added here, or the test fails. */
    private static final Map<Class<? extends StepKind>, String> EVERY_KIND = everyKind();

    private static Map<Class<? extends StepKind>, String> everyKind() {
        Map<Class<? extends StepKind>, String> kinds = new LinkedHashMap<>();
        kinds.put(StepKind.Uses.class, "{uses: do.echo, with: {value: 1}}");
        kinds.put(StepKind.Value.class, "{value: 1}");
        kinds.put(StepKind.Switch.class, "{switch: [{else: true, value: 1}]}");
        kinds.put(StepKind.ForEach.class, "{forEach: [1], steps: {a: {uses: do.echo}}}");
        kinds.put(StepKind.Repeat.class, "{repeat: {steps: {a: {uses: do.echo}}, until: '${{ index == 0 }}'}}");
        kinds.put(StepKind.Race.class, "{race: {a: {uses: do.echo, with: {value: 1}}, b: {wait: 1h}}}");
        kinds.put(StepKind.Try.class, "{try: {steps: {a: {uses: do.echo}}}, finally: {steps: {}}}");
        kinds.put(StepKind.Run.class, "{run: other}");
        kinds.put(StepKind.Wait.class, "{wait: 1ms}");
        kinds.put(StepKind.Await.class, "{await: go}");
        kinds.put(StepKind.Approve.class, "{approve: {within: 1ms, else: approve}}");
        kinds.put(StepKind.Emit.class, "{emit: told}");
        kinds.put(StepKind.Fail.class, "{fail: on purpose, onError: continue}");
        kinds.put(StepKind.Java.class, "{java: {inputs: []}, onError: continue}");
        return kinds;
    }

    @OnEverySchedule
    void defect_6_no_kind_of_step_passes_through_silently(Schedule schedule) {
        assertThat(EVERY_KIND.keySet()).containsExactlyInAnyOrder(permitted());
        EVERY_KIND.forEach((kind, step) -> {
            try (Lab lab = new Lab(schedule).register(Lab.read("id: other\nsteps: {a: {value: 1}}\noutput: 1"))) {
                Run<Object> run = lab.start("steps: {s: " + step + "}");
                if (kind == StepKind.Await.class) {
                    run.signal("go", 1L);
                }
                assertThat(lab.end(run).status()).as(step).isEqualTo(RunStatus.SUCCEEDED);
                assertThat(effects(run)).as(step).isNotEmpty();
            }
        });
    }

    @SuppressWarnings("unchecked")
    private static Class<? extends StepKind>[] permitted() {
        return (Class<? extends StepKind>[]) StepKind.class.getPermittedSubclasses();
    }

    /** What a step did besides ending as succeeded without a value. */
    private static List<JournalEntry> effects(Run<?> run) {
        return run.entries().stream()
                .filter(entry -> !(entry instanceof JournalEntry.RunStarted)
                        && !(entry instanceof JournalEntry.RunEnded)
                        && !(entry instanceof JournalEntry.SignalReceived)
                        && !(entry instanceof StepSucceeded done && done.step().equals("s") && done.output() == null))
                .toList();
    }

    @Test
    void defect_6_unknown_kinds_are_refused() {
        assertThatThrownBy(() -> Lab.read("steps: {a: {transform: {x: 1}}}"))
                .isInstanceOfSatisfying(
                        DefinitionException.class, e -> assertThat(e).hasMessageContaining("AUT-D0"));
    }

    @Test
    void defect_7_independent_steps_run_at_the_same_time() {
        CyclicBarrier all = new CyclicBarrier(20);
        try (Lab lab = new Lab(Schedule.REAL).on("meet", (input, context) -> {
            all.await(60, TimeUnit.SECONDS); // passes only if all twenty are here
            return null;
        })) {
            StringBuilder steps = new StringBuilder("steps:\n");
            IntStream.range(0, 20).forEach(n -> steps.append("  s").append(n).append(": {uses: do.meet}\n"));
            lab.run(steps.toString()).orElseThrow();
        }
    }

    @Test
    void defect_9_a_cycle_is_refused_with_its_path() {
        assertThatThrownBy(() -> new Lab(Schedule.SIMULATED).run("""
            steps:
              ship: {value: "${{ steps.audit.output }}"}
              audit: {value: 1, needs: [reserve]}
              reserve: {value: "${{ steps.ship.output }}"}
            """))
                .isInstanceOf(DefinitionException.class)
                .hasMessageContaining("AUT-C005")
                .hasMessageMatching("(?s).*(ship -> audit -> reserve -> ship|audit -> reserve -> ship -> audit"
                        + "|reserve -> ship -> audit -> reserve|ship -> reserve -> audit -> ship"
                        + "|audit -> ship -> reserve -> audit|reserve -> audit -> ship -> reserve).*");
    }

    @Test
    void defect_10_an_unknown_dependency_is_refused_with_the_closest_name() {
        assertThatThrownBy(() -> new Lab(Schedule.SIMULATED)
                        .run("steps: {charge-card: {value: 1}, ship: {value: 2, needs: [chrage-card]}}"))
                .isInstanceOf(DefinitionException.class)
                .hasMessageContaining("AUT-C003")
                .hasMessageContaining("use 'charge-card'");
    }

    @OnEverySchedule
    void defect_11_the_child_of_a_fast_step_does_not_wait_for_a_slow_stranger(Schedule schedule) {
        try (Lab lab = new Lab(schedule)) {
            Run<Object> run = lab.start("""
                steps:
                  slow: {await: end-of-slow}
                  fast: {uses: do.echo, with: {value: 1}}
                  child: {uses: do.echo, with: {value: "${{ steps.fast.output }}"}}
                  grandchild: {uses: do.echo, with: {value: "${{ steps.child.output }}"}}
                """);
            lab.untilSeen(StepSucceeded.class, "grandchild"); // while 'slow' is still under way
            assertThat(Lab.states(run)).containsEntry("slow", "waiting");
            run.signal("end-of-slow", null);
            assertThat(lab.end(run).status()).isEqualTo(RunStatus.SUCCEEDED);
        }
    }

    @OnEverySchedule
    void defect_12_results_belong_to_runs_and_not_to_workflows(Schedule schedule) {
        try (Lab lab = new Lab(schedule)) {
            Workflow<Map<String, Object>, Object> workflow = Lab.read("""
                input: {n: integer}
                steps:
                  a: {uses: do.take, with: {time: "${{ string(20 - input.n) }}ms", value: "${{ input.n }}"}}
                  later: {uses: do.take, needs: [a], with: {time: 20ms, value: 0}}
                output: {a: "${{ steps.a.output }}", later: "${{ steps.later.output }}"}
                """);
            List<Run<Object>> runs = IntStream.range(0, 20)
                    .mapToObj(n -> lab.start(workflow, Map.<String, Object>of("n", n)))
                    .toList();
            for (int n = 0; n < 20; n++) {
                assertThat(lab.end(runs.get(n)).orElseThrow()).isEqualTo(Map.of("a", (long) n, "later", 0L));
                assertThat(runs.get(n).steps().get("a").result().output()).isEqualTo((long) n);
            }
        }
    }

    @OnEverySchedule
    void defect_13_a_call_in_the_background_fails_its_step_when_it_fails(Schedule schedule) {
        try (Lab lab = new Lab(schedule)) {
            lab.on(
                    "background",
                    (input, context) -> lab.later(Duration.ofMillis(5), () -> {
                        throw new IllegalArgumentException("wrong arguments");
                    }));
            RunResult<Object> result = lab.run("steps: {a: {uses: do.background}}");
            assertThat(result.status()).isEqualTo(RunStatus.FAILED);
            assertThat(result.failure().orElseThrow().message()).contains("wrong arguments");
        }
    }

    @Test
    void defect_15_parallel_branches_cannot_overwrite_each_other() {
        try (Lab lab = new Lab(Schedule.REAL)) {
            StringBuilder steps = new StringBuilder("steps:\n");
            StringBuilder sum = new StringBuilder("[0");
            for (int n = 0; n < 100; n++) {
                steps.append("  a")
                        .append(n)
                        .append(": {value: {total: ")
                        .append(n)
                        .append("}}\n");
                steps.append("  b")
                        .append(n)
                        .append(": {value: \"${{ steps.a")
                        .append(n)
                        .append(".output.total * 2 }}\"}\n");
                sum.append(", steps.b").append(n).append(".output");
            }
            for (int round = 0; round < 20; round++) {
                assertThat(lab.run(steps + "output: ${{ " + sum + "].sum() }}").orElseThrow())
                        .isEqualTo(9_900L);
            }
        }
    }

    @OnEverySchedule
    void defect_15_what_a_step_returned_cannot_be_changed_by_those_who_read_it(Schedule schedule) {
        AtomicInteger refused = new AtomicInteger();
        try (Lab lab = new Lab(schedule).on("vandal", (input, context) -> {
            try {
                ((Map<String, Object>) input.get("value")).put("n", 2L);
            } catch (UnsupportedOperationException e) {
                refused.incrementAndGet();
            }
            return null;
        })) {
            RunResult<Object> result = lab.run("""
                steps:
                  a: {value: {n: 1}}
                  v: {uses: do.vandal, with: {value: "${{ steps.a.output }}"}}
                output: ${{ steps.a.output }}
                """);
            assertThat(refused).hasValue(1);
            assertThat(result.orElseThrow()).isEqualTo(Map.of("n", 1L));
        }
    }

    @OnEverySchedule
    void defect_16_an_edge_carries_a_condition(Schedule schedule) {
        try (Lab lab = new Lab(schedule)) {
            Run<Object> run = lab.start("""
                steps:
                  score: {value: 85}
                  call: {if: "${{ steps.score.output > 80 }}", uses: do.echo}
                  mail: {if: "${{ steps.score.output <= 80 }}", uses: do.echo}
                """);
            lab.end(run).orElseThrow();
            assertThat(Lab.states(run)).containsEntry("call", "succeeded").containsEntry("mail", "skipped");
        }
    }

    @OnEverySchedule
    void defect_17_template_text_in_data_is_never_evaluated(Schedule schedule) {
        String attack = "${{ secrets.api }} ${{ input.other }} ${{ 1 + 1 }}";
        try (Lab lab = new Lab(schedule).with(builder -> builder.secrets(name -> Optional.of("hunter2")))) {
            RunResult<Object> result = lab.run("""
                input: {text: string}
                steps:
                  echo: {uses: do.echo, with: {value: "${{ input.text }}", list: ["x ${{ input.text }}"]}}
                  value: {value: "${{ steps.echo.output }}"}
                  text: {value: "so: ${{ steps.value.output }}"}
                  each: {forEach: ["${{ steps.value.output }}"], steps: {a: {value: "${{ item }}"}}, output: "${{ steps.a.output }}"}
                output: ["${{ steps.echo.output }}", "${{ steps.value.output }}", "${{ steps.text.output }}", "${{ steps.each.output[0] }}"]
                """, Map.of("text", attack, "other", "seen"));
            assertThat(result.orElseThrow()).isEqualTo(List.of(attack, attack, "so: " + attack, attack));
        }
    }

    @Test
    void defect_17_names_that_a_host_program_passes_are_data() {
        Definition definition = Definition.of("flow", Step.of("a", new StepKind.Value(new Template("plain"))));
        try (Lab lab = new Lab(Schedule.SIMULATED)) {
            Workflow<Map<String, Object>, Object> workflow = Workflow.of(definition);
            lab.register(workflow);
            assertThat(lab.end(lab.engine().start(workflow, RunId.of("id"), Map.of("${{ 1 }}", "${{ 2 }}")))
                            .status())
                    .isEqualTo(RunStatus.SUCCEEDED);
        }
    }
}
