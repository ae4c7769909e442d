package io.auterity.server;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The commands below {@code runs}: what is recorded in a journal, and what can be done about it without a server. */
@Command(
        name = "runs",
        description = "Looks at the runs of a journal, and steers them.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        footer = {"", "All but resume and retry work while another process has the journal; so does resume RUN."})
final class RunsCommand {

    private RunsCommand() {}

    static CommandLine line(Shell shell) {
        return new CommandLine(new RunsCommand())
                .addSubcommand(new RunsListCommand(shell))
                .addSubcommand(new RunsShowCommand(shell))
                .addSubcommand(new RunsDecisionCommand.Approve(shell))
                .addSubcommand(new RunsCancelCommand(shell))
                .addSubcommand(new RunsPauseCommand(shell))
                .addSubcommand(new RunsPurgeCommand(shell))
                .addSubcommand(new RunsDecisionCommand.Reject(shell))
                .addSubcommand(new RunsResumeCommand(shell))
                .addSubcommand(new RunsRetryCommand(shell))
                .addSubcommand(new RunsSignalCommand(shell));
    }
}
