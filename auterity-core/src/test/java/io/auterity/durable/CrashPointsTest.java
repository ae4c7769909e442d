package io.auterity.durable;

import static org.assertj.core.api.Assertions.assertThat;

import io.auterity.Engine;
import io.auterity.durable.Crashes.Life;
import io.auterity.durable.Crashes.Outcome;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** R2 and R4: kills the engine at every write, before it and after it, and lets others go on. */
class CrashPointsTest {

    private static final long SEED = 7;

    static List<ReferenceWorkflow> workflows() {
        return ReferenceWorkflow.all();
    }

    private static String version(ReferenceWorkflow reference) {
        return new Crashes(reference, SEED).engine().plan(reference.name()).hash();
    }

    @ParameterizedTest
    @MethodSource("workflows")
    void R2_a_crash_at_any_write_changes_nothing(ReferenceWorkflow reference) {
        Crashes model = new Crashes(reference, SEED);
        CrashingJournal counted = new CrashingJournal(model.store(), 0, false);
        model.start(model.engine(Life.of(counted)));
        assertThat(model.untilEndOrCrash()).isTrue();
        Outcome expected = model.outcome();
        String version = version(reference);

        for (int at = 1; at <= counted.writes(); at++) {
            for (boolean after : new boolean[] {false, true}) {
                if (at == 1 && !after) {
                    continue; // nothing was accepted
                }
                String crash = reference + ", crash " + (after ? "after" : "before") + " write " + at;
                Crashes crashes = new Crashes(reference, SEED);
                if (at == 1) {
                    crashes.startAndCrash(version);
                } else {
                    CrashingJournal crashing = new CrashingJournal(crashes.store(), at, after);
                    crashes.start(crashes.engine(Life.of(crashing)));
                    crashes.untilEndOrCrash();
                    assertThat(crashing.isDark()).as("%s, happens", crash).isTrue();
                }
                crashes.engine();
                assertThat(crashes.untilEndOrCrash()).isTrue();
                assertThat(crashes.outcome()).as(crash).isEqualTo(expected);
                assertThat(crashes.mostEffects()).as(crash).isLessThanOrEqualTo(2);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("workflows")
    void R4_a_crash_after_every_write_changes_nothing(ReferenceWorkflow reference) {
        Crashes model = new Crashes(reference, SEED);
        model.start(model.engine());
        assertThat(model.untilEndOrCrash()).isTrue();

        Crashes crashes = new Crashes(reference, SEED);
        crashes.startAndCrash(version(reference));
        int engines = 0;
        do {
            crashes.engine(Life.of(new CrashingJournal(crashes.store(), 1, true)));
            engines++;
            assertThat(engines).as("engines that got nowhere").isLessThan(1_000);
        } while (!crashes.untilEndOrCrash());
        assertThat(crashes.outcome())
                .as("%s after %s engines", reference, engines)
                .isEqualTo(model.outcome());
    }

    @ParameterizedTest
    @MethodSource("workflows")
    void the_same_is_true_without_any_crash(ReferenceWorkflow reference) {
        for (long seed = 1; seed <= 3; seed++) {
            Crashes one = new Crashes(reference, seed);
            Engine engine = one.engine();
            one.start(engine);
            assertThat(one.untilEndOrCrash()).isTrue();
            assertThat(one.mostEffects()).isLessThanOrEqualTo(1);
        }
    }
}
