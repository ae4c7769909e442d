package io.auterity.relay.budget;

import io.auterity.relay.money.Money;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Keeps balances and ledger lines.
 *
 * <p>Each method is atomic over all accounts it touches, for all threads and, if the store is shared, for all processes:
 * that is what makes overshoot impossible. For every account, at every moment:
 *
 * <ul>
 *   <li>reserved is never negative, and the sum of the open reservations on it;
 *   <li>spent and overrun together are the sum of the costs of its lines;
 *   <li>spent is never above the limit it was reserved under.
 * </ul>
 *
 * <p>So that it does not grow without an end, a store may forget accounts that nothing is reserved on: those of windows
 * that have closed, and those of runs that have long not been used, which begin anew if they are used after all. Other
 * accounts are kept.
 *
 * <p>Implementations are thread-safe.
 */
public interface BudgetStore {

    /**
     * Sets money aside on every account of the reservation, or on none.
     *
     * @param reservation what to set aside
     * @return empty when done, or the account that has too little
     * @throws IllegalStateException if a reservation of this id is open or settled already
     * @throws BudgetException with the code {@link BudgetException#FULL} if the store has no room for another account
     */
    Optional<Shortage> reserve(Reservation reservation);

    /**
     * Turns a reservation into a line of the ledger: the cost is spent, and the rest set free. What the cost is above the
     * reservation becomes overrun.
     *
     * @param reservation the id
     * @param line the line
     * @return the balances afterwards, or empty if the reservation is not open (any more), and nothing has been done. A
     *     reservation that a store has booked as {@link LedgerLine.Kind#UNSETTLED} meanwhile still counts as open, once:
     *     the difference is given back by a credit
     */
    Optional<Map<Account, Balance>> settle(String reservation, LedgerLine line);

    /**
     * Sets a reservation free for a call that costs nothing, as one that was never made.
     *
     * @param reservation the id
     * @return whether it was open
     */
    boolean release(String reservation);

    /**
     * Gives money back for a line, on the accounts that paid for it: once, and no more than it cost.
     *
     * @param line the id of the line
     * @param credit the credit's line, whose cost is negative
     * @return whether it was given
     */
    boolean refund(String line, LedgerLine credit);

    /**
     * Returns a balance.
     *
     * @param account the account
     * @return the balance, {@link Balance#NONE} if nothing ever happened on it
     */
    Balance balance(Account account);

    /**
     * Returns the balances of a scope and everything inside it.
     *
     * @param scope the scope
     * @param at an instant; only the windows it is in count
     * @return the balances by account; accounts on which nothing ever happened need not be among them
     */
    Map<Account, Balance> balances(Scope scope, Instant at);

    /**
     * Finds a line of the ledger.
     *
     * @param id its id
     * @return the line, or empty if there is none
     */
    Optional<LedgerLine> line(String id);

    /**
     * Returns what stands in the ledger for a scope and everything inside it.
     *
     * @param scope the scope
     * @return its lines, oldest first
     */
    List<LedgerLine> lines(Scope scope);

    /**
     * An account that has too little for a reservation.
     *
     * @param claim the account and its limit
     * @param left what could be reserved
     */
    record Shortage(Reservation.Claim claim, Money left) {}
}
