package io.auterity.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import io.auterity.Flow;
import io.auterity.Handle;
import io.auterity.Run;
import io.auterity.RunResult;
import io.auterity.Workflow;
import io.auterity.definition.Failure;
import io.auterity.definition.Retry;
import io.auterity.journal.JournalEntry;
import io.auterity.journal.JournalEntry.AttemptFailed;
import io.auterity.journal.JournalEntry.OfStep;
import io.auterity.journal.JournalEntry.StepStarted;
import io.auterity.journal.JournalEntry.StepSucceeded;
import io.auterity.journal.RunStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/**
 * Runs of many steps that take no time, which one thread does one after the other, and the steps among them that do take
 * time, wait, or fail.
 */
class StreakTest {

    /** Quick steps after which a run is in a streak for certain. */
    private static final int QUICK = 200;

    private static final Duration LONG = Duration.ofSeconds(60);

    @SuppressWarnings("unchecked") // an input without a schema is a map
    private static final Class<Map<String, Object>> ANY_INPUT = (Class<Map<String, Object>>) (Class<?>) Map.class;

    /** What follows a chain of quick steps. */
    private interface Rest<O> {
        Handle<O> after(Flow flow, Handle<Long> last);
    }

    private static <O> Workflow<Map<String, Object>, O> afterQuickSteps(Rest<O> rest) {
        return Workflow.define("streak", ANY_INPUT, (flow, input) -> {
            Handle<Long> last = flow.step("n0").run(Long.class, () -> 0L);
            for (int i = 1; i < QUICK; i++) {
                last = flow.step("n" + i).run(Long.class, last, value -> value + 1);
            }
            return rest.after(flow, last);
        });
    }

    private static boolean await(CountDownLatch latch) throws InterruptedException {
        return latch.await(LONG.toSeconds(), TimeUnit.SECONDS);
    }

    @Test
    void a_step_that_blocks_in_a_streak_holds_up_no_other() {
        for (int round = 0; round < 20; round++) {
            CountDownLatch others = new CountDownLatch(3);
            Workflow<Map<String, Object>, Boolean> workflow = afterQuickSteps((flow, last) -> {
                Handle<Boolean> first = flow.step("blocks").run(Boolean.class, last, any -> await(others));
                for (int i = 0; i < 3; i++) {
                    Handle<Long> before = flow.step("other" + i).run(Long.class, last, value -> value);
                    flow.step("behind" + i).run(Long.class, before, value -> {
                        others.countDown();
                        return value;
                    });
                }
                return first;
            });
            try (Lab lab = new Lab(Schedule.REAL)) {
                assertThat(lab.run(workflow, Map.of()).orElseThrow()).isTrue();
                assertThat(lab.run(workflow, Map.of()).orElseThrow())
                        .as("a run of a plan that is known to be quick")
                        .isTrue();
            }
        }
    }

    @Test
    void a_step_that_blocks_in_a_streak_is_interrupted_by_cancelling() throws InterruptedException {
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch interrupted = new CountDownLatch(1);
        Workflow<Map<String, Object>, Boolean> workflow =
                afterQuickSteps((flow, last) -> flow.step("blocks").run(Boolean.class, last, any -> {
                    entered.countDown();
                    try {
                        return await(new CountDownLatch(1));
                    } catch (InterruptedException e) {
                        interrupted.countDown();
                        throw e;
                    }
                }));
        try (Lab lab = new Lab(Schedule.REAL)) {
            Run<Boolean> run = lab.start(workflow, Map.of());
            assertThat(await(entered)).isTrue();
            run.cancel("enough");
            assertThat(lab.end(run).status()).isEqualTo(RunStatus.CANCELLED);
            assertThat(await(interrupted)).isTrue();
            assertThat(Lab.states(run)).containsEntry("blocks", "cancelled").containsEntry("n199", "succeeded");
        }
    }

    @Test
    void a_step_that_blocks_in_a_streak_times_out_and_is_tried_again() {
        AtomicInteger attempts = new AtomicInteger();
        Workflow<Map<String, Object>, Long> workflow = afterQuickSteps((flow, last) -> flow.step("blocks")
                .timeout(Duration.ofMillis(20))
                .retry(Retry.fixed(Duration.ofMillis(1)).maxAttempts(100))
                .run(Long.class, last, value -> {
                    if (attempts.incrementAndGet() == 1) {
                        await(new CountDownLatch(1));
                    }
                    return value;
                }));
        try (Lab lab = new Lab(Schedule.REAL)) {
            Run<Long> run = lab.start(workflow, Map.of());
            assertThat(lab.end(run).orElseThrow()).isEqualTo(QUICK - 1L);
            assertThat(attempts).as("more than two when the machine stalls").hasValueGreaterThanOrEqualTo(2);
            assertThat(run.entries().stream()
                            .filter(AttemptFailed.class::isInstance)
                            .map(entry -> ((AttemptFailed) entry).failure().code()))
                    .isNotEmpty()
                    .containsOnly(Failure.TIMEOUT);
        }
    }

    @OnEverySchedule
    void a_step_that_fails_in_a_streak_stops_what_is_ready_and_skips_the_rest(Schedule schedule) {
        Workflow<Map<String, Object>, Long> workflow = afterQuickSteps((flow, last) -> {
            Handle<Long> failing = flow.step("fails").run(Long.class, last, value -> {
                throw new IllegalStateException("on purpose");
            });
            return flow.step("behind").run(Long.class, failing, value -> value);
        });
        try (Lab lab = new Lab(schedule)) {
            Run<Long> run = lab.start(workflow, Map.of());
            RunResult<Long> result = lab.end(run);
            assertThat(result.failure().map(Failure::message).orElse("")).contains("on purpose");
            assertThat(Lab.states(run)).containsEntry("fails", "failed").containsEntry("behind", "skipped");
        }
    }

    @OnEverySchedule
    void a_step_in_a_streak_may_be_tried_again_and_may_return_a_stage(Schedule schedule) {
        AtomicInteger attempts = new AtomicInteger();
        try (Lab lab = new Lab(schedule)) {
            Workflow<Map<String, Object>, Long> workflow = afterQuickSteps((flow, last) -> {
                Handle<Long> flaky = flow.step("flaky")
                        .retry(Retry.fixed(Duration.ofMillis(1)))
                        .run(Long.class, last, value -> {
                            if (attempts.incrementAndGet() < 3) {
                                throw new IllegalStateException("not yet");
                            }
                            return value;
                        });
                Handle<Long> later = flow.step("later")
                        .runAsync(
                                Long.class,
                                flaky,
                                (value, context) -> lab.later(Duration.ofMillis(2), () -> value + 1));
                return flow.step("end").run(Long.class, later, value -> value);
            });
            assertThat(lab.run(workflow, Map.of()).orElseThrow()).isEqualTo((long) QUICK);
            assertThat(attempts).hasValue(3);
        }
    }

    @OnEverySchedule
    void a_step_in_a_streak_may_stop_its_own_run_from_inside(Schedule schedule) {
        CompletableFuture<Run<Long>> self = new CompletableFuture<>();
        Workflow<Map<String, Object>, Long> workflow = afterQuickSteps((flow, last) -> {
            Handle<Long> stops = flow.step("stops").run(Long.class, last, value -> {
                self.orTimeout(LONG.toSeconds(), TimeUnit.SECONDS).join().cancel("from inside");
                return value;
            });
            return flow.step("behind").run(Long.class, stops, value -> value);
        });
        try (Lab lab = new Lab(schedule)) {
            Run<Long> run = lab.start(workflow, Map.of());
            self.complete(run);
            assertThat(lab.end(run).status()).isEqualTo(RunStatus.CANCELLED);
            assertThat(Lab.states(run)).containsEntry("stops", "cancelled").containsEntry("behind", "skipped");
        }
    }

    @Test
    void a_run_that_is_paused_in_a_streak_goes_on_when_it_is_resumed() {
        CompletableFuture<Run<Long>> self = new CompletableFuture<>();
        Workflow<Map<String, Object>, Long> workflow = afterQuickSteps((flow, last) -> {
            Handle<Long> pauses = flow.step("pauses").run(Long.class, last, value -> {
                self.orTimeout(LONG.toSeconds(), TimeUnit.SECONDS).join().pause();
                return value;
            });
            return flow.step("behind").run(Long.class, pauses, value -> value);
        });
        try (Lab lab = new Lab(Schedule.REAL)) {
            Run<Long> run = lab.start(workflow, Map.of());
            self.complete(run);
            lab.until(run::isPaused);
            lab.untilSeen(StepSucceeded.class, "pauses");
            assertThat(Lab.states(run)).containsKey("pauses").doesNotContainKey("behind");
            run.resume();
            assertThat(lab.end(run).orElseThrow()).isEqualTo(QUICK - 1L);
        }
    }

    /** Random layers of steps, of which some are tried twice and some take a while; a seed that fails is in the message. */
    @OnEverySchedule
    void random_graphs_come_to_the_sum_they_must_and_tell_each_start_and_end_once_and_in_order(Schedule schedule) {
        for (int seed = 0; seed < 40; seed++) {
            Random random = new Random(seed);
            int size = 300 + random.nextInt(700);
            int width = 1 + random.nextInt(60);
            long[] expected = new long[size];
            int[][] reads = new int[size][];
            for (int node = 0; node < size; node++) {
                int layer = node / width * width;
                reads[node] = layer == 0
                        ? new int[0]
                        : new int[] {random.nextInt(layer), layer - width + random.nextInt(width)};
                expected[node] = layer == 0 ? 1 : (expected[reads[node][0]] + expected[reads[node][1]]) % 1_000_003;
            }
            Set<Integer> odd = new HashSet<>();
            for (int i = random.nextInt(6); i > 0; i--) {
                odd.add(random.nextInt(size));
            }
            Set<Integer> failed = java.util.concurrent.ConcurrentHashMap.newKeySet();
            Workflow<Map<String, Object>, Long> workflow = Workflow.define("random", ANY_INPUT, (flow, input) -> {
                List<Handle<Long>> nodes = new ArrayList<>();
                for (int node = 0; node < size; node++) {
                    int number = node;
                    var step = flow.step("n" + node).retry(Retry.fixed(Duration.ofMillis(1)));
                    nodes.add(
                            reads[node].length == 0
                                    ? step.run(Long.class, () -> 1L)
                                    : step.run(
                                            Long.class,
                                            nodes.get(reads[node][0]),
                                            nodes.get(reads[node][1]),
                                            (a, b) -> {
                                                if (odd.contains(number) && failed.add(number)) {
                                                    throw new IllegalStateException("once");
                                                }
                                                return (a + b) % 1_000_003;
                                            }));
                }
                return nodes.get(size - 1);
            });
            try (Lab lab = new Lab(schedule, seed)) {
                assertThat(lab.run(workflow, Map.of()).orElseThrow())
                        .as("seed %d", seed)
                        .isEqualTo(expected[size - 1]);
                lab.until(() -> lab.events().stream().anyMatch(JournalEntry.RunEnded.class::isInstance));
                assertThat(lab.events(StepSucceeded.class))
                        .as("seed %d", seed)
                        .extracting(StepSucceeded::step)
                        .doesNotHaveDuplicates()
                        .hasSize(size);
                Set<String> begun = new HashSet<>();
                Set<String> done = new HashSet<>();
                for (JournalEntry entry : lab.events()) {
                    if (entry instanceof StepStarted started) {
                        int node = Integer.parseInt(started.step().substring(1));
                        for (int read : reads[node]) {
                            assertThat(done)
                                    .as("seed %d, before %d", seed, node)
                                    .contains("n" + read);
                        }
                        begun.add(started.step());
                    } else if (entry instanceof StepSucceeded ended) {
                        assertThat(begun).as("seed %d", seed).contains(ended.step());
                        done.add(((OfStep) entry).step());
                    }
                }
            }
        }
    }
}
