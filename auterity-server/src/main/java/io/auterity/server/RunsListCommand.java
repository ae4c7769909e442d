package io.auterity.server;

import io.auterity.connector.jdbc.JdbcInspection;
import io.auterity.definition.Json;
import io.auterity.journal.RunQuery;
import io.auterity.journal.RunSummary;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The command {@code runs list}. */
@Command(name = "list", description = "Lists runs, the one started last first.", mixinStandardHelpOptions = true)
final class RunsListCommand implements Callable<Integer>, Checks.Checked {

    private final Shell shell;

    @Mixin
    private JournalVisit visit = new JournalVisit();

    @Mixin
    private RunFilter filter = new RunFilter();

    @Option(names = "--limit", paramLabel = "N", description = "The most runs; ${DEFAULT-VALUE} when not given.")
    private int limit = 100;

    @Option(
            names = "--after",
            paramLabel = "RUN",
            description = "Only the runs that come after this one in the list: the next page.")
    private String after = "";

    RunsListCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public void check(Checks checks) {
        checks.that(this::checkLimit);
        if (!after.isEmpty()) {
            checks.that(() -> JournalVisit.id(after));
        }
        filter.check(checks);
        visit.check(checks, shell);
    }

    @Override
    public Integer call() {
        RunQuery query = RunQuery.ALL
                .with(filter.filter(Set.of(), InstantSource.system().instant()))
                .limit(limit);
        try (JdbcInspection journal = visit.look(shell)) {
            List<RunSummary> runs = journal.list(
                    after.isEmpty()
                            ? query
                            : query.after(
                                    visit.find(journal, JournalVisit.id(after)).id()));
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

    private void checkLimit() {
        if (limit < 1 || limit > RunQuery.MAX_LIMIT) {
            throw Refusal.ofOption("--limit", limit + " is out of range", "write 1 to " + RunQuery.MAX_LIMIT);
        }
    }

    private void table(List<RunSummary> runs) {
        if (runs.isEmpty()) {
            shell.err().println("no such runs");
            return;
        }
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("RUN", "WORKFLOW", "STATUS", "STARTED", "ENDED", "LABELS"));
        for (RunSummary run : runs) {
            rows.add(List.of(
                    run.id().value(),
                    run.start().workflow(),
                    run.status().text(),
                    JournalVisit.time(run.start().at()),
                    run.end().map(end -> JournalVisit.time(end.at())).orElse(""),
                    JournalVisit.labels(run)));
        }
        int[] widths = new int[rows.get(0).size()];
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
        if (runs.size() == limit) {
            shell.err()
                    .println("there may be more; add --after "
                            + runs.get(runs.size() - 1).id());
        }
    }
}
