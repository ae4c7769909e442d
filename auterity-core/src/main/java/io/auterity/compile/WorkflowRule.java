package io.auterity.compile;

import io.auterity.definition.Definition;
import io.auterity.definition.Settings;
import java.util.regex.Pattern;

/** The workflow's identifier and settings are usable. */
final class WorkflowRule {

    private static final Pattern ALLOWED = Pattern.compile("[a-z0-9][a-z0-9._-]{0,199}");

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
                            "use up to 200 lower-case letters, digits, '.', '_' and '-', beginning with a letter or digit");
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
                .filter(runs -> runs < 1)
                .ifPresent(runs -> compilation
                        .problems()
                        .add(
                                Code.SETTING,
                                place.at("maxRuns"),
                                "maxRuns is " + runs + ", so that nothing could run",
                                "write 1 or more"));
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
        } else if (compilation.world().workflow(handler) == null) {
            compilation
                    .problems()
                    .add(
                            Code.UNKNOWN_WORKFLOW,
                            place,
                            "names workflow '" + handler + "', which is not defined",
                            compilation.suggestion(handler, compilation.world().workflowNames()));
        }
    }
}
