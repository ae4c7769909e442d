package io.auterity.server;

import io.auterity.connector.Credentials;
import io.auterity.connector.OutboundGuard;
import io.auterity.connector.jdbc.JdbcBudgetStore;
import io.auterity.connector.jdbc.JdbcJournal;
import io.auterity.definition.Durations;
import io.auterity.relay.LearnedFileException;
import io.auterity.relay.RelayBuilder;
import io.auterity.relay.budget.BudgetStore;
import io.auterity.relay.budget.InMemoryBudgetStore;
import io.auterity.relay.decide.Policy;
import io.auterity.relay.money.ModelName;
import io.auterity.relay.provider.Endpoint;
import io.auterity.relay.provider.HttpProvider;
import io.auterity.relay.quality.PredictorSettings;
import io.auterity.relay.replay.DecisionFile;
import io.auterity.relay.replay.DecisionLog;
import io.auterity.run.Threads;
import io.auterity.server.gateway.Gateway;
import io.auterity.server.gateway.RelayFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command {@code serve}. */
@Command(
        name = "serve",
        description = "Serves the interfaces of OpenAI and Anthropic, and calls the models behind them.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Callers need a key of the configuration; 'auterity relay key' makes one. The providers' keys are",
            "credentials: AUTERITY_CREDENTIAL_<NAME> in the environment. See docs/gateway.md.",
        })
final class ServeCommand implements Callable<Integer>, Checks.Checked {

    private static final Duration IDLE = Duration.ofSeconds(30);

    /** Longer than any call is under way. */
    private static final Duration LEAST_KEPT = Duration.ofDays(1);

    private final Shell shell;

    @Option(
            names = "--relay-config",
            paramLabel = "FILE",
            required = true,
            description = "Providers, models, prices, keys, budgets and rules, in YAML; - for standard input.")
    private String file = "";

    @Option(
            names = "--journal",
            paramLabel = "sqlite:PATH|jdbc:URL",
            description =
                    "The database that budgets are kept in, shared by all servers that name it; in memory when not"
                            + " given. User and password come from AUTERITY_JOURNAL_USER and AUTERITY_JOURNAL_PASSWORD.")
    private String journal = "";

    @Option(
            names = "--keep-ledger",
            paramLabel = "DURATION",
            description =
                    "How long the lines of the ledger in --journal are kept, a day at least: 400d. What was spent in a"
                            + " period is known without them. All are kept when not given.")
    private String kept = "";

    @Option(
            names = "--learned",
            paramLabel = "FILE|none",
            description =
                    "Where is kept what the relay learns of models and their tokens, for the next start: no prompts,"
                            + " only hashes of their words. When not given, the file of --relay-config with .learned"
                            + " behind it, if its folder can be written; none keeps nothing.")
    private String learned = "";

    @Option(names = "--host", description = "The address to listen at; ${DEFAULT-VALUE} when not given.")
    private String host = "127.0.0.1";

    @Option(names = "--port", description = "The port; ${DEFAULT-VALUE} when not given, 0 for any that is free.")
    private int port = 8080;

    @Option(
            names = "--allow-host",
            paramLabel = "HOST[:PORT]",
            description = "Lets providers be reached although they are on this machine or in a private network;"
                    + " repeatable.")
    private List<String> allowedHosts = new ArrayList<>();

    @Option(
            names = "--allow-plain-http",
            description = "Lets other machines connect without TLS, as from a proxy that has it.")
    private boolean isPlainHttpAllowed;

    ServeCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public void check(Checks checks) {
        checks.that(this::checkPort);
        checks.that(this::checkHost);
        checks.that(() -> EngineOptions.guard(allowedHosts));
        checks.that(() -> EngineOptions.credentialsOf(shell.environment()));
        checks.that(() -> shell.check(file));
        if (!journal.isEmpty()) {
            checks.that(() -> Journals.checkLasting(journal, shell.environment()));
        }
        checks.that(this::kept);
    }

    @Override
    public Integer call() throws InterruptedException {
        Map<String, String> environment = shell.environment();
        RelayFile.Content content = RelayFile.read(
                file,
                new String(shell.read(file), StandardCharsets.UTF_8),
                name -> EngineOptions.secret(environment, name));
        ProviderKeys.check(file, content.endpoints(), EngineOptions.credentialsOf(environment));
        if (hedgesInVain(content.policy())) {
            shell.err()
                    .println("'hedge: true' of " + file
                            + " has no effect: a slow call is made again at another deployment"
                            + " of its model, and no model has two, or 'attempts' is 1");
        }
        Optional<KeptLearning> learning = learning(content.options().predictor());
        try {
            if (journal.isEmpty()) {
                serve(content, new InMemoryBudgetStore(), learning, () -> {});
            } else {
                try (JdbcJournal database = Journals.database(journal, environment)) {
                    Duration deadline = content.settings().defaults().deadline();
                    JdbcBudgetStore store = JdbcBudgetStore.in(database, lifetime(deadline));
                    try (Threads.OwnTimer timer = Threads.newTimer();
                            OldLines lines = new OldLines(
                                    store::purge,
                                    kept(),
                                    InstantSource.system(),
                                    timer,
                                    told -> shell.err().println(told))) {
                        serve(content, store, learning, lines::start);
                    }
                }
            }
        } finally {
            learning.ifPresent(KeptLearning::close);
            content.close();
        }
        return Main.OK;
    }

    /** Whoever names a file must have it; the usual one is left out if it cannot be had. A damaged one always stops us. */
    private Optional<KeptLearning> learning(PredictorSettings settings) {
        try {
            Optional<Path> path = KeptLearning.pathOf(learned, file);
            return path.isEmpty()
                    ? Optional.empty()
                    : Optional.of(KeptLearning.open(
                            path.get(), settings, problem -> shell.err().println(problem)));
        } catch (IOException | InvalidPathException e) {
            String why = e instanceof IOException io ? LearnedFileException.why(io) : "it is no name of a file";
            if (!learned.isEmpty()) {
                throw Refusal.ofOption(
                        "--learned", learned + " cannot be had: " + why, "name another file, or write --learned none");
            }
            shell.err()
                    .println("what is learned will be forgotten, because " + file + ".learned cannot be had: " + why);
            return Optional.empty();
        }
    }

    private static boolean hedgesInVain(Policy policy) {
        Set<ModelName> models = new HashSet<>();
        boolean hasTwo = policy.deployments().stream().anyMatch(one -> !models.add(one.model()));
        return policy.limits().isHedged() && (!hasTwo || policy.limits().maxAttempts() < 2);
    }

    /** A call that takes twice as long as it may is lost. */
    private static Duration lifetime(Duration deadline) {
        Duration twice = deadline.multipliedBy(2);
        return twice.compareTo(JdbcBudgetStore.DEFAULT_LIFETIME) > 0 ? twice : JdbcBudgetStore.DEFAULT_LIFETIME;
    }

    private void serve(
            RelayFile.Content content, BudgetStore store, Optional<KeptLearning> learning, Runnable onceListening)
            throws InterruptedException {
        OutboundGuard guard = EngineOptions.guard(allowedHosts);
        Credentials credentials = EngineOptions.credentialsOf(shell.environment());
        InstantSource clock = InstantSource.system();
        Telemetry telemetry = Telemetry.ofThisProcess();
        RelayBuilder relay = content.relay(clock, store, telemetry.budgets()).seed(new SecureRandom().nextLong());
        telemetry.calls().forEach(relay::listener);
        learning.map(KeptLearning::file).ifPresent(known -> KeptLearning.teach(relay, known, content));
        Optional<DecisionFile> log = content.options().decisionLog().map(logging -> {
            DecisionFile lines = file(logging);
            relay.listener(new DecisionLog(lines, logging.keepsPrompts()));
            return lines;
        });
        List<HttpProvider> providers = new ArrayList<>();
        for (Map.Entry<String, Endpoint> entry : content.endpoints().entrySet()) {
            HttpProvider provider = new HttpProvider(entry.getValue(), guard, credentials, clock);
            providers.add(provider);
            relay.provider(entry.getKey(), provider);
        }
        ExecutorService hedges = hedges(content.settings().capacity().maxCalls());
        relay.hedges(hedges);
        CountDownLatch interrupted = new CountDownLatch(1);
        shell.process().onInterrupt(interrupted::countDown);
        shell.process().onTermination(interrupted::countDown);
        try (Gateway gateway = Gateway.start(host, port, relay.build(), content.settings(), clock)) {
            shell.err().println("listening at http://" + host + ":" + gateway.port());
            onceListening.run();
            interrupted.await();
            shell.err().println("interrupted: stopping");
        } catch (UncheckedIOException e) {
            throw Refusal.ofOption(
                    "--port", host + ":" + port + " cannot be had: " + e.getMessage(), "choose another port");
        } finally {
            providers.forEach(HttpProvider::close);
            log.ifPresent(DecisionFile::close);
            hedges.shutdown();
        }
    }

    private static DecisionFile file(RelayFile.Logging logging) {
        try {
            return new DecisionFile(logging.file(), logging.maxBytes());
        } catch (UncheckedIOException e) {
            throw Refusal.of(
                    "the decision log",
                    Refusal.FILE,
                    "decision-log/file",
                    String.valueOf(e.getMessage()),
                    "name a file in a folder that is there and may be written");
        }
    }

    /** Threads for calls that may be hedged, two for each; there are none before one is needed. */
    private static ExecutorService hedges(int maxCalls) {
        return new ThreadPoolExecutor(
                0, 2 * maxCalls, IDLE.toSeconds(), TimeUnit.SECONDS, new SynchronousQueue<>(), task -> {
                    Thread thread = new Thread(task, "auterity-hedge");
                    thread.setDaemon(true);
                    return thread;
                });
    }

    private Optional<Duration> kept() {
        if (kept.isEmpty()) {
            return Optional.empty();
        }
        if (journal.isEmpty()) {
            throw Refusal.ofOption(
                    "--keep-ledger",
                    "without a database the ledger ends with this process",
                    "remove it, or name a database with --journal");
        }
        return Optional.of(Durations.parse(kept)
                .filter(age -> age.compareTo(LEAST_KEPT) >= 0)
                .orElseThrow(() -> Refusal.ofOption(
                        "--keep-ledger", "'" + kept + "' is no duration of a day or more", "write 400d")));
    }

    private void checkPort() {
        if (port < 0 || port > 65_535) {
            throw Refusal.ofOption("--port", "a port is between 0 and 65535, not " + port, "write --port 8080");
        }
    }

    private void checkHost() {
        try {
            if (!InetAddress.getByName(host).isLoopbackAddress() && !isPlainHttpAllowed) {
                throw Refusal.ofOption(
                        "--host",
                        "keys and prompts would go over the network without TLS",
                        "listen at 127.0.0.1 behind a proxy that has TLS, or add --allow-plain-http");
            }
        } catch (UnknownHostException e) {
            throw Refusal.ofOption("--host", "'" + host + "' is no address of this machine", "write --host 127.0.0.1");
        }
    }
}
