package io.auterity.definition;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** What starts runs of a workflow, as written. Immutable. */
public sealed interface Trigger {

    /**
     * Returns the key that says the kind.
     *
     * @return {@code schedule} or {@code webhook}
     */
    String kind();

    /**
     * Starts runs at certain times.
     *
     * @param name what people and the journal call it, unique among the schedules of its workflow; empty for a name by
     *     its place among them, see {@link #nameAt}
     * @param timing the times
     * @param window from when to when
     * @param firing what happens to times that were missed, or that come while a run is under way
     * @param paused whether it stands still until somebody resumes it
     * @param input the input of the runs; its templates may read {@code trigger.name} and {@code trigger.at}
     */
    record Schedule(
            String name, Timing timing, Window window, Firing firing, boolean paused, Map<String, Template> input)
            implements Trigger {

        /** Copies the input. */
        public Schedule {
            Objects.requireNonNull(name, "name");
            Objects.requireNonNull(timing, "timing");
            Objects.requireNonNull(window, "window");
            Objects.requireNonNull(firing, "firing");
            input = Copies.ordered(input);
        }

        /**
         * Fires as a cron expression says.
         *
         * @param expression minute, hour, day of the month, month and day of the week, or a word such as {@code @daily}
         * @param zone the time zone whose clocks it is about, as in {@code Europe/Berlin}
         * @return a schedule without name, window and input, with {@link Firing#DEFAULT}
         */
        public static Schedule cron(String expression, String zone) {
            return of(new Timing.Cron(expression, zone));
        }

        /**
         * Fires at even distances of elapsed time.
         *
         * @param interval the distance, counted from the window's start, or else from 1970-01-01T00:00:00Z
         * @return a schedule without name, window and input, with {@link Firing#DEFAULT}
         */
        public static Schedule every(Duration interval) {
            return of(new Timing.Every(interval));
        }

        /**
         * Fires once.
         *
         * @param instant when
         * @return a schedule without name, window and input, with {@link Firing#DEFAULT}
         */
        public static Schedule at(Instant instant) {
            return of(new Timing.At(instant));
        }

        private static Schedule of(Timing timing) {
            return new Schedule("", timing, Window.ALWAYS, Firing.DEFAULT, false, Map.of());
        }

        /**
         * Returns a copy with another name.
         *
         * @param newName the name
         * @return the copy
         */
        public Schedule named(String newName) {
            return new Schedule(newName, timing, window, firing, paused, input);
        }

        /**
         * Returns a copy with another window.
         *
         * @param newWindow from when to when
         * @return the copy
         */
        public Schedule within(Window newWindow) {
            return new Schedule(name, timing, newWindow, firing, paused, input);
        }

        /**
         * Returns a copy that treats missed times and runs under way otherwise.
         *
         * @param newFiring what happens to them
         * @return the copy
         */
        public Schedule firing(Firing newFiring) {
            return new Schedule(name, timing, window, newFiring, paused, input);
        }

        /**
         * Returns a copy with another input.
         *
         * @param newInput the input of the runs
         * @return the copy
         */
        public Schedule with(Map<String, Template> newInput) {
            return new Schedule(name, timing, window, firing, paused, newInput);
        }

        /**
         * Returns the name by which people and the journal know it.
         *
         * @param place its place among the schedules of its workflow, 0 for the first
         * @return the name written; without one, {@code schedule} for the first, {@code schedule-2} for the second
         */
        public String nameAt(int place) {
            return !name.isEmpty() ? name : place == 0 ? "schedule" : "schedule-" + (place + 1);
        }

        @Override
        public String kind() {
            return "schedule";
        }
    }

    /**
     * Starts a run for each request that reaches a path of the server. Nothing listens for such requests yet.
     *
     * @param settings its settings: {@code path}, a text
     */
    record Webhook(Map<String, Object> settings) implements Trigger {

        /** Copies the settings. */
        public Webhook {
            settings = Values.copyOf(settings);
        }

        @Override
        public String kind() {
            return "webhook";
        }
    }

    /** The times at which a schedule fires. */
    sealed interface Timing {

        /**
         * As a cron expression says.
         *
         * @param expression minute, hour, day of the month, month and day of the week, or a word such as {@code @daily}
         * @param zone the time zone, as in {@code Europe/Berlin}
         */
        record Cron(String expression, String zone) implements Timing {

            /** The time zone when none is written. */
            public static final String DEFAULT_ZONE = "UTC";
        }

        /**
         * At even distances of elapsed time.
         *
         * @param interval the distance
         */
        record Every(Duration interval) implements Timing {}

        /**
         * Once.
         *
         * @param instant when
         */
        record At(Instant instant) implements Timing {}
    }

    /**
     * From when to when a schedule fires.
     *
     * @param startAt the first instant at which it may fire; no bound when empty
     * @param endAt the last instant at which it may fire; no bound when empty
     */
    record Window(Optional<Instant> startAt, Optional<Instant> endAt) {

        /** No bounds. */
        public static final Window ALWAYS = new Window(Optional.empty(), Optional.empty());
    }

    /**
     * What happens to times that were missed, and to those that come while the run before is under way.
     *
     * @param catchUp which of the missed times are made up for
     * @param catchUpLimit the most missed times to make up for, the newest of them; 1 to {@value #MOST_CATCH_UP}
     * @param overlap what happens while the run before is under way
     */
    record Firing(CatchUp catchUp, int catchUpLimit, Overlap overlap) {

        /** The most missed times to make up for when no number is written. */
        public static final int DEFAULT_CATCH_UP_LIMIT = 100;

        /** The largest number that can be written. */
        public static final int MOST_CATCH_UP = 10_000;

        /** Makes up for the latest missed time, and lets runs overlap. */
        public static final Firing DEFAULT = new Firing(CatchUp.LATEST, DEFAULT_CATCH_UP_LIMIT, Overlap.ALLOW);
    }

    /** Which missed times are made up for: those that passed while no engine fired, by more than a minute. */
    enum CatchUp {
        /** None. */
        NONE,
        /** The latest. */
        LATEST,
        /** All, the oldest first, up to a limit. */
        ALL
    }

    /** What happens when a time comes while the run of the time before is under way. */
    enum Overlap {
        /** Another run starts beside it. */
        ALLOW,
        /** The time passes without a run. */
        SKIP,
        /** The run starts when the one before has ended; of several that wait, those that {@link CatchUp} says. */
        QUEUE,
        /** The run before is cancelled, and the new one starts when it has ended. */
        CANCEL_PREVIOUS;

        /**
         * Returns the word of the format.
         *
         * @return for instance {@code cancel-previous}
         */
        public String text() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /**
     * Returns the schedules of a workflow by name.
     *
     * @param definition the workflow
     * @return schedules in the order written; of two with one name the first
     */
    static Map<String, Schedule> schedules(Definition definition) {
        Map<String, Schedule> schedules = new LinkedHashMap<>();
        int place = 0;
        for (Trigger trigger : definition.triggers()) {
            if (trigger instanceof Schedule schedule) {
                schedules.putIfAbsent(schedule.nameAt(place++), schedule);
            }
        }
        return schedules;
    }
}
