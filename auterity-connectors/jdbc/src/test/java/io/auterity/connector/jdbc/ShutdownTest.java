package io.auterity.connector.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.auterity.Engine;
import io.auterity.Run;
import io.auterity.Workflow;
import io.auterity.definition.RunId;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** An engine that is closed in good order gives its runs back: the survivor does not wait until the lease has run out. */
class ShutdownTest {

    private static final Duration LEASE = Duration.ofHours(1);
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final CountDownLatch underWay = new CountDownLatch(1);
    private final CountDownLatch release = new CountDownLatch(1);
    private final AtomicInteger first = new AtomicInteger();
    private final AtomicInteger slow = new AtomicInteger();
    private final AtomicInteger last = new AtomicInteger();

    @AfterEach
    void endThreads() {
        threads.shutdownNow();
    }

    private Workflow<Map<String, Object>, Integer> workflow() {
        @SuppressWarnings({"unchecked", "rawtypes"})
        Class<Map<String, Object>> map = (Class) Map.class;
        return Workflow.define("shutdown-flow", map, (flow, input) -> {
            var one = flow.step("first").run(Integer.class, input, any -> first.incrementAndGet());
            var two = flow.step("slow").run(Integer.class, one, any -> block());
            return flow.step("last").run(Integer.class, two, any -> last.incrementAndGet());
        });
    }

    private int block() {
        int calls = slow.incrementAndGet();
        underWay.countDown();
        if (calls == 1) {
            try {
                release.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted", e);
            }
        }
        return calls;
    }

    private Engine engine(String id, JdbcJournal journal) {
        return Engine.builder()
                .id(id)
                .journal(journal)
                .lease(LEASE)
                .pollInterval(Duration.ofMillis(50))
                .register(workflow())
                .build();
    }

    private void take(String run, Stop stop) throws Exception {
        String schema = TestPostgres.newSchema();
        try (JdbcJournal one = TestPostgres.newest().journal().schema(schema).open();
                JdbcJournal two = TestPostgres.newest().journal().schema(schema).open()) {
            Engine leaver = engine("leaver-" + run, one);
            try (Engine survivor = engine("survivor-" + run, two)) {
                leaver.start(workflow(), RunId.of(run), Map.of());
                assertThat(underWay.await(60, TimeUnit.SECONDS)).isTrue();
                Run<?> seen = survivor.attach(RunId.of(run)).orElseThrow();
                assertThat(two.catalog()
                                .find(RunId.of(run))
                                .orElseThrow()
                                .standing()
                                .owner())
                        .isEqualTo("leaver-" + run);

                stop.stop(leaver);

                assertThat(seen.await(PATIENCE).isSuccess()).isTrue(); // far less than the lease
                assertThat(first).hasValue(1);
                assertThat(last).hasValue(1);
            } finally {
                leaver.close();
            }
        }
    }

    private interface Stop {
        void stop(Engine leaver) throws Exception;
    }

    @Test
    void a_drained_engine_ends_its_step_and_the_survivor_does_the_next_at_once() throws Exception {
        take("drained", leaver -> {
            Future<List<RunId>> left = threads.submit(() -> leaver.drain(PATIENCE));
            release.countDown();
            assertThat(left.get(60, TimeUnit.SECONDS)).isSubsetOf(RunId.of("drained"));
        });
        assertThat(slow.get()).isEqualTo(1);
    }

    @Test
    void a_closed_engine_interrupts_its_step_and_the_survivor_does_it_again_at_once() throws Exception {
        take("closed", Engine::close);
        assertThat(slow.get()).isEqualTo(2);
    }
}
