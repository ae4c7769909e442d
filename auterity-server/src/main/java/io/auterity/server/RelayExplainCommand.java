package io.auterity.server;

import io.auterity.connector.jdbc.JdbcBudgetStore;
import io.auterity.connector.jdbc.JdbcJournal;
import io.auterity.definition.Json;
import io.auterity.relay.RelayBuilder;
import io.auterity.relay.budget.BudgetStore;
import io.auterity.relay.budget.InMemoryBudgetStore;
import io.auterity.relay.decide.Decision;
import io.auterity.relay.money.Money;
import io.auterity.relay.rules.Ruling;
import io.auterity.server.gateway.RelayFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The command {@code relay explain}. */
@Command(
        name = "explain",
        description = "Says where a prompt would go, and why, without sending it.",
        mixinStandardHelpOptions = true,
        footer = {"", "Without --journal nothing has been spent yet, as when a server starts. Exit code 1: refused."})
final class RelayExplainCommand implements Callable<Integer>, Checks.Checked {

    private final Shell shell;

    @Option(
            names = "--relay-config",
            paramLabel = "FILE",
            required = true,
            description = "The file that 'auterity serve' takes; - for standard input.")
    private String file = "";

    @Option(names = "--prompt", paramLabel = "TEXT|@FILE", required = true, description = "What the user says.")
    private String prompt = "";

    @Option(names = "--model", description = "The model as a caller names it; ${DEFAULT-VALUE} when not given.")
    private String model = "auto";

    @Option(names = "--key", paramLabel = "ID", description = "The caller's key; the first of the file when not given.")
    private String key = "";

    @Option(
            names = "--learned",
            paramLabel = "FILE|none",
            description = "What 'auterity serve' has learned, which may go on meanwhile. When not given, the file of"
                    + " --relay-config with .learned behind it, if there is one.")
    private String learned = "";

    @Option(
            names = "--journal",
            paramLabel = "sqlite:PATH|jdbc:URL",
            description =
                    "The database that 'auterity serve' keeps its budgets in, which may go on meanwhile. User and password"
                            + " come from AUTERITY_JOURNAL_USER and AUTERITY_JOURNAL_PASSWORD.")
    private String journal = "";

    @Mixin
    private OutputOption output = new OutputOption();

    RelayExplainCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public void check(Checks checks) {
        checks.that(() -> shell.check(file));
        checks.that(this::learnedFile);
        if (!journal.isEmpty()) {
            checks.that(() -> Journals.checkLasting(journal, shell.environment()));
        }
        if (prompt.startsWith("@")) {
            checks.that(() -> shell.check(prompt.substring(1)));
        }
    }

    @Override
    public Integer call() {
        RelayFile.Content content = RelayFile.read(
                file,
                new String(shell.read(file), StandardCharsets.UTF_8),
                name -> EngineOptions.secret(shell.environment(), name));
        if (journal.isEmpty()) {
            return explain(content, new InMemoryBudgetStore());
        }
        try (JdbcJournal database = Journals.visit(journal, shell.environment())) {
            return explain(content, JdbcBudgetStore.in(database));
        }
    }

    private int explain(RelayFile.Content content, BudgetStore store) {
        RelayBuilder relay = content.relay(InstantSource.system(), store).hedges(task -> {
            throw new RejectedExecutionException("an explanation calls nobody");
        });
        learnedFile()
                .map(path -> KeptLearning.read(path, content.options().predictor()))
                .ifPresent(known -> KeptLearning.teach(relay, known, content));
        content.endpoints()
                .keySet()
                .forEach(name -> relay.provider(name, (call, sink) -> {
                    throw new IllegalStateException("an explanation calls nobody");
                }));
        String text =
                prompt.startsWith("@") ? new String(shell.read(prompt.substring(1)), StandardCharsets.UTF_8) : prompt;
        Decision decision;
        try {
            decision = relay.build()
                    .explain(content.chat(model, text, key.isEmpty() ? Optional.empty() : Optional.of(key)));
        } catch (IllegalArgumentException e) {
            throw Refusal.of(
                    "the options",
                    Refusal.OPTION,
                    "relay explain",
                    String.valueOf(e.getMessage()),
                    "see the models, aliases and keys of " + file);
        }
        if (output.isJson()) {
            shell.out().println(Json.pretty(json(decision)));
        } else {
            print(decision);
        }
        return decision.refusal().isPresent() ? Main.FAILED : Main.OK;
    }

    private Optional<Path> learnedFile() {
        try {
            Optional<Path> path = KeptLearning.pathOf(learned, file);
            if (!learned.isEmpty() && path.isPresent() && !Files.exists(path.get())) {
                throw Refusal.ofOption(
                        "--learned", "there is no file " + learned, "name another one, or write --learned none");
            }
            return path;
        } catch (InvalidPathException e) {
            throw Refusal.ofOption("--learned", "it is no file: " + e.getMessage(), "name a file, or write none");
        }
    }

    private void print(Decision decision) {
        decision.refusal()
                .ifPresent(refusal -> shell.out().println("refused: " + refusal.status() + " " + refusal.message()));
        for (Decision.Attempt attempt : decision.attempts()) {
            shell.out()
                    .println((attempt == decision.attempts().get(0) ? "goes to " : "then to ")
                            + attempt.deployment().id() + ": up to " + attempt.maxOutput() + " tokens, "
                            + attempt.amount().map(most -> most + " at most").orElse("at a price that nobody knows"));
        }
        decision.explanation().reasons().forEach(reason -> shell.out().println("because " + reason));
        for (Decision.Candidate candidate : decision.explanation().candidates()) {
            shell.out()
                    .println(String.format(
                            Locale.ROOT,
                            "model %s: score %.3f, cost %s, %d ms%s",
                            candidate.model(),
                            candidate.quality(),
                            candidate.cost().map(Money::toString).orElse("unknown"),
                            candidate.latency().toMillis(),
                            candidate
                                    .excluded()
                                    .map(why -> "; not chosen: " + why)
                                    .orElse("")));
        }
        for (Ruling.Considered rule : decision.explanation().ruling().trace()) {
            shell.out()
                    .println("rule " + rule.rule() + (rule.isMatched() ? " matched" : " did not match")
                            + (rule.comparisons().isEmpty() ? "" : ": " + String.join("; ", rule.comparisons())));
        }
    }

    private static Map<String, @Nullable Object> json(Decision decision) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("refusal", decision.refusal().map(refusal -> refusal.message()).orElse(null));
        json.put(
                "attempts",
                decision.attempts().stream().map(RelayExplainCommand::json).toList());
        json.put("reasons", decision.explanation().reasons());
        json.put(
                "candidates",
                decision.explanation().candidates().stream()
                        .map(RelayExplainCommand::json)
                        .toList());
        json.put(
                "rules",
                decision.explanation().ruling().trace().stream()
                        .map(rule -> Map.of(
                                "rule", rule.rule(), "matched", rule.isMatched(), "comparisons", rule.comparisons()))
                        .toList());
        json.put(
                "withHalfTheBudget",
                decision.explanation().withHalfTheBudget().map(Object::toString).orElse(null));
        return json;
    }

    private static Map<String, @Nullable Object> json(Decision.Attempt attempt) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("deployment", attempt.deployment().id());
        json.put("model", attempt.deployment().model().toString());
        json.put("maxOutput", attempt.maxOutput());
        json.put("mostNanoDollars", attempt.amount().map(Money::nanos).orElse(null));
        return json;
    }

    private static Map<String, @Nullable Object> json(Decision.Candidate candidate) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("model", candidate.model().toString());
        json.put("score", candidate.quality());
        json.put("nanoDollars", candidate.cost().map(Money::nanos).orElse(null));
        json.put("milliseconds", candidate.latency().toMillis());
        json.put("excluded", candidate.excluded().orElse(null));
        return json;
    }
}
