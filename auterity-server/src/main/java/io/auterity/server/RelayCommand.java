package io.auterity.server;

import io.auterity.server.gateway.VirtualKey;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The commands below {@code relay}. */
@Command(
        name = "relay",
        description = "Helps with the configuration of a relay.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND")
final class RelayCommand {

    private RelayCommand() {}

    static CommandLine line(Shell shell) {
        return new CommandLine(new RelayCommand())
                .addSubcommand(new RelayBudgetCommand(shell))
                .addSubcommand(new RelayExplainCommand(shell))
                .addSubcommand(new RelayReplayCommand(shell))
                .addSubcommand(new Key(shell))
                .addSubcommand(new RelayRefundCommand(shell));
    }

    /** The command {@code relay key}. */
    @Command(
            name = "key",
            description = "Makes a key for callers of the gateway, and the hash that the configuration has of it.",
            mixinStandardHelpOptions = true)
    private static final class Key implements Callable<Integer> {

        private static final int BYTES = 32;

        private final Shell shell;

        private Key(Shell shell) {
            this.shell = shell;
        }

        @Override
        public Integer call() {
            byte[] random = new byte[BYTES];
            new SecureRandom().nextBytes(random);
            String key = "ak-" + Base64.getUrlEncoder().withoutPadding().encodeToString(random);
            shell.out().println("key: " + key);
            shell.out().println("sha256: " + VirtualKey.hash(key));
            return Main.OK;
        }
    }
}
