package io.auterity.server;

import io.auterity.definition.Json;
import io.auterity.definition.RunId;
import io.auterity.journal.RunCatalog;
import io.auterity.journal.RunQuery;
import io.auterity.journal.RunStatus;
import io.auterity.journal.RunSummary;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The runs that a command does something to: named one by one, or all for which something holds. */
final class RunChoice {

    /** The runs that have not ended. */
    static final Set<RunStatus> UNFINISHED = unfinished();

    /** How many runs are shown of those to which something would be done. */
    private static final int MOST_SHOWN = 20;

    @Parameters(paramLabel = "RUN", arity = "0..*", description = "The ids of runs.")
    private List<String> runs = new ArrayList<>();

    @Mixin
    private RunFilter filter = new RunFilter();

    @Option(names = "--all", description = "All runs; needed when no other option says which.")
    private boolean isAll;

    @Option(names = "--dry-run", description = "Only says which runs are meant.")
    private boolean isDry;

    @Option(
            names = {"-y", "--yes"},
            description = "Does it to all runs that the options select; without it they are only counted.")
    private boolean isSure;

    private static Set<RunStatus> unfinished() {
        Set<RunStatus> statuses = EnumSet.allOf(RunStatus.class);
        statuses.removeIf(RunStatus::isTerminal);
        return statuses;
    }

    /** Whether anything says which runs. */
    boolean isGiven() {
        return !runs.isEmpty() || isAll || !filter.isEmpty();
    }

    /** Whether runs are named one by one. */
    boolean isNamed() {
        return !runs.isEmpty();
    }

    /** How many runs are named. */
    int count() {
        return runs.size();
    }

    /** The runs that are named. */
    List<RunId> named() {
        return runs.stream().map(JournalVisit::id).toList();
    }

    /** What holds for the runs that are not named one by one. */
    RunQuery.Filter filter(Set<RunStatus> usual, Instant now) {
        return filter.filter(usual, now);
    }

    /** Looks at each option. */
    void check(Checks checks) {
        runs.forEach(run -> checks.that(() -> JournalVisit.id(run)));
        filter.check(checks);
    }

    /** Refuses what is no choice. */
    void check() {
        if (!isGiven()) {
            throw Refusal.of(
                    "the command",
                    Refusal.OPTION,
                    "RUN",
                    "it is not said which runs are meant",
                    "name runs, or use --workflow, --status, --since, --label, --where or --all");
        }
        if (isNamed() && (isAll || !filter.isEmpty())) {
            throw Refusal.of(
                    "the command",
                    Refusal.OPTION,
                    "RUN",
                    "runs are named, and options select others",
                    "do one of the two");
        }
    }

    /** Whether something is to be done now; runs that are named need no confirmation. */
    boolean isConfirmed() {
        return !isDry && (isNamed() || isSure);
    }

    /** The runs that are meant, the one started last first. */
    Stream<RunSummary> stream(JournalVisit visit, RunCatalog catalog, Set<RunStatus> usual, Instant now) {
        return isNamed() ? named().stream().map(run -> visit.find(catalog, run)) : catalog.stream(filter(usual, now));
    }

    /** Says to which runs something would be done. */
    int tell(Shell shell, JournalVisit visit, String done, Stream<RunSummary> all) {
        List<RunSummary> shown = new ArrayList<>();
        long[] count = new long[1];
        all.forEach(run -> {
            count[0]++;
            if (shown.size() < MOST_SHOWN) {
                shown.add(run);
            }
        });
        if (visit.wantsJson()) {
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("runs", count[0]);
            json.put("done", false);
            json.put("first", shown.stream().map(run -> run.id().value()).toList());
            shell.out().println(Json.pretty(json));
        } else {
            shown.forEach(run -> shell.out()
                    .println(run.id() + " " + run.start().workflow() + " "
                            + run.status().text() + " "
                            + JournalVisit.time(run.start().at())));
        }
        String more = count[0] > shown.size() ? ", of which the first " + shown.size() + " are shown" : "";
        shell.err().println(runs(count[0]) + " would be " + done + more + (isDry ? "" : "; add --yes to do it"));
        return isDry ? Main.OK : Main.REFUSED;
    }

    static String runs(long count) {
        return count == 1 ? "1 run" : count + " runs";
    }
}
