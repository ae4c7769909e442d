package io.auterity.event;

import io.auterity.definition.Failure;
import io.auterity.definition.RunId;
import io.auterity.event.ProgressStyle.Mark;
import io.auterity.journal.JournalEntry;
import io.auterity.journal.JournalEntry.AttemptFailed;
import io.auterity.journal.JournalEntry.Emitted;
import io.auterity.journal.JournalEntry.OfStep;
import io.auterity.journal.JournalEntry.RunCompensating;
import io.auterity.journal.JournalEntry.RunEnded;
import io.auterity.journal.JournalEntry.RunStarted;
import io.auterity.journal.JournalEntry.RunStopping;
import io.auterity.journal.JournalEntry.StepCancelled;
import io.auterity.journal.JournalEntry.StepCompensated;
import io.auterity.journal.JournalEntry.StepFailed;
import io.auterity.journal.JournalEntry.StepProgressed;
import io.auterity.journal.JournalEntry.StepSkipped;
import io.auterity.journal.JournalEntry.StepStarted;
import io.auterity.journal.JournalEntry.StepSucceeded;
import io.auterity.journal.JournalEntry.StepWaiting;
import io.auterity.journal.RunStatus;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Shows people how runs get on, as text.
 *
 * <p>On a terminal a line for each step under way is rewritten in place, with a bar where a step says how much there is
 * to do, and what has settled stays above as an ordinary line. Elsewhere there are plain lines only. Either way the
 * items of loops are counted and not listed, steps beyond {@value #MOST_LINES} are counted, too, and nothing that a
 * workflow or a service says can move the cursor.
 *
 * <p>Thread-safe. Between entries somebody must call {@link #refresh} a few times a second for elapsed times to move.
 * Text that does not come from here goes to {@link #println} while runs are under way.
 */
public final class ProgressRenderer implements RunListener {

    /** The steps that get a line of their own when they succeed; the ones after that are counted. */
    static final int MOST_LINES = 1_000;

    /** The failures within one step that get a line of their own. */
    private static final int MOST_ITEM_FAILURES = 5;

    private static final long REDRAW_MILLIS = 100;
    private static final long SUMMARY_MILLIS = 2_000;

    private final Screen screen;
    private final InstantSource clock;
    private final ProgressStyle style;
    private final Map<RunId, Scope> scopes = new HashMap<>();
    private final Map<String, StepRow> rows = new LinkedHashMap<>();
    private final List<String> settled = new ArrayList<>();
    private long lines;
    private long countedAt;
    private long drawnAt;

    /**
     * Makes a renderer.
     *
     * @param out where the text goes; flushed after every write if it can be
     * @param style what the place it goes to can show
     * @param clock tells the time
     */
    public ProgressRenderer(Appendable out, ProgressStyle style, InstantSource clock) {
        this.screen = new Screen(out, style);
        this.style = style;
        this.clock = clock;
    }

    /**
     * Where the steps of a run stand among the rows: those of a child run belong to the row of the step that started
     * it.
     */
    private record Scope(String prefix, int rowsFrom, long startedAt, boolean isChild) {}

    @Override
    public synchronized void onEntry(RunId run, String workflow, JournalEntry entry) {
        if (entry instanceof RunStarted started) {
            runStarted(run, workflow, started);
        } else if (entry instanceof RunEnded ended) {
            runEnded(run, ended);
        } else if (entry instanceof OfStep ofStep) {
            stepEntry(scopes.getOrDefault(run, new Scope("", 0, entry.at(), false)), ofStep);
        } else if (entry instanceof RunStopping stopping) {
            line(Mark.CANCELLED, "stopping: " + stopping.failure().message());
        } else if (entry instanceof RunCompensating compensating) {
            line(Mark.UNDONE, "undoing after " + text(compensating.failure()));
        }
        draw(entry instanceof RunEnded);
    }

    @Override
    public synchronized void onMissed(long entries) {
        line(Mark.NONE, entries + " events were missed");
        draw(false);
    }

    /** Brings elapsed times up to date; to be called a few times a second, from any thread. */
    public synchronized void refresh() {
        draw(false);
    }

    /**
     * Writes a line that does not come from a run, without disturbing the others.
     *
     * @param text one line; control characters are left out
     */
    public synchronized void println(String text) {
        settled.add(style.fit(text));
        draw(true);
    }

    // --- runs ---

    private void runStarted(RunId run, String workflow, RunStarted entry) {
        Optional<RunId> parent = entry.origin().parent();
        boolean isAwaited = !entry.origin().parentStep().isEmpty(); // one that deals with a failure stands by itself
        if (parent.isPresent() && isAwaited) {
            Scope outer = scopes.getOrDefault(parent.get(), new Scope("", 0, entry.at(), false));
            scopes.put(
                    run, new Scope(outer.prefix + entry.origin().parentStep() + "/", outer.rowsFrom, entry.at(), true));
            return;
        }
        boolean alone = scopes.isEmpty();
        String prefix = alone ? "" : run.value() + ": ";
        scopes.put(run, new Scope(prefix, prefix.length(), entry.at(), false));
        line(Mark.NONE, "run " + run.value() + " of workflow " + workflow);
    }

    private void runEnded(RunId run, RunEnded entry) {
        Scope scope = scopes.remove(run);
        if (scope == null || scope.isChild) {
            return;
        }
        rows.keySet().removeIf(key -> scope.prefix.isEmpty() ? !key.contains(": ") : key.startsWith(scope.prefix));
        Mark mark = entry.status() == RunStatus.SUCCEEDED ? Mark.SUCCEEDED : Mark.FAILED;
        String counted = lines > MOST_LINES ? " (" + lines + " steps)" : "";
        line(
                mark,
                "run " + scope.prefix.replace(": ", " ") + entry.status().text() + " in "
                        + ProgressStyle.elapsed(entry.at() - scope.startedAt) + counted
                        + entry.failure().map(why -> ": " + text(why)).orElse(""));
    }

    // --- steps ---

    private void stepEntry(Scope scope, OfStep entry) {
        String label = scope.prefix + entry.step();
        int end = scope.rowsFrom;
        while (end < label.length() && isOfName(label.charAt(end))) {
            end++;
        }
        String key = label.substring(0, end);
        if (end < label.length()) {
            nested(rows.computeIfAbsent(key, any -> new StepRow(key, entry.at())), label, entry);
        } else if (settles(entry)) {
            StepRow row = rows.remove(key);
            ended(row == null ? new StepRow(key, entry.at()) : row, entry);
        } else if (entry instanceof Emitted emitted) {
            line(Mark.NONE, key + ": event " + emitted.event());
        } else {
            whole(rows.computeIfAbsent(key, any -> new StepRow(key, entry.at())), entry);
        }
    }

    /** Whether a character belongs to a step's name, and does not begin what is inside: a path, an index, a block. */
    private static boolean isOfName(char c) {
        return c != '/' && c != '[' && c != '.';
    }

    private static boolean settles(OfStep entry) {
        return entry instanceof StepSucceeded
                || entry instanceof StepFailed
                || entry instanceof StepSkipped
                || entry instanceof StepCancelled
                || entry instanceof StepCompensated;
    }

    /** Takes note of a step that goes on. */
    private void whole(StepRow row, OfStep entry) {
        if (entry instanceof StepStarted started) {
            row.started(started);
        } else if (entry instanceof StepProgressed progress) {
            row.progressed(progress);
            summary(row, progress.at());
        } else if (entry instanceof AttemptFailed failed) {
            row.waits("next attempt", failed.retryAt());
            row.attempt = failed.attempt();
            plain(
                    Mark.RETRIED,
                    row.name + ": " + failedAttempt(failed) + ": " + text(failed.failure()) + "; the next one in "
                            + ProgressStyle.elapsed(failed.retryAt() - failed.at()));
        } else if (entry instanceof StepWaiting waiting) {
            String what = subject(waiting);
            row.waits(what, waiting.until());
            boolean forLong = waiting.reason() != StepWaiting.Reason.CHILD;
            if (forLong) {
                String limit = waiting.until() == 0
                        ? ""
                        : ", at most " + ProgressStyle.elapsed(waiting.until() - waiting.at());
                plain(Mark.NONE, row.name + ": waits for " + what + limit);
            }
        }
    }

    private static String failedAttempt(AttemptFailed failed) {
        return failed.attempt() == 0 ? "its condition failed" : "attempt " + failed.attempt() + " failed";
    }

    private static String subject(StepWaiting waiting) {
        return switch (waiting.reason()) {
            case TIMER -> "time to pass";
            case SIGNAL -> "signal '" + waiting.subject() + "'";
            case APPROVAL -> "a decision" + (waiting.subject().isEmpty() ? "" : " of " + waiting.subject());
            case CHILD -> "run " + waiting.subject();
        };
    }

    /** Takes note of what happens inside a step: in a block, for an item, in a child run. */
    private void nested(StepRow row, String label, OfStep entry) {
        boolean isItem = label.indexOf('[') >= 0;
        if (entry instanceof StepStarted) {
            row.inside = isItem ? "" : label.substring(row.name.length() + 1);
        } else if (entry instanceof AttemptFailed failed) {
            row.retries++;
            if (!isItem) {
                plain(Mark.RETRIED, label + ": " + failedAttempt(failed) + ": " + text(failed.failure()));
            }
        } else if (entry instanceof StepFailed failed) {
            row.failures++;
            if (row.failures <= MOST_ITEM_FAILURES) {
                line(Mark.FAILED, label + ": " + text(failed.failure()));
            }
        } else if (entry instanceof StepSucceeded done) {
            row.itemsDone++;
            if (isItem) {
                summary(row, done.at());
            } else {
                plain(Mark.SUCCEEDED, label + ": succeeded in " + ProgressStyle.elapsed(done.at() - done.startedAt()));
            }
        } else if (entry instanceof StepWaiting waiting && waiting.reason() != StepWaiting.Reason.CHILD) {
            plain(Mark.NONE, label + ": waits for " + subject(waiting));
        } else if (entry instanceof StepProgressed progress) {
            summary(row, progress.at());
        }
    }

    private void ended(StepRow row, OfStep entry) {
        if (entry instanceof StepSucceeded done) {
            lines++;
            if (lines <= MOST_LINES) {
                line(
                        Mark.SUCCEEDED,
                        row.name + ": succeeded in " + row.elapsed(done.at()) + row.counts(done.attempt()));
            } else if (done.at() - countedAt >= SUMMARY_MILLIS) {
                countedAt = done.at();
                plain(Mark.NONE, lines + " steps succeeded");
            }
        } else if (entry instanceof StepFailed failed) {
            line(
                    Mark.FAILED,
                    row.name + ": failed in " + row.elapsed(failed.at()) + row.counts(failed.attempt()) + ": "
                            + text(failed.failure()));
        } else if (entry instanceof StepCancelled cancelled) {
            line(Mark.CANCELLED, row.name + ": cancelled after " + row.elapsed(cancelled.at()));
        } else if (entry instanceof StepCompensated undone) {
            line(
                    undone.failure().isEmpty() ? Mark.UNDONE : Mark.FAILED,
                    row.name + ": "
                            + undone.failure()
                                    .map(why -> "not undone: " + text(why))
                                    .orElse("undone"));
        } else {
            lines++;
            if (lines <= MOST_LINES) {
                line(Mark.SKIPPED, row.name + ": skipped");
            }
        }
    }

    private static String text(Failure failure) {
        return failure.code() + ": " + failure.message();
    }

    // --- output ---

    /** Says how far a step is, now and then, where rows are not shown. */
    private void summary(StepRow row, long now) {
        if (!style.isLive() && now - row.summaryAt >= SUMMARY_MILLIS) {
            row.summaryAt = now;
            line(Mark.NONE, row.name + ": " + row.progress());
        }
    }

    /** Writes a line that is needed only where rows are not shown. */
    private void plain(Mark mark, String text) {
        if (!style.isLive()) {
            line(mark, text);
        }
    }

    private void line(Mark mark, String text) {
        settled.add(style.line(mark, text));
    }

    private void draw(boolean now) {
        long time = clock.millis();
        if (style.isLive() && !now && time - drawnAt < REDRAW_MILLIS && time >= drawnAt) {
            return;
        }
        drawnAt = time;
        screen.draw(settled, style.isLive() ? live(time) : List.of());
        settled.clear();
    }

    private List<String> live(long now) {
        List<String> live = new ArrayList<>();
        int room = Math.max(1, style.rows() - 2);
        for (StepRow row : rows.values()) {
            if (live.size() == room) {
                live.add(style.line(Mark.NONE, "and " + (rows.size() - room) + " more steps"));
                break;
            }
            live.add(row.live(style, now));
        }
        return live;
    }
}
