package io.auterity.relay.budget;

import io.auterity.relay.money.Money;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Keeps budgets in the memory of one process.
 *
 * <p>One lock guards all of it, because a reservation spans accounts of every level; it is held for some map look-ups, far
 * less than any call takes. When room is needed, accounts of windows that have closed are dropped, and if those do not
 * suffice, accounts of runs: those that were used least recently, a hundredth of all accounts at once. A call that is
 * refused is a use, too. An account on which something is reserved is never dropped. A run whose account was dropped, and
 * that goes on all the same, has its limit anew; so there is to be room for the accounts of all runs that go on, and of
 * everybody else. The oldest lines are dropped, too, so memory is bounded by the two limits. Thread-safe.
 */
public final class InMemoryBudgetStore implements BudgetStore {

    /** How many accounts are kept unless said otherwise. */
    public static final int DEFAULT_MAX_ACCOUNTS = 100_000;

    /** How many ledger lines are kept unless said otherwise. */
    public static final int DEFAULT_MAX_LINES = 100_000;

    private final int maxAccounts;
    private final int maxLines;
    private final Object lock = new Object();
    // Guarded by lock, like the next two; the least recently used comes first.
    private final Map<Account, Balance> balances = new LinkedHashMap<>(16, 0.75f, true);
    private final Map<String, Reservation> open = new HashMap<>();
    private final Map<String, Booked> lines = new LinkedHashMap<>();

    /** A line, the accounts that paid for it, and what came back. */
    private record Booked(LedgerLine line, List<Account> accounts, boolean isRefunded) {}

    /** Makes an empty store with the default limits. */
    public InMemoryBudgetStore() {
        this(DEFAULT_MAX_ACCOUNTS, DEFAULT_MAX_LINES);
    }

    /**
     * Makes an empty store.
     *
     * @param maxAccounts the most accounts; a reservation that needs more is refused if none can be dropped
     * @param maxLines the most ledger lines; the oldest make room, balances keep their sums
     */
    public InMemoryBudgetStore(int maxAccounts, int maxLines) {
        if (maxAccounts < 1 || maxLines < 1) {
            throw new IllegalArgumentException("maxAccounts and maxLines are 1 or more");
        }
        this.maxAccounts = maxAccounts;
        this.maxLines = maxLines;
    }

    @Override
    public Optional<Shortage> reserve(Reservation reservation) {
        synchronized (lock) {
            if (open.containsKey(reservation.id()) || lines.containsKey(reservation.id())) {
                throw new IllegalStateException("reservation '" + reservation.id() + "' exists already");
            }
            for (Reservation.Claim claim : reservation.claims()) {
                Money left = balance(claim.account()).left(claim.limit());
                if (reservation.amount().isMoreThan(left)) {
                    return Optional.of(new Shortage(claim, left));
                }
            }
            makeRoom(reservation);
            open.put(reservation.id(), reservation);
            for (Reservation.Claim claim : reservation.claims()) {
                move(claim.account(), Money.ZERO, reservation.amount(), Money.ZERO);
            }
            return Optional.empty();
        }
    }

    private void makeRoom(Reservation reservation) {
        Set<Account> needed =
                reservation.claims().stream().map(Reservation.Claim::account).collect(Collectors.toSet());
        long added = needed.stream()
                .filter(account -> !balances.containsKey(account))
                .count();
        if (balances.size() + added > maxAccounts) {
            idle(account -> !account.window().closes().isAfter(reservation.at()) && !needed.contains(account))
                    .toList()
                    .forEach(balances::remove);
        }
        long missing = balances.size() + added - maxAccounts;
        if (missing > 0) {
            // Some more than need be, so that not every new run looks through all accounts.
            List<Account> runs = idle(account ->
                            account.payer().level() == Scope.Level.RUN && !needed.contains(account))
                    .limit(Math.max(missing, maxAccounts / 100))
                    .toList();
            if (runs.size() < missing) {
                throw BudgetException.full("the store of budgets keeps " + maxAccounts
                        + " accounts at most, and too few of them can be forgotten\n  fix: raise maxAccounts, or keep"
                        + " budgets in a database");
            }
            runs.forEach(balances::remove);
        }
    }

    /** Finds accounts that nothing is reserved on, the least recently used first. */
    private Stream<Account> idle(Predicate<Account> which) {
        return balances.entrySet().stream()
                .filter(entry -> entry.getValue().reserved().equals(Money.ZERO) && which.test(entry.getKey()))
                .map(Map.Entry::getKey);
    }

    @Override
    public Optional<Map<Account, Balance>> settle(String id, LedgerLine line) {
        synchronized (lock) {
            Reservation reservation = open.remove(id);
            if (reservation == null) {
                return Optional.empty();
            }
            Money cost = line.charge().booked();
            Money covered = cost.min(reservation.amount());
            Map<Account, Balance> after = new LinkedHashMap<>();
            for (Reservation.Claim claim : reservation.claims()) {
                move(claim.account(), covered, Money.ZERO.minus(reservation.amount()), cost.minus(covered));
                after.put(claim.account(), balance(claim.account()));
            }
            book(
                    line,
                    reservation.claims().stream()
                            .map(Reservation.Claim::account)
                            .toList());
            return Optional.of(after);
        }
    }

    @Override
    public boolean release(String id) {
        synchronized (lock) {
            Reservation reservation = open.remove(id);
            if (reservation != null) {
                for (Reservation.Claim claim : reservation.claims()) {
                    move(claim.account(), Money.ZERO, Money.ZERO.minus(reservation.amount()), Money.ZERO);
                }
            }
            return reservation != null;
        }
    }

    @Override
    public boolean refund(String id, LedgerLine credit) {
        synchronized (lock) {
            Booked booked = lines.get(id);
            if (booked == null || booked.isRefunded() || booked.line().kind() == LedgerLine.Kind.CREDIT) {
                return false;
            }
            Money back = Money.ZERO.minus(credit.charge().booked());
            if (back.isNegative() || back.isMoreThan(booked.line().charge().booked())) {
                throw new IllegalArgumentException("line '" + id + "' cost "
                        + booked.line().charge().booked() + ", and " + back + " cannot come back from it");
            }
            lines.put(id, new Booked(booked.line(), booked.accounts(), true));
            for (Account account : booked.accounts()) {
                if (balances.containsKey(account)) { // otherwise it was dropped, and has nothing to give back from
                    Balance before = balance(account);
                    Money fromOverrun = back.min(before.overrun());
                    Money fromSpent = back.minus(fromOverrun).min(before.spent()); // less if it was dropped and is back
                    move(account, Money.ZERO.minus(fromSpent), Money.ZERO, Money.ZERO.minus(fromOverrun));
                }
            }
            book(credit, booked.accounts());
            return true;
        }
    }

    private void move(Account account, Money spent, Money reserved, Money overrun) {
        Balance before = balance(account);
        balances.put(
                account,
                new Balance(
                        before.spent().plus(spent),
                        before.reserved().plus(reserved),
                        before.overrun().plus(overrun)));
    }

    private void book(LedgerLine line, List<Account> accounts) {
        lines.put(line.id(), new Booked(line, accounts, false));
        if (lines.size() > maxLines) {
            Iterator<String> oldest = lines.keySet().iterator();
            oldest.next();
            oldest.remove();
        }
    }

    @Override
    public Balance balance(Account account) {
        synchronized (lock) {
            return balances.getOrDefault(account, Balance.NONE);
        }
    }

    @Override
    public Map<Account, Balance> balances(Scope scope, Instant at) {
        synchronized (lock) {
            Map<Account, Balance> found = new LinkedHashMap<>();
            balances.forEach((account, balance) -> {
                if (account.payer().isWithin(scope) && account.window().contains(at)) {
                    found.put(account, balance);
                }
            });
            return found;
        }
    }

    @Override
    public Optional<LedgerLine> line(String id) {
        synchronized (lock) {
            return Optional.ofNullable(lines.get(id)).map(Booked::line);
        }
    }

    @Override
    public List<LedgerLine> lines(Scope scope) {
        synchronized (lock) {
            List<LedgerLine> found = new ArrayList<>();
            for (Booked booked : lines.values()) {
                if (booked.line().scope().isWithin(scope)) {
                    found.add(booked.line());
                }
            }
            return found;
        }
    }
}
