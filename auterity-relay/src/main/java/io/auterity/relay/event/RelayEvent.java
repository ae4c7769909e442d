package io.auterity.relay.event;

import io.auterity.relay.budget.LedgerLine;
import io.auterity.relay.budget.Scope;
import io.auterity.relay.decide.Decision;
import io.auterity.relay.decide.Deployment;
import io.auterity.relay.decide.Situation;
import io.auterity.relay.money.ModelName;
import io.auterity.relay.provider.ErrorClass;
import io.auterity.relay.provider.ProviderAnswer;
import io.auterity.relay.provider.ProviderCall;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * What happened to one request: it is decided once and attempted as often as it takes, or else answered from the cache; it is
 * finished once; a score may follow at any time.
 *
 * <p>Immutable.
 */
public sealed interface RelayEvent {

    /**
     * Returns whose event it is.
     *
     * @return the request's id
     */
    String request();

    /**
     * Returns when it happened.
     *
     * @return the time
     */
    Instant at();

    /**
     * It was decided where the request goes, or that it goes nowhere. Told on the thread of the caller.
     *
     * @param request the request's id
     * @param at when
     * @param scope who pays
     * @param situation all that the decision rests on, beside the policy
     * @param priceBook the hash of the prices
     * @param decision the decision
     */
    record Decided(String request, Instant at, Scope scope, Situation situation, String priceBook, Decision decision)
            implements RelayEvent {
        /** Checks that every part is there. */
        public Decided {
            Objects.requireNonNull(request, "request");
            Objects.requireNonNull(at, "at");
            Objects.requireNonNull(scope, "scope");
            Objects.requireNonNull(situation, "situation");
            Objects.requireNonNull(priceBook, "priceBook");
            Objects.requireNonNull(decision, "decision");
        }
    }

    /**
     * A deployment was asked, and the attempt is over.
     *
     * @param request the request's id
     * @param at when it was over
     * @param call what was asked, and where
     * @param timing how long it took
     * @param result what came of it
     * @param continues whose stream it was to go on with, because that had broken in the middle; empty for most
     */
    record Attempted(
            String request, Instant at, ProviderCall call, Timing timing, Result result, Optional<Deployment> continues)
            implements RelayEvent {
        /** Checks that every part is there. */
        public Attempted {
            Objects.requireNonNull(request, "request");
            Objects.requireNonNull(at, "at");
            Objects.requireNonNull(call, "call");
            Objects.requireNonNull(timing, "timing");
            Objects.requireNonNull(result, "result");
            Objects.requireNonNull(continues, "continues");
        }
    }

    /**
     * The request was answered from the cache: nothing was decided, nobody was asked. Told on the thread of the caller.
     *
     * @param request the request's id
     * @param at when
     * @param deployment who gave the answer at the time
     * @param line the line of the ledger, of the kind {@link LedgerLine.Kind#CACHED} and without cost
     */
    record Cached(String request, Instant at, Deployment deployment, LedgerLine line) implements RelayEvent {
        /** Checks that every part is there. */
        public Cached {
            Objects.requireNonNull(request, "request");
            Objects.requireNonNull(at, "at");
            Objects.requireNonNull(deployment, "deployment");
            Objects.requireNonNull(line, "line");
        }
    }

    /**
     * How long an attempt took.
     *
     * @param start when it was sent
     * @param first when its first piece of content came, or empty if none came or it is no stream
     */
    record Timing(Instant start, Optional<Instant> first) {}

    /**
     * What came of an attempt.
     *
     * @param answer the answer, or empty if it failed
     * @param line what it was charged, or empty if nothing
     * @param failure why it failed, or empty
     */
    record Result(Optional<ProviderAnswer> answer, Optional<LedgerLine> line, Optional<ErrorClass> failure) {}

    /**
     * The caller has the answer, or knows that there is none.
     *
     * @param request the request's id
     * @param at when
     * @param model who answered, or empty if nobody did
     */
    record Finished(String request, Instant at, Optional<ModelName> model) implements RelayEvent {
        /** Checks that every part is there. */
        public Finished {
            Objects.requireNonNull(request, "request");
            Objects.requireNonNull(at, "at");
            Objects.requireNonNull(model, "model");
        }
    }

    /**
     * Somebody said how well a request went.
     *
     * @param request the request's id
     * @param at when
     * @param task what kind of prompt it was, if known
     * @param score between 0 and 1
     */
    record Scored(String request, Instant at, Optional<String> task, double score) implements RelayEvent {
        /** Checks that every part is there. */
        public Scored {
            Objects.requireNonNull(request, "request");
            Objects.requireNonNull(at, "at");
            Objects.requireNonNull(task, "task");
        }
    }
}
