package io.auterity.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/**
 * R3: random workflows under random misfortune, in engines that are killed and replaced. See {@link Seeds} for {@code
 * -Dauterity.crashes.seed=N} and the like. Seeds that have failed once are among those that are tried.
 */
class CrashSimulationTest {

    private static final int SEEDS = 2_000;

    @Test
    void R3_runs_end_and_their_histories_hold_together_whoever_is_killed() {
        new Seeds("auterity.crashes").tryAll(SEEDS, seed -> new CrashTrial(seed).run());
    }

    @Test
    void the_same_seed_makes_the_same_entries_byte_for_byte() {
        for (long seed = 0; seed < 20; seed++) {
            assertThat(new CrashTrial(seed).run()).as("seed %d", seed).isEqualTo(new CrashTrial(seed).run());
        }
    }
}
