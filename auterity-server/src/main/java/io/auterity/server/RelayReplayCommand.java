package io.auterity.server;

import io.auterity.definition.Json;
import io.auterity.relay.decide.Policy;
import io.auterity.relay.replay.LoggedCall;
import io.auterity.relay.replay.Replay;
import io.auterity.relay.replay.Savings;
import io.auterity.server.gateway.RelayFile;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
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

/** The command {@code relay replay}. */
@Command(
        name = "replay",
        description = "Says what another policy would have decided, cost and scored on the calls of a log.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "The log is what 'decision-log' in the configuration of 'auterity serve' writes. Which models a caller named",
            "and what the call was to achieve stay as they were; models, prices, rules and exploration are those of",
            "--policy. Estimates have 95 % intervals. See docs/relay.md."
        })
final class RelayReplayCommand implements Callable<Integer>, Checks.Checked {

    private final Shell shell;

    @Parameters(paramLabel = "LOG", description = "The log; - for standard input.")
    private String log = "";

    @Option(
            names = "--policy",
            paramLabel = "FILE",
            required = true,
            description = "The policy to try: a file that 'auterity serve' takes.")
    private String file = "";

    @Option(names = "--seed", description = "Makes the intervals repeatable; ${DEFAULT-VALUE} when not given.")
    private long seed = 1;

    @Mixin
    private OutputOption output = new OutputOption();

    RelayReplayCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public void check(Checks checks) {
        checks.that(() -> shell.check(log));
        checks.that(() -> shell.check(file));
    }

    @Override
    public Integer call() {
        Policy policy = RelayFile.read(file, new String(shell.read(file), StandardCharsets.UTF_8))
                .policy();
        List<LoggedCall> calls = calls();
        Replay replay = Replay.of(calls, policy, seed);
        Optional<Savings> savings = savings(calls, policy, seed);
        if (output.isJson()) {
            Map<String, @Nullable Object> json = new LinkedHashMap<>();
            json.put("replay", replay.json());
            json.put("savings", savings.map(Savings::json).orElse(null));
            shell.out().println(Json.pretty(json));
        } else {
            replay.text().forEach(line -> shell.out().println(line));
            savings.ifPresent(
                    report -> report.text().forEach(line -> shell.out().println(line)));
        }
        return Main.OK;
    }

    /** A log of refusals alone has nothing that could have been saved. */
    private static Optional<Savings> savings(List<LoggedCall> calls, Policy policy, long seed) {
        try {
            return Optional.of(Savings.of(calls, policy, seed));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private List<LoggedCall> calls() {
        List<String> skipped = new ArrayList<>();
        // A reader that replaces what is no UTF-8: a line may be cut in the middle of a character.
        try (BufferedReader reader = new BufferedReader(new InputStreamReader(
                log.equals("-") ? shell.in() : Files.newInputStream(Path.of(log)), StandardCharsets.UTF_8))) {
            List<LoggedCall> calls = LoggedCall.read(reader.lines(), skipped::add);
            if (!skipped.isEmpty()) {
                shell.err()
                        .println((skipped.size() == 1 ? "1 line" : skipped.size() + " lines") + " of " + log
                                + " cannot be read and " + (skipped.size() == 1 ? "is" : "are") + " left out: "
                                + skipped.get(0) + (skipped.size() == 1 ? "" : ", and others"));
            }
            return calls;
        } catch (NoSuchFileException | InvalidPathException e) {
            throw refused("there is no such file", "check the name and the current directory");
        } catch (IOException | UncheckedIOException e) {
            throw refused("the file cannot be read: " + e.getMessage(), "check the file");
        } catch (IllegalArgumentException e) {
            throw refused(String.valueOf(e.getMessage()), "name a file that 'decision-log' has written");
        }
    }

    private Refusal refused(String what, String fix) {
        return Refusal.of("reading '" + log + "'", Refusal.FILE, log, what, fix);
    }
}
