package io.auterity.connector.jdbc;

import static io.auterity.relay.budget.BudgetStoreContract.ACME;
import static io.auterity.relay.budget.BudgetStoreContract.NOW;
import static io.auterity.relay.budget.BudgetStoreContract.daily;
import static io.auterity.relay.budget.BudgetStoreContract.line;
import static io.auterity.relay.budget.BudgetStoreContract.reservation;
import static io.auterity.relay.budget.BudgetStoreContract.upTo;
import static org.assertj.core.api.Assertions.assertThat;

import io.auterity.relay.budget.Account;
import io.auterity.relay.budget.Balance;
import io.auterity.relay.budget.BudgetStore;
import io.auterity.relay.budget.Period;
import io.auterity.relay.budget.Reservation;
import io.auterity.relay.budget.Scope;
import io.auterity.relay.money.Money;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A budget for each run makes an account for each run, which goes with the last line of the run. */
class ForgottenRunsTest {

    private static final Instant LATER = NOW.plusMillis(1);

    @TempDir
    private Path folder;

    @Test
    void in_sqlite() {
        try (JdbcJournal journal = sqlite()) {
            runs_without_lines_are_forgotten_and_nobody_else(journal);
        }
    }

    @Test
    void in_h2() {
        try (JdbcJournal journal = JdbcJournal.builder()
                .url("jdbc:h2:" + folder.resolve("journal") + ";WRITE_DELAY=0")
                .open()) {
            runs_without_lines_are_forgotten_and_nobody_else(journal);
        }
    }

    @Test
    void in_postgres() {
        try (JdbcJournal journal = TestPostgres.newest().journal().open()) {
            runs_without_lines_are_forgotten_and_nobody_else(journal);
        }
    }

    @Test
    @Tag("once")
    void in_mariadb() {
        try (JdbcJournal journal = TestMariaDb.emptyJournal()) {
            runs_without_lines_are_forgotten_and_nobody_else(journal);
        }
    }

    private static void runs_without_lines_are_forgotten_and_nobody_else(JdbcJournal journal) {
        JdbcBudgetStore store = JdbcBudgetStore.in(journal);
        Scope old = ACME.key("k").run("old");
        Scope young = ACME.run("young");
        Scope both = ACME.run("both");
        Scope busy = ACME.run("busy");
        Scope key = ACME.key("run:k");
        spend(store, "1", NOW, old);
        spend(store, "2", LATER, young);
        spend(store, "3", NOW, both);
        spend(store, "4", LATER, both);
        spend(store, "5", NOW, busy);
        assertThat(store.reserve(reservation("6", busy, 40, upTo(total(busy), 100))))
                .isEmpty();
        spend(store, "7", NOW, key);
        store.reserve(reservation("8", ACME, 60, upTo(daily(ACME), 100)));
        store.settle("8", line("8", NOW, ACME, 60));

        assertThat(store.purge(NOW)).isZero();
        assertThat(store.balance(total(old))).isEqualTo(balance(60, 0));
        assertThat(store.purge(LATER)).isEqualTo(5);

        assertThat(store.balance(total(old))).isEqualTo(Balance.NONE);
        assertThat(store.balance(total(young))).isEqualTo(balance(60, 0));
        assertThat(store.balance(total(both))).isEqualTo(balance(120, 0));
        assertThat(store.balance(total(busy))).isEqualTo(balance(60, 40));
        assertThat(store.balance(total(key))).isEqualTo(balance(60, 0));
        assertThat(store.balance(daily(ACME))).isEqualTo(balance(60, 0));
        assertThat(store.reserve(reservation("9", young, 41, upTo(total(young), 100))))
                .isPresent();
        assertThat(store.reserve(reservation("10", old, 100, upTo(total(old), 100))))
                .isEmpty(); // begun anew
        store.settle("6", line("6", LATER, busy, 40));
        store.purge(LATER.plusMillis(1));
        assertThat(store.balances(ACME, LATER).keySet()).containsExactlyInAnyOrder(total(old), total(key), daily(ACME));
    }

    @Test
    void they_are_forgotten_some_at_once() {
        try (JdbcJournal journal = sqlite()) {
            BudgetStore store = JdbcBudgetStore.in(journal);
            BudgetStatements statements = new BudgetStatements(journal.dialect());
            for (int runs = 1; runs <= 3; runs++) {
                for (int run = 1; run <= runs; run++) {
                    String id = runs + "-" + run;
                    store.reserve(reservation(id, ACME.run(id), 1, upTo(total(ACME.run(id)), 100)));
                    store.release(id);
                }
                List<Integer> left = new ArrayList<>();
                Optional<String> last = Optional.of("");
                while (last.isPresent()) {
                    String after = last.get();
                    last = journal.access()
                            .transaction("forget", connection -> statements.purgeRuns(connection, after, 2));
                    left.add(store.balances(ACME, NOW).size());
                }
                assertThat(left)
                        .isEqualTo(List.of(List.of(0), List.of(0, 0), List.of(1, 0))
                                .get(runs - 1));
            }
        }
    }

    private JdbcJournal sqlite() {
        return JdbcJournal.sqlite(folder.resolve("journal.db"));
    }

    private static void spend(BudgetStore store, String id, Instant at, Scope payer) {
        Reservation.Claim claim = upTo(total(payer), 1_000);
        assertThat(store.reserve(reservation(id, payer, 60, claim))).isEmpty();
        assertThat(store.settle(id, line(id, at, payer, 60))).isPresent();
    }

    private static Account total(Scope payer) {
        return new Account(payer, Period.TOTAL, Period.TOTAL.window(NOW, ZoneOffset.UTC));
    }

    private static Balance balance(long spent, long reserved) {
        return new Balance(new Money(spent), new Money(reserved), Money.ZERO);
    }
}
