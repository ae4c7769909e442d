package io.auterity.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/**
 * Random workflows under random misfortune. {@code -Dauterity.simulation.seed=N} looks at one seed,
 * {@code -Dauterity.simulation.seeds=N} at so many.
 */
class SimulationTest {

    private static final int SEEDS = 2_000;

    @Test
    void runs_end_and_their_histories_hold_together_for_every_seed() {
        Long only = Long.getLong("auterity.simulation.seed");
        long first = only == null ? 0 : only;
        long last = only == null ? Integer.getInteger("auterity.simulation.seeds", SEEDS) - 1 : only;
        for (long seed = first; seed <= last; seed++) {
            try {
                new Trial(seed).run();
            } catch (RuntimeException | Error e) {
                throw new AssertionError(
                        "seed " + seed + " (look at it alone with -Dauterity.simulation.seed=" + seed + "): "
                                + e.getMessage(),
                        e);
            }
        }
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
