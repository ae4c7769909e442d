/** Budgets that cannot overshoot: scopes, periods, reservations before a call and a ledger of what it cost. */
@NullMarked
package io.auterity.relay.budget;

import org.jspecify.annotations.NullMarked;
