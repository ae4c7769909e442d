package io.auterity.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import io.auterity.Handle;
import io.auterity.Run;
import io.auterity.Workflow;
import io.auterity.journal.NoJournal;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class ReleaseTest {

    private static final class Bulk {
        @Override
        public String toString() {
            return "bulk";
        }
    }

    @Test
    void an_output_is_released_when_its_last_reader_has_settled() throws InterruptedException {
        WeakReference<?>[] bulk = new WeakReference<?>[1];
        Workflow<?, String> workflow = Workflow.define("release", Map.class, (flow, input) -> {
            Handle<Bulk> made = flow.step("make").run(Bulk.class, () -> {
                Bulk made1 = new Bulk();
                bulk[0] = new WeakReference<>(made1);
                return made1;
            });
            Handle<String> read = flow.step("read").run(String.class, made, Bulk::toString);
            Handle<String> signal = flow.step("wait").needs(read).awaitSignal("go", String.class, Duration.ofHours(1));
            return flow.step("end").run(String.class, read, signal, (a, b) -> a + " " + b);
        });
        try (Lab lab = new Lab(Schedule.REAL).deaf().with(builder -> builder.journal(new NoJournal()))) {
            @SuppressWarnings("unchecked")
            Run<String> run = lab.start((Workflow<Map<String, Object>, String>) workflow, Map.of());
            lab.until(() -> run.status() == io.auterity.journal.RunStatus.WAITING);
            assertThat(isCollected(bulk[0], 10_000)).isTrue();
            run.signal("go", "went");
            assertThat(lab.end(run).orElseThrow()).isEqualTo("bulk went");
        }
    }

    @Test
    void an_output_is_kept_while_somebody_may_still_read_it() throws InterruptedException {
        WeakReference<?>[] bulk = new WeakReference<?>[1];
        Workflow<?, String> workflow = Workflow.define("keep", Map.class, (flow, input) -> {
            Handle<Bulk> made = flow.step("make").run(Bulk.class, () -> {
                Bulk made1 = new Bulk();
                bulk[0] = new WeakReference<>(made1);
                return made1;
            });
            Handle<String> signal = flow.step("wait").needs(made).awaitSignal("go", String.class, Duration.ofHours(1));
            return flow.step("end").run(String.class, made, signal, (a, b) -> a + " " + b);
        });
        try (Lab lab = new Lab(Schedule.REAL).deaf().with(builder -> builder.journal(new NoJournal()))) {
            @SuppressWarnings("unchecked")
            Run<String> run = lab.start((Workflow<Map<String, Object>, String>) workflow, Map.of());
            lab.until(() -> run.status() == io.auterity.journal.RunStatus.WAITING);
            assertThat(isCollected(bulk[0], 20)).isFalse();
            run.signal("go", "went");
            assertThat(lab.end(run).orElseThrow()).isEqualTo("bulk went");
        }
    }

    private static boolean isCollected(WeakReference<?> reference, int times) throws InterruptedException {
        CountDownLatch never = new CountDownLatch(1);
        for (int i = 0; i < times; i++) { // the thread that made it may not have left yet
            System.gc();
            if (reference.get() == null || never.await(5, java.util.concurrent.TimeUnit.MILLISECONDS)) {
                return true;
            }
        }
        return false;
    }
}
