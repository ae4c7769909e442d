package io.auterity.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import io.auterity.Run;
import io.auterity.journal.RunStatus;
import io.auterity.testkit.ProcessorTime;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Items under way do not make each other's end slower: eight times as many take about eight times as long, not 64 times. */
class LargeLoopsTest {

    private static final int THOUSANDS = 2;
    private static final int TIMES = 8;
    private static final int TRIES = 3;

    @Test
    void items_that_fail_do_not_look_at_the_others() throws Exception {
        assertLinear(thousands -> {
            try (Lab lab = new Lab(Schedule.SIMULATED).deaf()) {
                Run<Object> run = lab.start(Lab.read("""
                        input: {thousands: integer}
                        steps:
                          outer:
                            forEach: "${{ range(input.thousands) }}"
                            concurrency: 1000
                            steps:
                              inner:
                                forEach: "${{ range(1000) }}"
                                as: i
                                concurrency: 1000
                                onItemError: skip
                                steps: {w: {wait: 1h}, no: {fail: no, needs: [w]}}
                        """), Map.of("thousands", (long) thousands));
                assertThat(lab.end(run).status()).isEqualTo(RunStatus.SUCCEEDED);
            }
        });
    }

    @Test
    void a_signal_does_not_look_at_who_waits_for_another() throws Exception {
        assertLinear(thousands -> {
            try (Lab lab = new Lab(Schedule.SIMULATED).deaf()) {
                Run<Object> run = lab.start(Lab.read("""
                        input: {thousands: integer}
                        steps:
                          others:
                            forEach: "${{ range(input.thousands) }}"
                            concurrency: 1000
                            steps: {inner: {forEach: "${{ range(1000) }}", as: i, concurrency: 1000, steps: {w: {await: never}}}}
                          first: {wait: 1h}
                          loop:
                            needs: [first]
                            forEach: "${{ range(input.thousands) }}"
                            concurrency: 1000
                            steps: {inner: {forEach: "${{ range(1000) }}", as: i, concurrency: 1000, steps: {w: {await: go}}}}
                        """), Map.of("thousands", (long) thousands));
                lab.world().runUntilIdle();
                for (int i = 0; i < thousands * 1_000; i++) {
                    run.signal("go", (long) i);
                }
                lab.world().runUntilIdle();
                run.cancel("enough");
                assertThat(lab.end(run).status()).isEqualTo(RunStatus.CANCELLED);
            }
        });
    }

    private interface Sized {
        void run(int thousands);
    }

    private static void assertLinear(Sized work) throws Exception {
        Duration small = least(work, THOUSANDS);
        Duration large = least(work, TIMES * THOUSANDS);
        System.out.println(small + " for " + THOUSANDS + ",000 items, " + large + " for " + TIMES * THOUSANDS + ",000");
        assertThat(large).isLessThan(small.multipliedBy(3 * TIMES));
    }

    private static Duration least(Sized work, int thousands) throws Exception {
        Duration least = ProcessorTime.of(() -> work.run(thousands));
        for (int i = 1; i < TRIES; i++) {
            Duration next = ProcessorTime.of(() -> work.run(thousands));
            least = next.compareTo(least) < 0 ? next : least;
        }
        return least;
    }
}
