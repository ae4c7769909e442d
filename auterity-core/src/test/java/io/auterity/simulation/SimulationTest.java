package io.auterity.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.auterity.run.Threads;
import io.auterity.testkit.ThreadedWorld;
import java.util.concurrent.ExecutorService;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Random workflows under random misfortune, in simulated worlds and, with {@code auterity.threads} in place of {@code
 * auterity.simulation}, on real threads. See {@link Seeds} for {@code -Dauterity.simulation.seed=N} and the like. A
 * seed that fails on real threads may hold when it is tried again: which thread comes first is left to them.
 */
class SimulationTest {

    private static final int SEEDS = 2_000;
    private static final int SEEDS_NIGHTLY = 100_000;
    private static final int THREADED = 400;
    private static final int THREADED_NIGHTLY = 40_000;

    @Test
    void runs_end_and_their_histories_hold_together_for_every_seed() {
        simulate(SEEDS, false);
    }

    @Test
    void cancelled_runs_end_whatever_they_wait_for() {
        simulate(SEEDS / 4, true);
    }

    @Test
    @Tag("nightly")
    void runs_end_and_their_histories_hold_together_for_a_hundred_thousand_seeds() {
        simulate(SEEDS_NIGHTLY, false);
        simulate(SEEDS_NIGHTLY / 4, true);
    }

    private static void simulate(int seeds, boolean waitsWithoutEnd) {
        new Seeds("auterity.simulation").tryAll(seeds, seed -> new Trial(seed, waitsWithoutEnd).run());
    }

    @Test
    void the_same_scenarios_hold_on_real_threads() {
        tryOnThreads(THREADED, false);
    }

    @Test
    void cancelled_runs_end_whatever_they_wait_for_on_real_threads() {
        tryOnThreads(THREADED / 4, true);
    }

    @Test
    @Tag("nightly")
    void many_of_the_same_scenarios_hold_on_real_threads() {
        tryOnThreads(THREADED_NIGHTLY, false);
        tryOnThreads(THREADED_NIGHTLY / 4, true);
    }

    private static void tryOnThreads(int seeds, boolean waitsWithoutEnd) {
        new Seeds("auterity.threads").tryAll(seeds, seed -> {
            ExecutorService threads = threads(seed);
            try {
                new Trial(seed, waitsWithoutEnd, new ThreadedWorld(seed, threads)).run();
            } finally {
                threads.shutdownNow();
            }
        });
    }

    /** Threads as an engine makes them for itself, which are virtual ones where the JVM has them; or two to five. */
    private static ExecutorService threads(long seed) {
        return seed % 2 == 0 ? Threads.newExecutor() : Threads.newPool(2 + (int) (seed / 2 % 4));
    }

    @Test
    void the_same_seed_makes_the_same_entries_byte_for_byte() {
        for (long seed = 0; seed < 50; seed++) {
            assertThat(new Trial(seed).run()).as("seed %d", seed).isEqualTo(new Trial(seed).run());
        }
    }

    @Test
    void different_seeds_make_different_entries() {
        assertThat(new Trial(1).run()).isNotEqualTo(new Trial(2).run());
    }
}
