package io.auterity.relay;

import static io.auterity.relay.StubServer.breaksAfter;
import static io.auterity.relay.StubServer.status;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.auterity.connector.OutboundGuard;
import io.auterity.relay.budget.LedgerLine;
import io.auterity.relay.decide.Deployment;
import io.auterity.relay.decide.Exploration;
import io.auterity.relay.decide.ModelCard;
import io.auterity.relay.decide.Policy;
import io.auterity.relay.event.RelayEvent;
import io.auterity.relay.money.ModelName;
import io.auterity.relay.money.Money;
import io.auterity.relay.money.PriceBook;
import io.auterity.relay.money.Rates;
import io.auterity.relay.money.ServiceTier;
import io.auterity.relay.money.UnknownPrice;
import io.auterity.relay.provider.Endpoint;
import io.auterity.relay.provider.ErrorClass;
import io.auterity.relay.provider.HttpProvider;
import io.auterity.relay.provider.Original;
import io.auterity.relay.provider.Prompt;
import io.auterity.relay.provider.Protocol;
import io.auterity.relay.provider.Remedy;
import io.auterity.relay.provider.Sink;
import io.auterity.relay.rules.Rules;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The table of docs/relay.md, row by row, over real sockets: for chat completions, messages and responses, whole and streamed,
 * and for failures that come as a status, as an error in an answer of status 200, and as an event of a stream.
 */
class FailureTableTest {

    private static final ModelName FIRST = ModelName.of("one/first");
    private static final ModelName SECOND = ModelName.of("two/second");

    private Office office;
    private RelayRequest current;
    private final List<RelayEvent.Attempted> attempts = new ArrayList<>();

    /** What the table says of a class. */
    private record Row(Remedy remedy, boolean isBilled, boolean isCounted) {}

    private static final Map<ErrorClass, Row> TABLE = Map.ofEntries(
            Map.entry(ErrorClass.KEY, new Row(Remedy.OTHER_KEY, false, false)),
            Map.entry(ErrorClass.QUOTA, new Row(Remedy.OTHER_KEY, false, false)),
            Map.entry(ErrorClass.RATE_LIMIT, new Row(Remedy.OTHER_KEY, false, false)),
            Map.entry(ErrorClass.OVERLOADED, new Row(Remedy.NEXT_DEPLOYMENT, false, true)),
            Map.entry(ErrorClass.CONNECTION, new Row(Remedy.SAME_AGAIN, false, true)),
            Map.entry(ErrorClass.TIMEOUT, new Row(Remedy.NEXT_DEPLOYMENT, true, true)),
            Map.entry(ErrorClass.CUT_OFF, new Row(Remedy.NEXT_DEPLOYMENT, true, true)),
            Map.entry(ErrorClass.MALFORMED, new Row(Remedy.NEXT_DEPLOYMENT, true, true)),
            Map.entry(ErrorClass.INVALID, new Row(Remedy.SAME_AGAIN, true, false)),
            Map.entry(ErrorClass.NOT_FOUND, new Row(Remedy.NEXT_DEPLOYMENT, false, false)),
            Map.entry(ErrorClass.CONTEXT, new Row(Remedy.NEXT_MODEL, false, false)),
            Map.entry(ErrorClass.CONTENT, new Row(Remedy.STOP, false, false)),
            Map.entry(ErrorClass.REQUEST, new Row(Remedy.STOP, false, false)),
            Map.entry(ErrorClass.REFUSED, new Row(Remedy.STOP, false, false)),
            Map.entry(ErrorClass.CANCELLED, new Row(Remedy.STOP, true, false)));

    /** How a call fails. */
    private enum Way {
        STATUS_401(ErrorClass.KEY, status(401, "{}")),
        STATUS_403(ErrorClass.KEY, status(403, "{}")),
        STATUS_402(ErrorClass.QUOTA, status(402, "{}")),
        STATUS_429_QUOTA(ErrorClass.QUOTA, status(429, "{\"error\": {\"code\": \"insufficient_quota\"}}")),
        STATUS_429(ErrorClass.RATE_LIMIT, status(429, "{}")),
        STATUS_500(ErrorClass.OVERLOADED, status(500, "{}")),
        STATUS_529(ErrorClass.OVERLOADED, status(529, "{}")),
        STATUS_408(ErrorClass.TIMEOUT, status(408, "{}")),
        STATUS_404(ErrorClass.NOT_FOUND, status(404, "{}")),
        STATUS_413(ErrorClass.CONTEXT, status(413, "{}")),
        STATUS_400_CONTEXT(ErrorClass.CONTEXT, status(400, "{\"error\": {\"code\": \"context_length_exceeded\"}}")),
        STATUS_400_LLAMA(
                ErrorClass.CONTEXT,
                status(400, "{\"error\": {\"type\": \"exceed_context_size_error\", \"message\": \"too long\"}}")),
        STATUS_400_CLAUDE(
                ErrorClass.CONTEXT,
                status(
                        400,
                        "{\"error\": {\"message\": \"input length and `max_tokens` exceed context limit: 9 + 9 > 10\"}}")),
        STATUS_400_CREDIT(
                ErrorClass.QUOTA,
                status(400, "{\"error\": {\"message\": \"Your credit balance is too low to access the API\"}}")),
        STATUS_400_BILLING(ErrorClass.QUOTA, status(400, "{\"error\": {\"code\": \"billing_hard_limit_reached\"}}")),
        STATUS_400_FILTER(ErrorClass.CONTENT, status(400, "{\"error\": {\"code\": \"content_filter\"}}")),
        STATUS_400(ErrorClass.REQUEST, status(400, "{}")),
        BREAKS_OFF(ErrorClass.CUT_OFF, breaksAfter("")),
        NO_JSON(ErrorClass.MALFORMED, FailureTableTest::noJson),
        UNREACHABLE(ErrorClass.CONNECTION, status(200, "{}")),
        FORBIDDEN(ErrorClass.REFUSED, status(200, "{}")),
        CANCELS(ErrorClass.CANCELLED, status(200, "{}")),
        REPORTS_AUTHENTICATION(ErrorClass.KEY, "authentication_error"),
        REPORTS_API_KEY(ErrorClass.KEY, "invalid_api_key"),
        REPORTS_PERMISSION(ErrorClass.KEY, "permission_error"),
        REPORTS_BILLING(ErrorClass.QUOTA, "billing_error"),
        REPORTS_QUOTA(ErrorClass.QUOTA, "insufficient_quota"),
        REPORTS_RATE(ErrorClass.RATE_LIMIT, "rate_limit_exceeded"),
        REPORTS_RATE_ERROR(ErrorClass.RATE_LIMIT, "rate_limit_error"),
        REPORTS_OVERLOAD(ErrorClass.OVERLOADED, "overloaded_error"),
        REPORTS_TROUBLE(ErrorClass.OVERLOADED, "server_error"),
        REPORTS_NEWS(ErrorClass.OVERLOADED, "what_nobody_knows_yet"),
        REPORTS_NO_MODEL(ErrorClass.NOT_FOUND, "model_not_found"),
        REPORTS_CONTEXT(ErrorClass.CONTEXT, "context_length_exceeded"),
        REPORTS_SIZE(ErrorClass.CONTEXT, "request_too_large"),
        REPORTS_FILTER(ErrorClass.CONTENT, "content_filter"),
        REPORTS_REQUEST(ErrorClass.REQUEST, "invalid_request_error");

        private final ErrorClass errorClass;
        private final Map<Protocol, StubServer.Script> scripts;

        Way(ErrorClass errorClass, StubServer.Script script) {
            this.errorClass = errorClass;
            scripts = Map.of(Protocol.CHAT_COMPLETIONS, script, Protocol.MESSAGES, script, Protocol.RESPONSES, script);
        }

        /** An error object: the answer, or an event after the first one of a stream. */
        Way(ErrorClass errorClass, String code) {
            this.errorClass = errorClass;
            String error = "{'message': 'no luck', 'type': 'x', 'code': '" + code + "'}";
            scripts = Map.of(
                    Protocol.CHAT_COMPLETIONS,
                    either(
                            "{'error': " + error + "}",
                            "{'choices': [{'delta': {'role': 'assistant'}}]}",
                            "{'error': " + error + "}"),
                    Protocol.MESSAGES,
                    either(
                            "{'type': 'error', 'error': {'type': '" + code + "', 'message': 'no luck'}}",
                            "{'type': 'message_start', 'message': {'usage': {'input_tokens': 7}}}",
                            "{'type': 'error', 'error': {'type': '" + code + "', 'message': 'no luck'}}"),
                    Protocol.RESPONSES,
                    either(
                            "{'status': 'failed', 'output': [], 'error': " + error + "}",
                            "{'type': 'response.created', 'response': {'status': 'in_progress', 'error': null}}",
                            "{'type': 'response.failed', 'response': {'status': 'failed', 'error': " + error + "}}"));
        }
    }

    private static StubServer.Script either(String whole, String... events) {
        return (request, out) -> {
            if (request.isStream()) {
                StubServer.stream(
                        out,
                        Stream.of(events).map(event -> event.replace('\'', '"')).toList());
            } else {
                status(200, whole.replace('\'', '"')).answer(request, out);
            }
        };
    }

    private static void noJson(StubServer.Received request, java.io.OutputStream out)
            throws IOException, InterruptedException {
        either("<html>", "<html>").answer(request, out);
    }

    /** What answers when the first model does not. */
    private static StubServer.Script answer(Protocol protocol) {
        return switch (protocol) {
            case MESSAGES ->
                either(
                        "{'content': [{'type': 'text', 'text': 'hi'}], 'stop_reason': 'end_turn',"
                                + " 'usage': {'input_tokens': 7, 'output_tokens': 3}}",
                        "{'type': 'message_start', 'message': {'usage': {'input_tokens': 7, 'output_tokens': 1}}}",
                        "{'type': 'content_block_delta', 'delta': {'type': 'text_delta', 'text': 'hi'}}",
                        "{'type': 'message_delta', 'delta': {'stop_reason': 'end_turn'},"
                                + " 'usage': {'output_tokens': 3}}",
                        "{'type': 'message_stop'}");
            case RESPONSES ->
                either(
                        "{'status': 'completed', 'output': [{'type': 'message', 'content': [{'text': 'hi'}]}],"
                                + " 'error': null, 'usage': {'input_tokens': 7, 'output_tokens': 3}}",
                        "{'type': 'response.output_text.delta', 'delta': 'hi'}",
                        "{'type': 'response.completed', 'response': {'status': 'completed',"
                                + " 'usage': {'input_tokens': 7, 'output_tokens': 3}}}");
            default -> StubServer.says("hi", 7, 3);
        };
    }

    static Stream<Arguments> cases() {
        return Stream.of(Way.values())
                .flatMap(way -> Stream.of(Protocol.CHAT_COMPLETIONS, Protocol.MESSAGES, Protocol.RESPONSES)
                        .flatMap(protocol -> Stream.of(false, true)
                                .map(isStream -> Arguments.of(way, protocol, isStream ? "stream" : "whole"))));
    }

    @BeforeEach
    void open() throws Exception {
        office = new Office();
        office.listeners.add(event -> {
            if (event instanceof RelayEvent.Attempted attempted) {
                attempts.add(attempted);
            }
        });
    }

    @AfterEach
    void close() throws Exception {
        office.close();
    }

    /** Two deployments of a model that fails, and, if there is one, a dearer model that answers. */
    private Relay relay(Way way, Protocol protocol, boolean isAlone) throws IOException {
        office.stub.on("first", (request, out) -> {
            if (way == Way.CANCELS) {
                current.cancellation().cancel();
            }
            way.scripts.get(protocol).answer(request, out);
        });
        office.stub.on("second", answer(protocol));
        PriceBook book = PriceBook.shipped()
                .with(FIRST, Rates.of(1_000_000, 10_000_000))
                .with(SECOND, Rates.of(2_000_000, 20_000_000));
        List<ModelCard> cards = new ArrayList<>();
        for (ModelName name : isAlone ? List.of(FIRST) : List.of(FIRST, SECOND)) {
            cards.add(new ModelCard(name, Set.of(), 100_000, 4_000, Duration.ofSeconds(1)));
        }
        List<Deployment> places = new ArrayList<>(List.of(new Deployment("a", FIRST, "eu", ServiceTier.STANDARD)));
        if (!isAlone) {
            places.add(new Deployment("b", FIRST, "eu", ServiceTier.STANDARD));
            places.add(new Deployment("c", SECOND, "eu", ServiceTier.STANDARD));
        }
        Policy policy = new Policy(
                cards,
                places,
                Rules.NONE,
                new Policy.Prices(book, UnknownPrice.REFUSE),
                Exploration.NONE,
                new Policy.Limits(3, false));
        InstantSource clock = () -> office.now;
        office.relay(); // for its budgets
        RelayBuilder builder = Relay.builder(policy, clock).budgets(office.budgets);
        office.listeners.forEach(builder::listener);
        return builder.provider("one", provider(protocol, way))
                .provider("two", provider(protocol, null))
                .build();
    }

    private HttpProvider provider(Protocol protocol, Way way) throws IOException {
        String url = office.stub.url();
        if (way == Way.UNREACHABLE) {
            try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
                url = "http://127.0.0.1:" + socket.getLocalPort() + "/v1"; // where nobody listens any more
            }
        }
        Endpoint.Dialect dialect = protocol == Protocol.MESSAGES ? Endpoint.Dialect.ANTHROPIC : Endpoint.Dialect.OPENAI;
        return new HttpProvider(
                new Endpoint(dialect, URI.create(url), List.of("one", "two")),
                way == Way.FORBIDDEN ? OutboundGuard.strict() : office.guard,
                name -> Optional.ofNullable(office.keys.get(name)),
                () -> office.now);
    }

    private Reply ask(Relay relay, Protocol protocol, boolean isStream) {
        RelayRequest usual = office.request("hello");
        Prompt prompt = protocol == Protocol.RESPONSES
                ? Prompt.of("hello").writtenAs(new Original(Protocol.RESPONSES, Map.of("input", "hello")))
                : Prompt.of("hello");
        current = new RelayRequest(
                usual.id(), usual.scope(), prompt, usual.wishes(), usual.limits(), usual.cancellation());
        return isStream ? relay.stream(current, Sink.NONE) : relay.call(current);
    }

    private List<String> keys() {
        return office.stub.received().stream()
                .filter(request -> "first".equals(request.body().get("model")))
                .map(request -> request.headers()
                        .getOrDefault("x-api-key", request.headers().get("authorization"))
                        .replace("Bearer ", ""))
                .toList();
    }

    @ParameterizedTest(name = "{0}, {1}, {2}")
    @MethodSource("cases")
    void what_follows_a_failure_and_what_it_costs_stands_in_the_table(Way way, Protocol protocol, String form)
            throws Exception {
        Row row = TABLE.get(way.errorClass);
        boolean isStream = form.equals("stream");
        Relay relay = relay(way, protocol, false);

        List<ErrorClass> failures;
        if (row.remedy == Remedy.STOP) {
            failures =
                    catchThrowableOfType(RelayException.class, () -> ask(relay, protocol, isStream)).failures().stream()
                            .map(failure -> failure.errorClass())
                            .toList();
        } else {
            Reply reply = ask(relay, protocol, isStream);
            failures = reply.failures().stream()
                    .map(failure -> failure.errorClass())
                    .toList();
            assertThat(reply.answer().text()).isEqualTo("hi");
            assertThat(reply.line().kind()).isEqualTo(LedgerLine.Kind.REPORTED);
        }

        List<String> asked = attempts.stream()
                .map(attempt -> attempt.call().deployment().id())
                .toList();
        String one = asked.get(0);
        String other = one.equals("a") ? "b" : "a";
        assertThat(asked)
                .isEqualTo(
                        switch (row.remedy) {
                            case SAME_AGAIN -> List.of(one, one, other, other, "c");
                            case OTHER_KEY, NEXT_DEPLOYMENT -> List.of(one, other, "c");
                            case NEXT_MODEL -> List.of(one, "c");
                            case STOP -> List.of(one);
                        });
        if (way != Way.UNREACHABLE && way != Way.FORBIDDEN) {
            assertThat(keys())
                    .isEqualTo(
                            switch (row.remedy) { // when all keys rest, the first is better than none
                                case OTHER_KEY -> List.of("sk-one", "sk-two", "sk-one");
                                case NEXT_DEPLOYMENT -> List.of("sk-one", "sk-one");
                                default -> List.of("sk-one");
                            });
        }
        assertThat(failures).isNotEmpty().containsOnly(way.errorClass);
        assertThat(attempts)
                .filteredOn(attempt -> attempt.result().failure().isPresent())
                .allSatisfy(attempt ->
                        assertThat(attempt.result().line().isPresent()).isEqualTo(row.isBilled));
        Money booked = office.lines().stream()
                .map(line -> line.charge().cost().orElseThrow())
                .reduce(Money.ZERO, Money::plus);
        assertThat(office.budgets.left(Office.ACME)).contains(Money.dollars("5").minus(booked));
    }

    @ParameterizedTest(name = "{0}, {1}, {2}")
    @MethodSource("cases")
    void what_counts_for_the_breaker_stands_in_the_table(Way way, Protocol protocol, String form) throws Exception {
        Relay relay = relay(way, protocol, true);
        for (int i = 0; i < 5; i++) {
            assertThatExceptionOfType(RelayException.class)
                    .isThrownBy(() -> ask(relay, protocol, form.equals("stream")));
            office.now = office.now.plus(Deployments.OPEN_FOR.dividedBy(2)).plusSeconds(1); // rate limits are over
        }
        attempts.clear();

        assertThatExceptionOfType(RelayException.class).isThrownBy(() -> ask(relay, protocol, form.equals("stream")));

        assertThat(attempts.isEmpty()).isEqualTo(TABLE.get(way.errorClass).isCounted);
    }
}
