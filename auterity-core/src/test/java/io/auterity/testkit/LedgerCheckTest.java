package io.auterity.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.auterity.journal.JournalEntry;
import io.auterity.journal.JournalEntry.Origin;
import io.auterity.journal.JournalEntry.RunEnded;
import io.auterity.journal.JournalEntry.RunStarted;
import io.auterity.journal.JournalEntry.StepSucceeded;
import io.auterity.journal.RunStatus;
import io.auterity.testkit.LedgerLine.Accepted;
import io.auterity.testkit.LedgerLine.Disturbed;
import io.auterity.testkit.LedgerLine.Done;
import io.auterity.testkit.LedgerLine.Effect;
import io.auterity.testkit.LedgerLine.Intended;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each rule is shown to notice what it is for. The run: step a, then step b; its output is 7. */
class LedgerCheckTest {

    private static final LedgerLine INTENDED = new Intended("r", "w", "3");
    private static final LedgerLine ACCEPTED = new Accepted("r");
    private static final LedgerLine KILL = new Disturbed(1, "kill");
    private static final List<JournalEntry> RECORDED = List.of(
            new RunStarted(1, "w", "v", 3L, Origin.NONE),
            new StepSucceeded(2, "a", 1, 1, 5L),
            new StepSucceeded(3, "b", 1, 2, 7L),
            new RunEnded(4, RunStatus.SUCCEEDED, 7L, Optional.empty()));

    private static Effect effect(String step, int attempt, long epoch) {
        return new Effect(1, "r", step, attempt, "r/" + step, epoch);
    }

    private static LedgerCheck.Report check(List<JournalEntry> recorded, LedgerLine... lines) {
        return LedgerCheck.of(
                List.of(lines),
                run -> recorded,
                intended -> new LedgerCheck.Expected(Map.of("a", Set.of(), "b", Set.of("a")), 7L, false));
    }

    private static void violates(String rule, List<JournalEntry> recorded, LedgerLine... lines) {
        assertThat(check(recorded, lines).violations())
                .anySatisfy(text -> assertThat(text).startsWith(rule + " run r of w: "));
    }

    @Test
    void is_content_with_a_run_as_it_should_be() {
        LedgerCheck.Report report = check(
                RECORDED,
                INTENDED,
                ACCEPTED,
                effect("a", 1, 1),
                effect("a", 2, 1),
                KILL,
                effect("a", 2, 2),
                new Done("r", "a"),
                effect("b", 1, 2));

        assertThat(report).isEqualTo(new LedgerCheck.Report(1, 0, 2, 4, 1, 1, List.of()));
    }

    @Test
    void a_run_that_was_not_accepted_may_be_missing_or_there() {
        assertThat(check(List.of(), INTENDED).violations()).isEmpty();
        assertThat(check(RECORDED, INTENDED, effect("a", 1, 1), effect("b", 1, 1)))
                .isEqualTo(new LedgerCheck.Report(1, 1, 2, 2, 0, 0, List.of()));
    }

    @Test
    void I1_notices_what_is_lost_unfinished_or_completed_twice() {
        violates("I1", List.of(), INTENDED, effect("a", 1, 1));
        violates("I1", List.of(), INTENDED, ACCEPTED);
        violates("I1", RECORDED.subList(0, 3), INTENDED, ACCEPTED, effect("a", 1, 1), effect("b", 1, 1));
        violates(
                "I1",
                List.of(RECORDED.get(0), RECORDED.get(1), RECORDED.get(1), RECORDED.get(2), RECORDED.get(3)),
                INTENDED,
                ACCEPTED,
                effect("a", 1, 1),
                effect("b", 1, 1));
    }

    @Test
    void I2_notices_a_step_without_effect() {
        violates("I2", RECORDED, INTENDED, ACCEPTED, effect("a", 1, 1));
    }

    @Test
    void I3_notices_an_effect_after_completion() {
        violates("I3", RECORDED, INTENDED, ACCEPTED, effect("a", 1, 1), new Done("r", "a"), KILL, effect("a", 1, 1));
    }

    @Test
    void I4_notices_a_repetition_without_reason_and_a_second_key() {
        violates("I4", RECORDED, INTENDED, ACCEPTED, KILL, effect("a", 1, 1), effect("a", 1, 1), effect("b", 1, 1));
        violates(
                "I4",
                RECORDED,
                INTENDED,
                ACCEPTED,
                effect("a", 1, 1),
                new Effect(1, "r", "a", 2, "other", 1),
                effect("b", 1, 1));
    }

    @Test
    void I5_notices_the_wrong_order() {
        violates("I5", RECORDED, INTENDED, ACCEPTED, effect("b", 1, 1), effect("a", 1, 1));
    }

    @Test
    void I6_notices_another_output_and_effects_nobody_expects() {
        List<JournalEntry> other = List.of(
                RECORDED.get(0),
                RECORDED.get(1),
                RECORDED.get(2),
                new RunEnded(4, RunStatus.SUCCEEDED, 8L, Optional.empty()));
        violates("I6", other, INTENDED, ACCEPTED, effect("a", 1, 1), effect("b", 1, 1));
        violates("I6", RECORDED, INTENDED, ACCEPTED, effect("a", 1, 1), effect("b", 1, 1), effect("c", 1, 1));
    }

    @Test
    void I7_notices_a_zombie() {
        violates("I7", RECORDED, INTENDED, ACCEPTED, effect("a", 1, 2), KILL, effect("a", 1, 1), effect("b", 1, 2));
    }

    @Test
    void a_ledger_reads_what_several_wrote_and_skips_a_torn_line(@TempDir Path directory) throws Exception {
        Path file = directory.resolve("ledger");
        try (EffectLedger one = EffectLedger.open(file);
                EffectLedger two = EffectLedger.openUnforced(file)) {
            one.add(INTENDED);
            two.add(ACCEPTED);
            one.add(effect("each[3]/a", 2, 9));
            two.add(new Done("r", "a"));
            one.add(KILL);
            assertThatIllegalArgumentException().isThrownBy(() -> one.add(new Accepted("a\tb")));
        }
        Files.writeString(file, "effect\t12\tr", StandardOpenOption.APPEND);

        assertThat(EffectLedger.read(file))
                .containsExactly(INTENDED, ACCEPTED, effect("each[3]/a", 2, 9), new Done("r", "a"), KILL);
    }
}
