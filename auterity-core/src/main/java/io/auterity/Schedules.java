package io.auterity;

import io.auterity.definition.AuterityException;
import io.auterity.definition.Closest;
import io.auterity.definition.RunId;
import io.auterity.definition.Trigger;
import io.auterity.definition.Trigger.Overlap;
import io.auterity.definition.Trigger.Schedule;
import io.auterity.journal.Cells;
import io.auterity.journal.FencedException;
import io.auterity.journal.JournalException;
import io.auterity.plan.Compute;
import io.auterity.plan.Plan;
import io.auterity.plan.Reference;
import io.auterity.plan.Scope;
import io.auterity.trigger.Due;
import io.auterity.trigger.ScheduleState;
import io.auterity.trigger.ScheduleState.Last;
import io.auterity.trigger.Timetable;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The schedules of an engine's workflows: fires them, pauses them, and says when they fire next.
 *
 * <p>Several engines of one journal may fire the same schedules: the run of an instant has the same id in each of them
 * ({@code <workflow>:<schedule>:<instant>}), so one run comes of it. How far a schedule has come is kept in the journal;
 * what passed while no engine fired is made up for as its {@code catchUp} says.
 *
 * <p>Time is that of the engine's clock, looked at every second at least. A schedule never fires before its instant by
 * that clock. When the clock jumps ahead, the instants in between are fired or made up for; when it jumps back, none is
 * fired again. Thread-safe.
 */
public final class Schedules {

    /** The most runs that one call of {@link #backfill} starts. */
    public static final int MAX_BACKFILL = 10_000;

    private static final Logger LOG = LoggerFactory.getLogger(Schedules.class);
    private static final Duration LOOK = Duration.ofSeconds(1);
    private static final int RUNS_AT_ONCE = 100;

    /** Why a run cannot be started now, or not here; any other reason is one of the instant itself. */
    private static final Set<String> PASSING = Set.of(
            EngineException.FULL,
            EngineException.CLOSED,
            EngineException.UNKNOWN_WORKFLOW, // no code here for the version that is rolled back to
            JournalException.UNAVAILABLE);

    private final Engine engine;
    private final Executor executor;

    /** When to look at each schedule again; what is not in here is new. */
    private final Map<String, Instant> nextLooks = new ConcurrentHashMap<>();

    /** The schedules that could not be looked at the last time. */
    private final Set<String> troubled = ConcurrentHashMap.newKeySet();

    private boolean started; // guarded by this

    Schedules(Engine engine, Executor executor) {
        this.engine = engine;
        this.executor = executor;
    }

    /**
     * Lets schedules start runs in this engine from now on, until it is closed; also those of workflows registered
     * later. No effect when called again.
     */
    public synchronized void start() {
        if (!started) {
            started = true;
            later(Duration.ZERO);
        }
    }

    private void later(Duration delay) {
        // Starting a run waits for the journal: not on the timer's thread.
        engine.ports().timer().after(delay, () -> executor.execute(this::look));
    }

    private void look() {
        if (engine.isClosed()) {
            return;
        }
        try {
            Set<String> keys = new HashSet<>();
            for (Plan plan : engine.plans()) {
                Trigger.schedules(plan.definition()).forEach((name, schedule) -> {
                    One one = new One(plan, name, schedule);
                    keys.add(one.key());
                    look(one);
                });
            }
            nextLooks.keySet().retainAll(keys); // nobody looks at what has been replaced
            troubled.retainAll(keys);
        } finally {
            Instant now = now();
            Duration wait = nextLooks.values().stream()
                    .min(Instant::compareTo)
                    .map(next -> Duration.between(now, next))
                    .filter(left -> left.compareTo(LOOK) < 0)
                    .orElse(LOOK);
            later(wait.isNegative() ? Duration.ofMillis(1) : wait);
        }
    }

    private void look(One one) {
        Instant now = now();
        Instant next = nextLooks.get(one.key());
        if (next != null && now.isBefore(next) && now.isAfter(next.minus(Duration.ofDays(1)))) {
            return; // asked once a day even so, because a clock that has jumped back makes this wait too long
        }
        try {
            nextLooks.put(one.key(), fire(one, now));
            troubled.remove(one.key());
        } catch (RuntimeException e) {
            if (troubled.add(one.key())) { // once, not every second
                LOG.warn(
                        "Schedule '{}' of workflow '{}' cannot be looked at; it is tried again until it can",
                        one.name,
                        one.workflow(),
                        e);
            }
            nextLooks.put(one.key(), now.plus(LOOK));
        }
    }

    /** Fires what is due of one schedule, and says when to look again. */
    private Instant fire(One one, Instant now) {
        ScheduleState state = one.state(now);
        if (state.stored().stale()) {
            state.write(cells(), one.workflow(), one.name);
            state = one.state(now);
        }
        Timetable timetable = Timetable.of(one.schedule);
        if (!state.paused()) {
            boolean underWay = one.schedule.firing().overlap() != Overlap.ALLOW
                    && state.last().run().map(this::isUnderWay).orElse(false);
            Due due = Due.of(timetable, one.schedule.firing(), state.mark(), now, underWay);
            if (due.cancelPrevious()) {
                String reason = "schedule '" + one.name + "' starts the next run";
                state.last().run().ifPresent(run -> engine.cancel(run, reason));
                return now.plus(LOOK);
            }
            List<Instant> batch =
                    due.fire().subList(0, Math.min(RUNS_AT_ONCE, due.fire().size()));
            Last last = state.last();
            for (Instant at : batch) {
                last = start(one, at);
            }
            Instant mark = batch.size() == due.fire().size() ? due.mark() : batch.get(batch.size() - 1);
            if (!mark.equals(state.mark())) {
                if (!state.upTo(mark, last).write(cells(), one.workflow(), one.name)) {
                    remember(one, state.last(), last);
                }
                return now; // there may be more
            }
            if (underWay) {
                return now.plus(LOOK);
            }
        }
        return timetable.next(now).orElse(Instant.MAX);
    }

    /**
     * Keeps what has been started last, if another engine has dealt with the same instants meanwhile and started nothing:
     * it met a run under way that has just ended. Otherwise it knows better.
     */
    private void remember(One one, Last before, Last started) {
        ScheduleState state;
        do {
            state = one.state(now());
        } while (state.last().equals(before)
                && !state.upTo(state.mark(), started).write(cells(), one.workflow(), one.name));
    }

    private Last start(One one, Instant at) {
        RunId id = ScheduleState.runId(one.workflow(), one.name, at);
        try {
            engine.startScheduled(one.workflow(), id, one.input(at));
            return new Last(Optional.of(id), "");
        } catch (AuterityException e) { // also that of a computation
            if (e instanceof FencedException || PASSING.contains(e.code())) {
                throw e;
            }
            LOG.error("Schedule '{}' of workflow '{}' could not start a run for {}", one.name, one.workflow(), at, e);
            return new Last(Optional.of(id), String.valueOf(e.getMessage()));
        }
    }

    private boolean isUnderWay(RunId run) {
        return engine.find(run).isPresent()
                || engine.ports()
                        .journal()
                        .catalog()
                        .find(run)
                        .map(known -> !known.status().isTerminal())
                        .orElse(false);
    }

    // --- asking and steering

    /**
     * Lists the schedules of the registered workflows.
     *
     * @return their states by workflow, in the order written
     */
    public List<Status> list() {
        Instant now = now();
        List<Status> all = new ArrayList<>();
        for (Plan plan : engine.plans()) {
            Trigger.schedules(plan.definition()).forEach((name, schedule) -> {
                ScheduleState state = new One(plan, name, schedule).state(now);
                Optional<Instant> next = state.paused()
                        ? Optional.empty()
                        : Timetable.of(schedule).next(now);
                all.add(new Status(plan.workflow(), name, schedule, state, next));
            });
        }
        return all;
    }

    /**
     * What a schedule is doing.
     *
     * @param workflow the workflow's identifier
     * @param name the schedule's name
     * @param schedule the schedule as written
     * @param state how far it has come
     * @param next when it fires next; empty when it stands still or has come to its end
     */
    public record Status(
            String workflow, String name, Schedule schedule, ScheduleState state, Optional<Instant> next) {}

    /**
     * Says when a schedule fires next, whether it stands still or not.
     *
     * @param workflow the workflow's identifier
     * @param name the schedule's name
     * @param count the most instants to return
     * @return instants in order
     * @throws EngineException with code {@link EngineException#UNKNOWN_SCHEDULE} if there is none
     */
    public List<Instant> next(String workflow, String name, int count) {
        return Timetable.of(one(workflow, name).schedule).between(now(), Instant.MAX, count);
    }

    /**
     * Lets a schedule stand still, in all engines of the journal; runs under way go on.
     *
     * @param workflow the workflow's identifier
     * @param name the schedule's name
     * @throws EngineException with code {@link EngineException#UNKNOWN_SCHEDULE} if there is none
     */
    public void pause(String workflow, String name) {
        change(one(workflow, name), ScheduleState::pause);
    }

    /**
     * Lets a schedule go on. What would have fired meanwhile has passed; {@link #backfill} makes up for it.
     *
     * @param workflow the workflow's identifier
     * @param name the schedule's name
     * @throws EngineException with code {@link EngineException#UNKNOWN_SCHEDULE} if there is none
     */
    public void resume(String workflow, String name) {
        Instant now = now();
        change(one(workflow, name), state -> state.paused() ? state.resume(now) : state);
    }

    private void change(One one, UnaryOperator<ScheduleState> change) {
        while (!change.apply(one.state(now())).write(cells(), one.workflow(), one.name)) {
            Thread.onSpinWait(); // another engine has written in between; one of any two succeeds
        }
        nextLooks.remove(one.key());
    }

    /**
     * Starts the runs of a time in the past, except those that have been started before.
     *
     * @param workflow the workflow's identifier
     * @param name the schedule's name
     * @param from the first instant
     * @param to the last instant
     * @return the runs of the time, the oldest first, started now or before; at most {@value #MAX_BACKFILL}
     * @throws EngineException with code {@link EngineException#UNKNOWN_SCHEDULE} if there is none, or as for
     *     {@link Engine#start(Workflow, RunId, Object)}
     */
    public List<RunId> backfill(String workflow, String name, Instant from, Instant to) {
        One one = one(workflow, name);
        List<RunId> runs = new ArrayList<>();
        for (Instant at : Timetable.of(one.schedule).between(from.minusNanos(1), to, MAX_BACKFILL)) {
            RunId id = ScheduleState.runId(workflow, name, at);
            engine.startScheduled(workflow, id, one.input(at));
            runs.add(id);
        }
        return runs;
    }

    private One one(String workflow, String name) {
        Plan plan = engine.plan(workflow);
        Map<String, Schedule> known = Trigger.schedules(plan.definition());
        Schedule schedule = known.get(name);
        if (schedule == null) {
            throw new EngineException(
                    EngineException.UNKNOWN_SCHEDULE,
                    "workflow '" + workflow + "' has no schedule '" + name + "'; " + Closest.fix(name, known.keySet()));
        }
        return new One(plan, name, schedule);
    }

    private Instant now() {
        return engine.ports().clock().instant();
    }

    private Cells cells() {
        return engine.ports().journal().cells();
    }

    /** One schedule of one workflow. */
    private final class One {

        private final Plan plan;
        private final String name;
        private final Schedule schedule;

        One(Plan plan, String name, Schedule schedule) {
            this.plan = plan;
            this.name = name;
            this.schedule = schedule;
        }

        String workflow() {
            return plan.workflow();
        }

        /** Names it for as long as its workflow is not replaced. */
        String key() {
            return plan.hash() + "/" + name;
        }

        ScheduleState state(Instant now) {
            return ScheduleState.read(cells(), workflow(), name, schedule, now);
        }

        @Nullable
        Object input(Instant at) {
            Compute input = plan.inputs().get(name);
            return input == null ? Map.of() : input.apply(new TriggerScope(name, at));
        }
    }

    /** What the input of a scheduled run may read. */
    private record TriggerScope(String name, Instant at) implements Scope {

        @Override
        public Object read(int reference) {
            return switch (Reference.kind(reference)) {
                case TRIGGER_NAME -> name;
                case TRIGGER_AT -> at;
                default -> ABSENT;
            };
        }

        @Override
        public Object readStored(int reference) {
            return read(reference);
        }

        @Override
        public boolean isCancelled() {
            return false;
        }
    }
}
