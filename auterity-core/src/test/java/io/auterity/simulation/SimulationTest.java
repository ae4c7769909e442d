package io.auterity.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/**
 * Random workflows under random misfortune. See {@link Seeds} for {@code -Dauterity.simulation.seed=N} and the like.
 */
class SimulationTest {

    private static final int SEEDS = 2_000;

    @Test
    void runs_end_and_their_histories_hold_together_for_every_seed() {
        new Seeds("auterity.simulation").tryAll(SEEDS, seed -> new Trial(seed).run());
    }

    @Test
    void cancelled_runs_end_whatever_they_wait_for() {
        new Seeds("auterity.simulation").tryAll(SEEDS / 4, seed -> new Trial(seed, true).run());
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
