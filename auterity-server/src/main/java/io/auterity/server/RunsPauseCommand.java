package io.auterity.server;

import io.auterity.journal.RunMessage;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** The command {@code runs pause}. */
@Command(
        name = "pause",
        description = "Holds runs: attempts under way end, no others start, until 'runs resume RUN' lets them go on.",
        mixinStandardHelpOptions = true)
final class RunsPauseCommand implements Callable<Integer>, Checks.Checked {

    private final Shell shell;

    @Mixin
    private RunChoice choice = new RunChoice();

    @Mixin
    private JournalVisit visit = new JournalVisit();

    RunsPauseCommand(Shell shell) {
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
        return new RunsSending(shell, visit, new RunMessage.Pause(), "paused").to(choice);
    }
}
