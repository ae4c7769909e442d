package io.auterity.definition;

import io.auterity.definition.Trigger.Firing;
import io.auterity.definition.Trigger.Schedule;
import io.auterity.definition.Trigger.Timing;
import io.auterity.definition.Trigger.Window;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads {@code triggers}. */
final class TriggerReader {

    private static final String EXPECTED = "an object with one key, such as {schedule: {every: 1h}}";

    /** Stands for a trigger that cannot be read, so that the others keep their places. */
    private static final Trigger UNREADABLE = new Trigger.Webhook(Map.of());

    private TriggerReader() {}

    static List<Trigger> read(Part list) {
        List<Trigger> triggers = new ArrayList<>();
        for (Part item : list.items("a list of triggers")) {
            int before = item.reading().count();
            Optional<Trigger> trigger = trigger(item);
            triggers.add(item.reading().count() == before ? trigger.orElse(UNREADABLE) : UNREADABLE);
        }
        return triggers;
    }

    private static Optional<Trigger> trigger(Part item) {
        if (!item.object(EXPECTED, Keys.TRIGGER)) {
            return Optional.empty();
        }
        List<Part> kinds = new ArrayList<>();
        Keys.TRIGGER.forEach(kind -> item.get(kind).ifPresent(kinds::add));
        if (kinds.size() != 1) {
            if (kinds.size() > 1 || item.keys().isEmpty()) { // an unknown kind has been reported as such
                item.problem(
                        Codes.KIND,
                        "a trigger has one kind, this one has " + (kinds.isEmpty() ? "none" : kinds.size()),
                        "write " + EXPECTED);
            }
            return Optional.empty();
        }
        Part kind = kinds.get(0);
        return kind.segment().equals("schedule") ? schedule(kind) : webhook(kind);
    }

    private static Optional<Trigger> webhook(Part part) {
        if (!part.object("an object such as {path: leads}", Keys.WEBHOOK)) {
            return Optional.empty();
        }
        Map<String, Object> settings = new LinkedHashMap<>();
        part.get("path").flatMap(p -> p.name("a path such as leads")).ifPresent(path -> settings.put("path", path));
        return Optional.of(new Trigger.Webhook(settings));
    }

    private static Optional<Trigger> schedule(Part part) {
        if (!part.object("an object such as {cron: \"0 9 * * MON-FRI\", zone: Europe/Berlin}", Keys.SCHEDULE)) {
            return Optional.empty();
        }
        String name = part.get("name").flatMap(p -> p.name("a name")).orElse("");
        Window window = new Window(
                part.get("startAt").flatMap(Part::instant), part.get("endAt").flatMap(Part::instant));
        Firing firing = new Firing(
                part.get("catchUp").flatMap(p -> p.word(Keys.CATCH_UP)).orElse(Firing.DEFAULT.catchUp()),
                part.get("catchUpLimit")
                        .flatMap(p -> p.integer(1, Firing.MOST_CATCH_UP))
                        .orElse(Firing.DEFAULT_CATCH_UP_LIMIT),
                part.get("overlap").flatMap(p -> p.word(Keys.OVERLAP)).orElse(Firing.DEFAULT.overlap()));
        boolean paused = part.get("paused").flatMap(Part::yesOrNo).orElse(false);
        Map<String, Template> input =
                part.get("input").map(p -> p.templates("an object of inputs")).orElse(Map.of());
        return timing(part).map(timing -> new Schedule(name, timing, window, firing, paused, input));
    }

    private static Optional<Timing> timing(Part part) {
        List<Part> timings = new ArrayList<>();
        Keys.TIMING.forEach(key -> part.get(key).ifPresent(timings::add));
        if (timings.size() != 1) {
            part.problem(
                    Codes.KIND,
                    "a schedule has one of 'cron', 'every' and 'at', this one has "
                            + (timings.isEmpty() ? "none" : timings.size()),
                    "write one, as in 'every: 1h'");
            return Optional.empty();
        }
        Part timing = timings.get(0);
        Optional<Part> zone = part.get("zone");
        if (zone.isPresent() && !timing.segment().equals("cron")) {
            zone.get()
                    .problemAtKey(
                            Codes.CONTRADICTION,
                            "'zone' says on whose clocks 'cron' is read, and there is no 'cron'",
                            "remove 'zone'");
        }
        return switch (timing.segment()) {
            case "cron" ->
                timing.name("a cron expression such as \"0 9 * * MON-FRI\"")
                        .map(cron -> new Timing.Cron(
                                cron,
                                zone.flatMap(p -> p.name("a time zone such as Europe/Berlin"))
                                        .orElse(Timing.Cron.DEFAULT_ZONE)));
            case "every" -> timing.duration().map(Timing.Every::new);
            default -> timing.instant().map(Timing.At::new);
        };
    }
}
