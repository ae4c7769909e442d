package io.auterity.connector.jdbc;

import static io.auterity.relay.budget.BudgetStoreContract.ACME;
import static io.auterity.relay.budget.BudgetStoreContract.NOW;
import static io.auterity.relay.budget.BudgetStoreContract.daily;
import static io.auterity.relay.budget.BudgetStoreContract.line;
import static io.auterity.relay.budget.BudgetStoreContract.reservation;
import static io.auterity.relay.budget.BudgetStoreContract.upTo;
import static org.assertj.core.api.Assertions.assertThat;

import io.auterity.connector.jdbc.BudgetStatements.Booked;
import io.auterity.connector.jdbc.BudgetStatements.State;
import io.auterity.relay.budget.Account;
import io.auterity.relay.budget.LedgerLine;
import io.auterity.relay.budget.Scope;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Old lines and accounts are forgotten in small transactions, however many there are, so that no call waits long. */
class ForgottenLinesTest {

    private static final Instant LATER = NOW.plusMillis(1);

    @TempDir
    private Path folder;

    @Test
    void in_sqlite() {
        try (JdbcJournal journal = JdbcJournal.sqlite(folder.resolve("journal.db"))) {
            they_are_forgotten_some_at_once(journal);
        }
    }

    @Test
    void in_h2() {
        try (JdbcJournal journal = JdbcJournal.builder()
                .url("jdbc:h2:" + folder.resolve("journal") + ";WRITE_DELAY=0")
                .open()) {
            they_are_forgotten_some_at_once(journal);
        }
    }

    @Test
    void in_postgres() {
        try (JdbcJournal journal = TestPostgres.newest().journal().open()) {
            they_are_forgotten_some_at_once(journal);
        }
    }

    @Test
    @Tag("once")
    void in_mariadb() {
        try (JdbcJournal journal = TestMariaDb.emptyJournal()) {
            they_are_forgotten_some_at_once(journal);
        }
    }

    @Test
    void more_lines_than_a_transaction_forgets_are_forgotten_in_several() {
        FailingStatements statements =
                new FailingStatements(TestPostgres.newest().dataSource());
        try (JdbcJournal journal = JdbcJournal.builder()
                .dataSource(statements.dataSource())
                .schema(TestPostgres.newSchema())
                .open()) {
            JdbcBudgetStore store = JdbcBudgetStore.in(journal);
            add(journal, NOW, 2_500);
            add(journal, LATER, 1);
            statements.forget();
            assertThat(store.purge(LATER)).isEqualTo(2_500);
            assertThat(statements.executions("commit")).isEqualTo(5); // of lines three, of accounts and of runs one
            assertThat(store.lines(ACME)).extracting(LedgerLine::at).containsExactly(LATER);
        }
    }

    private static void they_are_forgotten_some_at_once(JdbcJournal journal) {
        JdbcBudgetStore store = JdbcBudgetStore.in(journal);
        BudgetStatements statements = new BudgetStatements(journal.dialect());
        add(journal, LATER, 1);
        add(journal, NOW, 5);
        List<Integer> forgotten = new ArrayList<>();
        for (int stride = 0; stride < 3; stride++) {
            forgotten.add(
                    journal.access().transaction("forget", connection -> statements.purgeLines(connection, LATER, 2)));
        }
        assertThat(forgotten).containsExactly(2, 2, 1);
        assertThat(store.lines(ACME)).extracting(LedgerLine::at).containsExactly(LATER);

        Scope busy = ACME.team("busy");
        for (Scope payer : List.of(ACME, ACME.team("a"), ACME.team("b"), busy)) {
            store.reserve(reservation(payer.toString(), payer, 1, upTo(daily(payer), 100)));
            if (!payer.equals(busy)) {
                store.release(payer.toString());
            }
        }
        Instant closes = daily(ACME).window().closes();
        assertThat(purgedAccounts(journal, closes.minusSeconds(1))).isEqualTo(1);
        assertThat(store.balances(ACME, NOW)).hasSize(4);
        assertThat(purgedAccounts(journal, closes)).isEqualTo(2);
        assertThat(store.balances(ACME, NOW)).containsOnlyKeys(new Account[] {daily(busy)});
    }

    /** In how many transactions, of two accounts each. */
    private static int purgedAccounts(JdbcJournal journal, Instant before) {
        BudgetStatements statements = new BudgetStatements(journal.dialect());
        int transactions = 0;
        Optional<String> last = Optional.of("");
        while (last.isPresent()) {
            String after = last.get();
            last = journal.access()
                    .transaction("forget", connection -> statements.purgeAccounts(connection, before, after, 2));
            transactions++;
        }
        return transactions;
    }

    private static void add(JdbcJournal journal, Instant at, int lines) {
        BudgetStatements statements = new BudgetStatements(journal.dialect());
        journal.access().transaction("add lines", connection -> {
            for (int number = 0; number < lines; number++) {
                LedgerLine line = line(at + "-" + number, at, ACME, 1);
                statements.add(connection, new Booked(line, "", State.SETTLED, new TreeSet<>()));
            }
            return true;
        });
    }
}
