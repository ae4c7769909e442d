package io.auterity.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.auterity.definition.Step;
import io.auterity.journal.JournalEntry;
import io.auterity.journal.JournalEntry.AttemptFailed;
import io.auterity.journal.JournalEntry.OfStep;
import io.auterity.journal.JournalEntry.RunCompensating;
import io.auterity.journal.JournalEntry.RunEnded;
import io.auterity.journal.JournalEntry.RunStarted;
import io.auterity.journal.JournalEntry.RunStopping;
import io.auterity.journal.JournalEntry.SignalReceived;
import io.auterity.journal.JournalEntry.StepCancelled;
import io.auterity.journal.JournalEntry.StepCompensated;
import io.auterity.journal.JournalEntry.StepFailed;
import io.auterity.journal.JournalEntry.StepSkipped;
import io.auterity.journal.JournalEntry.StepStarted;
import io.auterity.journal.JournalEntry.StepSucceeded;
import io.auterity.journal.RunStatus;
import io.auterity.random.Sample;
import io.auterity.random.Sample.End;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The entries of one run, and what must hold for them whatever happened. */
public record History(List<JournalEntry> entries) {

    static boolean settles(JournalEntry entry) {
        return entry instanceof StepSucceeded
                || entry instanceof StepFailed
                || entry instanceof StepSkipped
                || entry instanceof StepCancelled;
    }

    /** Returns the payloads of all signals that a record has. */
    static List<Object> signals(List<JournalEntry> record) {
        return record.stream()
                .filter(SignalReceived.class::isInstance)
                .map(entry -> ((SignalReceived) entry).payload())
                .toList();
    }

    /** Returns the path of the block a step stands in, with the slash: {@code each[3]/}. */
    public static String blockOf(String path) {
        return path.substring(0, path.lastIndexOf('/') + 1);
    }

    public static String nameOf(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    /** Checks that the history has one beginning and one end, and that time does not run backwards in it. */
    public void isWhole() {
        assertThat(entries.get(0)).isInstanceOf(RunStarted.class);
        assertThat(entries).filteredOn(RunStarted.class::isInstance).hasSize(1);
        assertThat(entries.get(entries.size() - 1)).isInstanceOf(RunEnded.class);
        assertThat(entries).filteredOn(RunEnded.class::isInstance).hasSize(1);
        assertThat(entries).extracting(JournalEntry::at).isSorted();
        RunEnded end = (RunEnded) entries.get(entries.size() - 1);
        assertThat(end.status().isTerminal()).isTrue();
        assertThat(end.failure().isEmpty()).isEqualTo(end.status() == RunStatus.SUCCEEDED);
        boolean compensated = entries.stream().anyMatch(RunCompensating.class::isInstance);
        boolean undone = entries.stream().anyMatch(StepCompensated.class::isInstance);
        assertThat(undone).isEqualTo(compensated);
    }

    /** Checks that each step settles once, after attempts counted from 1 (a condition that fails is none), and that all steps of open blocks settle. */
    public void settlesEachStepOnce() {
        Map<String, JournalEntry> settled = new LinkedHashMap<>();
        Map<String, Integer> attempts = new HashMap<>();
        boolean compensating = false;
        for (JournalEntry entry : entries) {
            compensating |= entry instanceof RunCompensating;
            if (!(entry instanceof OfStep ofStep) || compensating) {
                continue;
            }
            String path = ofStep.step();
            assertThat(settled).as("%s after it has settled", entry).doesNotContainKey(path);
            if (entry instanceof AttemptFailed failed && failed.attempt() == 0) {
                assertThat(attempts.put(path, 0)).as("before %s", entry).isNull();
            } else if (entry instanceof AttemptFailed failed) {
                assertThat(failed.attempt()).as("%s", entry).isEqualTo(attempts.merge(path, 1, Integer::sum));
            } else if (settles(entry)) {
                settled.put(path, entry);
                int failures = attempts.getOrDefault(path, 0);
                if (entry instanceof StepSucceeded done) {
                    assertThat(done.attempt()).as("%s", entry).isEqualTo(failures + 1);
                } else if (entry instanceof StepFailed failed) {
                    assertThat(failed.attempt()).as("%s", entry).isBetween(Math.max(0, failures), failures + 1);
                } else if (entry instanceof StepCancelled cancelled) {
                    assertThat(cancelled.attempt()).as("%s", entry).isBetween(Math.max(1, failures), failures + 1);
                } else {
                    assertThat(failures).as("attempts of %s", entry).isZero();
                }
            }
        }
    }

    /** Returns the entries with which steps have settled, by path. */
    public Map<String, JournalEntry> ends() {
        Map<String, JournalEntry> ends = new HashMap<>();
        for (JournalEntry entry : entries) {
            if (settles(entry)) {
                ends.put(((OfStep) entry).step(), entry);
            }
        }
        return ends;
    }

    /** Checks all that must hold of the history of a sample's run, which has ended. */
    public void isOf(Sample sample) {
        isWhole();
        settlesEachStepOnce();
        settlesAll(sample.definition().body().steps().stream().map(Step::name).collect(Collectors.toSet()));
        respectsEdges(sample.rules().before());
        endsAsExpected(sample);
    }

    /** Checks that each step has ended as the reference says, or was stopped since another one had failed. */
    private void endsAsExpected(Sample sample) {
        Map<String, JournalEntry> ends = ends();
        Set<String> failed = new HashSet<>(); // what the paths of all steps begin with that may have been stopped
        ends.forEach((path, entry) -> {
            if (entry instanceof StepFailed && !sample.rules().continuing().contains(nameOf(path))) {
                String block = blockOf(path);
                failed.add(block.endsWith("]/") ? block.substring(0, block.lastIndexOf('[') + 1) : block);
            }
        });
        sample.expected().ends().forEach((path, expected) -> {
            boolean mayBeStopped = failed.stream().anyMatch(path::startsWith);
            JournalEntry end = ends.get(path);
            if (!mayBeStopped || !isStopped(end, expected)) {
                assertThat(endOf(end)).as("%s of %s", path, sample).isEqualTo(expected);
            }
        });
    }

    /** Whether a step may have ended so because it was stopped; without an entry if its block has not begun either. */
    private static boolean isStopped(@Nullable JournalEntry end, End expected) {
        return end == null
                || end instanceof StepSkipped
                || (end instanceof StepCancelled && !expected.status().equals("stopped"));
    }

    private static End endOf(@Nullable JournalEntry end) {
        if (end instanceof StepSucceeded succeeded) {
            return new End("succeeded", succeeded.output());
        }
        if (end instanceof StepFailed) {
            return new End("failed", null);
        }
        return new End(end instanceof StepSkipped ? "skipped" : "neither", null);
    }

    /** Checks that every step settles after all steps that must settle before it. */
    public void respectsEdges(Map<String, Set<String>> before) {
        Map<String, Integer> places = new HashMap<>();
        for (int i = 0; i < entries.size(); i++) {
            if (settles(entries.get(i))) {
                places.put(((OfStep) entries.get(i)).step(), i);
            }
        }
        places.forEach((path, place) -> {
            for (String other : before.getOrDefault(nameOf(path), Set.of())) {
                assertThat(places.get(blockOf(path) + other))
                        .as("%s, which must settle before %s", other, path)
                        .isNotNull()
                        .isLessThan(place);
            }
        });
    }

    /** Checks that no attempt of a step starts before all steps have settled that must settle before it. */
    public void startsNothingEarly(Map<String, Set<String>> before) {
        Set<String> settled = new HashSet<>();
        for (JournalEntry entry : entries) {
            if (settles(entry)) {
                settled.add(((OfStep) entry).step());
            } else if (entry instanceof StepStarted started) {
                for (String other : before.getOrDefault(nameOf(started.step()), Set.of())) {
                    assertThat(settled).as("before %s", started).contains(blockOf(started.step()) + other);
                }
            }
        }
    }

    /** Checks that no {@code forEach} has more items under way than its limit: from an item's first entry to its last. */
    public void respectsConcurrency(Map<String, Integer> limits) {
        Map<String, Integer> lasts = new HashMap<>();
        for (int i = 0; i < entries.size(); i++) {
            for (String item : items(entries.get(i))) {
                lasts.put(item, i);
            }
        }
        Map<String, Set<String>> underWay = new HashMap<>();
        for (int i = 0; i < entries.size(); i++) {
            for (String item : items(entries.get(i))) {
                String loop = item.substring(0, item.lastIndexOf('['));
                Set<String> others = underWay.computeIfAbsent(loop, key -> new HashSet<>());
                others.add(item);
                Integer limit = limits.get(nameOf(loop));
                if (limit != null) {
                    assertThat(others).as("items of %s", loop).hasSizeLessThanOrEqualTo(limit);
                }
                if (lasts.get(item) == i) {
                    others.remove(item);
                }
            }
        }
    }

    /** The items of loops an entry belongs to, the outermost first: {@code a[1]} and {@code a[1]/b[2]}. */
    private static List<String> items(JournalEntry entry) {
        List<String> items = new ArrayList<>();
        if (entry instanceof OfStep ofStep) {
            String path = ofStep.step();
            for (int end = path.indexOf("]/"); end >= 0; end = path.indexOf("]/", end + 1)) {
                items.add(path.substring(0, end + 1));
            }
        }
        return items;
    }

    /** Checks that all steps of the workflow's own block have settled, unless the run was stopped before it began. */
    public void settlesAll(Set<String> names) {
        boolean begun = entries.stream().anyMatch(OfStep.class::isInstance);
        if (!begun && entries.stream().anyMatch(RunStopping.class::isInstance)) {
            return;
        }
        assertThat(entries.stream()
                        .filter(History::settles)
                        .map(entry -> ((OfStep) entry).step())
                        .filter(path -> path.indexOf('/') < 0))
                .containsExactlyInAnyOrderElementsOf(names);
    }
}
