package io.auterity.server.gateway;

import io.auterity.definition.Json;
import io.auterity.definition.JsonException;
import io.auterity.relay.Relay;
import io.auterity.relay.RelayException;
import io.auterity.relay.RelayRequest;
import io.auterity.relay.Reply;
import io.auterity.relay.decide.Deployment;
import io.auterity.relay.decide.Objective;
import io.auterity.relay.decide.RouteRequest;
import io.auterity.relay.money.Money;
import io.auterity.relay.provider.Cancellation;
import io.auterity.relay.provider.Sink;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One request on its way through the gateway, after its body has arrived. Confined to one thread. */
final class Exchange {

    private static final Logger LOG = LoggerFactory.getLogger(Exchange.class);

    /** What a header can carry of a reason. */
    private static final int LONGEST_REASON = 500;

    private static final long LEAST_OUTPUT = 16;
    private static final String APPROVED = "x-auterity-approved";

    private final Request request;
    private final Response response;
    private final Form form;
    private final Form.Mark mark;
    private final GatewaySettings.Defaults defaults;

    Exchange(Request request, Response response, Form form, Form.Mark mark, GatewaySettings.Defaults defaults) {
        this.request = request;
        this.response = response;
        this.form = form;
        this.mark = mark;
        this.defaults = defaults;
    }

    /**
     * Answers, whatever happens.
     *
     * @param leave gives the key's place back; done before the end of the answer is written, because whoever has read it
     *     may ask again at once
     */
    void answer(
            Relay relay,
            Models models,
            VirtualKey key,
            byte[] body,
            Purpose purpose,
            Runnable leave,
            Callback callback) {
        Cancellation cancellation = new Cancellation();
        try {
            if (purpose == Purpose.SCORE) {
                String known = Json.write(Map.of("scored", score(relay, json(body))));
                leave.run();
                whole(known, callback);
                return;
            }
            Inquiry inquiry = form.read(json(body), headers());
            RelayRequest asked = asked(inquiry, models, key, cancellation);
            if (purpose == Purpose.COUNT) {
                String count = Json.write(Map.of("input_tokens", relay.countTokens(asked)));
                leave.run();
                whole(count, callback);
            } else if (inquiry.isStream()) {
                stream(relay, asked, inquiry, models, leave, callback);
            } else {
                Reply reply;
                try (ClientWatch watch = ClientWatch.of(request, cancellation::cancel)) {
                    reply = relay.call(asked);
                }
                leave.run();
                head(
                        new Sink.Beginning(
                                reply.deployment(), reply.explanation().reasons(), Money.ZERO),
                        inquiry,
                        models);
                cost(reply);
                whole(form.whole(reply, mark), callback);
            }
        } catch (RuntimeException e) {
            leave.run();
            if (e instanceof RelayException failed) {
                failed.deployment().ifPresent(last -> spent(failed, last));
            }
            fail(Failures.of(e, mark), callback);
        } catch (Error e) { // the client must not wait for ever
            callback.failed(e);
            throw e;
        }
    }

    /** Whoever knows the id of a request may score it: it is random, and only the caller has been told. */
    private static boolean score(Relay relay, Fields fields) {
        if (!(fields.get("score") instanceof Number number)
                || !(number.doubleValue() >= 0 && number.doubleValue() <= 1)) {
            throw fields.wrong("score", "is a number between 0 and 1");
        }
        return relay.score(fields.text("request"), fields.optionalText("task"), number.doubleValue());
    }

    private static Fields json(byte[] body) {
        try {
            return Fields.of(Json.read(body), "");
        } catch (JsonException e) {
            throw Refused.of(400, "invalid_json", "the body is no JSON: " + e.getMessage());
        }
    }

    private Map<String, String> headers() {
        Map<String, String> headers = new HashMap<>();
        String beta = request.getHeaders().get("anthropic-beta");
        if (beta != null) {
            headers.put("anthropic-beta", beta);
        }
        return headers;
    }

    private RelayRequest asked(Inquiry inquiry, Models models, VirtualKey key, Cancellation cancellation) {
        RelayRequest usual = asked(mark.id(), inquiry, models, key, defaults);
        RouteRequest.Needs needs = usual.wishes().needs();
        return new RelayRequest(
                usual.id(),
                usual.scope(),
                usual.prompt(),
                new RelayRequest.Wishes(
                        objective(),
                        new RouteRequest.Needs(
                                needs.capabilities(),
                                header("x-auterity-region"),
                                needs.models(),
                                needs.conversation(),
                                needs.isRepeatable()),
                        header("x-auterity-task"),
                        usual.wishes().facts()),
                isApproved(key) ? usual.limits().approved() : usual.limits(),
                cancellation);
    }

    /** Nobody approves his own call: the header counts only with the key of an application that asks somebody. */
    private boolean isApproved(VirtualKey key) {
        String word = header(APPROVED).orElse("false");
        if (!word.equals("true") && !word.equals("false")) {
            throw Refused.field(APPROVED, APPROVED + " is true or false, not '" + word + "'");
        }
        if (word.equals("true") && !key.limits().isApprover()) {
            throw Refused.of(403, "may_not_approve", "this key may not say that its calls are approved");
        }
        return word.equals("true");
    }

    /** The call that an inquiry becomes, apart from what its headers say. */
    static RelayRequest asked(
            String id, Inquiry inquiry, Models models, VirtualKey key, GatewaySettings.Defaults defaults) {
        if (!inquiry.unbounded().isEmpty() && !key.limits().isUnbounded()) {
            throw Refused.of(
                    403,
                    "unbounded_cost",
                    "what this costs has no bound before the call, and this key may not ask for it: "
                            + String.join(", ", inquiry.unbounded()));
        }
        long most = inquiry.maxOutput().orElse(defaults.maxOutput());
        Map<String, Object> facts = new HashMap<>(inquiry.facts());
        facts.put("model", inquiry.model());
        return new RelayRequest(
                id,
                key.scope(),
                inquiry.prompt(),
                new RelayRequest.Wishes(
                        defaults.objective(),
                        new RouteRequest.Needs(
                                inquiry.needs(),
                                Optional.empty(),
                                models.find(inquiry, key),
                                inquiry.conversation(),
                                inquiry.isRepeatable()),
                        Optional.empty(),
                        facts),
                new RelayRequest.Limits(most, Math.min(most, LEAST_OUTPUT), defaults.deadline(), false),
                new Cancellation());
    }

    private Optional<String> header(String name) {
        String value = request.getHeaders().get(name);
        return Optional.ofNullable(value).map(String::strip).filter(text -> !text.isEmpty() && text.length() <= 200);
    }

    private Objective objective() {
        String word = header("x-auterity-objective").orElse("");
        return switch (word) {
            case "" -> defaults.objective();
            case "cost-saving" -> defaults.objective().weighing(Objective.COST_SAVING);
            case "balanced" -> defaults.objective().weighing(Objective.BALANCED);
            case "quality-first" -> defaults.objective().weighing(Objective.QUALITY_FIRST);
            default ->
                throw Refused.field(
                        "x-auterity-objective",
                        "x-auterity-objective is cost-saving, balanced or quality-first, not '" + word + "'");
        };
    }

    private void stream(
            Relay relay, RelayRequest asked, Inquiry inquiry, Models models, Runnable leave, Callback callback) {
        HttpEvents out = new HttpEvents(response, (to, beginning) -> head(beginning, inquiry, models));
        EventWriter writer = form.stream(out, inquiry, mark);
        try {
            Reply reply;
            try (ClientWatch watch = ClientWatch.of(request, asked.cancellation()::cancel)) {
                reply = relay.stream(asked, writer);
            }
            leave.run();
            writer.comment("x-auterity-cost: " + dollars(reply.cost()));
            writer.end(reply);
            response.write(true, null, callback);
        } catch (RuntimeException e) {
            if (!writer.isBegun()) {
                throw e;
            }
            leave.run();
            broken(writer, e, callback);
        }
    }

    /** After its beginning a stream can only say within itself that it broke, if anybody still listens. */
    private void broken(EventWriter writer, RuntimeException thrown, Callback callback) {
        if (thrown instanceof UncheckedIOException) {
            LOG.debug("[{}] the client has gone", mark.id(), thrown);
            callback.failed(thrown);
            return;
        }
        Refused refused = Failures.of(thrown, mark);
        try {
            writer.writeError(form.error(refused, mark));
            response.write(true, null, callback);
        } catch (UncheckedIOException e) {
            callback.failed(e);
        }
    }

    private void head(Sink.Beginning beginning, Inquiry inquiry, Models models) {
        set("x-auterity-model", beginning.deployment().model().toString());
        set("x-auterity-deployment", beginning.deployment().id());
        set("x-auterity-reason", String.join("; ", beginning.reasons()));
        List<String> lost =
                inquiry.form().lost(models.protocol(beginning.deployment().model()));
        if (!lost.isEmpty()) {
            set("x-auterity-dropped", String.join(", ", lost));
        }
    }

    /** What was paid for without an answer to show for it. */
    private void spent(RelayException failed, Deployment last) {
        set("x-auterity-model", last.model().toString());
        set("x-auterity-deployment", last.id());
        set("x-auterity-cost", dollars(failed.cost()));
        set("x-auterity-attempts", String.valueOf(failed.failures().size()));
    }

    private void cost(Reply reply) {
        set("x-auterity-cost", dollars(reply.cost()));
        set("x-auterity-attempts", String.valueOf(reply.failures().size() + 1));
    }

    /** Dollars as a plain number, exact to the nano-dollar. */
    private static String dollars(Optional<Money> cost) {
        return cost.map(money -> money.toString().replace("$", "")).orElse("unknown");
    }

    /** What a header cannot carry becomes a question mark, a character of two halves one as well. */
    private void set(String name, String value) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < Math.min(value.length(), LONGEST_REASON); i++) {
            char c = value.charAt(i);
            if (!Character.isLowSurrogate(c)) {
                text.append(c < ' ' || c > '~' ? '?' : c);
            }
        }
        response.getHeaders().put(name, text.toString());
    }

    private void whole(String json, Callback callback) {
        write(200, json, callback);
    }

    private void write(int status, String json, Callback callback) {
        byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
        response.setStatus(status);
        response.getHeaders().put("Content-Type", "application/json");
        response.getHeaders().put("Content-Length", bytes.length);
        response.write(true, ByteBuffer.wrap(bytes), callback);
    }

    /** Tells what is wrong in the caller's form. */
    void fail(Refused refused, Callback callback) {
        refused.retryAfterSeconds().ifPresent(seconds -> response.getHeaders().put("Retry-After", seconds));
        if (refused.status() == 401) {
            response.getHeaders().put("WWW-Authenticate", "Bearer");
        }
        write(refused.status(), Json.write(form.error(refused, mark)), callback);
    }

    /** Answers with a JSON object of the gateway's own. */
    void tell(Map<String, Object> json, Callback callback) {
        write(200, Json.write(json), callback);
    }
}
