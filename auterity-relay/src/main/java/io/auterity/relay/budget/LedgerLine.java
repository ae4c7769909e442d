package io.auterity.relay.budget;

import java.time.Instant;
import java.util.Objects;

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
}
