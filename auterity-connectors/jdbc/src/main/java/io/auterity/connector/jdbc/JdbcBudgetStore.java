package io.auterity.connector.jdbc;

import io.auterity.connector.jdbc.BudgetStatements.Booked;
import io.auterity.connector.jdbc.BudgetStatements.Held;
import io.auterity.connector.jdbc.BudgetStatements.State;
import io.auterity.relay.budget.Account;
import io.auterity.relay.budget.Balance;
import io.auterity.relay.budget.BudgetStore;
import io.auterity.relay.budget.LedgerLine;
import io.auterity.relay.budget.Reservation;
import io.auterity.relay.budget.Scope;
import io.auterity.relay.money.Money;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;

/**
 * Keeps budgets in the database of a journal, for all processes that share it.
 *
 * <pre>{@code
 * BudgetStore store = JdbcBudgetStore.in(journal);
 * }</pre>
 *
 * <p>An account is a row. A reservation adds to its rows in one transaction, each by an update that says itself how much may
 * be there at most; so nothing is read that another process could change before it is written. Rows are always taken in the
 * same order, so that no two processes wait for each other; the calls of one process that come at once share a transaction.
 *
 * <p>A reservation that nobody settles or releases within its lifetime, as when its process has died, is booked as what it
 * can have cost at most ({@link LedgerLine.Kind#UNSETTLED}): the provider may have charged it. That happens when somebody
 * needs the money, and when the ledger is read. If it is settled after all, the difference is given back.
 *
 * <p>What a method has done is as durable as the journal. Thread-safe.
 */
public final class JdbcBudgetStore implements BudgetStore {

    /** How long a call may take before it counts as lost, unless said otherwise. */
    public static final Duration DEFAULT_LIFETIME = Duration.ofHours(1);

    /** How many lost calls are booked in one go. */
    private static final int SWEEP = 100;

    /** How many rows a transaction forgets, so that nobody waits long for it. */
    private static final int MOST_FORGOTTEN = 1_000;

    private final Access access;
    private final long lifetimeMillis;
    private final BudgetStatements statements;
    private final CommonWrites writes;

    private JdbcBudgetStore(Access access, Dialect dialect, Duration lifetime) {
        this.access = access;
        lifetimeMillis = lifetime.toMillis();
        statements = new BudgetStatements(dialect);
        writes = new CommonWrites(access, statements);
    }

    /**
     * Opens the budgets in the database of a journal.
     *
     * @param journal the journal; it stays open as long as the budgets are used
     * @return the store
     * @throws JdbcJournalException if the tables are not there
     */
    public static JdbcBudgetStore in(JdbcJournal journal) {
        return in(journal, DEFAULT_LIFETIME);
    }

    /**
     * Opens the budgets in the database of a journal.
     *
     * @param journal the journal; it stays open as long as the budgets are used
     * @param lifetime after how long a call counts as lost; longer than the deadline of any call, at least a millisecond
     * @return the store
     * @throws JdbcJournalException if the tables are not there
     */
    public static JdbcBudgetStore in(JdbcJournal journal, Duration lifetime) {
        if (lifetime.toMillis() < 1) {
            throw new IllegalArgumentException("a lifetime is a millisecond or more, not " + lifetime);
        }
        JdbcBudgetStore store = new JdbcBudgetStore(journal.access(), journal.dialect(), lifetime);
        store.checkTables(journal.dialect().tables());
        return store;
    }

    private void checkTables(Tables tables) {
        try {
            access.readOnce(connection -> statements.lost(connection, 1));
        } catch (SQLException e) {
            if (Trouble.of(e) == Trouble.LOST) {
                throw Access.unavailable("be opened", e);
            }
            throw new JdbcJournalException(
                    JdbcJournalException.UNSUPPORTED,
                    "the tables of budgets, as " + tables.name("budget_reservation")
                            + ", are not there: run the statements that migrations(...) returns, or let the journal"
                            + " make its tables",
                    e);
        }
    }

    // --- the life of a reservation ---

    @Override
    public Optional<Shortage> reserve(Reservation reservation) {
        SortedMap<String, Money> limits = new TreeMap<>();
        reservation
                .claims()
                .forEach(claim -> limits.merge(BudgetStatements.key(claim.account()), claim.limit(), Money::min));
        String token = token();
        while (true) {
            Optional<Shortage> shortage = shortage(reservation); // so that what is refused writes nothing
            if (shortage.isPresent() && bookLost() == 0) {
                return shortage;
            }
            if (shortage.isEmpty()
                    && writes.write(
                            connection -> new TreeSet<>(limits.keySet()),
                            connection -> reserve(connection, reservation, limits, token))) {
                return Optional.empty();
            } // else others were quicker, or money that was lost has been booked
        }
    }

    private boolean reserve(
            Connection connection, Reservation reservation, SortedMap<String, Money> limits, String token)
            throws SQLException {
        Optional<String> known = statements.known(connection, BudgetStatements.key(reservation.id()));
        if (known.isPresent()) {
            if (known.get().equals(token)) {
                return true; // the answer to the first try was lost, not its work
            }
            throw new IllegalStateException("reservation '" + reservation.id() + "' exists already");
        }
        boolean fits = statements.reserve(connection, limits, reservation.amount());
        if (fits) {
            statements.open(connection, reservation, token, lifetimeMillis);
        }
        return fits;
    }

    private static String token() {
        return UUID.randomUUID().toString();
    }

    /** Says which account has too little; accounts that are not there yet are opened. */
    private Optional<Shortage> shortage(Reservation reservation) {
        Map<Account, Balance> balances = balances(
                reservation.claims().stream().map(Reservation.Claim::account).toList());
        Optional<Shortage> shortage = Optional.empty();
        for (Reservation.Claim claim : reservation.claims()) {
            if (!balances.containsKey(claim.account())) {
                open(claim.account());
            }
            Money left = balances.getOrDefault(claim.account(), Balance.NONE).left(claim.limit());
            if (shortage.isEmpty() && reservation.amount().isMoreThan(left)) {
                shortage = Optional.of(new Shortage(claim, left));
            }
        }
        return shortage;
    }

    private void open(Account account) {
        access.transaction("open an account", connection -> {
            try {
                statements.make(connection, account);
            } catch (SQLException e) {
                if (Trouble.of(e) != Trouble.DUPLICATE) {
                    throw e;
                }
                Access.undo(connection); // somebody else was quicker
            }
            return true;
        });
    }

    @Override
    public Optional<Map<Account, Balance>> settle(String reservation, LedgerLine line) {
        String id = BudgetStatements.key(reservation);
        String token = token();
        return writes.write(connection -> statements.accounts(connection, id), connection -> {
            Optional<SortedSet<String>> accounts = settle(connection, id, line, token);
            if (accounts.isEmpty()) {
                return Optional.empty();
            }
            Map<Account, Balance> after = new LinkedHashMap<>();
            statements.balances(connection, accounts.get(), after);
            return Optional.of(after);
        });
    }

    /** Returns the accounts that have paid, if it was open. */
    private Optional<SortedSet<String>> settle(Connection connection, String id, LedgerLine line, String token)
            throws SQLException {
        Money cost = line.charge().booked();
        Optional<Held> held = statements.close(connection, id);
        if (held.isPresent()) {
            SortedSet<String> accounts = held.get().accounts();
            Money amount = held.get().amount();
            Money covered = cost.min(amount);
            statements.add(connection, new Booked(line, token, State.SETTLED, accounts));
            statements.move(connection, accounts, new Balance(covered, Money.ZERO.minus(amount), cost.minus(covered)));
            return Optional.of(accounts);
        }
        Optional<Booked> booked = statements.booked(connection, id);
        if (booked.isPresent() && booked.get().state() == State.UNSETTLED) {
            Money most = booked.get().line().charge().booked();
            Money covered = cost.min(most);
            giveBack(connection, booked.get(), booked.get().line().credit(line.at(), most.minus(covered)));
            statements.move(
                    connection, booked.get().accounts(), new Balance(Money.ZERO, Money.ZERO, cost.minus(covered)));
            return Optional.of(booked.get().accounts());
        }
        // The line may be this call's, whose answer was lost.
        return booked.filter(known -> known.token().equals(token)).map(Booked::accounts);
    }

    @Override
    public boolean release(String reservation) {
        String id = BudgetStatements.key(reservation);
        boolean[] isUnsure = {false};
        return writes.write(connection -> statements.accounts(connection, id), connection -> {
            boolean isAgain = isUnsure[0];
            isUnsure[0] = true;
            Optional<Held> held = statements.close(connection, id);
            if (held.isPresent()) {
                Money free = Money.ZERO.minus(held.get().amount());
                statements.move(connection, held.get().accounts(), new Balance(Money.ZERO, free, Money.ZERO));
                return true;
            }
            Optional<Booked> booked = statements.booked(connection, id);
            if (booked.isPresent() && booked.get().state() == State.UNSETTLED) {
                LedgerLine line = booked.get().line();
                giveBack(
                        connection,
                        booked.get(),
                        line.credit(line.at(), line.charge().booked()));
                return true;
            }
            return isAgain && booked.isEmpty(); // the answer to the first try was lost, not its work
        });
    }

    /** Books what nobody has settled, as it stands in the reservation; returns how much there was. */
    private int bookLost() {
        List<String> lost = access.read("look for lost calls", connection -> statements.lost(connection, SWEEP));
        for (String id : lost) {
            access.transaction("book a lost call", connection -> {
                Optional<Held> held = statements.close(connection, id);
                if (held.isPresent()) {
                    SortedSet<String> accounts = held.get().accounts();
                    Money amount = held.get().amount();
                    statements.add(connection, new Booked(held.get().worst(), token(), State.UNSETTLED, accounts));
                    statements.move(connection, accounts, new Balance(amount, Money.ZERO.minus(amount), Money.ZERO));
                }
                return true;
            });
        }
        return lost.size();
    }

    // --- afterwards ---

    @Override
    public boolean refund(String line, LedgerLine credit) {
        String id = BudgetStatements.key(line);
        String token = token();
        return access.transaction("give money back", connection -> {
            Optional<Booked> booked = statements.booked(connection, id);
            if (booked.isEmpty() || booked.get().line().kind() == LedgerLine.Kind.CREDIT) {
                return false;
            }
            if (booked.get().state() == State.REFUNDED) { // perhaps by this call, whose answer was lost
                return statements
                        .booked(connection, BudgetStatements.key(credit.id()))
                        .filter(given -> given.token().equals(token))
                        .isPresent();
            }
            Money cost = booked.get().line().charge().booked();
            Money back = Money.ZERO.minus(credit.charge().booked());
            if (back.isNegative() || back.isMoreThan(cost)) {
                throw new IllegalArgumentException(
                        "line '" + line + "' cost " + cost + ", and " + back + " cannot come back from it");
            }
            giveBack(connection, booked.get(), credit, token);
            return true;
        });
    }

    private void giveBack(Connection connection, Booked booked, LedgerLine credit) throws SQLException {
        giveBack(connection, booked, credit, token());
    }

    private void giveBack(Connection connection, Booked booked, LedgerLine credit, String token) throws SQLException {
        statements.mark(connection, BudgetStatements.key(booked.line().id()), State.REFUNDED);
        statements.add(connection, new Booked(credit, token, State.SETTLED, booked.accounts()));
        Money back = Money.ZERO.minus(credit.charge().booked());
        statements.giveBack(connection, booked.accounts(), back);
    }

    @Override
    public Balance balance(Account account) {
        return balances(List.of(account)).getOrDefault(account, Balance.NONE);
    }

    private Map<Account, Balance> balances(List<Account> accounts) {
        Map<Account, Balance> found = new LinkedHashMap<>();
        access.read("read balances", connection -> {
            statements.balances(
                    connection, accounts.stream().map(BudgetStatements::key).toList(), found);
            return true;
        });
        return found;
    }

    @Override
    public Map<Account, Balance> balances(Scope scope, Instant at) {
        bookLost();
        Map<Account, Balance> found = new LinkedHashMap<>();
        access.read("read balances", connection -> {
            statements.balances(connection, scope, at, found);
            return true;
        });
        return found;
    }

    @Override
    public Optional<LedgerLine> line(String id) {
        bookLost();
        return access.transaction(
                "read a line of the ledger",
                connection ->
                        statements.booked(connection, BudgetStatements.key(id)).map(Booked::line));
    }

    @Override
    public List<LedgerLine> lines(Scope scope) {
        bookLost();
        return access.read("read the ledger", connection -> statements.lines(connection, scope));
    }

    /**
     * Forgets lines older than an instant, accounts whose windows had closed by then, and the accounts of runs that have
     * neither a line any more nor a reservation; other balances keep their sums. It takes many small transactions, so that
     * calls need not wait for it; what it has forgotten when it fails stays forgotten.
     *
     * <p>A run that goes on after it was forgotten has its limit anew. So let the instant be longer ago than a run is ever
     * silent between two of its calls, waiting for somebody's answer, say.
     *
     * @param before the instant
     * @return how many lines were forgotten
     */
    public int purge(Instant before) {
        int lines = 0;
        int some;
        do {
            some = access.transaction(
                    "forget old lines", connection -> statements.purgeLines(connection, before, MOST_FORGOTTEN));
            lines += some;
        } while (some == MOST_FORGOTTEN);
        toTheLast(
                "forget old accounts",
                (connection, after) -> statements.purgeAccounts(connection, before, after, MOST_FORGOTTEN));
        toTheLast("forget old runs", (connection, after) -> statements.purgeRuns(connection, after, MOST_FORGOTTEN));
        return lines;
    }

    /** Does something with some accounts; returns the last of them, or empty if there are no more behind it. */
    private interface Stride {
        Optional<String> behind(Connection connection, String account) throws SQLException;
    }

    private void toTheLast(String what, Stride stride) {
        Optional<String> last = Optional.of("");
        while (last.isPresent()) {
            String after = last.get();
            last = access.transaction(what, connection -> stride.behind(connection, after));
        }
    }
}
