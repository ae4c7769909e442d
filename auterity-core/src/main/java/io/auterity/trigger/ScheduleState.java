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
 * @param version the version of the cell it was read from; 0 if it is new
 * @param mark the instant up to which everything has been dealt with
 * @param paused whether it stands still
 * @param lastRun the run it started last
 * @param problem why the last run could not be started; empty if it was
 * @param basis the schedule it is about, as text: a changed one begins anew
 */
public record ScheduleState(
        long version, Instant mark, boolean paused, Optional<RunId> lastRun, String problem, String basis) {

    private static final String PREFIX = "schedule/";

    /**
     * Reads the state of a schedule, or makes that of a new one, for which nothing before now counts as missed.
     *
     * @param cells the cells of the journal
     * @param workflow the workflow's identifier
     * @param name the schedule's name
     * @param schedule the schedule
     * @param now the time
     * @return the state; its version is 0, or the basis another than the stored one, if it has to be written
     */
    public static ScheduleState read(Cells cells, String workflow, String name, Schedule schedule, Instant now) {
        String basis = schedule.timing() + " " + schedule.window();
        Optional<Cell> cell = cells.read(cellName(workflow, name));
        if (cell.isEmpty()) {
            return new ScheduleState(0, now, schedule.paused(), Optional.empty(), "", basis(basis, schedule.paused()));
        }
        Map<String, Object> value = cell.get().value();
        ScheduleState state = new ScheduleState(
                cell.get().version(),
                Instant.parse((String) value.get("mark")),
                Boolean.TRUE.equals(value.get("paused")),
                Optional.ofNullable((String) value.get("lastRun")).map(RunId::of),
                (String) value.get("problem"),
                (String) value.get("basis"));
        if (!state.basis.startsWith(basis + " ")) {
            state = state.withMark(now).withBasis(basis(basis, schedule.paused()));
        }
        return state.basis.equals(basis(basis, schedule.paused()))
                ? state
                : state.withPaused(schedule.paused()).withBasis(basis(basis, schedule.paused()));
    }

    private static String basis(String timing, boolean paused) {
        return timing + " " + (paused ? "paused" : "live");
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
        lastRun.ifPresent(run -> value.put("lastRun", run.value()));
        value.put("problem", problem.length() > 1_000 ? problem.substring(0, 1_000) : problem);
        value.put("basis", basis);
        return cells.write(cellName(workflow, name), version, value);
    }

    /**
     * Returns a copy with another mark.
     *
     * @param newMark the mark
     * @return the copy
     */
    public ScheduleState withMark(Instant newMark) {
        return new ScheduleState(version, newMark, paused, lastRun, problem, basis);
    }

    /**
     * Returns a copy that stands still or does not.
     *
     * @param nowPaused whether it stands still
     * @return the copy
     */
    public ScheduleState withPaused(boolean nowPaused) {
        return new ScheduleState(version, mark, nowPaused, lastRun, problem, basis);
    }

    /**
     * Returns a copy that has fired.
     *
     * @param newMark the mark
     * @param run the run it started last
     * @param why why the last run could not be started; empty if it was
     * @return the copy
     */
    public ScheduleState fired(Instant newMark, Optional<RunId> run, String why) {
        return new ScheduleState(version, newMark, paused, run, why, basis);
    }

    private ScheduleState withBasis(String newBasis) {
        return new ScheduleState(version, mark, paused, lastRun, problem, newBasis);
    }

    /**
     * Names the run that a schedule starts for an instant: the same in every engine, so that one run comes of it.
     *
     * @param workflow the workflow's identifier
     * @param name the schedule's name
     * @param at the instant
     * @return {@code <workflow>:<schedule>:<instant>}
     */
    public static RunId runId(String workflow, String name, Instant at) {
        String suffix = name + ":" + at;
        return workflow.length() + 1 + suffix.length() <= RunId.MAX_LENGTH
                ? RunId.of(workflow + ":" + suffix)
                : RunId.of(workflow.substring(0, Math.min(workflow.length(), 100)))
                        .child(workflow + ":" + suffix);
    }
}
