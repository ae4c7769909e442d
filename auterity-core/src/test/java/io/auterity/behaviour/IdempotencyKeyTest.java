package io.auterity.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import io.auterity.connector.StepException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.TreeSet;

class IdempotencyKeyTest {

    @OnEverySchedule
    void a_key_is_the_same_for_every_attempt(Schedule schedule) {
        List<String> keys = Collections.synchronizedList(new ArrayList<>());
        try (Lab lab = new Lab(schedule)) {
            lab.on("key", (input, context) -> {
                keys.add(context.idempotencyKey());
                throw new StepException("again", "no", true);
            });
            lab.run("steps: {a: {uses: do.key, retry: {maxAttempts: 3, delay: 1ms}}}");
            assertThat(keys).containsExactly("run-1/a", "run-1/a", "run-1/a");
        }
    }

    @OnEverySchedule
    void keys_of_different_steps_and_iterations_differ(Schedule schedule) {
        List<String> keys = Collections.synchronizedList(new ArrayList<>());
        try (Lab lab = new Lab(schedule)) {
            lab.on("key", (input, context) -> keys.add(context.idempotencyKey()));
            lab.run("""
                    steps:
                      a: {uses: do.key}
                      each:
                        forEach: ${{ range(12) }}
                        steps:
                          b: {uses: do.key}
                          inner: {forEach: "${{ range(12) }}", as: cell, steps: {c: {uses: do.key}, b: {uses: do.key}}}
                      again: {repeat: {steps: {d: {uses: do.key}}, until: "${{ index == 11 }}"}}
                      t:
                        try: {steps: {e: {uses: do.key}, no: {uses: do.fail, needs: [e]}}}
                        catch: {steps: {e: {uses: do.key}}}
                        finally: {steps: {e: {uses: do.key}}}
                      r: {race: {one: {uses: do.key}, two: {uses: do.fail}}}
                    """).orElseThrow();
            assertThat(keys).hasSize(1 + 12 + 288 + 12 + 3 + 1).doesNotHaveDuplicates();
            assertThat(keys).contains("run-1/a", "run-1/each/b/3", "run-1/each/inner/c/3/11", "run-1/again/d/7");
            assertThat(new TreeSet<>(keys))
                    .contains("run-1/t/e", "run-1/t.catch/e", "run-1/t.finally/e", "run-1/r/one");
        }
    }
}
