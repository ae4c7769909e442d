package io.auterity;

import io.auterity.definition.Definition;
import io.auterity.definition.DefinitionDiff;
import io.auterity.definition.RunId;
import io.auterity.definition.Step;
import io.auterity.journal.RunCatalog;
import io.auterity.journal.RunStatus;
import io.auterity.journal.RunSummary;
import io.auterity.plan.Graph;
import io.auterity.plan.Plan;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What can be tried again, what of it is done again, and what the new run is called. */
final class Retrying {

    private static final Pattern RETRY = Pattern.compile("(.+):retry-([1-9][0-9]{0,8})");

    private Retrying() {}

    /** Refuses to try again what has not ended, or has nothing left to do. */
    static void check(RunId id, RunCatalog catalog, RetryOptions options) {
        RunSummary run = catalog.find(id)
                .orElseThrow(() ->
                        new EngineException(EngineException.UNKNOWN_RUN, "no run '" + id + "' is in the journal"));
        if (run.end().isEmpty()) {
            throw new EngineException(
                    EngineException.NOTHING_TO_RETRY,
                    "run '" + id + "' is " + run.status().text()
                            + "; wait for its end, or cancel it, before it is tried" + " again");
        }
        boolean takesAll = options.fromStep().isEmpty()
                && !options.isAnew()
                && options.version().isEmpty();
        if (run.status() == RunStatus.SUCCEEDED && takesAll) {
            throw new EngineException(
                    EngineException.NOTHING_TO_RETRY,
                    "run '" + id + "' has succeeded, so nothing of it is left to do; name the step to begin with");
        }
    }

    /** How often the run that this one goes back to had been tried again when this one began; 0 for the first. */
    static int number(RunId id) {
        Matcher retry = RETRY.matcher(id.value());
        return retry.matches() ? Integer.parseInt(retry.group(2)) : 0;
    }

    /** The id of the retry with a number. */
    static RunId id(RunId run, int number) {
        Matcher retry = RETRY.matcher(run.value());
        RunId original = retry.matches() ? RunId.of(retry.group(1)) : run;
        return original.child("retry-" + number);
    }

    /** The steps that are done again whatever came of them. */
    static Set<String> again(Supplier<Definition> recorded, Plan wanted, String recordedVersion, RetryOptions options) {
        Set<String> again = new TreeSet<>();
        if (options.isAnew()) {
            Graph graph = wanted.graph();
            for (int node = 0; node < graph.size(); node++) {
                again.add(graph.node(node).name());
            }
        }
        options.fromStep().ifPresent(again::add);
        if (!wanted.hash().equals(recordedVersion)) {
            DefinitionDiff diff = DefinitionDiff.between(recorded.get(), wanted.definition());
            Set<String> changed = diff.outermost();
            wanted.definition().body().steps().stream()
                    .map(Step::name)
                    .filter(changed::contains)
                    .forEach(again::add);
        }
        return again;
    }
}
