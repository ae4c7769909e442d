package io.auterity.compile;

import io.auterity.definition.Definition;
import io.auterity.definition.Settings;
import io.auterity.expression.Type;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The workflow's identifier and settings are usable. */
final class WorkflowRule {

    private static final Map<String, Object> TEXT = Map.of("type", "string");

    private static final Pattern ALLOWED = Pattern.compile("[a-z0-9][a-z0-9._-]{0,199}");

    /** What the workflow of {@code onFailure} is started with. */
    private static final Type FAILURE = Type.of(Map.of(
            "type",
            "object",
            "properties",
            Map.of(
                    "runId",
                    TEXT,
                    "workflow",
                    TEXT,
                    "error",
                    Map.of(
                            "type",
                            "object",
                            "properties",
                            Map.of("code", TEXT, "message", TEXT),
                            "required",
                            List.of("code", "message"),
                            "additionalProperties",
                            false)),
            "required",
            List.of("runId", "workflow", "error"),
            "additionalProperties",
            false));

    private WorkflowRule() {}

    static void check(Compilation compilation, Place place) {
        Definition definition = compilation.definition();
        String id = definition.id();
        if (!ALLOWED.matcher(id).matches()) {
            compilation
                    .problems()
                    .add(
                            Code.WORKFLOW_ID,
                            place,
                            id.length() > 200
                                    ? "the id has " + id.length() + " characters, more than 200"
                                    : "the id '" + id + "' has a character that ids do not have",
                            "use up to 200 lower-case letters, digits, '.', '_' and '-', beginning with a letter or"
                                    + " digit");
        }
        settings(compilation, place, definition.settings());
    }

    private static void settings(Compilation compilation, Place place, Settings settings) {
        settings.timeout().ifPresent(timeout -> TimeoutRule.check(compilation, place, "timeout", timeout));
        Place defaults = place.at("defaults");
        settings.defaults()
                .timeout()
                .ifPresent(timeout -> TimeoutRule.check(compilation, defaults, "timeout", timeout));
        settings.defaults().retry().ifPresent(retry -> new RetryRule(compilation, defaults.at("retry")).check(retry));
        settings.maxRuns()
                .filter(runs -> runs < 1 || runs > Settings.MOST_RUNS)
                .ifPresent(runs -> compilation
                        .problems()
                        .add(
                                Code.SETTING,
                                place.at("maxRuns"),
                                "maxRuns is " + runs + (runs < 1 ? ", so that nothing could run" : ""),
                                "write 1 to " + Settings.MOST_RUNS));
        settings.onFailure().ifPresent(handler -> onFailure(compilation, place.at("onFailure"), handler));
    }

    private static void onFailure(Compilation compilation, Place place, String handler) {
        if (handler.equals(compilation.definition().id())) {
            compilation
                    .problems()
                    .add(
                            Code.RECURSION,
                            place,
                            "the workflow is started when it fails itself: " + handler + " -> " + handler,
                            "name another workflow");
            return;
        }
        @Nullable Signature signature = compilation.world().workflow(handler);
        if (signature == null) {
            compilation
                    .problems()
                    .add(
                            Code.UNKNOWN_WORKFLOW,
                            place,
                            "names workflow '" + handler + "', which is not defined",
                            compilation.suggestion(handler, compilation.world().workflowNames()));
            return;
        }
        FAILURE.mismatchWith(compilation.schemas().input(handler, signature))
                .ifPresent(mismatch -> compilation
                        .problems()
                        .add(
                                Code.WRONG_INPUT,
                                place,
                                "workflow '" + handler + "' does not take what a failure is told with: input '"
                                        + mismatch.path() + "' " + mismatch.reason(),
                                "let its input be {runId: string, workflow: string, error: any}"));
    }
}
