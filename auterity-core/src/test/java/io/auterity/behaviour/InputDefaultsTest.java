package io.auterity.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import io.auterity.Run;
import io.auterity.Workflow;
import io.auterity.definition.DefinitionReader;
import io.auterity.journal.JournalEntry.RunStarted;
import java.util.Map;

/** What the input of a run misses and its schema has a default for is in the input that is recorded. */
class InputDefaultsTest {

    private static final String CHILD = """
        auterity: 1
        id: child
        input: {n: {type: integer, default: 3}, "options?": {type: object, properties: {loud: {default: true}}}}
        steps:
          a: {value: "${{ input.n + 1 }}"}
        output: {n: "${{ steps.a.output }}", options: "${{ coalesce(input.options, {}) }}"}
        """;

    @OnEverySchedule
    void a_run_reads_the_default_of_what_it_was_not_given(Schedule schedule) {
        Workflow<Map<String, Object>, Object> workflow = Workflow.of(new DefinitionReader().read(CHILD));
        try (Lab lab = new Lab(schedule)) {
            Run<Object> run = lab.start(workflow, Map.of("options", Map.of()));
            assertThat(lab.end(run).orElseThrow()).isEqualTo(Map.of("n", 4L, "options", Map.of("loud", true)));
            assertThat(run.entries().get(0))
                    .isInstanceOfSatisfying(
                            RunStarted.class,
                            start -> assertThat(start.input())
                                    .isEqualTo(Map.of("n", 3L, "options", Map.of("loud", true))));
            assertThat(lab.run(workflow, Map.of("n", 5L)).orElseThrow())
                    .isEqualTo(Map.of("n", 6L, "options", Map.of()));
        }
    }

    @OnEverySchedule
    void so_does_a_child_run(Schedule schedule) {
        Workflow<Map<String, Object>, Object> child = Workflow.of(new DefinitionReader().read(CHILD));
        Workflow<Map<String, Object>, Object> parent = Workflow.of(new DefinitionReader().read("""
            auterity: 1
            id: parent
            steps:
              c: {run: child}
            output: ${{ steps.c.output.n }}
            """));
        try (Lab lab = new Lab(schedule)) {
            lab.register(child);
            assertThat(lab.run(parent, Map.of()).orElseThrow()).isEqualTo(4L);
        }
    }
}
