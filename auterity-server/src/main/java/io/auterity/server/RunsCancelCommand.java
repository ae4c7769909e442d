package io.auterity.server;

import io.auterity.journal.RunMessage;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The command {@code runs cancel}. */
@Command(
        name = "cancel",
        description = "Cancels runs: their steps are interrupted, and what must be cleaned up or undone is.",
        mixinStandardHelpOptions = true)
final class RunsCancelCommand implements Callable<Integer>, Checks.Checked {

    private final Shell shell;

    @Mixin
    private RunChoice choice = new RunChoice();

    @Mixin
    private JournalVisit visit = new JournalVisit();

    @Option(names = "--reason", paramLabel = "TEXT", description = "Why, for people.")
    private String reason = "cancelled from the command line";

    RunsCancelCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public void check(Checks checks) {
        checks.that(choice::check);
        choice.check(checks);
        visit.check(checks, shell);
    }

    @Override
    public Integer call() {
        return new RunsSending(shell, visit, new RunMessage.Cancel(reason), "cancelled").to(choice);
    }
}
