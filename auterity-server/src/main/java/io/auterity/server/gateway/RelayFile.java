package io.auterity.server.gateway;

import io.auterity.definition.Closest;
import io.auterity.definition.Problem;
import io.auterity.relay.AnswerCache;
import io.auterity.relay.Relay;
import io.auterity.relay.RelayBuilder;
import io.auterity.relay.RelayRequest;
import io.auterity.relay.budget.Budget;
import io.auterity.relay.budget.BudgetListener;
import io.auterity.relay.budget.BudgetStore;
import io.auterity.relay.budget.Budgets;
import io.auterity.relay.budget.Enforcement;
import io.auterity.relay.budget.InMemoryBudgetStore;
import io.auterity.relay.budget.Period;
import io.auterity.relay.budget.Scope;
import io.auterity.relay.decide.Capability;
import io.auterity.relay.decide.Deployment;
import io.auterity.relay.decide.Exploration;
import io.auterity.relay.decide.ModelCard;
import io.auterity.relay.decide.Objective;
import io.auterity.relay.decide.Policy;
import io.auterity.relay.money.Meter;
import io.auterity.relay.money.ModelName;
import io.auterity.relay.money.Money;
import io.auterity.relay.money.PriceBook;
import io.auterity.relay.money.Rates;
import io.auterity.relay.money.ServiceTier;
import io.auterity.relay.money.UnknownPrice;
import io.auterity.relay.money.Usage;
import io.auterity.relay.provider.Embedder;
import io.auterity.relay.provider.EmbedderProvider;
import io.auterity.relay.provider.Endpoint;
import io.auterity.relay.provider.Protocol;
import io.auterity.relay.quality.PredictorSettings;
import io.auterity.relay.redact.PersonalData;
import io.auterity.relay.redact.Redaction;
import io.auterity.relay.replay.DecisionFile;
import io.auterity.relay.rules.Rules;
import io.auterity.relay.rules.RulesException;
import io.auterity.relay.tokens.ContextAssembly;
import io.auterity.relay.tokens.TokenCounter;
import java.math.BigDecimal;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Dump;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * Reads the YAML file that configures a relay and its gateway; every problem of it is told at once. Confined to one
 * thread; what is read is immutable.
 */
public final class RelayFile {

    /** The most bytes of a file: 4 MiB. */
    public static final int MAX_BYTES = 4 * 1024 * 1024;

    private static final Set<String> KEYS = Set.of(
            "relay",
            "providers",
            "models",
            "aliases",
            "keys",
            "budgets",
            "rules",
            "default",
            "objective",
            "unknown-price",
            "attempts",
            "max-tokens",
            "deadline",
            "explore",
            "half-life",
            "decision-log",
            "token-bound",
            "shorten",
            "hedge",
            "after-first-token",
            "cache",
            "redact");
    private static final Map<String, Endpoint.Dialect> DIALECTS = words(Endpoint.Dialect.values());
    private static final Map<String, PersonalData> PERSONAL = words(PersonalData.values());
    private static final Map<String, Period> PERIODS = words(Period.values());
    private static final Map<String, Capability> CAPABILITIES = words(Capability.values());
    private static final Map<String, ServiceTier> TIERS = words(ServiceTier.values());
    private static final Map<String, Scope.Level> LEVELS = words(Scope.Level.values());
    private static final Map<String, UnknownPrice> UNKNOWN = new TreeMap<>(Map.of(
            "refuse", UnknownPrice.REFUSE,
            "worst-case", UnknownPrice.WORST_CASE,
            "flag", UnknownPrice.ALLOW_AND_FLAG));
    private static final Map<String, Policy.AfterFirstToken> AFTER_FIRST_TOKEN = words(Policy.AfterFirstToken.values());
    private static final Map<String, Objective> OBJECTIVES = new TreeMap<>(Map.of(
            "cost-saving", Objective.COST_SAVING,
            "balanced", Objective.BALANCED,
            "quality-first", Objective.QUALITY_FIRST));
    private static final Map<String, Enforcement> ENFORCEMENTS = new TreeMap<>(Map.of(
            "notify", new Enforcement.Notify(),
            "downgrade", new Enforcement.Downgrade(),
            "require-approval", new Enforcement.RequireApproval(),
            "block", new Enforcement.Block()));
    private static final Map<String, Boolean> BOUNDS = new TreeMap<>(Map.of("calibrated", false, "bytes", true));
    private static final String IN_PROCESS = "in-process";

    /** How long a model in this process takes, until it has been measured. */
    private static final Duration AT_HAND = Duration.ofMillis(50);

    private static final int PICOS_A_DOLLAR_FOR_A_MILLION = 6;

    private final List<Problem> problems = new ArrayList<>();
    private final Function<String, Optional<String>> secrets;

    /** Who answers for a provider of this process. */
    private final Map<String, EmbedderProvider> inProcess = new LinkedHashMap<>();

    /** One for each name, whoever uses it. */
    private final Map<String, Embedder> embedders = new HashMap<>();

    private RelayFile(Function<String, Optional<String>> secrets) {
        this.secrets = secrets;
    }

    /**
     * Where decisions are written down.
     *
     * @param file the file
     * @param maxBytes the most bytes of it
     * @param keepsPrompts whether the prompts are written, too
     */
    public record Logging(Path file, long maxBytes, boolean keepsPrompts) {}

    /**
     * What a relay does beside deciding.
     *
     * @param decisionLog where decisions are written down, or empty
     * @param isProvable whether the bytes bound the tokens of prompts, and not what was learned
     * @param shortens whether conversations that fit no window are shortened
     * @param cache how answers are remembered, or empty
     * @param redaction what providers do not get to see, or empty
     * @param predictor how what was learned is weighed
     */
    public record Options(
            Optional<Logging> decisionLog,
            boolean isProvable,
            boolean shortens,
            Optional<Caching> cache,
            Optional<Redaction> redaction,
            PredictorSettings predictor) {}

    /**
     * How answers are remembered.
     *
     * @param ttl how long each is
     * @param maxBytes about how much memory is used at most
     * @param meaning how questions are compared by what they mean, or empty if they are the same or not
     */
    public record Caching(Duration ttl, long maxBytes, Optional<Meaning> meaning) {}

    /**
     * How questions are compared by what they mean.
     *
     * @param embedder makes their vectors
     * @param similarity the least cosine of two that mean the same, above 0 and at most 1
     */
    public record Meaning(Embedder embedder, double similarity) {}

    /**
     * What a file says.
     *
     * @param policy what the relay is to do
     * @param endpoints where the providers are reached that are not in this process, by name
     * @param embedders who answers for the providers in this process, by name
     * @param budgets the limits
     * @param settings what the gateway is told
     * @param options what else the relay does
     */
    public record Content(
            Policy policy,
            Map<String, Endpoint> endpoints,
            Map<String, Embedder> embedders,
            List<Budget> budgets,
            GatewaySettings settings,
            Options options)
            implements AutoCloseable {
        /** Copies the parts. */
        public Content {
            endpoints = Map.copyOf(endpoints);
            embedders = Map.copyOf(embedders);
            budgets = List.copyOf(budgets);
        }

        /**
         * Starts to make the relay; the providers at the endpoints and its log are still to be said. Thresholds that its
         * budgets pass are warned of in the log of this process.
         *
         * @param clock the time
         * @param store keeps what has been spent
         * @return a builder with policy, budgets, options and the providers in this process
         */
        public RelayBuilder relay(InstantSource clock, BudgetStore store) {
            return relay(clock, store, List.of());
        }

        /**
         * Starts to make the relay, as {@link #relay(InstantSource, BudgetStore)}.
         *
         * @param clock the time
         * @param store keeps what has been spent
         * @param listeners who else is told of budgets
         * @return a builder with policy, budgets, options and the providers in this process
         */
        public RelayBuilder relay(InstantSource clock, BudgetStore store, List<BudgetListener> listeners) {
            RelayBuilder relay = Relay.builder(policy, clock)
                    .budgets(new Budgets(budgets, store, clock, new BudgetWarnings(listeners)))
                    .tokens(options.isProvable() ? TokenCounter.provable() : TokenCounter.calibrated());
            options.cache()
                    .map(cache -> cache.meaning()
                            .map(by -> AnswerCache.semantic(
                                    clock, cache.ttl(), cache.maxBytes(), by.embedder(), by.similarity()))
                            .orElseGet(() -> AnswerCache.exact(clock, cache.ttl(), cache.maxBytes())))
                    .ifPresent(relay::cache);
            embedders.forEach((name, embedder) -> relay.provider(name, Embedder.provider(embedder)));
            options.redaction().ifPresent(relay::redaction);
            return options.shortens() ? relay.context(new ContextAssembly(ContextAssembly.Summary.NONE)) : relay;
        }

        /**
         * Returns the call that a request of OpenAI's chat completions would become, without headers.
         *
         * @param request the JSON object of the request's body
         * @param key the id of the caller's key, or empty for the first
         * @return the call
         * @throws IllegalArgumentException if there is no such key, or the gateway would refuse the request before it is
         *     routed, as one for a model that is not there
         */
        public RelayRequest chat(Map<String, ?> request, Optional<String> key) {
            VirtualKey caller = settings.keys().stream()
                    .filter(one -> key.isEmpty() || id(one).equals(key.get()))
                    .findFirst()
                    .orElseThrow(
                            () -> new IllegalArgumentException("there is no key '" + key.orElse("") + "'; there are "
                                    + settings.keys().stream().map(Content::id).toList()));
            try {
                Inquiry inquiry = new ChatForm().read(Fields.of(request, ""), Map.of());
                return Exchange.asked(
                        "explain",
                        inquiry,
                        new Models(policy, settings.aliases(), settings.protocols()),
                        caller,
                        settings.defaults());
            } catch (Refused refused) {
                throw new IllegalArgumentException(refused.text(), refused);
            }
        }

        /** Frees the models of this process, when the relay that uses them has ended. A second time has no effect. */
        @Override
        public void close() {
            embedders.values().forEach(Embedder::close);
            options.cache()
                    .flatMap(Caching::meaning)
                    .ifPresent(by -> by.embedder().close());
        }

        private static String id(VirtualKey key) {
            List<Scope.Part> parts = key.scope().parts();
            return parts.get(parts.size() - 1).id();
        }
    }

    private static <E extends Enum<E>> Map<String, E> words(E[] values) {
        Map<String, E> words = new LinkedHashMap<>();
        for (E value : values) {
            words.put(value.name().toLowerCase(Locale.ROOT).replace('_', '-'), value);
        }
        return words;
    }

    /**
     * Reads a file.
     *
     * @param name its name, for messages
     * @param yaml its text
     * @param secrets finds secrets by name, for keys that are not written as hashes
     * @return what it says
     * @throws RelayFileException if it is wrong, with all problems
     */
    public static Content read(String name, String yaml, Function<String, Optional<String>> secrets) {
        RelayFile file = new RelayFile(secrets);
        Optional<Content> content = file.content(yaml);
        if (!file.problems.isEmpty()) {
            throw new RelayFileException(name, file.problems);
        }
        return content.orElseThrow();
    }

    /**
     * Reads a file for something else than serving callers: nobody has the keys in it that are written as secrets, and none
     * of these is asked for.
     *
     * @param name its name, for messages
     * @param yaml its text
     * @return what it says
     * @throws RelayFileException if it is wrong, with all problems
     */
    public static Content read(String name, String yaml) {
        Map<String, String> unknown = new HashMap<>();
        return read(
                name,
                yaml,
                secret -> Optional.of(
                        unknown.computeIfAbsent(secret, any -> UUID.randomUUID().toString())));
    }

    private @Nullable Object load(String yaml) {
        LoadSettings settings = LoadSettings.builder()
                .setLabel("the file")
                .setCodePointLimit(MAX_BYTES)
                .setMaxAliasesForCollections(50)
                .setAllowDuplicateKeys(false)
                .build();
        try {
            return new Load(settings).loadFromString(yaml);
        } catch (YamlEngineException e) {
            problems.add(new Problem(
                    RelayFileException.INVALID,
                    "the file",
                    String.valueOf(e.getMessage()),
                    "mend it",
                    Optional.empty()));
            return Map.of();
        }
    }

    private Optional<Content> content(String yaml) {
        Object loaded = load(yaml);
        if (!problems.isEmpty()) {
            return Optional.empty();
        }
        Section file = new Section(loaded, "", KEYS, problems);
        if (!Integer.valueOf(1).equals(file.get("relay"))) {
            file.problem("relay", "the format is 1", "begin with 'relay: 1'");
        }
        Map<String, Endpoint> endpoints = endpoints(file);
        Set<ModelName> names = new LinkedHashSet<>();
        List<ModelCard> cards = new ArrayList<>();
        List<Deployment> deployments = new ArrayList<>();
        PriceBook book = PriceBook.shipped();
        for (Map.Entry<String, EmbedderProvider> local : inProcess.entrySet()) {
            ModelName name = new ModelName(local.getKey(), local.getValue().model());
            names.add(name);
            cards.add(new ModelCard(
                    name, Set.of(Capability.EMBEDDINGS), local.getValue().contextTokens(), 0, AT_HAND));
            deployments.add(new Deployment(name.toString(), name, "", ServiceTier.STANDARD));
            book = book.with(name, Rates.of(0, 0));
        }
        for (Map.Entry<String, Section> entry : file.sections(
                        "models", Set.of("context", "max-output", "can", "latency", "price", "deployments"))
                .entrySet()) {
            Section section = entry.getValue();
            Optional<ModelName> name = model(section, "", entry.getKey());
            if (name.isPresent() && inProcess.containsKey(name.get().provider())) {
                section.problem("", "the model of a provider in this process comes with it", "remove it");
            } else if (name.isPresent()) {
                names.add(name.get());
                cards.add(card(name.get(), section));
                deployments.addAll(deployments(name.get(), section, endpoints));
                book = price(book, name.get(), section);
            }
        }
        if (names.isEmpty()) {
            file.problem(
                    "models",
                    "there is none",
                    "add one, as in 'openai/gpt-5-mini: {context: 400000, max-output: 128000}'");
        }
        Map<String, Set<ModelName>> aliases = aliases(file, names);
        List<Budget> budgets = new ArrayList<>(budgets(file, names));
        List<VirtualKey> keys = keys(file, names, aliases, budgets);
        UnknownPrice unknown = file.word("unknown-price", UNKNOWN, UnknownPrice.REFUSE);
        asked(file, endpoints, deployments);
        priced(file, book, cards, deployments, unknown);
        Rules rules = rules(file);
        ruled(file, names);
        Exploration exploration = file.made(
                        "explore",
                        file.get("explore"),
                        "write a share between 0 and 0.5",
                        text -> new Exploration(Double.parseDouble(text), 1))
                .orElse(Exploration.NONE);
        int attempts = (int) file.whole("attempts", Policy.Limits.DEFAULT.maxAttempts(), 1, 20);
        Policy.AfterFirstToken afterFirstToken =
                file.word("after-first-token", AFTER_FIRST_TOKEN, Policy.AfterFirstToken.FAIL);
        GatewaySettings.Defaults usual = GatewaySettings.Defaults.USUAL;
        GatewaySettings.Defaults defaults = new GatewaySettings.Defaults(
                objective(file),
                file.whole("max-tokens", usual.maxOutput(), 1, Form.MOST_TOKENS),
                file.duration("deadline", usual.deadline()));
        Options options = new Options(
                decisionLog(file),
                file.word("token-bound", BOUNDS, false),
                file.flag("shorten"),
                cache(file),
                redaction(file),
                predictor(file));
        if (!problems.isEmpty()) {
            return Optional.empty();
        }
        try {
            Policy policy = new Policy(
                    cards,
                    deployments,
                    rules,
                    new Policy.Prices(book, unknown),
                    exploration,
                    new Policy.Limits(attempts, file.flag("hedge"), afterFirstToken));
            Map<String, Protocol> protocols = new HashMap<>();
            Map<String, Embedder> local = new HashMap<>();
            inProcess.forEach((name, found) -> {
                protocols.put(name, Protocol.CHAT_COMPLETIONS);
                local.put(name, embedder(found));
            });
            endpoints.forEach((name, endpoint) -> protocols.put(name, protocol(endpoint)));
            return Optional.of(new Content(
                    policy,
                    endpoints,
                    local,
                    budgets,
                    new GatewaySettings(keys, aliases, protocols, defaults, GatewaySettings.Capacity.USUAL),
                    options));
        } catch (IllegalArgumentException e) {
            file.problem("models", String.valueOf(e.getMessage()), "mend the deployments");
            return Optional.empty();
        }
    }

    /** A word, or a word with limits. */
    private static Objective objective(Section file) {
        if (!(file.get("objective") instanceof Map)) {
            return file.word("objective", OBJECTIVES, Objective.BALANCED);
        }
        Section section = file.section("objective", Set.of("mode", "min-quality", "within", "at-most"));
        Objective mode = section.word("mode", OBJECTIVES, Objective.BALANCED);
        Objective quality = section.made(
                        "min-quality",
                        section.get("min-quality"),
                        "write a score between 0 and 1",
                        text -> mode.atLeast(Double.parseDouble(text)))
                .orElse(mode);
        Objective cost = section.made(
                        "at-most",
                        section.get("at-most"),
                        "write dollars, as in \"0.02\"",
                        text -> quality.atMost(Money.dollars(text)))
                .orElse(quality);
        return section.get("within") == null ? cost : cost.within(section.duration("within", Duration.ZERO));
    }

    private static PredictorSettings predictor(Section file) {
        return file.get("half-life") == null
                ? PredictorSettings.DEFAULT
                : PredictorSettings.DEFAULT.halfLife(file.duration("half-life", Duration.ofDays(1)));
    }

    private static Optional<Logging> decisionLog(Section file) {
        if (file.get("decision-log") == null) {
            return Optional.empty();
        }
        Section section = file.section("decision-log", Set.of("file", "max-bytes", "prompts"));
        long maxBytes = section.whole("max-bytes", DecisionFile.DEFAULT_MAX_BYTES, 1, Long.MAX_VALUE);
        boolean keepsPrompts = section.get("prompts") == null || section.flag("prompts");
        return section.made("file", section.text("file"), "write the name of a file", Path::of)
                .map(path -> new Logging(path, maxBytes, keepsPrompts));
    }

    private static Optional<Redaction> redaction(Section file) {
        if (file.get("redact") == null) {
            return Optional.empty();
        }
        Section section = file.section("redact", Set.of("kinds", "patterns"));
        Set<PersonalData> kinds = EnumSet.noneOf(PersonalData.class);
        for (String word : section.texts("kinds")) {
            PersonalData kind = PERSONAL.get(word);
            if (kind == null) {
                section.problem("kinds", "there is no '" + word + "'", "use some of " + PERSONAL.keySet());
            } else {
                kinds.add(kind);
            }
        }
        Redaction redaction = Redaction.of(kinds);
        Section patterns = section.section("patterns", Set.of());
        for (String name : patterns.keys()) {
            Redaction before = redaction;
            redaction = patterns.made(
                            name, patterns.text(name), "write NAME: an expression", text -> before.and(name, text))
                    .orElse(before);
        }
        return Optional.of(redaction);
    }

    private Optional<Caching> cache(Section file) {
        if (file.get("cache") == null) {
            return Optional.empty();
        }
        Section section = file.section("cache", Set.of("ttl", "max-bytes", "embedder", "similarity"));
        Optional<Double> similarity = section.made(
                "similarity", section.get("similarity"), "write a number above 0 and up to 1", RelayFile::similarity);
        if (section.get("similarity") != null && section.get("embedder") == null) {
            section.problem("similarity", "is nothing without an embedder", "add 'embedder: minilm', or remove it");
        }
        return Optional.of(new Caching(
                section.duration("ttl", AnswerCache.DEFAULT_TTL),
                section.whole("max-bytes", AnswerCache.DEFAULT_MAX_BYTES, 1, Long.MAX_VALUE),
                installed(section, "embedder")
                        .map(found ->
                                new Meaning(embedder(found), similarity.orElse(AnswerCache.DEFAULT_SIMILARITY)))));
    }

    private static double similarity(String text) {
        double cosine = Double.parseDouble(text);
        if (!(cosine > 0 && cosine <= 1)) { // NaN is refused, too
            throw new IllegalArgumentException("a similarity is above 0 and at most 1, not " + text);
        }
        return cosine;
    }

    private Embedder embedder(EmbedderProvider found) {
        return embedders.computeIfAbsent(found.name(), name -> found.open());
    }

    /** The embedder that is named, if one is; the class path is looked at only then. */
    private static Optional<EmbedderProvider> installed(Section section, String key) {
        Optional<String> name = section.optional(key);
        if (name.isEmpty()) {
            return Optional.empty();
        }
        List<EmbedderProvider> all = EmbedderProvider.installed();
        Optional<EmbedderProvider> found =
                all.stream().filter(one -> one.name().equals(name.get())).findFirst();
        if (found.isEmpty()) {
            section.problem(
                    key,
                    "there is no embedder '" + name.get() + "' on the class path",
                    all.isEmpty()
                            ? "add an artifact that has it, as auterity-connector-minilm has 'minilm'"
                            : Closest.fix(
                                    name.get(),
                                    all.stream().map(EmbedderProvider::name).toList()));
        }
        return found;
    }

    private Map<String, Endpoint> endpoints(Section file) {
        Map<String, Endpoint> endpoints = new LinkedHashMap<>();
        Map<String, Section> sections = file.sections("providers", Set.of("speaks", "url", "credentials", IN_PROCESS));
        if (sections.isEmpty()) {
            file.problem(
                    "providers",
                    "there is none",
                    "add one, as in 'openai: {speaks: openai, url: https://api.openai.com/v1, credentials: [openai]}'");
        }
        sections.forEach((name, section) -> {
            boolean isName = section.made("", name, "write a name as in openai", given -> new ModelName(given, "any"))
                    .isPresent();
            if (section.get(IN_PROCESS) != null) {
                for (String key : List.of("speaks", "url", "credentials")) {
                    if (section.get(key) != null) {
                        section.problem(key, "is nothing that a provider in this process has", "remove it");
                    }
                }
                installed(section, IN_PROCESS).filter(found -> isName).ifPresent(found -> inProcess.put(name, found));
                return;
            }
            Endpoint.Dialect dialect = section.word("speaks", DIALECTS, null);
            String url = section.text("url");
            if (!url.isEmpty()) {
                section.made(
                                "url",
                                url,
                                "write an address as in https://api.openai.com/v1",
                                text -> new Endpoint(dialect, URI.create(text), section.texts("credentials")))
                        .ifPresent(endpoint -> endpoints.put(name, endpoint));
            }
            endpoints.putIfAbsent(name, new Endpoint(dialect, URI.create("http://unknown.invalid"), List.of()));
        });
        return endpoints;
    }

    private static Optional<ModelName> model(Section section, String key, String name) {
        return section.made(key, name, "write it as in openai/gpt-5-mini", ModelName::of);
    }

    private static ModelCard card(ModelName name, Section section) {
        Set<Capability> can = EnumSet.noneOf(Capability.class);
        if (section.get("can") == null) {
            can.addAll(Set.of(Capability.TOOLS, Capability.STREAMING));
        }
        for (String word : section.texts("can")) {
            Capability capability = CAPABILITIES.get(word);
            if (capability == Capability.STREAMING) {
                section.problem("can", "'streaming' has no effect: streams are asked of every model", "remove it");
            } else if (capability == null) {
                section.problem(
                        "can",
                        "'" + word + "' is nothing that a model can",
                        "write some of "
                                + String.join(
                                        ", ",
                                        CAPABILITIES.keySet().stream()
                                                .filter(known -> !known.equals("streaming"))
                                                .toList()));
            } else {
                can.add(capability);
            }
        }
        boolean isEmbedding = can.contains(Capability.EMBEDDINGS);
        long context = section.whole("context", 0, 1, Form.MOST_TOKENS);
        long output = section.whole("max-output", isEmbedding ? 0 : -1, isEmbedding ? 0 : 1, Form.MOST_TOKENS);
        if (context == 0) {
            section.problem("context", "is required", "write how many tokens prompt and answer have together at most");
        }
        if (output < 0) {
            section.problem("max-output", "is required", "write how many tokens an answer has at most");
        }
        return new ModelCard(
                name,
                can,
                Math.max(1, context),
                Math.max(0, output),
                section.duration("latency", Duration.ofSeconds(1)));
    }

    private static List<Deployment> deployments(ModelName name, Section section, Map<String, Endpoint> endpoints) {
        List<Section> places = section.list("deployments", Set.of("id", "region", "tier", "provider", "name"));
        boolean isAtItsOwn = places.isEmpty()
                || places.stream().anyMatch(place -> place.optional("provider").isEmpty());
        if (isAtItsOwn && !endpoints.containsKey(name.provider())) {
            section.problem(
                    "",
                    "there is no provider '" + name.provider() + "'",
                    "add it to providers, or say 'provider' in each of its deployments");
        }
        List<Deployment> deployments = places.isEmpty()
                ? List.of(new Deployment(name.toString(), name, "", ServiceTier.STANDARD))
                : places.stream()
                        .map(place -> deployment(name, place, endpoints.keySet()))
                        .toList();
        Map<Protocol, String> speakers = new EnumMap<>(Protocol.class);
        endpoints.forEach((provider, endpoint) -> {
            if (deployments.stream().anyMatch(place -> place.provider().equals(provider))) {
                speakers.put(protocol(endpoint), provider);
            }
        });
        if (speakers.size() > 1) {
            section.problem(
                    "deployments",
                    "are at providers of two interfaces, " + String.join(" and ", speakers.values()),
                    "make a model of each, and one alias for both");
        }
        return deployments;
    }

    private static Deployment deployment(ModelName model, Section place, Set<String> providers) {
        Optional<String> region = place.optional("region");
        Optional<String> provider = place.optional("provider");
        provider.filter(name -> !providers.contains(name))
                .ifPresent(name -> place.problem(
                        "provider", "there is no provider '" + name + "' at a url", Closest.fix(name, providers)));
        Optional<String> known = provider.filter(providers::contains);
        return new Deployment(
                place.optional("id")
                        .filter(id -> !id.isBlank())
                        .orElse(region.or(() -> provider)
                                .map(where -> model + "@" + where)
                                .orElse(model.toString())),
                model,
                region.orElse(""),
                place.word("tier", TIERS, ServiceTier.STANDARD),
                known.orElse(model.provider()),
                place.made(
                                "name",
                                place.get("name"),
                                "write what the provider calls it",
                                text -> new ModelName(model.provider(), text).model())
                        .orElse(model.model()));
    }

    private static Protocol protocol(Endpoint endpoint) {
        return endpoint.dialect() == Endpoint.Dialect.ANTHROPIC ? Protocol.MESSAGES : Protocol.CHAT_COMPLETIONS;
    }

    /** Dollars for a million tokens are whole pico-dollars a token, or finer than anybody charges. */
    private static PriceBook price(PriceBook book, ModelName name, Section section) {
        if (section.get("price") == null) {
            return book;
        }
        Map<Meter, Long> picos = new EnumMap<>(Meter.class);
        Section price = section.section("price", Set.of());
        for (String key : price.keys()) {
            price.made(key, key, "write one of " + words(Meter.values()).keySet(), word -> meter(word))
                    .ifPresent(meter -> price.made(
                                    key,
                                    price.get(key),
                                    "write dollars for a million tokens, as in \"2.50\"",
                                    RelayFile::picos)
                            .ifPresent(rate -> picos.put(meter, rate)));
        }
        return book.with(name, Rates.of(picos));
    }

    private static Meter meter(String word) {
        Meter meter = words(Meter.values()).get(word);
        if (meter == null) {
            throw new IllegalArgumentException("nothing of this name is charged for");
        }
        return meter;
    }

    private static long picos(String dollars) {
        long picos = new BigDecimal(dollars.strip())
                .movePointRight(PICOS_A_DOLLAR_FOR_A_MILLION)
                .longValueExact();
        if (picos < 0) {
            throw new IllegalArgumentException("a price is 0 or more");
        }
        return picos;
    }

    /** A deployment in a tier that its calls do not ask for would be booked at rates that they are not charged at. */
    private static void asked(Section file, Map<String, Endpoint> endpoints, List<Deployment> deployments) {
        for (Deployment deployment : deployments) {
            Endpoint endpoint = endpoints.get(deployment.provider());
            if (endpoint != null && !endpoint.has(deployment.tier())) {
                String tier = deployment.tier().key();
                file.problem(
                        "models/" + deployment.model() + "/deployments",
                        "'" + deployment.id() + "' is in tier " + tier + ", for which provider '"
                                + deployment.provider() + "' cannot be asked",
                        "remove 'tier: " + tier + "', or write a tier that calls are made in");
            }
        }
    }

    /** Every call uses tokens of the prompt, and every answer but one of vectors those of its own. */
    private static void priced(
            Section file, PriceBook book, List<ModelCard> cards, List<Deployment> deployments, UnknownPrice unknown) {
        if (unknown != UnknownPrice.REFUSE) {
            return;
        }
        Map<ModelName, Usage> least = new HashMap<>();
        cards.forEach(card ->
                least.put(card.name(), Usage.of(1, card.capabilities().contains(Capability.EMBEDDINGS) ? 0 : 1)));
        for (Deployment deployment : deployments) {
            Usage used = least.getOrDefault(deployment.model(), Usage.of(1, 0));
            book.missing(deployment.model(), deployment.tier(), used)
                    .ifPresent(what -> file.problem(
                            "models/" + deployment.model(),
                            "the price book of " + book.version() + " has no " + what + " in tier "
                                    + deployment.tier().key(),
                            "add 'price: {input: \"...\", output: \"...\"}' in dollars for a million tokens, or set"
                                    + " unknown-price"));
        }
    }

    private Map<String, Set<ModelName>> aliases(Section file, Set<ModelName> names) {
        Map<String, Set<ModelName>> aliases = new LinkedHashMap<>();
        Section section = file.section("aliases", Set.of());
        for (String alias : section.keys()) {
            if (alias.equals(Models.AUTO)) {
                section.problem(alias, "means every model already", "choose another name");
            }
            aliases.put(alias, known(section, alias, section.texts(alias), names, Map.of()));
        }
        return aliases;
    }

    private static Set<ModelName> known(
            Section section,
            String key,
            List<String> words,
            Set<ModelName> names,
            Map<String, Set<ModelName>> aliases) {
        Set<ModelName> found = new LinkedHashSet<>();
        for (String word : words) {
            if (aliases.containsKey(word)) {
                found.addAll(aliases.get(word));
            } else {
                model(section, key, word).ifPresent(name -> {
                    isThere(section, key, name, names);
                    found.add(name);
                });
            }
        }
        return found;
    }

    private static void isThere(Section section, String key, ModelName name, Set<ModelName> names) {
        if (!names.contains(name)) {
            section.problem(
                    key,
                    "'" + name + "' is none of the models",
                    Closest.to(
                                    name.toString(),
                                    names.stream().map(ModelName::toString).toList())
                            .map(closest -> "use '" + closest + "', or add it to models")
                            .orElse("add it to models"));
        }
    }

    private List<Budget> budgets(Section file, Set<ModelName> names) {
        List<Budget> budgets = new ArrayList<>();
        for (Section section :
                file.list("budgets", Set.of("tenant", "team", "each", "period", "limit", "zone", "at"))) {
            Optional<Scope> scope = scope(section);
            Optional<Scope.Level> each =
                    section.get("each") == null ? Optional.empty() : Optional.of(section.word("each", LEVELS, null));
            scope.flatMap(payer -> budget(section, payer, each, names)).ifPresent(budgets::add);
        }
        try {
            new Budgets(budgets, new InMemoryBudgetStore(), () -> Instant.EPOCH, new BudgetListener() {});
        } catch (IllegalArgumentException e) {
            file.problem("budgets", String.valueOf(e.getMessage()), "keep one of them");
        }
        return budgets;
    }

    private static Optional<Scope> scope(Section section) {
        String tenant = section.text("tenant");
        if (tenant.isEmpty()) {
            return Optional.empty();
        }
        return section.made("tenant", tenant, "write a name", Scope::tenant)
                .flatMap(scope -> section.get("team") == null
                        ? Optional.of(scope)
                        : section.made("team", section.get("team"), "write a name", scope::team));
    }

    private static Optional<Budget> budget(
            Section section, Scope payer, Optional<Scope.Level> each, Set<ModelName> names) {
        Period period = section.word("period", PERIODS, null);
        ZoneId zone = section.made("zone", section.get("zone"), "write a time zone as in Europe/Berlin", ZoneId::of)
                .orElse(ZoneOffset.UTC);
        String limit = section.text("limit");
        if (limit.isEmpty()) {
            return Optional.empty();
        }
        Optional<Budget> budget = section.made(
                "limit",
                limit,
                "write dollars, as in \"500\"",
                text -> new Budget(payer, each, period, Money.dollars(text), List.of(), zone));
        Section marks = section.section("at", Set.of());
        for (String percent : marks.keys()) {
            Enforcement enforcement = enforcement(marks, percent, names);
            budget = budget.flatMap(so -> marks.made(
                    percent,
                    percent,
                    "write a percentage between 1 and 100",
                    text -> so.at(Integer.parseInt(text), enforcement)));
        }
        return budget;
    }

    /** The keys of YAML may be numbers. */
    private static Enforcement enforcement(Section marks, String percent, Set<ModelName> names) {
        Object value = marks.get(percent);
        if (value == null && percent.matches("[0-9]{1,3}")) {
            value = marks.number(Integer.parseInt(percent));
        }
        if (value instanceof List<?> given) {
            Set<ModelName> models = new LinkedHashSet<>();
            given.forEach(word -> marks.made(percent, word, "write models as in openai/gpt-4o-mini", ModelName::of)
                    .ifPresent(name -> {
                        isThere(marks, percent, name, names);
                        models.add(name);
                    }));
            return new Enforcement.RestrictModels(models);
        }
        Enforcement enforcement = ENFORCEMENTS.get(String.valueOf(value));
        if (enforcement == null) {
            marks.problem(
                    percent,
                    "'" + value + "' is nothing a budget does",
                    "write one of " + ENFORCEMENTS.keySet() + ", or a list of the models that may still be called");
            return new Enforcement.Notify();
        }
        return enforcement;
    }

    private List<VirtualKey> keys(
            Section file, Set<ModelName> names, Map<String, Set<ModelName>> aliases, List<Budget> budgets) {
        List<VirtualKey> keys = new ArrayList<>();
        Set<String> hashes = new HashSet<>();
        List<Section> sections = file.list(
                "keys",
                Set.of(
                        "id",
                        "tenant",
                        "team",
                        "sha256",
                        "secret",
                        "models",
                        "requests-per-minute",
                        "concurrent",
                        "unbounded",
                        "approves",
                        "budgets"));
        if (sections.isEmpty()) {
            file.problem("keys", "there is none, so nobody could call", "make one with 'auterity relay key'");
        }
        for (Section section : sections) {
            String id = section.text("id");
            Optional<Scope> scope = id.isEmpty()
                    ? Optional.empty()
                    : scope(section).flatMap(payer -> section.made("id", id, "write a name", payer::key));
            Optional<String> hash = hash(section);
            VirtualKey.Limits usual = VirtualKey.Limits.USUAL;
            VirtualKey.Limits limits = new VirtualKey.Limits(
                    (int) section.whole("requests-per-minute", usual.requestsPerMinute(), 1, 1_000_000),
                    (int) section.whole("concurrent", usual.concurrent(), 1, 100_000),
                    section.flag("unbounded"),
                    section.flag("approves"));
            Set<ModelName> allowed = known(section, "models", section.texts("models"), names, aliases);
            if (hash.isPresent() && !hashes.add(hash.get())) {
                section.problem("", "another key is the same", "make a new one with 'auterity relay key'");
            }
            scope.ifPresent(payer -> {
                hash.flatMap(sha -> section.made(
                                "sha256",
                                sha,
                                "make a key and its hash with 'auterity relay key'",
                                text -> new VirtualKey(text, payer, allowed, limits)))
                        .ifPresent(keys::add);
                section.list("budgets", Set.of("period", "limit", "zone", "at"))
                        .forEach(budget ->
                                budget(budget, payer, Optional.empty(), names).ifPresent(budgets::add));
            });
        }
        return keys;
    }

    private Optional<String> hash(Section section) {
        Optional<String> secret = section.optional("secret");
        if (secret.isPresent() == section.optional("sha256").isPresent()) {
            section.problem(
                    "",
                    "a key has either sha256 or secret",
                    "write 'sha256: ' and the hash that 'auterity relay key' tells, or 'secret: ' and a secret's name");
            return Optional.empty();
        }
        if (secret.isEmpty()) {
            return section.optional("sha256");
        }
        Optional<String> key = secrets.apply(secret.get()).filter(value -> value.length() >= 20);
        if (key.isEmpty()) {
            section.problem(
                    "secret",
                    "there is no secret '" + secret.get() + "', or it has less than 20 characters",
                    "set it in the environment");
        }
        return key.map(VirtualKey::hash);
    }

    private Rules rules(Section file) {
        if (file.get("rules") == null && file.get("default") == null) {
            return Rules.NONE;
        }
        Map<String, Object> text = new LinkedHashMap<>();
        text.put("relay", 1);
        Object rules = file.get("rules");
        text.put("rules", rules == null ? List.of() : rules);
        Object usual = file.get("default");
        if (usual != null) {
            text.put("default", usual);
        }
        try {
            return Rules.read(new Dump(DumpSettings.builder().build()).dumpToString(text));
        } catch (RulesException e) {
            e.problems()
                    .forEach(problem -> problems.add(new Problem(
                            RelayFileException.INVALID, "the rules", problem, "see docs/relay.md", Optional.empty())));
            return Rules.NONE;
        }
    }

    /** Compares the names in rules with the file's models; what is no rule at all has been told before. */
    private static void ruled(Section file, Set<ModelName> names) {
        if (file.get("rules") instanceof List<?> rules) {
            for (int i = 0; i < rules.size(); i++) {
                if (rules.get(i) instanceof Map<?, ?> rule) {
                    ruled(file, "rules[" + i + "]/then", rule.get("then"), names);
                }
            }
        }
        ruled(file, "default", file.get("default"), names);
    }

    private static void ruled(Section file, String place, @Nullable Object actions, Set<ModelName> names) {
        if (!(actions instanceof List<?> list)) {
            return;
        }
        Set<String> providers = new LinkedHashSet<>();
        names.forEach(name -> providers.add(name.provider()));
        for (int i = 0; i < list.size(); i++) {
            Map<?, ?> action = list.get(i) instanceof Map<?, ?> map ? map : Map.of();
            String at = place + "[" + i + "]/";
            if (action.get("models") instanceof List<?> models) {
                models.stream()
                        .map(String::valueOf)
                        .filter(word -> word.indexOf('/') > 0)
                        .forEach(word -> model(file, at + "models", word)
                                .ifPresent(name -> isThere(file, at + "models", name, names)));
            }
            String provider = action.get("provider") instanceof String text ? text : "";
            if (!provider.isEmpty() && !providers.contains(provider)) {
                file.problem(
                        at + "provider", "there is no model of '" + provider + "'", Closest.fix(provider, providers));
            }
        }
    }
}
