package io.auterity.server;

import io.auterity.definition.Closest;
import io.auterity.definition.Durations;
import io.auterity.definition.Json;
import io.auterity.definition.JsonException;
import io.auterity.journal.RunQuery;
import io.auterity.journal.RunStatus;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say which runs are meant. */
final class RunFilter {

    @Option(names = "--workflow", paramLabel = "ID", description = "Only runs of this workflow.")
    private String workflow = "";

    @Option(names = "--status", paramLabel = "STATUS", description = "Only runs with this status; repeatable.")
    private List<String> statuses = new ArrayList<>();

    @Option(
            names = "--since",
            paramLabel = "DURATION|TIME",
            description = "Only runs started then or later: 2h or 3d ago, 2026-11-25 (UTC), or 2026-11-25T08:00:00Z.")
    private String since = "";

    @Option(
            names = "--until",
            paramLabel = "DURATION|TIME",
            description = "Only runs started before then, written like --since.")
    private String until = "";

    @Option(
            names = "--label",
            paramLabel = "NAME=VALUE",
            description = "Only runs started with this label; repeatable.")
    private Map<String, String> labels = new LinkedHashMap<>();

    @Option(
            names = "--where",
            paramLabel = "FIELD=VALUE",
            description =
                    "Only runs whose input has this field, as in lead.email=a@b.example or n=3; repeatable. VALUE is"
                            + " JSON if it can be read as such, otherwise a text. It is compared run by run, so use it"
                            + " beside other options where there are many runs.")
    private Map<String, String> fields = new LinkedHashMap<>();

    /** Whether no option was given. */
    boolean isEmpty() {
        return workflow.isEmpty()
                && statuses.isEmpty()
                && since.isEmpty()
                && until.isEmpty()
                && labels.isEmpty()
                && fields.isEmpty();
    }

    /**
     * Returns what holds for the runs that are meant.
     *
     * @param usual the statuses when none is given; empty for any
     * @param now what times in the past refer to
     * @throws Refusal if an option cannot be read
     */
    RunQuery.Filter filter(Set<RunStatus> usual, Instant now) {
        RunQuery.Filter filter = RunQuery.Filter.NONE
                .statuses(statuses.isEmpty() ? usual : statuses())
                .labels(labels)
                .input(fields())
                .started(since(now), until(now));
        return workflow.isEmpty() ? filter : filter.workflow(workflow);
    }

    /** Looks at each option. */
    void check(Checks checks) {
        Instant now = Instant.EPOCH.plus(Duration.ofDays(365_000)); // any time will do
        checks.that(this::statuses);
        checks.that(this::fields);
        checks.that(() -> since(now));
        checks.that(() -> until(now));
    }

    private long since(Instant now) {
        return since.isEmpty() ? Long.MIN_VALUE : time("--since", since, now);
    }

    private long until(Instant now) {
        return until.isEmpty() ? Long.MAX_VALUE : time("--until", until, now);
    }

    private Set<RunStatus> statuses() {
        return statuses(statuses);
    }

    static Set<RunStatus> statuses(List<String> wantedWords) {
        Set<RunStatus> wanted = EnumSet.noneOf(RunStatus.class);
        List<String> words = Stream.of(RunStatus.values()).map(RunStatus::text).toList();
        for (String word : wantedWords) {
            wanted.add(Stream.of(RunStatus.values())
                    .filter(status -> status.text().equalsIgnoreCase(word))
                    .findFirst()
                    .orElseThrow(() ->
                            Refusal.ofOption("--status", "'" + word + "' is no status", Closest.fix(word, words))));
        }
        return wanted;
    }

    private Map<String, Object> fields() {
        Map<String, Object> values = new LinkedHashMap<>();
        fields.forEach((path, text) -> {
            Object value = json(text);
            if (value == null || value instanceof Map || value instanceof List || value instanceof Double) {
                throw Refusal.ofOption(
                        "--where",
                        "'" + text + "' is no text, whole number, true or false",
                        "compare with one of these, as in --where n=3");
            }
            values.put(path, value);
        });
        return values;
    }

    private static @Nullable Object json(String text) {
        try {
            return Json.read(text);
        } catch (JsonException isText) {
            return text;
        }
    }

    static long time(String option, String text, Instant now) {
        Optional<Duration> ago = Durations.parse(text);
        try {
            if (ago.isPresent()) {
                return now.minus(ago.get()).toEpochMilli();
            }
            return text.length() == "2026-11-25".length()
                    ? LocalDate.parse(text)
                            .atStartOfDay(ZoneOffset.UTC)
                            .toInstant()
                            .toEpochMilli()
                    : OffsetDateTime.parse(text).toInstant().toEpochMilli();
        } catch (DateTimeParseException | ArithmeticException e) {
            throw Refusal.ofOption(
                    option,
                    "'" + text + "' is neither a duration nor a time",
                    "write 2h, 3d, 2026-11-25 or 2026-11-25T08:00:00+01:00");
        }
    }
}
