package io.auterity.testkit;

import io.auterity.definition.RunId;
import io.auterity.journal.JavaValue;
import io.auterity.journal.JournalEntry;
import io.auterity.journal.JournalEntry.RunEnded;
import io.auterity.journal.JournalEntry.StepSucceeded;
import io.auterity.journal.RunStatus;
import io.auterity.testkit.LedgerLine.Accepted;
import io.auterity.testkit.LedgerLine.Disturbed;
import io.auterity.testkit.LedgerLine.Done;
import io.auterity.testkit.LedgerLine.Effect;
import io.auterity.testkit.LedgerLine.Intended;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Holds what the outside world saw against what the journal says and what a model expects, once everything has come to
 * rest. The invariants:
 *
 * <ol>
 *   <li>Every accepted run has ended, once; a run that was not accepted has ended or was never there.
 *   <li>Every completed step had an effect.
 *   <li>No step had an effect after somebody was told that it is complete.
 *   <li>A step's effect is repeated only by a further attempt, or after something was disturbed; all its effects carry
 *       one key.
 *   <li>The effects of a step come after those of the steps before it.
 *   <li>The run's output is the model's.
 *   <li>An engine has no effect in a run after another one has taken it over; unless the run waits now and then, and may
 *       go to and fro between engines in good order.
 * </ol>
 *
 * <p>That nothing is stuck follows from the first. Not thread-safe; used once.
 */
public final class LedgerCheck {

    private final Function<RunId, List<JournalEntry>> journal;
    private final Function<Intended, Expected> model;
    private final List<String> violations = new ArrayList<>();
    private long runs;
    private long unaccepted;
    private long steps;
    private long effects;
    private long repeated;
    private long disturbances;

    /**
     * What a run should have done.
     *
     * @param before for each step that has an effect, by its path, the steps whose effects come before its own
     * @param output the output, as JSON
     * @param waits whether the run may be parked while it waits, so that any engine may go on with it
     */
    public record Expected(
            Map<String, Set<String>> before, @Nullable Object output, boolean waits) {}

    /**
     * What was checked.
     *
     * @param runs runs that ended as they should, or not
     * @param unaccepted how many of them were never acknowledged, and yet were there; or were started by another run
     * @param steps completed steps that have effects
     * @param effects effects seen
     * @param repeated effects beyond the first of an attempt; each after a disturbance
     * @param disturbances kills, stops, cuts and restarts
     * @param violations a sentence for each invariant that does not hold; empty when all is well
     */
    public record Report(
            long runs,
            long unaccepted,
            long steps,
            long effects,
            long repeated,
            long disturbances,
            List<String> violations) {}

    private LedgerCheck(Function<RunId, List<JournalEntry>> journal, Function<Intended, Expected> model) {
        this.journal = journal;
        this.model = model;
    }

    /**
     * Checks everything.
     *
     * @param ledger the lines in order
     * @param journal reads a run's entries
     * @param model what a run should have done; called once for each
     * @return the findings
     */
    public static Report of(
            List<LedgerLine> ledger, Function<RunId, List<JournalEntry>> journal, Function<Intended, Expected> model) {
        LedgerCheck check = new LedgerCheck(journal, model);
        check.all(ledger);
        return new Report(
                check.runs,
                check.unaccepted,
                check.steps,
                check.effects,
                check.repeated,
                check.disturbances,
                List.copyOf(check.violations));
    }

    /** What the ledger has of one run. */
    private static final class Seen {
        private final Intended intended;
        private final Map<String, List<Effect>> effects = new LinkedHashMap<>();
        private final Map<String, Long> first = new HashMap<>(); // numbers of lines
        private final Map<String, Long> last = new HashMap<>();
        private final Map<String, Long> disturbance = new HashMap<>(); // the last one before a step's last effect
        private final Set<String> done = new HashSet<>();
        private boolean accepted;
        private final Set<Long> epochs = new HashSet<>();
        private long epoch;
        private boolean wentBack;

        private Seen(Intended intended) {
            this.intended = intended;
        }
    }

    private void all(List<LedgerLine> ledger) {
        Map<String, Seen> all = new LinkedHashMap<>();
        long number = 0;
        for (LedgerLine line : ledger) {
            number++;
            if (line instanceof Intended intended) {
                all.putIfAbsent(intended.run(), new Seen(intended));
            } else if (line instanceof Accepted accepted) {
                Objects.requireNonNull(all.get(accepted.run())).accepted = true;
            } else if (line instanceof Done done) {
                Objects.requireNonNull(all.get(done.run())).done.add(done.step());
            } else if (line instanceof Effect effect) {
                effects++;
                effect(Objects.requireNonNull(all.get(effect.run())), effect, number);
            } else if (line instanceof Disturbed) {
                disturbances++;
            }
        }
        all.values().forEach(this::run);
    }

    private void effect(Seen run, Effect effect, long number) {
        if (run.done.contains(effect.step())) {
            violation(run, 3, "step '" + effect.step() + "' had an effect after it was complete");
        }
        run.wentBack |= !run.epochs.add(effect.epoch()) && effect.epoch() != run.epoch;
        run.epoch = effect.epoch();
        List<Effect> before = run.effects.computeIfAbsent(effect.step(), step -> new ArrayList<>());
        if (!before.isEmpty()) {
            Effect former = before.get(before.size() - 1);
            boolean sameAttempt = effect.attempt() <= former.attempt();
            repeated += sameAttempt ? 1 : 0;
            if (sameAttempt && run.disturbance.getOrDefault(effect.step(), 0L) == disturbances) {
                violation(run, 4, "step '" + effect.step() + "' repeated attempt " + effect.attempt() + " undisturbed");
            }
            if (!effect.key().equals(former.key())) {
                violation(run, 4, "step '" + effect.step() + "' had the keys " + former.key() + ", " + effect.key());
            }
        }
        before.add(effect);
        run.disturbance.put(effect.step(), disturbances);
        run.first.putIfAbsent(effect.step(), number);
        run.last.put(effect.step(), number);
    }

    private void run(Seen run) {
        List<JournalEntry> entries = journal.apply(RunId.of(run.intended.run()));
        if (entries.isEmpty() && !run.accepted) {
            if (!run.effects.isEmpty()) {
                violation(run, 1, "it had effects and is not there");
            }
            return;
        }
        runs++;
        unaccepted += run.accepted ? 0 : 1;
        long ends = entries.stream().filter(RunEnded.class::isInstance).count();
        if (ends != 1 || !(entries.get(entries.size() - 1) instanceof RunEnded end)) {
            violation(run, 1, "it has " + ends + " ends among " + entries.size() + " entries");
            return;
        }
        Expected expected = model.apply(run.intended);
        if (end.status() != RunStatus.SUCCEEDED || !Objects.equals(JavaValue.jsonOf(end.output()), expected.output())) {
            violation(
                    run,
                    6,
                    end.status() + " with " + JavaValue.jsonOf(end.output()) + " "
                            + end.failure().map(Object::toString).orElse("") + ", not with " + expected.output());
        }
        if (run.wentBack && !expected.waits()) {
            violation(run, 7, "an engine had an effect after another one had taken the run over");
        }
        steps(run, entries, expected);
    }

    private void steps(Seen run, List<JournalEntry> entries, Expected expected) {
        Map<String, Integer> completed = new HashMap<>();
        for (JournalEntry entry : entries) {
            if (entry instanceof StepSucceeded succeeded) {
                completed.merge(succeeded.step(), 1, Integer::sum);
            }
        }
        completed.forEach((step, times) -> {
            if (times > 1) {
                violation(run, 1, "step '" + step + "' completed " + times + " times");
            }
        });
        expected.before().forEach((step, predecessors) -> {
            steps++;
            if (!completed.containsKey(step)) {
                violation(run, 1, "step '" + step + "' has not completed");
            }
            if (!run.effects.containsKey(step)) {
                violation(run, 2, "step '" + step + "' completed without an effect");
                return;
            }
            for (String predecessor : predecessors) {
                if (run.last.getOrDefault(predecessor, 0L) > run.first.getOrDefault(step, 0L)) {
                    violation(run, 5, "step '" + step + "' had an effect before the last one of '" + predecessor + "'");
                }
            }
        });
        run.effects.keySet().stream()
                .filter(step -> !expected.before().containsKey(step))
                .forEach(step -> violation(run, 6, "step '" + step + "' had an effect that nobody expects"));
    }

    private void violation(Seen run, int invariant, String what) {
        violations.add("I" + invariant + " run " + run.intended.run() + " of " + run.intended.workflow() + ": " + what);
    }
}
