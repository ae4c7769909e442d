package io.auterity.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/**
 * R3: random workflows under random misfortune, in engines that are killed and replaced.
 * {@code -Dauterity.crashes.seed=N} looks at one seed, {@code -Dauterity.crashes.seeds=N} at so many.
 */
class CrashSimulationTest {

    private static final int SEEDS = 500;

    @Test
    void R3_runs_end_and_their_histories_hold_together_whoever_is_killed() {
        Long only = Long.getLong("auterity.crashes.seed");
        long first = only == null ? 0 : only;
        long last = only == null ? Integer.getInteger("auterity.crashes.seeds", SEEDS) - 1 : only;
        for (long seed = first; seed <= last; seed++) {
            try {
                new CrashTrial(seed).run();
            } catch (RuntimeException | Error e) {
                throw new AssertionError(
                        "seed " + seed + " (look at it alone with -Dauterity.crashes.seed=" + seed + "): "
                                + e.getMessage(),
                        e);
            }
        }
    }

    @Test
    void the_same_seed_makes_the_same_entries_byte_for_byte() {
        for (long seed = 0; seed < 20; seed++) {
            assertThat(new CrashTrial(seed).run()).as("seed %d", seed).isEqualTo(new CrashTrial(seed).run());
        }
    }
}
