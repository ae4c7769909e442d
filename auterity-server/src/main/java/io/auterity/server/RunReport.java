package io.auterity.server;

import io.auterity.Run;
import io.auterity.RunResult;
import io.auterity.StepRecord;
import io.auterity.definition.Block;
import io.auterity.definition.Failure;
import io.auterity.definition.Json;
import io.auterity.definition.Step;
import io.auterity.journal.StepStatus;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What is written when a run has ended. */
final class RunReport {

    private static final int MOST_FAILURES = 10;
    private static final Pattern CONTROLS = Pattern.compile("[\\p{Cc}\\p{Cf}&&[^\\n\\t]]");

    private final RunResult<?> result;
    private final Map<String, StepRecord> records;
    private final Block body;

    RunReport(Run<?> run, RunResult<?> result, Block body) {
        this.result = result;
        this.records = run.steps();
        this.body = body;
    }

    /** The one object of {@code --output json}, with the workflow's own steps in the order written. */
    String json() {
        Map<String, @Nullable Object> steps = new LinkedHashMap<>();
        for (Step step : body.steps()) {
            steps.put(step.name(), step(records.get(step.name())));
        }
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("runId", result.id().value());
        json.put("status", result.status().text());
        json.put("output", result.output());
        json.put("error", error(result.failure()));
        json.put("steps", steps);
        return Json.pretty(json);
    }

    static Map<String, @Nullable Object> step(@Nullable StepRecord record) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("status", (record == null ? StepStatus.PENDING : record.status()).text());
        json.put("attempts", record == null ? 0L : (long) record.attempts());
        json.put("startedAt", record == null ? null : time(record.startedAt()));
        json.put("endedAt", record == null ? null : time(record.endedAt()));
        json.put("output", record == null ? null : record.result().output());
        json.put("error", record == null ? null : error(record.result().failure()));
        return json;
    }

    private static @Nullable String time(Optional<Instant> time) {
        return time.map(Instant::toString).orElse(null);
    }

    static @Nullable Map<String, @Nullable Object> error(Optional<Failure> failure) {
        if (failure.isEmpty()) {
            return null;
        }
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("code", failure.get().code());
        json.put("message", failure.get().message());
        return json;
    }

    /** The output for people: a text as it is, anything else as JSON; nothing when there is none. */
    Optional<String> text() {
        Object output = result.output();
        if (output == null) {
            return Optional.empty();
        }
        return Optional.of(output instanceof String text ? text : Json.pretty(output));
    }

    /** A failure for people; its words may come from anywhere, so that nothing in them steers a terminal. */
    static String text(Failure failure) {
        return CONTROLS.matcher(failure.code() + ": " + failure.message()).replaceAll(" ");
    }

    /** Why the run did not succeed, for people. */
    String failure() {
        StringBuilder text =
                new StringBuilder("run '" + result.id() + "' " + result.status().text());
        result.failure().ifPresent(why -> text.append(": ").append(text(why)));
        List<StepRecord> failed = records.values().stream()
                .filter(record -> record.status() == StepStatus.FAILED)
                .toList();
        failed.stream()
                .limit(MOST_FAILURES)
                .forEach(record -> text.append("\n  step '" + record.step() + "' failed")
                        .append(record.attempts() > 1 ? " after " + record.attempts() + " attempts" : "")
                        .append(record.result()
                                .failure()
                                .map(why -> ": " + text(why))
                                .orElse("")));
        if (failed.size() > MOST_FAILURES) {
            text.append("\n  and ").append(failed.size() - MOST_FAILURES).append(" more");
        }
        return text.toString();
    }
}
