package io.auterity.server;

import io.auterity.definition.Json;
import io.auterity.definition.JsonException;
import io.auterity.journal.Journal;
import io.auterity.journal.RunMessage;
import io.auterity.journal.RunSummary;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** The command {@code runs signal}. */
@Command(
        name = "signal",
        description = "Sends a signal to a run; it is kept until a step waits for it.",
        mixinStandardHelpOptions = true)
final class RunsSignalCommand implements Callable<Integer>, Checks.Checked {

    private final Shell shell;

    @Parameters(index = "0", paramLabel = "RUN", description = "The run's id.")
    private String run = "";

    @Parameters(index = "1", paramLabel = "NAME[=JSON]", description = "The signal, and what comes with it.")
    private String signal = "";

    @Mixin
    private JournalVisit visit = new JournalVisit();

    RunsSignalCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public void check(Checks checks) {
        JournalVisit.checkRun(checks, run);
        if (!signal.isEmpty()) {
            checks.that(this::message);
        }
        visit.check(checks, shell);
    }

    @Override
    public Integer call() {
        RunMessage.Signal message = message();
        try (Journal journal = visit.open(shell)) {
            RunSummary summary = visit.find(journal.catalog(), JournalVisit.id(run));
            if (!summary.status().isTerminal()) {
                JournalVisit.definition(journal, summary).ifPresent(known -> Answers.check(known, message));
            }
            return new RunsSending(shell, visit, message, "signalled").one(journal, run);
        }
    }

    private RunMessage.Signal message() {
        int equals = signal.indexOf('=');
        String name = equals < 0 ? signal : signal.substring(0, equals);
        if (name.isBlank()) {
            throw Refusal.of("the signal", Refusal.VALUE, "NAME", "it has no name", "write NAME or NAME=JSON");
        }
        return new RunMessage.Signal(name, equals < 0 ? null : json(signal.substring(equals + 1)));
    }

    private static @Nullable Object json(String text) {
        try {
            return Json.read(text);
        } catch (JsonException e) {
            throw Refusal.of(
                    "the signal",
                    Refusal.VALUE,
                    "NAME=JSON",
                    String.valueOf(e.getMessage()),
                    "write JSON; a text needs quotes, as in reply='\"yes\"'");
        }
    }
}
