package io.auterity.server;

import io.auterity.connector.jdbc.JdbcInspection;
import io.auterity.definition.Closest;
import io.auterity.definition.Json;
import io.auterity.definition.RunId;
import io.auterity.journal.RunQuery;
import io.auterity.journal.RunStatus;
import io.auterity.journal.RunSummary;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The command {@code runs list}. */
@Command(name = "list", description = "Lists runs, the one started last first.", mixinStandardHelpOptions = true)
final class RunsListCommand implements Callable<Integer> {

    private final Shell shell;

    @Mixin
    private JournalVisit visit = new JournalVisit();

    @Option(names = "--workflow", paramLabel = "ID", description = "Only runs of this workflow.")
    private String workflow = "";

    @Option(names = "--status", paramLabel = "STATUS", description = "Only runs with this status; repeatable.")
    private List<String> statuses = new ArrayList<>();

    @Option(
            names = "--label",
            paramLabel = "NAME=VALUE",
            description = "Only runs started with this label; repeatable.")
    private Map<String, String> labels = new LinkedHashMap<>();

    @Option(names = "--limit", paramLabel = "N", description = "The most runs; ${DEFAULT-VALUE} when not given.")
    private int limit = 100;

    RunsListCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() {
        if (limit < 1 || limit > RunQuery.MAX_LIMIT) {
            throw Refusal.of(
                    "the option --limit",
                    Refusal.OPTION,
                    "--limit",
                    limit + " is out of range",
                    "write 1 to " + RunQuery.MAX_LIMIT);
        }
        RunQuery.Filter filter = RunQuery.Filter.NONE.statuses(statuses()).labels(labels);
        RunQuery query = RunQuery.ALL
                .with(workflow.isEmpty() ? filter : filter.workflow(workflow))
                .limit(limit);
        try (JdbcInspection journal = visit.look(shell)) {
            List<RunSummary> runs = journal.list(query);
            if (visit.wantsJson()) {
                shell.out()
                        .println(Json.pretty(Map.of(
                                "runs", runs.stream().map(JournalVisit::json).toList())));
            } else {
                table(runs);
            }
        }
        return Main.OK;
    }

    private Set<RunStatus> statuses() {
        Set<RunStatus> wanted = EnumSet.noneOf(RunStatus.class);
        List<String> words = Stream.of(RunStatus.values()).map(RunStatus::text).toList();
        for (String word : statuses) {
            wanted.add(Stream.of(RunStatus.values())
                    .filter(status -> status.text().equalsIgnoreCase(word))
                    .findFirst()
                    .orElseThrow(() -> Refusal.of(
                            "the option --status",
                            Refusal.OPTION,
                            "--status",
                            "'" + word + "' is no status",
                            Closest.fix(word, words))));
        }
        return wanted;
    }

    private void table(List<RunSummary> runs) {
        if (runs.isEmpty()) {
            shell.err().println("no such runs");
            return;
        }
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("RUN", "WORKFLOW", "STATUS", "STARTED", "ENDED"));
        for (RunSummary run : runs) {
            rows.add(List.of(
                    run.id().value(),
                    run.start().workflow(),
                    run.status().text(),
                    JournalVisit.time(run.start().at()),
                    run.end().map(end -> JournalVisit.time(end.at())).orElse("")));
        }
        int[] widths = new int[5];
        rows.forEach(row -> {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        });
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < widths.length; i++) {
                line.append(row.get(i)).append(" ".repeat(widths[i] - row.get(i).length() + 2));
            }
            shell.out().println(line.toString().stripTrailing());
        }
        Optional<RunId> last =
                runs.size() == limit ? Optional.of(runs.get(limit - 1).id()) : Optional.empty();
        last.ifPresent(run -> shell.err().println("there may be more; raise --limit"));
    }
}
