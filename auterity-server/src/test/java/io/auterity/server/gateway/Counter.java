package io.auterity.server.gateway;

import io.auterity.connector.Credentials.Credential;
import io.auterity.connector.OutboundGuard;
import io.auterity.definition.Json;
import io.auterity.relay.RelayBuilder;
import io.auterity.relay.budget.BudgetListener;
import io.auterity.relay.budget.Budgets;
import io.auterity.relay.budget.InMemoryBudgetStore;
import io.auterity.relay.budget.LedgerLine;
import io.auterity.relay.budget.Scope;
import io.auterity.relay.provider.Endpoint;
import io.auterity.relay.provider.HttpProvider;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A gateway over one upstream that plays OpenAI and Anthropic, and a client at its counter. */
final class Counter implements AutoCloseable {

    static final String KEY = "ak-the-key-of-the-test";

    static final String FILE = """
        relay: 1
        providers:
          openai: {speaks: openai, url: URL, credentials: [one]}
          anthropic: {speaks: anthropic, url: URL, credentials: [one]}
        models:
          openai/gpt: {context: 100000, max-output: 4000, can: [tools, vision, structured], price: {input: "1", output: "10"}}
          anthropic/claude: {context: 100000, max-output: 4000, can: [tools], price: {input: "2", output: "20"}}
          openai/embed: {context: 8000, can: [embeddings], price: {input: "0.02"}}
        aliases:
          both: [openai/gpt, anthropic/claude]
        keys:
          - {id: app, tenant: acme, secret: app}
          - {id: free, tenant: acme, secret: free, unbounded: true}
          - {id: narrow, tenant: acme, secret: narrow, models: [anthropic/claude], requests-per-minute: 2}
          - {id: poor, tenant: poor, secret: poor, budgets: [{period: daily, limit: "0.0001"}]}
          - {id: stranger, tenant: globex, secret: stranger, unbounded: true}
          - {id: single, tenant: acme, secret: single, concurrent: 1}
          - {id: clerk, tenant: acme, secret: clerk, approves: true}
        objective: cost-saving
        """;

    final Upstream upstream = new Upstream();
    final Budgets budgets;
    final Gateway gateway;
    final HttpClient client = HttpClient.newHttpClient();
    volatile Instant now = Instant.parse("2026-05-01T08:00:00Z");
    private final RelayFile.Content content;
    private final List<HttpProvider> providers = new ArrayList<>();

    Counter() throws IOException {
        this(GatewaySettings.Capacity.USUAL);
    }

    Counter(GatewaySettings.Capacity capacity) throws IOException {
        this(capacity, FILE);
    }

    /** A gateway whose file says more. */
    Counter(String more) throws IOException {
        this(GatewaySettings.Capacity.USUAL, FILE + more);
    }

    private Counter(GatewaySettings.Capacity capacity, String file) throws IOException {
        InstantSource clock = () -> now;
        content = RelayFile.read("relay.yaml", file.replace("URL", upstream.url()), name -> Optional.of(key(name)));
        InMemoryBudgetStore store = new InMemoryBudgetStore();
        budgets = new Budgets(content.budgets(), store, clock, new BudgetListener() {});
        RelayBuilder relay = content.relay(clock, store);
        OutboundGuard guard = OutboundGuard.builder().allow("127.0.0.1").build();
        Credential one = new Credential("bearer", Map.of("token", "sk-one"), Set.of("127.0.0.1"));
        for (Map.Entry<String, Endpoint> entry : content.endpoints().entrySet()) {
            HttpProvider provider = new HttpProvider(entry.getValue(), guard, name -> Optional.of(one), clock);
            providers.add(provider);
            relay.provider(entry.getKey(), provider);
        }
        GatewaySettings read = content.settings();
        GatewaySettings settings =
                new GatewaySettings(read.keys(), read.aliases(), read.protocols(), read.defaults(), capacity);
        gateway = Gateway.start("127.0.0.1", 0, relay.build(), settings, clock);
    }

    /** One with a model in its own process, too; its file says more. */
    static Counter withLocalModel(String more) throws IOException {
        String file = FILE.replace("providers:\n", "providers:\n  local: {in-process: minilm}\n");
        return new Counter(GatewaySettings.Capacity.USUAL, file + more);
    }

    /** One whose first model has these deployments; there are more providers. */
    static Counter spread(String providers, String deployments) throws IOException {
        String file = FILE.replace("providers:\n", "providers:\n" + providers)
                .replace("openai/gpt: {", "openai/gpt: {deployments: " + deployments + ", ");
        return new Counter(GatewaySettings.Capacity.USUAL, file);
    }

    /** One that goes on with broken streams; the models are tried in this order. */
    static Counter continuing(String models) throws IOException {
        String second = "  openai/second: {context: 100000, max-output: 4000, can: [tools, structured],"
                + " price: {input: \"3\", output: \"30\"}}\n";
        String file = FILE.replace("models:\n  openai/gpt:", "models:\n" + second + "  openai/gpt:");
        return new Counter(
                GatewaySettings.Capacity.USUAL,
                file + "after-first-token: continue\nrules: [{id: order, then: [{models: [" + models + "]}]}]\n");
    }

    /** One whose providers answer everything the gateway can ask of them. */
    static Counter answering() throws IOException {
        Counter counter = new Counter();
        counter.upstream.on("/chat/completions", Upstream.answers(GatewayTest.GPT_SAYS, GatewayTest.GPT_STREAMS));
        counter.upstream.on("/messages", Upstream.answers(GatewayTest.CLAUDE_SAYS, GatewayTest.CLAUDE_STREAMS));
        counter.upstream.on("/messages/count_tokens", Upstream.status(200, "{\"input_tokens\": 1}"));
        counter.upstream.on("/embeddings", Upstream.status(200, "{\"data\": []}"));
        String done = "{'type':'response.completed','response':{'status':'completed','output':[]}}";
        counter.upstream.on("/responses", Upstream.answers("{\"output\": []}", Upstream.named(done)));
        return counter;
    }

    static String key(String name) {
        return name.equals("app") ? KEY : KEY + "-" + name;
    }

    String url() {
        return "http://127.0.0.1:" + gateway.port();
    }

    HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(url() + path))
                .timeout(Duration.ofSeconds(60))
                .header("Authorization", "Bearer " + KEY);
    }

    HttpResponse<String> send(HttpRequest.Builder request) {
        try {
            return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    HttpResponse<String> post(String path, String body) {
        return send(request(path).POST(HttpRequest.BodyPublishers.ofString(body.replace('\'', '"'))));
    }

    HttpResponse<String> post(String key, String path, String body) {
        return send(request(path)
                .setHeader("Authorization", "Bearer " + key(key))
                .POST(HttpRequest.BodyPublishers.ofString(body.replace('\'', '"'))));
    }

    HttpResponse<String> get(String path) {
        return send(request(path).GET());
    }

    List<LedgerLine> lines() {
        return budgets.lines(Scope.tenant("acme"));
    }

    /** What stands at a path of keys and indexes of a JSON text. */
    static Object json(String text, Object... path) {
        Object at = Json.read(text);
        for (Object key : path) {
            at = key instanceof Integer index ? ((List<?>) at).get(index) : ((Map<?, ?>) at).get(key);
        }
        return at;
    }

    @Override
    public void close() throws IOException {
        gateway.close();
        providers.forEach(HttpProvider::close);
        content.close();
        upstream.close();
    }
}
