package io.auterity;

import io.auterity.journal.JournalEntry;
import io.auterity.journal.JournalEntry.OfStep;
import io.auterity.journal.JournalEntry.RunStarted;
import io.auterity.journal.JournalEntry.RunStopping;
import io.auterity.journal.JournalEntry.SignalReceived;
import io.auterity.journal.JournalEntry.StepCompensated;
import io.auterity.journal.JournalEntry.StepFailed;
import io.auterity.journal.JournalEntry.StepSkipped;
import io.auterity.journal.JournalEntry.StepSucceeded;
import io.auterity.plan.Graph;
import io.auterity.plan.Rows;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The part of a run's record that another run can begin with, so that only the rest has to be done (again).
 *
 * <p>A step of the workflow is taken over if it succeeded, if nothing has taken it back, and if all steps before it are
 * taken over; the step to begin with and whatever depends on it are not. A skipped step is taken over if it was skipped
 * before anything failed, since a failure skips steps that would have run. With a block goes everything that happened in
 * it. Signals are taken over, too.
 */
final class Fork {

    private final Graph graph;
    private final List<JournalEntry> entries;
    private final Map<String, Integer> nodes = new HashMap<>();
    private final boolean[] kept;

    private Fork(Graph graph, List<JournalEntry> entries) {
        this.graph = graph;
        this.entries = entries;
        this.kept = new boolean[graph.size()];
        for (int node = 0; node < kept.length; node++) {
            nodes.put(graph.node(node).name(), node);
        }
    }

    /**
     * Returns the entries that the new run begins with.
     *
     * @param from the paths of steps that are not taken over; a step in a block stands for the block
     */
    static List<JournalEntry> entries(
            Graph graph, List<JournalEntry> recorded, Collection<String> from, RunStarted start) {
        Fork fork = new Fork(graph, recorded);
        fork.keepSettled();
        from.forEach(step -> fork.kept[fork.node(step, start.workflow())] = false);
        fork.dropDependants();
        List<JournalEntry> begin = new ArrayList<>();
        begin.add(start);
        recorded.stream().filter(fork::isKept).forEach(begin::add);
        return begin;
    }

    private int node(String step, String workflow) {
        Integer node = nodes.get(outermost(step));
        if (node == null) {
            throw new EngineException(
                    EngineException.UNKNOWN_STEP,
                    "workflow '" + workflow + "' has no step '" + step + "'; it has: "
                            + String.join(", ", nodes.keySet().stream().sorted().toList()));
        }
        return node;
    }

    private static String outermost(String path) {
        return path.split("[/\\[.]", 2)[0];
    }

    private static boolean isOutermost(String path) {
        return path.equals(outermost(path));
    }

    private void keepSettled() {
        boolean failed = false;
        for (JournalEntry entry : entries) {
            if (entry instanceof RunStopping) {
                failed = true;
            } else if (entry instanceof OfStep step && isOutermost(step.step())) {
                int node = nodes.getOrDefault(step.step(), -1);
                if (node < 0) {
                    continue;
                }
                boolean continues = graph.node(node).recovery().continues();
                if (entry instanceof StepSucceeded || (entry instanceof StepFailed && continues)) {
                    kept[node] = true;
                } else if (entry instanceof StepFailed) {
                    failed = true;
                } else if (entry instanceof StepSkipped && !failed) {
                    kept[node] = true;
                } else if (entry instanceof StepCompensated) {
                    kept[node] = false;
                }
            }
        }
    }

    private void dropDependants() {
        Rows successors = graph.successors();
        boolean changed = true;
        while (changed) {
            changed = false;
            for (int node = 0; node < kept.length; node++) {
                for (int i = successors.start(node); !kept[node] && i < successors.start(node + 1); i++) {
                    changed |= kept[successors.target(i)];
                    kept[successors.target(i)] = false;
                }
            }
        }
    }

    private boolean isKept(JournalEntry entry) {
        if (entry instanceof OfStep step) {
            Integer node = nodes.get(outermost(step.step()));
            return node != null && kept[node] && !(entry instanceof StepCompensated);
        }
        return entry instanceof SignalReceived;
    }
}
