package io.auterity.relay.budget;

import io.auterity.relay.money.Meter;
import io.auterity.relay.money.ModelName;
import io.auterity.relay.money.Money;
import io.auterity.relay.money.Price;
import io.auterity.relay.money.ServiceTier;
import io.auterity.relay.money.Usage;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One line of the ledger: a call that was charged, or a credit. Lines are only ever added.
 *
 * @param id the reservation the line settled, or {@code credit:<id>}; unique
 * @param request the request the call was made for; several attempts of one request have a line each
 * @param at when it was booked
 * @param scope who pays, with everyone around
 * @param kind how the usage is known
 * @param charge what was used and what it cost
 */
public record LedgerLine(String id, String request, Instant at, Scope scope, Kind kind, Charge charge) {

    /** How the usage of a line is known. */
    public enum Kind {
        /** The provider reported it with the whole answer. */
        REPORTED,
        /** The answer was cut off or cancelled; what had been sent by then is charged. */
        CUT_OFF,
        /** The provider did not report it; it is our own count. */
        ESTIMATED,
        /** Nobody said in time what the call cost, as when its process has died; the most it can have been is charged. */
        UNSETTLED,
        /** It was answered from a cache, and cost nothing. */
        CACHED,
        /** Money back. */
        CREDIT
    }

    /** Checks that every part is there. */
    public LedgerLine {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(request, "request");
        Objects.requireNonNull(at, "at");
        Objects.requireNonNull(scope, "scope");
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(charge, "charge");
    }

    /**
     * Returns the line that gives money back for this one.
     *
     * @param when when it is given back
     * @param amount how much
     * @return the credit, whose cost is negative
     */
    public LedgerLine credit(Instant when, Money amount) {
        Charge back = new Charge(
                charge.model(),
                charge.tier(),
                Usage.NONE,
                Optional.of(Money.ZERO.minus(amount)),
                charge.certainty(),
                charge.book());
        return new LedgerLine("credit:" + id, request, when, scope, Kind.CREDIT, back);
    }

    /**
     * Returns the line as a JSON object, for stores and reports.
     *
     * @return its parts; {@link #read} reads them
     */
    public Map<String, @Nullable Object> json() {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("id", id);
        json.put("request", request);
        json.put("at", at.toString());
        json.put("scope", scope.toString());
        json.put("kind", kind.name());
        json.put("model", charge.model().toString());
        json.put("tier", charge.tier().key());
        json.put("usage", charge.usage().counts());
        json.put("nanoDollars", charge.cost().map(Money::nanos).orElse(null));
        json.put("certainty", charge.certainty().name());
        json.put("book", charge.book());
        return json;
    }

    /**
     * Reads a line.
     *
     * @param json what {@link #json} returned
     * @return the line
     * @throws IllegalArgumentException if it is none
     */
    public static LedgerLine read(Map<?, ?> json) {
        Charge charge = new Charge(
                ModelName.of(text(json, "model")),
                ServiceTier.of(text(json, "tier")),
                usage(json.get("usage")),
                json.get("nanoDollars") instanceof Number nanos
                        ? Optional.of(new Money(nanos.longValue()))
                        : Optional.empty(),
                Price.Certainty.valueOf(text(json, "certainty")),
                text(json, "book"));
        return new LedgerLine(
                text(json, "id"),
                text(json, "request"),
                Instant.parse(text(json, "at")),
                Scope.parse(text(json, "scope")),
                Kind.valueOf(text(json, "kind")),
                charge);
    }

    private static Usage usage(@Nullable Object counts) {
        Usage usage = Usage.NONE;
        if (counts instanceof Map<?, ?> map) {
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                if (entry.getValue() instanceof Number count) {
                    usage = usage.with(Meter.of(String.valueOf(entry.getKey())), count.longValue());
                }
            }
        }
        return usage;
    }

    private static String text(Map<?, ?> json, String field) {
        if (json.get(field) instanceof String text) {
            return text;
        }
        throw new IllegalArgumentException("a line of the ledger has a text '" + field + "'");
    }
}
