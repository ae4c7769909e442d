package io.auterity.trigger;

import io.auterity.definition.RunId;
import io.auterity.definition.Trigger.Schedule;
import io.auterity.journal.Cells;
import io.auterity.journal.Cells.Cell;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * How far a schedule has come, as all engines of a journal know it.
 *
 * @param mark the instant up to which everything has been dealt with
 * @param paused whether it stands still
 * @param last what it started last
 * @param stored where this was read from
 */
public record ScheduleState(Instant mark, boolean paused, Last last, Stored stored) {

    private static final String PREFIX = "schedule/";
    private static final int LONGEST_PROBLEM = 1_000;

    /**
     * What a schedule started last.
     *
     * @param run the run
     * @param problem why the run could not be started; empty if it was
     */
    public record Last(Optional<RunId> run, String problem) {

        /** Nothing yet. */
        public static final Last NOTHING = new Last(Optional.empty(), "");

        /** Shortens the problem. */
        public Last {
            problem = problem.length() > LONGEST_PROBLEM ? problem.substring(0, LONGEST_PROBLEM) : problem;
        }
    }

    /**
     * Where a state was read from.
     *
     * @param version the version of the cell; 0 if there was none
     * @param timing the times the mark is about, as text
     * @param paused whether the definition said that the schedule stands still
     * @param stale whether the cell says something else, because the definition has changed, or is not there yet
     */
    public record Stored(long version, String timing, boolean paused, boolean stale) {}

    /**
     * Reads the state of a schedule. One that is new, or has other times than when it was last seen, begins at this
     * moment: nothing before counts as missed. One whose definition has been paused or no longer is follows that change.
     *
     * @param cells the cells of the journal
     * @param workflow the workflow's identifier
     * @param name the schedule's name
     * @param schedule the schedule
     * @param now the time
     * @return the state
     */
    public static ScheduleState read(Cells cells, String workflow, String name, Schedule schedule, Instant now) {
        String timing = schedule.timing() + " " + schedule.window();
        Optional<Cell> cell = cells.read(cellName(workflow, name));
        if (cell.isEmpty()) {
            return new ScheduleState(
                    now, schedule.paused(), Last.NOTHING, new Stored(0, timing, schedule.paused(), true));
        }
        Map<String, Object> value = cell.get().value();
        boolean sameTiming = timing.equals(value.get("timing"));
        boolean declared = Boolean.TRUE.equals(value.get("declaredPaused"));
        boolean sameDeclared = declared == schedule.paused();
        return new ScheduleState(
                sameTiming && (sameDeclared || schedule.paused()) ? Instant.parse((String) value.get("mark")) : now,
                sameDeclared ? Boolean.TRUE.equals(value.get("paused")) : schedule.paused(),
                new Last(
                        Optional.ofNullable((String) value.get("lastRun")).map(RunId::of),
                        String.valueOf(value.get("problem"))),
                new Stored(cell.get().version(), timing, schedule.paused(), !sameTiming || !sameDeclared));
    }

    private static String cellName(String workflow, String name) {
        return PREFIX + workflow + "/" + name;
    }

    /**
     * Writes the state unless somebody has written it since it was read.
     *
     * @param cells the cells of the journal
     * @param workflow the workflow's identifier
     * @param name the schedule's name
     * @return whether it was written
     */
    public boolean write(Cells cells, String workflow, String name) {
        Map<String, Object> value = new LinkedHashMap<>();
        value.put("mark", mark.toString());
        value.put("paused", paused);
        last.run().ifPresent(run -> value.put("lastRun", run.value()));
        value.put("problem", last.problem());
        value.put("timing", stored.timing());
        value.put("declaredPaused", stored.paused());
        return cells.write(cellName(workflow, name), stored.version(), value);
    }

    /**
     * Returns a copy that has dealt with more.
     *
     * @param newMark the instant up to which everything has been dealt with
     * @param newLast what it started last
     * @return the copy
     */
    public ScheduleState upTo(Instant newMark, Last newLast) {
        return new ScheduleState(newMark, paused, newLast, stored);
    }

    /**
     * Returns a copy that stands still.
     *
     * @return the copy
     */
    public ScheduleState pause() {
        return new ScheduleState(mark, true, last, stored);
    }

    /**
     * Returns a copy that goes on; what came while it stood still has passed.
     *
     * @param now the time
     * @return the copy
     */
    public ScheduleState resume(Instant now) {
        return new ScheduleState(now, false, last, stored);
    }

    /**
     * Names the run that a schedule starts for an instant: the same in every engine, so that one run comes of it.
     *
     * @param workflow the workflow's identifier
     * @param name the schedule's name
     * @param at the instant
     * @return {@code <workflow>:<schedule>:<instant>}, with a digest in it where that would be too long
     */
    public static RunId runId(String workflow, String name, Instant at) {
        String full = workflow + ":" + name + ":" + at;
        if (full.length() <= RunId.MAX_LENGTH) {
            return RunId.of(full);
        }
        return RunId.of(workflow.substring(0, Math.min(workflow.length(), 100))).child(full);
    }
}
