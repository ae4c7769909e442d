package io.auterity.server;

import io.auterity.StepRecord;
import io.auterity.connector.jdbc.JdbcInspection;
import io.auterity.definition.Json;
import io.auterity.journal.JournalEntry;
import io.auterity.journal.JournalEntry.OfStep;
import io.auterity.journal.JournalEntry.RunEnded;
import io.auterity.journal.JournalEntry.RunStarted;
import io.auterity.journal.JournalEntry.StepWaiting;
import io.auterity.journal.RunSummary;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The command {@code runs show}. */
@Command(
        name = "show",
        description = "Shows a run: its input, what became of its steps with their outputs, and its output.",
        mixinStandardHelpOptions = true)
final class RunsShowCommand implements Callable<Integer>, Checks.Checked {

    private final Shell shell;

    @Parameters(paramLabel = "RUN", description = "The run's id.")
    private String run = "";

    @Option(names = "--entries", description = "Shows all that is recorded of the run as well, in its order.")
    private boolean wantsEntries;

    @Mixin
    private JournalVisit visit = new JournalVisit();

    RunsShowCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public void check(Checks checks) {
        JournalVisit.checkRun(checks, run);
        visit.check(checks, shell);
    }

    @Override
    public Integer call() {
        try (JdbcInspection journal = visit.look(shell)) {
            RunSummary summary = visit.find(journal, JournalVisit.id(run));
            List<JournalEntry> entries = journal.read(summary.id());
            Map<String, StepRecord> steps = StepRecord.of(entries);
            if (visit.wantsJson()) {
                shell.out().println(json(summary, entries, steps));
            } else {
                text(summary, entries, steps);
            }
        }
        return Main.OK;
    }

    private String json(RunSummary summary, List<JournalEntry> entries, Map<String, StepRecord> steps) {
        Map<String, @Nullable Object> json = JournalVisit.json(summary);
        json.put("input", input(entries));
        json.put("output", output(entries));
        Map<String, @Nullable Object> all = new LinkedHashMap<>();
        steps.forEach((path, step) -> all.put(path, RunReport.step(step)));
        json.put("steps", all);
        if (wantsEntries) {
            json.put("entries", RunEntries.json(entries));
        }
        return Json.pretty(json);
    }

    private void text(RunSummary summary, List<JournalEntry> entries, Map<String, StepRecord> steps) {
        shell.out().println("run       " + summary.id());
        shell.out()
                .println("workflow  " + summary.start().workflow() + " (version "
                        + summary.start()
                                .version()
                                .substring(
                                        0,
                                        Math.min(12, summary.start().version().length()))
                        + ")");
        shell.out().println("status    " + summary.status().text());
        shell.out().println("started   " + JournalVisit.time(summary.start().at()));
        if (!summary.start().origin().labels().isEmpty()) {
            shell.out().println("labels    " + JournalVisit.labels(summary));
        }
        summary.end().ifPresent(end -> shell.out().println("ended     " + JournalVisit.time(end.at())));
        summary.end()
                .flatMap(RunSummary.End::failure)
                .ifPresent(why -> shell.out().println("error     " + RunReport.text(why)));
        shell.out().println("input     " + Json.write(input(entries)));
        if (summary.end().isPresent() && output(entries) != null) {
            shell.out().println("output    " + Json.write(output(entries)));
        }
        shell.out().println("steps");
        Map<String, StepWaiting> waits = waits(entries);
        steps.forEach((path, step) -> {
            String attempts = step.attempts() > 1 ? " after " + step.attempts() + " attempts" : "";
            String error = step.result()
                    .failure()
                    .map(why -> ": " + RunReport.text(why))
                    .orElse("");
            String wait = Optional.ofNullable(waits.get(path))
                    .map(RunsShowCommand::what)
                    .orElse("");
            Object value = step.result().output();
            String output = value == null ? "" : " with " + RunEntries.brief(value);
            shell.out().println("  " + path + ": " + step.status().text() + wait + attempts + output + error);
        });
        if (wantsEntries) {
            shell.out().println("entries");
            entries.forEach(entry -> shell.out().println("  " + RunEntries.line(entry)));
        }
    }

    /** What the steps wait for whose latest entry says so. */
    private static Map<String, StepWaiting> waits(List<JournalEntry> entries) {
        Map<String, StepWaiting> waits = new HashMap<>();
        for (JournalEntry entry : entries) {
            if (entry instanceof StepWaiting wait) {
                waits.put(wait.step(), wait);
            } else if (entry instanceof OfStep ofStep) {
                waits.remove(ofStep.step());
            }
        }
        return waits;
    }

    private static String what(StepWaiting wait) {
        String until = wait.until() == 0 ? "" : " until " + JournalVisit.time(wait.until());
        return switch (wait.reason()) {
            case TIMER -> until;
            case SIGNAL -> " for signal '" + wait.subject() + "'" + until;
            case APPROVAL -> " for a decision" + (wait.subject().isEmpty() ? "" : " of " + wait.subject()) + until;
            case CHILD -> " for run '" + wait.subject() + "'" + until;
        };
    }

    private static @Nullable Object input(List<JournalEntry> entries) {
        return !entries.isEmpty() && entries.get(0) instanceof RunStarted start ? start.input() : null;
    }

    private static @Nullable Object output(List<JournalEntry> entries) {
        return !entries.isEmpty() && entries.get(entries.size() - 1) instanceof RunEnded end ? end.output() : null;
    }
}
