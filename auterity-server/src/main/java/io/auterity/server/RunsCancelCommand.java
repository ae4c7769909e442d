package io.auterity.server;

import io.auterity.journal.Journal;
import io.auterity.journal.RunMessage;
import io.auterity.journal.RunSummary;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The command {@code runs cancel}. */
@Command(
        name = "cancel",
        description = "Cancels a run: its steps are interrupted, and what must be cleaned up or undone is.",
        mixinStandardHelpOptions = true)
final class RunsCancelCommand implements Callable<Integer> {

    private final Shell shell;

    @Parameters(paramLabel = "RUN", description = "The run's id.")
    private String run = "";

    @Mixin
    private JournalVisit visit = new JournalVisit();

    @Option(names = "--reason", paramLabel = "TEXT", description = "Why, for people.")
    private String reason = "cancelled from the command line";

    RunsCancelCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() {
        return send(shell, visit, run, new RunMessage.Cancel(reason), "cancelled");
    }

    /** Puts a message into a run's inbox, for the engine that has the run or the next that takes it up. */
    static int send(Shell shell, JournalVisit visit, String run, RunMessage message, String done) {
        try (Journal journal = visit.open(shell)) {
            RunSummary summary = visit.find(journal.catalog(), JournalVisit.id(run));
            if (!journal.send(summary.id(), message)) {
                shell.err()
                        .println("run '" + run + "' has ended: "
                                + visit.find(journal.catalog(), summary.id())
                                        .status()
                                        .text());
                return Main.FAILED;
            }
            shell.err()
                    .println("run '" + run + "' will be " + done + " by the engine that has it, or by 'auterity runs"
                            + " resume --journal " + visit.name() + "'");
            return Main.OK;
        }
    }
}
