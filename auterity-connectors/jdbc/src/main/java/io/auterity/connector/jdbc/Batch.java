package io.auterity.connector.jdbc;

import io.auterity.definition.RunId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Writes that are committed together, sorted by what they do to which table. */
final class Batch {

    final List<Pending> writes;

    /** How many entries. */
    final int entries;

    /** How many parts of payloads. */
    final int parts;

    /** Runs that start and do nothing else to their row. */
    final List<Change> starts = new ArrayList<>();

    /** Runs that start and at once end, are parked, or begin to take back what they did. */
    final List<Change> briefs = new ArrayList<>();

    /** Runs that end. */
    final List<Change> ends = new ArrayList<>();

    /** Runs that are parked, take messages, or begin to take back what they did. */
    final List<Change> others = new ArrayList<>();

    final List<RunId> wakes = new ArrayList<>();

    /** Messages that leave inboxes. */
    final List<Taken> taken = new ArrayList<>();

    /** How many labels. */
    final int labels;

    /** A message and the run whose inbox it leaves. */
    record Taken(Change change, long number) {}

    Batch(List<Pending> writes) {
        this.writes = writes;
        Map<RunId, Change> changes = new LinkedHashMap<>();
        int entryCount = 0;
        int partCount = 0;
        for (Pending pending : writes) {
            entryCount += pending.rows.size();
            for (Payload payload : pending.payloads) {
                partCount += payload.parts().size();
            }
            if (pending.changesRun()) {
                Change change = changes.computeIfAbsent(pending.live.run, run -> new Change(run, pending.live.id));
                change.add(pending.write);
                pending.write.taken().forEach(number -> taken.add(new Taken(change, number)));
            }
        }
        for (Pending pending : writes) {
            pending.write.wakes().ifPresent(run -> {
                Change change = changes.get(run);
                if (change != null) {
                    change.woken = true;
                } else if (!wakes.contains(run)) {
                    wakes.add(run);
                }
            });
        }
        int labelCount = 0;
        for (Change change : changes.values()) {
            if (change.start != null) {
                labelCount += change.start.origin().labels().size();
            }
            if (change.isPlainStart()) {
                starts.add(change);
            } else if (change.start != null) {
                briefs.add(change);
            } else if (change.end != null) {
                ends.add(change);
            } else if (change.isOther()) {
                others.add(change);
            }
        }
        this.entries = entryCount;
        this.parts = partCount;
        this.labels = labelCount;
    }

    /** The runs that start, in either way. */
    List<Change> allStarts() {
        List<Change> all = new ArrayList<>(starts);
        all.addAll(briefs);
        return all;
    }
}
