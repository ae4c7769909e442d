package io.auterity.compile;

import io.auterity.compile.View.Moment;
import io.auterity.definition.Closest;
import io.auterity.definition.Definition;
import io.auterity.definition.Durations;
import io.auterity.definition.Trigger;
import io.auterity.definition.Trigger.CatchUp;
import io.auterity.definition.Trigger.Overlap;
import io.auterity.definition.Trigger.Schedule;
import io.auterity.definition.Trigger.Timing;
import io.auterity.expression.Type;
import io.auterity.plan.Compute;
import io.auterity.trigger.Cron;
import io.auterity.trigger.Timetable;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

/** Schedules fire some day, can be told apart, do not contradict themselves, and give their runs a fitting input. */
final class TriggerRule {

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_-]{0,99}");
    private static final String CRON_FIX = "write minute, hour, day of the month, month and day of the week, as in"
            + " '0 9 * * MON-FRI', or @hourly, @daily, @weekly, @monthly or @yearly";

    private final Compilation compilation;
    private final View view;
    private final Type inputType;
    private final Map<String, TemplateDraft> inputs = new LinkedHashMap<>();
    private final Map<String, Integer> places = new LinkedHashMap<>();

    TriggerRule(Compilation compilation, BlockDraft body, Type inputType) {
        this.compilation = compilation;
        this.view = new View(body, null, Moment.TRIGGER, false);
        this.inputType = inputType;
    }

    void check(Place triggers) {
        int place = 0;
        int schedules = 0;
        for (Trigger trigger : compilation.definition().triggers()) {
            if (trigger instanceof Schedule schedule) {
                check(triggers.at(Integer.toString(place)).at(schedule.kind()), schedule, schedule.nameAt(schedules++));
            }
            place++;
        }
    }

    private void check(Place place, Schedule schedule, String name) {
        if (!NAME.matcher(name).matches()) {
            problem(
                    Code.SCHEDULE,
                    place.at("name"),
                    "the schedule's name '" + name + "' is no name",
                    "use up to 100 letters, digits, '_' and '-', beginning with a letter or digit");
        } else if (places.putIfAbsent(name, places.size()) != null) {
            problem(Code.SCHEDULE, place, "two schedules are named '" + name + "'", "rename one of them with 'name'");
        }
        Overlap overlap = schedule.firing().overlap();
        boolean waits = overlap == Overlap.QUEUE || overlap == Overlap.CANCEL_PREVIOUS;
        if (waits && schedule.firing().catchUp() == CatchUp.NONE) {
            problem(
                    Code.SCHEDULE,
                    place.at("overlap"),
                    "'overlap: " + overlap.text() + "' lets a time wait that 'catchUp: none' then drops",
                    "write 'catchUp: latest' or 'all', or 'overlap: skip'");
        }
        if (timing(place, schedule)) {
            everFires(place, schedule);
        }
        input(place.at("input"), schedule, name);
    }

    private boolean timing(Place place, Schedule schedule) {
        if (schedule.timing() instanceof Timing.Every every
                && every.interval().compareTo(Timetable.SHORTEST_INTERVAL) < 0) {
            problem(
                    Code.SCHEDULE,
                    place.at("every"),
                    "the interval " + Durations.print(every.interval()) + " is too short for a schedule",
                    "write " + Durations.print(Timetable.SHORTEST_INTERVAL) + " or longer");
            return false;
        }
        if (!(schedule.timing() instanceof Timing.Cron cron)) {
            return true;
        }
        boolean sound = true;
        try {
            Cron.parse(cron.expression());
        } catch (IllegalArgumentException e) {
            String what = "'" + cron.expression() + "' is no cron expression: " + e.getMessage();
            problem(Code.CRON, place.at("cron"), what, CRON_FIX);
            sound = false;
        }
        if (!Timetable.isZone(cron.zone())) {
            problem(
                    Code.ZONE,
                    place.at("zone"),
                    "there is no time zone '" + cron.zone() + "'",
                    Closest.to(cron.zone(), Timetable.zones())
                            .map(zone -> "use '" + zone + "'")
                            .orElse("use a name such as Europe/Berlin, Asia/Tokyo or UTC"));
            sound = false;
        }
        return sound;
    }

    private void everFires(Place place, Schedule schedule) {
        Instant before = Instant.EPOCH.minusNanos(1);
        if (Timetable.of(schedule).next(before).isEmpty()) {
            boolean bounded = schedule.window().startAt().isPresent()
                    || schedule.window().endAt().isPresent();
            problem(
                    Code.SCHEDULE,
                    place,
                    "it never fires" + (bounded ? " between its 'startAt' and 'endAt'" : ", no year has such a day"),
                    bounded ? "mend one of them" : "mend 'cron'");
        }
    }

    /** A schedule without input may still be started by people, who give one; so nothing is missing from it here. */
    private void input(Place place, Schedule schedule, String name) {
        if (schedule.input().isEmpty()) {
            return;
        }
        TemplateDraft draft = TemplateDraft.inputs(compilation, view, place, schedule.input());
        draft.link();
        Definition definition = compilation.definition();
        Map<String, Object> given = compilation.schemas().given(definition.id(), definition.input());
        Type wanted = inputType instanceof Type.Any ? inputType : Schemas.objectType(given);
        InputRule.ofWorkflow(compilation, definition.id()).check(draft, wanted, given);
        inputs.put(name, draft);
    }

    private void problem(Code code, Place place, String what, String fix) {
        compilation.problems().add(code, place, what, fix);
    }

    Map<String, Compute> inputs() {
        Map<String, Compute> computes = new LinkedHashMap<>();
        inputs.forEach((name, draft) -> computes.put(name, draft.compute()));
        return computes;
    }
}
