package io.auterity.event;

import io.auterity.event.ProgressStyle.Mark;
import io.auterity.journal.JournalEntry.StepProgressed;
import io.auterity.journal.JournalEntry.StepStarted;

/** What is shown of a step that is under way, and of everything inside it. Guarded by its renderer. */
final class StepRow {

    final String name;
    private final long since;
    long summaryAt;
    int attempt;
    long itemsDone;
    int retries;
    int failures;
    String inside = "";
    private String waitsFor = "";
    private long until;
    private long done;
    private long total;
    private String message = "";

    StepRow(String name, long since) {
        this.name = name;
        this.since = since;
        this.summaryAt = since;
    }

    void started(StepStarted entry) {
        attempt = entry.attempt();
        waitsFor = "";
        done = 0;
        total = 0;
        message = "";
    }

    void progressed(StepProgressed entry) {
        done = entry.done();
        total = entry.total();
        message = entry.message();
    }

    void waits(String what, long end) {
        waitsFor = what;
        until = end;
    }

    String elapsed(long now) {
        return ProgressStyle.elapsed(now - since);
    }

    /** What is worth knowing about a step that has settled. */
    String counts(int attempts) {
        StringBuilder text = new StringBuilder();
        if (attempts > 1) {
            text.append(", ").append(attempts).append(" attempts");
        }
        if (total > 0 && itemsDone > 0) {
            text.append(", ").append(total).append(total == 1 ? " item" : " items");
        }
        return text.append(troubles()).toString();
    }

    private String troubles() {
        StringBuilder text = new StringBuilder();
        if (retries > 0) {
            text.append(", ").append(retries).append(retries == 1 ? " retry" : " retries");
        }
        if (failures > 0) {
            text.append(", ").append(failures).append(" failed");
        }
        return text.toString();
    }

    /** How far the step is, for people. */
    String progress() {
        String count = total > 0 ? done + "/" + total : done > 0 ? done + " done" : itemsDone + " inner steps done";
        return count + troubles() + (message.isEmpty() ? "" : ", " + message);
    }

    /** The step's line on a terminal. */
    String live(ProgressStyle style, long now) {
        StringBuilder text = new StringBuilder(name).append("  ");
        if (total > 0) {
            text.append(style.bar(done, total)).append("  ");
        }
        if (done > 0 || total > 0 || itemsDone > 0) {
            text.append(progress()).append("  ");
        }
        if (!waitsFor.isEmpty()) {
            text.append("waits for ").append(waitsFor);
            if (until > now) {
                text.append(", ").append(ProgressStyle.elapsed(until - now)).append(" left");
            }
            text.append("  ");
        } else if (attempt > 1) {
            text.append("attempt ").append(attempt).append("  ");
        }
        if (!inside.isEmpty() && waitsFor.isEmpty()) {
            text.append(inside).append("  ");
        }
        text.append(elapsed(now));
        return style.line(waitsFor.isEmpty() ? Mark.RUNNING : Mark.WAITING, text.toString());
    }
}
