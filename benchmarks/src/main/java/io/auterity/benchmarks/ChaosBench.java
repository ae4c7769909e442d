package io.auterity.benchmarks;

import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.openai.OpenAiChatModel;
import dev.langchain4j.model.router.FailoverStrategy;
import dev.langchain4j.model.router.ModelRouter;
import io.auterity.connector.OutboundGuard;
import io.auterity.relay.Relay;
import io.auterity.relay.RelayBuilder;
import io.auterity.relay.RelayException;
import io.auterity.relay.RelayRequest;
import io.auterity.relay.Reply;
import io.auterity.relay.budget.Scope;
import io.auterity.relay.decide.Deployment;
import io.auterity.relay.decide.Exploration;
import io.auterity.relay.decide.ModelCard;
import io.auterity.relay.decide.Policy;
import io.auterity.relay.money.ModelName;
import io.auterity.relay.money.PriceBook;
import io.auterity.relay.money.Rates;
import io.auterity.relay.money.ServiceTier;
import io.auterity.relay.money.UnknownPrice;
import io.auterity.relay.provider.Endpoint;
import io.auterity.relay.provider.HttpProvider;
import io.auterity.relay.provider.Prompt;
import io.auterity.relay.rules.Rules;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * Three providers, of which the cheapest fails for every second request, the next for one in five and the dearest never,
 * each in one way at a time; ours beside the model router of LangChain4j's community with its failover strategy.
 *
 * <p>A call counts as answered if its whole text is there within three seconds. Its cost is what the providers sent, whether
 * it was of use or not: 20 tokens for each prompt that was read to the end, and one for each word that went out. The peer's
 * models time out after one second an attempt and are tried three times, so that it has time to move on, too; ours has its
 * three seconds as one deadline. Both get the same requests with the same seed of failures. The peer's router takes no more
 * than one streaming model in this version, so it answers as a whole; our streams stand beside that, too: once as they are
 * by default, and once under a policy that lets the next provider go on when one breaks off. A provider that is given the
 * beginning of an answer says the rest, which a real model does not always do so well.
 */
final class ChaosBench implements Bench {

    private static final Duration DEADLINE = Duration.ofSeconds(3);
    private static final int WORDS = 10;
    private static final String TEXT = "word ".repeat(WORDS).strip();
    private static final long PROMPT_TOKENS = 20;
    private static final String ANSWERED = "% answered";
    private static final String COST = "micro-dollars an answer";
    private static final int CALLERS = 8;
    private static final List<String> NAMES = List.of("cheap", "middle", "dear");
    private static final List<Integer> FAILING_PERCENT = List.of(50, 20, 0);
    private static final List<Long> MICRO_DOLLARS_A_TOKEN = List.of(1L, 4L, 16L);

    /** How providers fail. */
    private enum Chaos {
        /** Twenty requests are turned away, then twenty are not. */
        STORM_429,
        /** The request is taken, and nothing comes. */
        STALL,
        /** The answer ends in the middle. */
        CUT,
        /** A word every half second. */
        DRIP,
        /** What comes is no JSON. */
        MALFORMED,
        /** The usage is absurd, the answer right. */
        WRONG_USAGE,
        /** The answer comes after everybody has gone. */
        TIMEOUT;

        String key() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    @Override
    public String id() {
        return "chaos";
    }

    @Override
    public String summary() {
        return "answers and cost with providers that fail in seven ways, against LangChain4j's model router";
    }

    @Override
    public void run(Effort effort, List<String> arguments, Consumer<Result> figures) throws Exception {
        List<Chaos> ways = Arrays.stream(Chaos.values())
                .filter(chaos -> arguments.isEmpty() || arguments.contains(chaos.key()))
                .toList();
        if (ways.size() < arguments.size()) {
            throw new UsageException("chaos takes ways to fail, each once, of "
                    + Arrays.stream(Chaos.values()).map(Chaos::key).toList());
        }
        int calls = effort.isQuick() ? 40 : 100;
        for (Chaos chaos : ways) {
            Outcome ours = Outcome.NONE;
            Outcome streams = Outcome.NONE;
            Outcome continued = Outcome.NONE;
            Outcome peer = Outcome.NONE;
            int rounds = effort.isQuick() ? 1 : Math.min(3, effort.rounds());
            for (int round = 0; round < rounds; round++) {
                ours = ours.plus(
                        measured(chaos, round, calls, ports -> relay(ports, false, Policy.AfterFirstToken.FAIL)));
                streams = streams.plus(
                        measured(chaos, round, calls, ports -> relay(ports, true, Policy.AfterFirstToken.FAIL)));
                continued = continued.plus(
                        measured(chaos, round, calls, ports -> relay(ports, true, Policy.AfterFirstToken.CONTINUE)));
                peer = peer.plus(measured(chaos, round, calls, ChaosBench::router));
            }
            String peerName = "/langchain4j-router";
            figures.accept(new Figure(id(), chaos.key() + peerName, ours.percent(), peer.percent(), ANSWERED, rounds));
            figures.accept(new Figure(id(), chaos.key() + peerName, ours.cost(), peer.cost(), COST, rounds));
            String streamed = chaos.key() + "-our-streams" + peerName;
            figures.accept(new Figure(id(), streamed, streams.percent(), peer.percent(), ANSWERED, rounds));
            figures.accept(new Figure(id(), streamed, streams.cost(), peer.cost(), COST, rounds));
            String joined = chaos.key() + "-our-streams-continued" + peerName;
            figures.accept(new Figure(id(), joined, continued.percent(), peer.percent(), ANSWERED, rounds));
            figures.accept(new Figure(id(), joined, continued.cost(), peer.cost(), COST, rounds));
        }
    }

    /** What came of many calls. */
    private record Outcome(int calls, int answered, long microDollars) {

        private static final Outcome NONE = new Outcome(0, 0, 0);

        Outcome plus(Outcome other) {
            return new Outcome(calls + other.calls, answered + other.answered, microDollars + other.microDollars);
        }

        /** None at all counts as one of ten thousand. */
        double percent() {
            return Math.max(0.01, 100.0 * answered / calls);
        }

        double cost() {
            return Math.max(1, (double) microDollars / Math.max(1, answered));
        }
    }

    /** Asks once, and returns the text. */
    private interface Contestant extends AutoCloseable {
        String ask(int number) throws Exception;

        @Override
        void close();
    }

    /** Makes a contestant over the providers' ports. */
    private interface Maker {
        Contestant over(List<Integer> ports) throws Exception;
    }

    private static Outcome measured(Chaos chaos, int seed, int calls, Maker maker) throws Exception {
        AtomicLong cost = new AtomicLong();
        List<Upstream> providers = new ArrayList<>();
        ExecutorService callers = Executors.newFixedThreadPool(CALLERS);
        ExecutorService asking = Executors.newCachedThreadPool();
        try {
            for (int i = 0; i < NAMES.size(); i++) {
                providers.add(new Upstream(new Provider(
                        chaos, FAILING_PERCENT.get(i), MICRO_DOLLARS_A_TOKEN.get(i), cost, 31 * seed + i)));
            }
            AtomicInteger answered = new AtomicInteger();
            try (Contestant contestant =
                    maker.over(providers.stream().map(Upstream::port).toList())) {
                List<Future<?>> all = new ArrayList<>();
                for (int i = 0; i < calls; i++) {
                    int number = i;
                    all.add(callers.submit(() -> {
                        Future<String> answer = asking.submit(() -> contestant.ask(number));
                        try {
                            if (answer.get(DEADLINE.toMillis() + 100, TimeUnit.MILLISECONDS)
                                    .strip()
                                    .equals(TEXT)) {
                                answered.incrementAndGet();
                            }
                        } catch (ExecutionException | TimeoutException e) {
                            answer.cancel(true); // not answered, which is what is counted
                        } catch (InterruptedException e) {
                            Thread.currentThread().interrupt();
                        }
                    }));
                }
                for (Future<?> one : all) {
                    one.get();
                }
            }
            return new Outcome(calls, answered.get(), cost.get());
        } finally {
            callers.shutdownNow();
            asking.shutdownNow();
            for (Upstream provider : providers) {
                provider.close();
            }
        }
    }

    // --- the providers ---

    /** A provider that speaks OpenAI's chat, and fails. */
    private record Provider(Chaos chaos, int failingPercent, long price, AtomicLong cost, AtomicInteger count, int seed)
            implements Upstream.Script {

        private static final Duration HALF_A_SECOND = Duration.ofMillis(500);
        private static final Duration LATE = Duration.ofSeconds(5);
        private static final int BURST = 20;

        Provider(Chaos chaos, int failingPercent, long price, AtomicLong cost, int seed) {
            this(chaos, failingPercent, price, cost, new AtomicInteger(), seed);
        }

        @Override
        public boolean answer(String body, OutputStream out) throws IOException, InterruptedException {
            int number = count.getAndIncrement();
            boolean isStream = body.contains("\"stream\":true") || body.contains("\"stream\" : true");
            boolean fails = chaos == Chaos.STORM_429
                    ? failingPercent > 0 && number / BURST % (100 / failingPercent) == 0
                    : new SplittableRandom(1_000L * seed + number).nextInt(100) < failingPercent;
            int said = body.split("word", -1).length - 1; // of an answer that another provider has begun
            if (!fails) {
                return whole(said, isStream, out, "\"prompt_tokens\":20,\"completion_tokens\":10,\"total_tokens\":30");
            }
            switch (chaos) {
                case STORM_429 -> {
                    out.write(Upstream.head(
                            "429 Too Many Requests", "application/json", "Retry-After: 1\r\nContent-Length: 2\r\n"));
                    out.write("{}".getBytes(StandardCharsets.US_ASCII));
                    return true;
                }
                case STALL -> {
                    charge(PROMPT_TOKENS);
                    Thread.sleep(LATE.toMillis());
                    return false;
                }
                case CUT -> {
                    int more = (WORDS - said) / 2;
                    charge(PROMPT_TOKENS + said + more);
                    if (isStream) {
                        begin(out);
                        for (int i = 0; i < more; i++) {
                            out.write(Upstream.chunk(event("word ")));
                        }
                    } else {
                        out.write(Upstream.head("200 OK", "application/json", "Content-Length: 500\r\n"));
                        out.write("{\"choices\":[".getBytes(StandardCharsets.US_ASCII));
                    }
                    return false;
                }
                case DRIP -> {
                    charge(PROMPT_TOKENS + said);
                    if (isStream) {
                        begin(out);
                    }
                    for (int i = said; i < WORDS; i++) {
                        Thread.sleep(HALF_A_SECOND.toMillis());
                        if (isStream) {
                            charge(1);
                            out.write(Upstream.chunk(event("word ")));
                            out.flush();
                        }
                    }
                    return false;
                }
                case MALFORMED -> {
                    charge(PROMPT_TOKENS);
                    out.write(isStream ? Upstream.events("<html>{{{", "[DONE]") : Upstream.json("200 OK", "<html>{{{"));
                    return true;
                }
                case WRONG_USAGE -> {
                    return whole(
                            said,
                            isStream,
                            out,
                            "\"prompt_tokens\":-5,\"completion_tokens\":99999999,\"total_tokens\":1");
                }
                case TIMEOUT -> {
                    Thread.sleep(LATE.toMillis());
                    return whole(
                            said, isStream, out, "\"prompt_tokens\":20,\"completion_tokens\":10,\"total_tokens\":30");
                }
            }
            return false;
        }

        private void charge(long tokens) {
            cost.addAndGet(tokens * price);
        }

        private boolean whole(int said, boolean isStream, OutputStream out, String usage) throws IOException {
            charge(PROMPT_TOKENS + WORDS);
            if (isStream) {
                List<String> events = new ArrayList<>();
                for (int i = said; i < WORDS; i++) {
                    events.add(json("\"delta\":{\"content\":\"word" + (i < WORDS - 1 ? " " : "") + "\"}", "null", ""));
                }
                events.add(json("\"delta\":{}", "\"stop\"", ",\"usage\":{" + usage + "}"));
                events.add("[DONE]");
                out.write(Upstream.events(events.toArray(String[]::new)));
            } else {
                out.write(Upstream.json(
                        "200 OK",
                        "{\"id\":\"c\",\"object\":\"chat.completion\",\"created\":1,\"model\":\"m\",\"choices\":[{\"index\":0,"
                                + "\"message\":{\"role\":\"assistant\",\"content\":\"" + TEXT
                                + "\"},\"finish_reason\":\"stop\"}],\"usage\":{" + usage + "}}"));
            }
            return true;
        }

        private static void begin(OutputStream out) throws IOException {
            out.write(Upstream.head("200 OK", "text/event-stream", "Transfer-Encoding: chunked\r\n"));
            out.flush();
        }

        private static String event(String word) {
            return "data: " + json("\"delta\":{\"content\":\"" + word + "\"}", "null", "") + "\n\n";
        }

        private static String json(String delta, String reason, String more) {
            return "{\"id\":\"c\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"m\",\"choices\":[{\"index\":0,"
                    + delta + ",\"finish_reason\":" + reason + "}]" + more + "}";
        }
    }

    // --- the contestants ---

    private static Contestant relay(List<Integer> ports, boolean isStream, Policy.AfterFirstToken afterFirstToken) {
        OutboundGuard.Builder allowed = OutboundGuard.builder();
        ports.forEach(port -> allowed.allow("127.0.0.1:" + port));
        OutboundGuard guard = allowed.build();
        InstantSource clock = InstantSource.system();
        PriceBook book = PriceBook.shipped();
        List<ModelCard> cards = new ArrayList<>();
        List<Deployment> places = new ArrayList<>();
        for (int i = 0; i < NAMES.size(); i++) {
            ModelName name = new ModelName(NAMES.get(i), "m");
            long picos = MICRO_DOLLARS_A_TOKEN.get(i) * 1_000_000;
            book = book.with(name, Rates.of(picos, picos));
            cards.add(new ModelCard(name, Set.of(), 100_000, 4_000, Duration.ofSeconds(1)));
            places.add(new Deployment(NAMES.get(i), name, "here", ServiceTier.STANDARD));
        }
        Policy policy = new Policy(
                cards,
                places,
                Rules.NONE,
                new Policy.Prices(book, UnknownPrice.REFUSE),
                Exploration.NONE,
                Policy.Limits.DEFAULT.afterFirstToken(afterFirstToken));
        RelayBuilder builder = Relay.builder(policy, clock);
        List<HttpProvider> providers = new ArrayList<>();
        for (int i = 0; i < NAMES.size(); i++) {
            Endpoint endpoint = new Endpoint(
                    Endpoint.Dialect.OPENAI_COMPATIBLE,
                    URI.create("http://127.0.0.1:" + ports.get(i) + "/v1"),
                    List.of());
            HttpProvider provider = new HttpProvider(endpoint, guard, name -> Optional.empty(), clock);
            providers.add(provider);
            builder.provider(NAMES.get(i), provider);
        }
        Relay relay = builder.build();
        return new Contestant() {
            @Override
            public String ask(int number) {
                RelayRequest request = RelayRequest.of(
                                "q" + number, Scope.tenant("acme"), Prompt.of("question " + number))
                        .with(new RelayRequest.Limits(100, 10, DEADLINE, false));
                try {
                    Reply reply = isStream ? relay.stream(request, text -> {}) : relay.call(request);
                    return reply.answer().text();
                } catch (RelayException e) {
                    return "";
                }
            }

            @Override
            public void close() {
                providers.forEach(HttpProvider::close);
            }
        };
    }

    private static Contestant router(List<Integer> ports) {
        ModelRouter.Builder routes = ModelRouter.builder().routingStrategy(new FailoverStrategy());
        for (int port : ports) {
            routes.addRoutes(OpenAiChatModel.builder()
                    .baseUrl("http://127.0.0.1:" + port + "/v1")
                    .apiKey("x")
                    .modelName("m")
                    .timeout(Duration.ofSeconds(1))
                    .build());
        }
        ModelRouter router = routes.build();
        return new Contestant() {
            @Override
            public String ask(int number) {
                ChatRequest request = ChatRequest.builder()
                        .messages(UserMessage.from("question " + number))
                        .build();
                return Objects.requireNonNullElse(
                        router.chat(request).aiMessage().text(), "");
            }

            @Override
            public void close() {}
        };
    }
}
