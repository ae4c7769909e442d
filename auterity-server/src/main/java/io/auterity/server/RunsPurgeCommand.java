package io.auterity.server;

import io.auterity.definition.Durations;
import io.auterity.definition.Json;
import io.auterity.journal.Expiry;
import io.auterity.journal.Journal;
import io.auterity.journal.RunStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The command {@code runs purge}. */
@Command(
        name = "purge",
        description = {
            "Forgets runs that ended long ago, with all that is recorded of them. Runs that have not ended stay, as do"
                    + " those with an unfinished child and those that an unfinished run has started.",
        },
        mixinStandardHelpOptions = true)
final class RunsPurgeCommand implements Callable<Integer>, Checks.Checked {

    /** How many runs are forgotten before it is said how far it is. */
    private static final int STRIDE = 500;

    private final Shell shell;

    @Mixin
    private JournalVisit visit = new JournalVisit();

    @Option(
            names = "--older-than",
            required = true,
            paramLabel = "DURATION",
            description = "How long ago they ended at least: 30d, 12h.")
    private String age = "";

    @Option(
            names = "--status",
            paramLabel = "STATUS",
            description = "Only runs that ended like this; repeatable. All that have ended when not given.")
    private List<String> statuses = new ArrayList<>();

    @Option(names = "--dry-run", description = "Only counts the runs.")
    private boolean isDry;

    @Option(
            names = {"-y", "--yes"},
            description = "Forgets them; without it they are only counted.")
    private boolean isSure;

    RunsPurgeCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public void check(Checks checks) {
        if (!age.isEmpty()) { // the parser tells of one that is missing
            checks.that(this::age);
        }
        checks.that(this::statuses);
        visit.check(checks, shell);
    }

    @Override
    public Integer call() {
        Expiry expiry = new Expiry(statuses(), age());
        try (Journal journal = visit.open(shell)) {
            if (isDry || !isSure) {
                long count = journal.countExpired(expiry);
                report(count, false);
                shell.err()
                        .println(RunChoice.runs(count) + " would be forgotten" + (isDry ? "" : "; add --yes to do it"));
                return isDry ? Main.OK : Main.REFUSED;
            }
            long forgotten = 0;
            int batch;
            do {
                batch = journal.purge(expiry, STRIDE);
                forgotten += batch;
                if (batch == STRIDE) {
                    shell.err().println(RunChoice.runs(forgotten) + " so far");
                }
            } while (batch == STRIDE);
            report(forgotten, true);
            shell.err().println(RunChoice.runs(forgotten) + " forgotten");
            return Main.OK;
        }
    }

    private void report(long runs, boolean done) {
        if (visit.wantsJson()) {
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("runs", runs);
            json.put("done", done);
            shell.out().println(Json.pretty(json));
        }
    }

    private Duration age() {
        return Durations.parse(age)
                .orElseThrow(() ->
                        Refusal.ofOption("--older-than", "'" + age + "' is no duration", "write 30d, 12h or 90m"));
    }

    private Set<RunStatus> statuses() {
        Set<RunStatus> wanted = statuses.isEmpty()
                ? Stream.of(RunStatus.values()).filter(RunStatus::isTerminal).collect(Collectors.toSet())
                : RunFilter.statuses(statuses);
        try {
            return new Expiry(wanted, Duration.ZERO).statuses();
        } catch (IllegalArgumentException e) {
            throw Refusal.ofOption(
                    "--status",
                    String.valueOf(e.getMessage()),
                    "use succeeded, failed, cancelled," + " compensated or dead-lettered");
        }
    }
}
