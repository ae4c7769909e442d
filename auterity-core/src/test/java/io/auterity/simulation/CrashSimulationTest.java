package io.auterity.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.auterity.simulation.CrashTrial.Ends;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * R3 and R4: random workflows under random misfortune, in engines that are killed and replaced. See {@link Seeds} for {@code
 * -Dauterity.crashes.seed=N} and the like. Seeds that have failed once are among those that are tried.
 */
class CrashSimulationTest {

    private static final int SEEDS = 2_000;
    private static final int SEEDS_NIGHTLY = 100_000;

    @Test
    void R3_runs_end_and_their_histories_hold_together_whoever_is_killed_or_sleeps_and_whatever_reply_is_lost() {
        crash(SEEDS);
    }

    private static void crash(int seeds) {
        new Seeds("auterity.crashes").tryAll(seeds, seed -> new CrashTrial(seed, Ends.NOW_AND_THEN).run());
    }

    @Test
    @Tag("nightly")
    void R3_a_hundred_thousand_seeds() {
        crash(SEEDS_NIGHTLY);
    }

    @Test
    void R4_fifty_random_workflows_end_though_the_engine_dies_after_each_of_its_writes() {
        restartAfterEveryWrite(50);
    }

    @Test
    @Tag("nightly")
    void R4_five_thousand_random_workflows_end_though_the_engine_dies_after_each_of_its_writes() {
        restartAfterEveryWrite(5_000);
    }

    private static void restartAfterEveryWrite(int seeds) {
        new Seeds("auterity.restarts").tryAll(seeds, seed -> new CrashTrial(seed, Ends.AFTER_EVERY_WRITE).run());
    }

    @Test
    void cancelled_runs_end_whatever_they_wait_for_and_whoever_is_killed() {
        new Seeds("auterity.crashes").tryAll(SEEDS / 2, seed -> new CrashTrial(seed, Ends.NOW_AND_THEN, true).run());
    }

    @Test
    void the_same_seed_makes_the_same_entries_byte_for_byte() {
        for (long seed = 0; seed < 20; seed++) {
            assertThat(new CrashTrial(seed, Ends.NOW_AND_THEN).run())
                    .as("seed %d", seed)
                    .isEqualTo(new CrashTrial(seed, Ends.NOW_AND_THEN).run());
        }
    }
}
