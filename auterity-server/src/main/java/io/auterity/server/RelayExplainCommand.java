package io.auterity.server;

import io.auterity.connector.jdbc.JdbcBudgetStore;
import io.auterity.connector.jdbc.JdbcJournal;
import io.auterity.definition.Json;
import io.auterity.definition.JsonException;
import io.auterity.relay.RelayBuilder;
import io.auterity.relay.RelayRequest;
import io.auterity.relay.budget.BudgetStore;
import io.auterity.relay.budget.InMemoryBudgetStore;
import io.auterity.relay.decide.Decision;
import io.auterity.relay.money.ModelName;
import io.auterity.relay.money.Money;
import io.auterity.relay.provider.Prompt;
import io.auterity.relay.rules.Ruling;
import io.auterity.server.gateway.RelayFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
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

    private static final String AUTO = "auto";

    private final Shell shell;

    @Option(
            names = "--relay-config",
            paramLabel = "FILE",
            required = true,
            description = "The file that 'auterity serve' takes; - for standard input.")
    private String file = "";

    @Option(names = "--prompt", paramLabel = "TEXT|@FILE", description = "What the user says.")
    private @Nullable String prompt;

    @Option(
            names = "--request",
            paramLabel = "FILE",
            description =
                    "Instead of --prompt the body of a request to /v1/chat/completions, in JSON, for what rules say"
                            + " of metadata, users or streams; - for standard input.")
    private @Nullable String request;

    @Option(
            names = "--model",
            description = "The model as a caller names it; that of --request, or auto, when not given.")
    private String model = "";

    @Option(names = "--task", description = "The kind of the prompt, as in the header x-auterity-task.")
    private String task = "";

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
        checks.that(this::checkPrompt);
    }

    private void checkPrompt() {
        if ((prompt == null) == (request == null)) {
            throw Refusal.ofOption(
                    prompt == null ? "--prompt" : "--request",
                    prompt == null ? "there is nothing to explain" : "--prompt says already what is asked",
                    prompt == null ? "add --prompt TEXT, or --request FILE" : "remove one of them");
        }
        if (request != null && request.equals("-") && file.equals("-")) {
            throw Refusal.ofOption(
                    "--request", "standard input is the file of --relay-config already", "write one of them to a file");
        }
        if (request != null) {
            shell.check(request);
        } else if (prompt != null && prompt.startsWith("@")) {
            shell.check(prompt.substring(1));
        }
    }

    /** The body of the request to explain. */
    private Map<String, @Nullable Object> body() {
        Map<String, @Nullable Object> body = new LinkedHashMap<>();
        if (request != null) {
            body.putAll(object(request));
        } else {
            String said = String.valueOf(prompt);
            String text =
                    said.startsWith("@") ? new String(shell.read(said.substring(1)), StandardCharsets.UTF_8) : said;
            body.put("messages", List.of(Prompt.message("user", text)));
            body.put("model", AUTO);
        }
        if (!model.isEmpty()) {
            body.put("model", model);
        }
        body.putIfAbsent("model", AUTO);
        return body;
    }

    @SuppressWarnings("unchecked")
    private Map<String, @Nullable Object> object(String name) {
        String why = "it is no JSON object";
        try {
            if (Json.read(shell.read(name)) instanceof Map<?, ?> object) {
                return (Map<String, @Nullable Object>) object;
            }
        } catch (JsonException e) {
            why = "it is no JSON: " + e.getMessage();
        }
        throw Refusal.of(
                "the option --request",
                Refusal.VALUE,
                name,
                why,
                "write a request as in {\"model\": \"auto\", \"messages\": [{\"role\": \"user\", \"content\": \"hello\"}]}");
    }

    private RelayRequest asked(RelayFile.Content content, Map<String, @Nullable Object> body) {
        try {
            RelayRequest asked = content.chat(body, key.isEmpty() ? Optional.empty() : Optional.of(key));
            RelayRequest.Wishes wishes = asked.wishes();
            return task.isEmpty()
                    ? asked
                    : asked.with(new RelayRequest.Wishes(
                            wishes.objective(), wishes.needs(), Optional.of(task), wishes.facts()));
        } catch (IllegalArgumentException e) {
            throw Refusal.of(
                    "the options",
                    Refusal.OPTION,
                    "relay explain",
                    String.valueOf(e.getMessage()),
                    request == null
                            ? "see the models, aliases and keys of " + file
                            : "mend " + request + ", or see the models, aliases and keys of " + file);
        }
    }

    @Override
    public Integer call() {
        RelayFile.Content content = RelayFile.read(file, new String(shell.read(file), StandardCharsets.UTF_8));
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
        Map<String, @Nullable Object> body = body();
        Decision decision = relay.build().explain(asked(content, body), Boolean.TRUE.equals(body.get("stream")));
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
        if (decision.refusal().isEmpty()) {
            shell.out()
                    .println("with half the budget: "
                            + decision.explanation()
                                    .withHalfTheBudget()
                                    .map(ModelName::toString)
                                    .orElse("refused"));
        }
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
                "status",
                decision.refusal().map(refusal -> (long) refusal.status()).orElse(null));
        json.put(
                "attempts",
                decision.attempts().stream().map(RelayExplainCommand::json).toList());
        Map<String, @Nullable Object> propensities = new TreeMap<>();
        decision.propensities().forEach((name, share) -> propensities.put(name.toString(), share));
        json.put("propensities", propensities);
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
