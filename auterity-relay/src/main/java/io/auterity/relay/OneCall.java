package io.auterity.relay;

import io.auterity.relay.budget.Budgets;
import io.auterity.relay.budget.Grant;
import io.auterity.relay.budget.LedgerLine;
import io.auterity.relay.decide.Decision;
import io.auterity.relay.decide.Deployment;
import io.auterity.relay.event.RelayEvent;
import io.auterity.relay.money.Meter;
import io.auterity.relay.money.PriceBook;
import io.auterity.relay.money.ServiceTier;
import io.auterity.relay.money.Usage;
import io.auterity.relay.provider.ErrorClass;
import io.auterity.relay.provider.Provider;
import io.auterity.relay.provider.ProviderAnswer;
import io.auterity.relay.provider.ProviderCall;
import io.auterity.relay.provider.ProviderEvent;
import io.auterity.relay.provider.ProviderException;
import io.auterity.relay.provider.Sink;
import io.auterity.relay.tokens.TokenCounter;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One call of one deployment, for which money is set aside: made, delivered, and settled whatever becomes of it. Confined
 * to the thread that makes it.
 */
final class OneCall {

    private static final Logger LOG = LoggerFactory.getLogger(OneCall.class);

    /**
     * A stream is stopped when it has surely more tokens than it may have: more than so many times its limit, and some more,
     * as {@link TokenCounter#measured} counts them. The model's own count is not known before its usage is.
     */
    static final int TIMES_LIMIT = 2;

    static final int TOKENS_BEYOND = 256;

    /** Counting piece by piece would count too much: a word in two pieces is two tokens. */
    private static final int LEAST_COUNTED_BYTES = 1024;

    private final Setting setting;
    private final String request;
    private final Grant grant;
    private final ProviderCall call;
    private final Optional<Continues> continues;
    private boolean hasLeft;

    /** What all calls of a relay have in common. */
    record Setting(
            Budgets budgets,
            PriceBook book,
            Deployments deployments,
            InstantSource clock,
            Consumer<RelayEvent> listener) {}

    /** Whose broken stream a call goes on with, and what is said of that. */
    record Continues(Deployment broken, String reason) {}

    /**
     * What became of a call: an answer, or a failure.
     *
     * @param delivered what has been delivered of it
     */
    record Outcome(
            Optional<ProviderAnswer> answer,
            Optional<LedgerLine> line,
            Optional<ProviderException> failure,
            Delivered delivered) {}

    /**
     * What has been delivered of a call.
     *
     * @param isBegun whether anything has been, so that no other call can take its place
     * @param text the text, as the provider sent it
     * @param isContinuable whether it was nothing but an answer's text: no call of a tool, and no refusal
     */
    record Delivered(boolean isBegun, String text, boolean isContinuable) {}

    OneCall(Setting setting, String request, Grant grant, ProviderCall call, Optional<Continues> continues) {
        this.setting = setting;
        this.request = request;
        this.grant = grant;
        this.call = call;
        this.continues = continues;
    }

    Deployment deployment() {
        return call.deployment();
    }

    /** Makes the call; what the sink or a provider of the host's throws is thrown, once the call is settled. */
    Outcome make(Provider provider, Decision.Explanation explanation, Sink sink) {
        List<String> reasons = continues.map(one -> List.of(one.reason())).orElse(explanation.reasons());
        Delivery delivery = new Delivery(sink, new Sink.Beginning(deployment(), reasons, grant.amount()));
        Instant start = setting.clock.instant();
        Optional<Outcome> made = Optional.empty();
        try {
            Outcome outcome = make(provider, delivery, start);
            made = Optional.of(outcome);
            return outcome;
        } finally {
            Outcome outcome = made.orElseGet(
                    () -> failed(new ProviderException(ErrorClass.CANCELLED, "the caller failed"), delivery, start));
            setting.listener.accept(new RelayEvent.Attempted(
                    request,
                    setting.clock.instant(),
                    call,
                    new RelayEvent.Timing(start, Optional.ofNullable(delivery.first)),
                    new RelayEvent.Result(
                            outcome.answer(), outcome.line(), outcome.failure().map(ProviderException::errorClass)),
                    continues.map(Continues::broken)));
        }
    }

    private Outcome make(Provider provider, Delivery delivery, Instant start) {
        try {
            ProviderAnswer answer = provider.call(call, delivery);
            delivery.end();
            Instant first = delivery.first == null ? setting.clock.instant() : delivery.first;
            leave(() -> setting.deployments.succeeded(deployment(), Duration.between(start, first), answer.headroom()));
            Optional<LedgerLine> line = settle(
                    delivery,
                    answer.usage().orElseGet(() -> delivery.atMost(Math.max(delivery.bytes, bytes(answer)))),
                    answer.usage().isPresent() ? LedgerLine.Kind.REPORTED : LedgerLine.Kind.ESTIMATED);
            return new Outcome(Optional.of(answer), line, Optional.empty(), delivery.delivered());
        } catch (ProviderException e) {
            return delivery.isBeyond ? stopped(delivery, start) : failed(e, delivery, start);
        }
    }

    private Optional<LedgerLine> settle(Delivery delivery, Usage usage, LedgerLine.Kind kind) {
        Billed billed = Billed.of(grant.offer(), Optional.ofNullable(delivery.tier), usage, setting.book);
        return setting.budgets.settle(grant, usage, kind, billed.tier(), billed.price());
    }

    private static long bytes(ProviderAnswer answer) {
        long bytes = TokenCounter.bytes(answer.text());
        for (Map<String, Object> call : answer.toolCalls()) {
            if (call.get("function") instanceof Map<?, ?> function) {
                bytes += TokenCounter.bytes(String.valueOf(function.get("name")) + function.get("arguments"));
            }
        }
        return bytes;
    }

    /** What came is an answer that its limit has ended, and is charged as far as it came; calls of tools in it are not whole. */
    private Outcome stopped(Delivery delivery, Instant start) {
        LOG.warn("[{}] {} went on beyond {} tokens and was stopped", request, deployment(), grant.maxOutput());
        Instant first = delivery.first == null ? setting.clock.instant() : delivery.first;
        leave(() -> setting.deployments.succeeded(deployment(), Duration.between(start, first), Optional.empty()));
        Usage used = delivery.used(Math.max(delivery.known().outputTokens(), delivery.counted));
        Optional<LedgerLine> line = settle(delivery, used, LedgerLine.Kind.CUT_OFF);
        delivery.sink.stopped();
        delivery.sink.end();
        ProviderAnswer answer =
                new ProviderAnswer(delivery.said.toString(), List.of(), "length", Optional.empty(), Optional.empty());
        return new Outcome(Optional.of(answer), line, Optional.empty(), delivery.delivered());
    }

    private Outcome failed(ProviderException failure, Delivery delivery, Instant start) {
        leave(() ->
                setting.deployments.failed(deployment(), failure, Duration.between(start, setting.clock.instant())));
        boolean isDelivered = delivery.first != null;
        Optional<LedgerLine> line = Optional.empty();
        if (failure.errorClass().isBilled() || isDelivered) {
            line = settle(delivery, delivery.charged(), LedgerLine.Kind.CUT_OFF);
        } else {
            setting.budgets.release(grant);
        }
        return new Outcome(Optional.empty(), line, Optional.of(failure), delivery.delivered());
    }

    /** Gives the place at the deployment back, once: what fails after that, as the settling, is not the deployment's affair. */
    private void leave(Runnable how) {
        if (!hasLeft) {
            hasLeft = true;
            how.run();
        }
    }

    /** Leaves the call unmade. */
    void drop() {
        setting.budgets.release(grant);
        setting.deployments.failed(
                deployment(), new ProviderException(ErrorClass.CANCELLED, "it was not made"), Duration.ZERO);
    }

    /**
     * What has been delivered of the call. What comes before the first content (a role, a ping) is held back, so that another
     * call can still take the place of this one.
     */
    private final class Delivery implements Sink {

        private final Sink sink;
        private final Sink.Beginning beginning;
        private final List<Consumer<Sink>> held = new ArrayList<>();
        private @Nullable Instant first;
        private final StringBuilder said = new StringBuilder();
        private boolean isContinuable = true;
        private long bytes;
        private final long most = TIMES_LIMIT * grant.maxOutput() + TOKENS_BEYOND;
        private final StringBuilder uncounted = new StringBuilder();
        private long counted; // tokens of what came before
        private long countedAgain = most; // from how many bytes on
        private boolean isBeyond;
        private @Nullable Usage reported;
        private @Nullable ServiceTier tier;

        Delivery(Sink sink, Sink.Beginning beginning) {
            this.sink = sink;
            this.beginning = beginning;
        }

        private void content(String text) {
            bytes += TokenCounter.bytes(text); // has arrived, whatever becomes of it
            begin();
        }

        /** Stops the call once too much has been delivered. A token has a byte or more, so most answers are never counted. */
        private void limit(String text) {
            uncounted.append(text);
            if (bytes > countedAgain) {
                counted += TokenCounter.measured(uncounted.toString());
                uncounted.setLength(0);
                countedAgain = bytes + Math.max(LEAST_COUNTED_BYTES, most - counted);
            }
            if (counted > most) {
                isBeyond = true;
                throw new ProviderException(ErrorClass.CANCELLED, "the answer goes on beyond its limit");
            }
        }

        private void begin() {
            if (first == null) {
                if (continues.isPresent()) {
                    sink.continued(beginning);
                } else {
                    sink.begin(beginning);
                }
                first = setting.clock.instant();
                held.forEach(piece -> piece.accept(sink));
                held.clear();
            }
        }

        private void pass(Consumer<Sink> piece) {
            if (first == null) {
                held.add(piece);
            } else {
                piece.accept(sink);
            }
        }

        /** An answer without any content has arrived all the same. */
        @Override
        public void end() {
            if (call.isStream()) {
                begin();
                sink.end();
            }
        }

        @Override
        public void event(ProviderEvent event) {
            pass(to -> to.event(event));
        }

        @Override
        public void text(String text) {
            content(text);
            said.append(text);
            sink.text(text);
            limit(text);
        }

        @Override
        public void refusal(String text) {
            isContinuable = false;
            text(text);
        }

        @Override
        public void reasoning(String text) {
            content(text);
            sink.reasoning(text);
            limit(text);
        }

        @Override
        public void tool(int index, String id, String name, String arguments) {
            isContinuable = false;
            content(name + arguments);
            sink.tool(index, id, name, arguments);
            limit(name + arguments);
        }

        @Override
        public void usage(Usage usage) {
            reported = usage;
            pass(to -> to.usage(usage));
        }

        @Override
        public void tier(ServiceTier told) {
            tier = told;
        }

        Delivered delivered() {
            return new Delivered(first != null, said.toString(), isContinuable);
        }

        /** What a call that broke off can have used at most: of a whole answer nobody knows how much came. */
        Usage charged() {
            return atMost(call.isStream() ? bytes : grant.maxOutput());
        }

        Usage atMost(long outputBytes) {
            return used(Math.min(grant.maxOutput(), Math.max(known().outputTokens(), outputBytes)));
        }

        /** What has been reported so far, or else the prompt at its most. */
        private Usage known() {
            return reported == null ? grant.offer().most().with(Meter.OUTPUT, 0) : reported;
        }

        Usage used(long output) {
            return known().with(Meter.REASONING, 0).with(Meter.OUTPUT, output);
        }
    }
}
