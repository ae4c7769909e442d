package io.auterity.connector.jdbc;

import io.auterity.definition.Json;
import io.auterity.relay.budget.Account;
import io.auterity.relay.budget.Balance;
import io.auterity.relay.budget.LedgerLine;
import io.auterity.relay.budget.Period;
import io.auterity.relay.budget.Reservation;
import io.auterity.relay.budget.Scope;
import io.auterity.relay.money.Money;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The statements about budgets, and what their rows mean. Rows are found by the hash of what they are called, because the
 * names of tenants and requests are of any length. Each method is a part of its caller's transaction. Thread-safe.
 */
final class BudgetStatements {

    private final String known;
    private final String lock;
    private final String open;
    private final String reserve;
    private final String make;
    private final String accounts;
    private final String held;
    private final String close;
    private final String add;
    private final String booked;
    private final String mark;
    private final String move;
    private final String giveBack;
    private final String lost;
    private final String balance;
    private final String balancesOfScope;
    private final String linesOfScope;
    private final String oldLines;
    private final String purgeLine;
    private final String closedAccounts;
    private final String purgeAccount;
    private final String runsWithoutLines;
    private final String purgeRun;

    /** What was set aside for a call. */
    record Held(Money amount, SortedSet<String> accounts, LedgerLine worst) {}

    /** A line, and what became of it. */
    record Booked(LedgerLine line, String token, State state, SortedSet<String> accounts) {}

    /** What becomes of lines; as numbers in the database, in this order. */
    enum State {
        /** It stands. */
        SETTLED,
        /** It was booked because nobody settled it; settling it gives the difference back. */
        UNSETTLED,
        /** Something came back. */
        REFUNDED
    }

    BudgetStatements(Dialect dialect) {
        known = dialect.sql("select token from {budget_reservation} where id = ?"
                + " union all select '' from {budget_line} where id = ?");
        lock = dialect.locksRows().isEmpty()
                ? ""
                : dialect.sql("select id from {budget_account} where id = ?" + dialect.locksRows());
        open = dialect.sql("insert into {budget_reservation} (id, token, until, amount, accounts, line)"
                + " values (?, ?, [now] + ?, ?, ?, ?)");
        // The sum is compared in the update itself, so that what another process does meanwhile counts.
        reserve = dialect.sql("update {budget_account} set reserved = reserved + ?"
                + " where id = ? and spent + reserved + overrun <= ?");
        make = dialect.sql("insert into {budget_account} (id, payer, period, opens, closes, spent, reserved, overrun)"
                + " values (?, ?, ?, ?, ?, 0, 0, 0)");
        accounts = dialect.sql("select accounts from {budget_reservation} where id = ?");
        held = dialect.sql(
                "select amount, accounts, line from {budget_reservation} where id = ?" + dialect.locksRows());
        close = dialect.sql("delete from {budget_reservation} where id = ?");
        add = dialect.sql("insert into {budget_line} (id, token, scope, at, booked, state, accounts, line)"
                + " values (?, ?, ?, ?, ?, ?, ?, ?)");
        booked = dialect.sql(
                "select line, token, state, accounts from {budget_line} where id = ?" + dialect.locksRows());
        mark = dialect.sql("update {budget_line} set state = ? where id = ?");
        move = dialect.sql(
                "update {budget_account} set spent = spent + ?, reserved = reserved + ?, overrun = overrun + ?"
                        + " where id = ?");
        // MariaDB sets one after the other, and so the overrun last.
        giveBack = dialect.sql("update {budget_account} set"
                + " spent = spent - case when overrun < ? then ? - overrun else 0 end,"
                + " overrun = case when overrun < ? then 0 else overrun - ? end where id = ?");
        lost = dialect.sql("select id from {budget_reservation} where until <= [now] order by until limit ?");
        String balances = "select spent, reserved, overrun, payer, period, opens, closes from {budget_account} where ";
        balance = dialect.sql(balances + "id = ?");
        balancesOfScope = dialect.sql(balances
                + "(payer = ? or (payer >= ? and payer < ?)) and opens <= ? and closes > ? order by payer, period");
        linesOfScope = dialect.sql(
                "select line from {budget_line} where scope = ? or (scope >= ? and scope < ?) order by number");
        oldLines =
                dialect.sql("select number from {budget_line} where at < ? order by at limit ?" + dialect.locksFree());
        purgeLine = dialect.sql("delete from {budget_line} where number = ?");
        String isClosed = " and closes <= ? and reserved = 0";
        closedAccounts =
                dialect.sql("select id from {budget_account} where id > ?" + isClosed + " order by id limit ?");
        purgeAccount = dialect.sql("delete from {budget_account} where id = ?" + isClosed);
        String withoutLines = " and reserved = 0 and not exists (select 1 from {budget_line} l where l.scope = payer)";
        // No id has a slash, so only the scope of a run reads so; and a run is innermost, so its lines have its scope.
        runsWithoutLines = dialect.sql("select id, spent, overrun from {budget_account}"
                + " where id > ? and payer like '%/run:%'" + withoutLines + " order by id limit ?");
        // The sums are compared, so that what a call has spent meanwhile is kept.
        purgeRun =
                dialect.sql("delete from {budget_account} where id = ? and spent = ? and overrun = ?" + withoutLines);
    }

    // --- names ---

    static String key(Account account) {
        return key(account.payer() + "|" + account.period() + "|"
                + account.window().opens());
    }

    static String key(String name) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(name.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    // --- reservations ---

    /** Returns the token of an open reservation, an empty one for a line, or empty if there is neither. */
    Optional<String> known(Connection connection, String id) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(known)) {
            statement.setString(1, id);
            statement.setString(2, id);
            try (ResultSet row = statement.executeQuery()) {
                return row.next() ? Optional.of(row.getString(1)) : Optional.empty();
            }
        }
    }

    /** Locks accounts in their order until the transaction is over, where the database locks rows. */
    void lock(Connection connection, SortedSet<String> accounts) throws SQLException {
        if (!lock.isEmpty()) {
            try (PreparedStatement statement = connection.prepareStatement(lock)) {
                for (String account : accounts) {
                    statement.setString(1, account);
                    statement.executeQuery().close();
                }
            }
        }
    }

    void open(Connection connection, Reservation reservation, String token, long lifetimeMillis) throws SQLException {
        SortedSet<String> accounts = new TreeSet<>();
        reservation.claims().forEach(claim -> accounts.add(key(claim.account())));
        try (PreparedStatement statement = connection.prepareStatement(open)) {
            statement.setString(1, key(reservation.id()));
            statement.setString(2, token);
            statement.setLong(3, lifetimeMillis);
            statement.setLong(4, reservation.amount().nanos());
            statement.setString(5, String.join(",", accounts));
            statement.setBytes(6, Json.writeBytes(reservation.worst().json()));
            statement.executeUpdate();
        }
    }

    /** Sets an amount aside on every account, or on none if a limit does not permit it. */
    boolean reserve(Connection connection, Map<String, Money> limits, Money amount) throws SQLException {
        SortedSet<String> taken = new TreeSet<>();
        if (!limits.isEmpty()) {
            try (PreparedStatement statement = connection.prepareStatement(reserve)) {
                for (Map.Entry<String, Money> limit : limits.entrySet()) {
                    statement.setLong(1, amount.nanos());
                    statement.setString(2, limit.getKey());
                    statement.setLong(3, limit.getValue().minus(amount).nanos());
                    statement.addBatch();
                }
                int[] counts = statement.executeBatch();
                int index = 0;
                for (String account : limits.keySet()) {
                    if (counts[index++] == 1) {
                        taken.add(account);
                    }
                }
            }
        }
        boolean fits = taken.size() == limits.size();
        if (!fits) {
            move(connection, taken, new Balance(Money.ZERO, Money.ZERO.minus(amount), Money.ZERO));
        }
        return fits;
    }

    void make(Connection connection, Account account) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(make)) {
            statement.setString(1, key(account));
            statement.setString(2, account.payer().toString());
            statement.setString(3, account.period().name());
            statement.setLong(4, account.window().opens().getEpochSecond());
            statement.setLong(5, account.window().closes().getEpochSecond());
            statement.executeUpdate();
        }
    }

    /** Returns the accounts of a reservation, none if it is not open. */
    SortedSet<String> accounts(Connection connection, String id) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(accounts)) {
            statement.setString(1, id);
            try (ResultSet row = statement.executeQuery()) {
                return row.next() ? accounts(row.getString(1)) : new TreeSet<>();
            }
        }
    }

    /** Ends a reservation; empty if it is not open. */
    Optional<Held> close(Connection connection, String id) throws SQLException {
        Optional<Held> found = Optional.empty();
        try (PreparedStatement statement = connection.prepareStatement(held)) {
            statement.setString(1, id);
            try (ResultSet row = statement.executeQuery()) {
                if (row.next()) {
                    found = Optional.of(
                            new Held(new Money(row.getLong(1)), accounts(row.getString(2)), line(row.getBytes(3))));
                }
            }
        }
        if (found.isPresent()) {
            try (PreparedStatement statement = connection.prepareStatement(close)) {
                statement.setString(1, id);
                statement.executeUpdate();
            }
        }
        return found;
    }

    List<String> lost(Connection connection, int limit) throws SQLException {
        List<String> ids = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(lost)) {
            statement.setInt(1, limit);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    ids.add(rows.getString(1));
                }
            }
        }
        return ids;
    }

    // --- lines ---

    void add(Connection connection, Booked booked) throws SQLException {
        LedgerLine line = booked.line();
        try (PreparedStatement statement = connection.prepareStatement(add)) {
            statement.setString(1, key(line.id()));
            statement.setString(2, booked.token());
            statement.setString(3, line.scope().toString());
            statement.setLong(4, line.at().toEpochMilli());
            statement.setLong(5, line.charge().booked().nanos());
            statement.setInt(6, booked.state().ordinal());
            statement.setString(7, String.join(",", booked.accounts()));
            statement.setBytes(8, Json.writeBytes(line.json()));
            statement.executeUpdate();
        }
    }

    Optional<Booked> booked(Connection connection, String id) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(booked)) {
            statement.setString(1, id);
            try (ResultSet row = statement.executeQuery()) {
                return row.next()
                        ? Optional.of(new Booked(
                                line(row.getBytes(1)),
                                row.getString(2),
                                State.values()[row.getInt(3)],
                                accounts(row.getString(4))))
                        : Optional.empty();
            }
        }
    }

    void mark(Connection connection, String id, State state) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(mark)) {
            statement.setInt(1, state.ordinal());
            statement.setString(2, id);
            statement.executeUpdate();
        }
    }

    List<LedgerLine> lines(Connection connection, Scope scope) throws SQLException {
        List<LedgerLine> all = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(linesOfScope)) {
            inside(statement, scope);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    all.add(line(rows.getBytes(1)));
                }
            }
        }
        return all;
    }

    // --- balances ---

    void move(Connection connection, SortedSet<String> accounts, Balance change) throws SQLException {
        if (!accounts.isEmpty()) {
            try (PreparedStatement statement = connection.prepareStatement(move)) {
                for (String account : accounts) {
                    statement.setLong(1, change.spent().nanos());
                    statement.setLong(2, change.reserved().nanos());
                    statement.setLong(3, change.overrun().nanos());
                    statement.setString(4, account);
                    statement.addBatch();
                }
                statement.executeBatch();
            }
        }
    }

    void giveBack(Connection connection, SortedSet<String> accounts, Money amount) throws SQLException {
        if (!accounts.isEmpty()) {
            try (PreparedStatement statement = connection.prepareStatement(giveBack)) {
                for (String account : accounts) {
                    for (int index = 1; index <= 4; index++) {
                        statement.setLong(index, amount.nanos());
                    }
                    statement.setString(5, account);
                    statement.addBatch();
                }
                statement.executeBatch();
            }
        }
    }

    void balances(Connection connection, Iterable<String> accounts, Map<Account, Balance> into) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(balance)) {
            for (String account : accounts) {
                statement.setString(1, account);
                read(statement, into);
            }
        }
    }

    void balances(Connection connection, Scope scope, Instant at, Map<Account, Balance> into) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(balancesOfScope)) {
            inside(statement, scope);
            statement.setLong(4, at.getEpochSecond());
            statement.setLong(5, at.getEpochSecond());
            read(statement, into);
        }
    }

    private static void read(PreparedStatement statement, Map<Account, Balance> into) throws SQLException {
        try (ResultSet row = statement.executeQuery()) {
            while (row.next()) {
                Period period = Period.valueOf(row.getString(5));
                Instant opens = Instant.ofEpochSecond(row.getLong(6));
                into.put(
                        new Account(Scope.parse(row.getString(4)), period, window(period, opens, row.getLong(7))),
                        new Balance(new Money(row.getLong(1)), new Money(row.getLong(2)), new Money(row.getLong(3))));
            }
        }
    }

    private static Period.Window window(Period period, Instant opens, long closes) {
        return period == Period.TOTAL
                ? period.window(opens, ZoneOffset.UTC)
                : new Period.Window(opens, Instant.ofEpochSecond(closes));
    }

    /**
     * Forgets the oldest lines.
     *
     * @param before forgets lines from before this instant
     * @param limit how many at once
     * @return how many there were; if fewer than the limit, none is left
     */
    int purgeLines(Connection connection, Instant before, int limit) throws SQLException {
        int found = 0;
        try (PreparedStatement lines = connection.prepareStatement(oldLines);
                PreparedStatement line = connection.prepareStatement(purgeLine)) {
            lines.setLong(1, before.toEpochMilli());
            lines.setInt(2, limit);
            try (ResultSet rows = lines.executeQuery()) {
                while (rows.next()) {
                    line.setLong(1, rows.getLong(1));
                    line.addBatch();
                    found++;
                }
            }
            if (found > 0) {
                line.executeBatch();
            }
        }
        return found;
    }

    /**
     * Forgets accounts whose windows have closed, and that have nothing reserved.
     *
     * @param before forgets accounts whose windows had closed by this instant
     * @param after the account to begin behind
     * @param limit how many at once
     * @return the last account looked at, or empty if there are no more behind it
     */
    Optional<String> purgeAccounts(Connection connection, Instant before, String after, int limit) throws SQLException {
        int found = 0;
        String last = after;
        try (PreparedStatement accounts = connection.prepareStatement(closedAccounts);
                PreparedStatement account = connection.prepareStatement(purgeAccount)) {
            accounts.setString(1, after);
            accounts.setLong(2, before.getEpochSecond());
            accounts.setInt(3, limit);
            try (ResultSet rows = accounts.executeQuery()) {
                while (rows.next()) {
                    last = rows.getString(1);
                    account.setString(1, last);
                    account.setLong(2, before.getEpochSecond());
                    account.addBatch();
                    found++;
                }
            }
            if (found > 0) {
                account.executeBatch();
            }
        }
        return found == limit ? Optional.of(last) : Optional.empty();
    }

    /**
     * Forgets runs that have no line any more, and nothing reserved.
     *
     * @param after the account to begin behind
     * @param limit how many at once
     * @return the last account looked at, or empty if there are no more behind it
     */
    Optional<String> purgeRuns(Connection connection, String after, int limit) throws SQLException {
        int found = 0;
        String last = after;
        try (PreparedStatement runs = connection.prepareStatement(runsWithoutLines);
                PreparedStatement run = connection.prepareStatement(purgeRun)) {
            runs.setString(1, after);
            runs.setInt(2, limit);
            try (ResultSet rows = runs.executeQuery()) {
                while (rows.next()) {
                    last = rows.getString(1);
                    run.setString(1, last);
                    run.setLong(2, rows.getLong(2));
                    run.setLong(3, rows.getLong(3));
                    run.addBatch();
                    found++;
                }
            }
            if (found > 0) {
                run.executeBatch();
            }
        }
        return found == limit ? Optional.of(last) : Optional.empty();
    }

    /** A scope and what begins with it and a slash; no id has a slash, and what follows a slash is a zero. */
    private static void inside(PreparedStatement statement, Scope scope) throws SQLException {
        statement.setString(1, scope.toString());
        statement.setString(2, scope + "/");
        statement.setString(3, scope + "0");
    }

    private static SortedSet<String> accounts(String keys) {
        return keys.isEmpty() ? new TreeSet<>() : new TreeSet<>(List.of(keys.split(",", -1)));
    }

    private static LedgerLine line(byte[] json) {
        return LedgerLine.read((Map<?, ?>) Objects.requireNonNull(Json.read(json)));
    }
}
