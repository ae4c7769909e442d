package io.auterity.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import io.auterity.Run;
import io.auterity.journal.JournalEntry.RunEnded;
import io.auterity.journal.JournalEntry.RunStarted;
import io.auterity.journal.RunStatus;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;

class OnFailureTest {

    @OnEverySchedule
    void a_failed_run_starts_the_workflow_it_names_and_tells_it_why(Schedule schedule) {
        AtomicReference<Object> told = new AtomicReference<>();
        try (Lab lab = new Lab(schedule)) {
            lab.on("tell", (input, context) -> {
                told.set(input.get("about"));
                return null;
            });
            lab.register(Lab.read("id: alert\nsteps: {a: {uses: do.tell, with: {about: '${{ input }}'}}}"));
            Run<Object> run = lab.start(
                    "onFailure: {run: alert}\nsteps: {a: {uses: do.fail, with: {code: no, message: sold out}}}");
            assertThat(lab.end(run).status()).isEqualTo(RunStatus.FAILED);
            lab.until(() -> told.get() != null);
            assertThat(told.get())
                    .isEqualTo(Map.of(
                            "runId",
                            "run-1",
                            "workflow",
                            "flow",
                            "error",
                            Map.of("code", "no", "message", "sold out")));
        }
    }

    @OnEverySchedule
    void a_cancelled_or_successful_run_starts_nothing(Schedule schedule) {
        try (Lab lab = new Lab(schedule)) {
            lab.register(Lab.read("id: alert\nsteps: {a: {uses: do.echo}}"));
            lab.run("onFailure: {run: alert}\nsteps: {a: {value: 1}}").orElseThrow();
            Run<Object> run = lab.start("onFailure: {run: alert}\nsteps: {w: {await: never}}");
            run.cancel("enough");
            lab.end(run);
            assertThat(lab.calls()).isEmpty();
        }
    }

    @OnEverySchedule
    void a_run_that_took_everything_back_has_failed_too(Schedule schedule) {
        try (Lab lab = new Lab(schedule)) {
            lab.register(Lab.read("id: alert\nsteps: {alerted: {uses: do.echo}}"));
            lab.run(
                    "onFailure: {run: alert}\nsteps: {a: {uses: do.echo, undo: {uses: do.echo}}, b: {uses: do.fail, needs: [a]}}");
            lab.untilCalled("alerted");
        }
    }

    @OnEverySchedule
    void workflows_that_fail_do_not_start_each_other_for_ever(Schedule schedule) {
        try (Lab lab = new Lab(schedule)) {
            lab.engine();
            lab.engine().register(Lab.read("id: b\nsteps: {x: {uses: do.fail}}"));
            lab.engine().register(Lab.read("id: a\nonFailure: {run: b}\nsteps: {x: {uses: do.fail}}"));
            lab.engine().register(Lab.read("id: b\nonFailure: {run: a}\nsteps: {x: {uses: do.fail}}"));
            lab.end(lab.start(Lab.read("id: a\nonFailure: {run: b}\nsteps: {x: {uses: do.fail}}"), Map.of()));
            lab.until(() -> lab.events(RunEnded.class).size() == 2);
            if (lab.isSimulated()) {
                lab.world().runUntilIdle();
            }
            assertThat(lab.events(RunStarted.class))
                    .extracting(RunStarted::workflow)
                    .containsExactly("a", "b");
        }
    }
}
