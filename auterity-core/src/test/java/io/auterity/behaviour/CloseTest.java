package io.auterity.behaviour;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.auterity.Engine;
import io.auterity.EngineException;
import io.auterity.Run;
import io.auterity.Workflow;
import io.auterity.journal.InMemoryJournal;
import io.auterity.journal.Journal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class CloseTest {

    @Test
    void closing_interrupts_steps_and_tells_those_who_wait() throws InterruptedException {
        CountDownLatch interrupted = new CountDownLatch(1);
        Lab lab = new Lab(Schedule.REAL);
        lab.on("block", (input, context) -> {
            try {
                new CountDownLatch(1).await();
            } finally {
                interrupted.countDown();
            }
            return null;
        });
        Run<Object> run = lab.start("steps: {a: {uses: do.block}}");
        lab.untilCalled("a");
        lab.engine().close();
        assertThatThrownBy(() -> run.await(Duration.ofSeconds(60)))
                .isInstanceOfSatisfying(
                        EngineException.class, e -> assertThat(e.code()).isEqualTo(EngineException.CLOSED));
        assertThat(interrupted.await(60, TimeUnit.SECONDS)).isTrue();
        assertThatThrownBy(() -> lab.start("steps: {a: {value: 1}}"))
                .isInstanceOfSatisfying(
                        EngineException.class, e -> assertThat(e.code()).isEqualTo(EngineException.CLOSED));
        lab.close();
    }

    @Test
    void unfinished_runs_of_a_closed_engine_can_be_claimed() {
        InMemoryJournal journal = new InMemoryJournal();
        Workflow<Map<String, Object>, Object> workflow = Lab.read("steps: {w: {await: go}}");
        Run<Object> run;
        try (Engine engine =
                Engine.builder().journal(journal).register(workflow).build()) {
            run = engine.start(workflow, Map.of());
        }
        Journal.Lease successor = journal.open("successor", java.time.Duration.ofMinutes(1));
        assertThat(journal.claim(successor, 10, java.util.Set.of()))
                .extracting(io.auterity.journal.Claim::run)
                .containsExactly(run.id());
    }

    @Test
    void nobody_waits_for_ever_when_engines_are_closed_under_load() {
        for (int round = 0; round < 100; round++) {
            Workflow<Map<String, Object>, Object> workflow = Lab.read(
                    "steps: {each: {forEach: '${{ range(50) }}', steps: {a: {value: '${{ index }}'}, b: {wait: 1ms, needs: [a]}}}}");
            List<Run<Object>> runs = new ArrayList<>();
            Engine engine = Engine.builder().register(workflow).build();
            for (int i = 0; i < 5; i++) {
                runs.add(engine.start(workflow, Map.of()));
            }
            engine.close();
            for (Run<Object> run : runs) {
                assertThat(endOf(run)).isIn("succeeded", EngineException.CLOSED);
            }
        }
    }

    private static String endOf(Run<Object> run) {
        try {
            return run.await(Duration.ofSeconds(60)).status().text();
        } catch (EngineException e) {
            return e.code();
        }
    }
}
