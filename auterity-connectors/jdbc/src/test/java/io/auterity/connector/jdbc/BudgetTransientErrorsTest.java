package io.auterity.connector.jdbc;

import static io.auterity.relay.budget.BudgetStoreContract.ACME;
import static io.auterity.relay.budget.BudgetStoreContract.NOW;
import static io.auterity.relay.budget.BudgetStoreContract.daily;
import static io.auterity.relay.budget.BudgetStoreContract.line;
import static io.auterity.relay.budget.BudgetStoreContract.reservation;
import static io.auterity.relay.budget.BudgetStoreContract.upTo;
import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.auterity.relay.budget.Account;
import io.auterity.relay.budget.Balance;
import io.auterity.relay.budget.LedgerLine;
import io.auterity.relay.budget.Reservation;
import io.auterity.relay.budget.Scope;
import io.auterity.relay.money.Money;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Money is set aside, spent and given back exactly once, although every statement that is sent to a real PostgreSQL for it
 * fails once, before or after it was executed.
 */
class BudgetTransientErrorsTest {

    private HikariDataSource pool;
    private FailingStatements statements;
    private JdbcJournal journal;
    private JdbcBudgetStore store;

    @BeforeEach
    void open() {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(TestPostgres.newest().url());
        config.setMaximumPoolSize(2);
        pool = new HikariDataSource(config);
        statements = new FailingStatements(pool);
        journal = JdbcJournal.builder()
                .dataSource(statements.dataSource())
                .schema(TestPostgres.newSchema())
                .open();
        store = JdbcBudgetStore.in(journal);
        statements.forget();
    }

    @AfterEach
    void close() {
        journal.close();
        pool.close();
    }

    /** Everything that is ever done with money, in a tenant of its own. */
    private void doAll(String tenant) {
        Scope scope = Scope.tenant(tenant);
        Account account = daily(scope);
        Reservation.Claim claim = upTo(account, 100);
        assertThat(store.reserve(reservation(tenant + "/a", scope, 60, claim))).isEmpty();
        assertThat(store.reserve(reservation(tenant + "/b", scope, 41, claim))).isPresent();
        assertThat(store.reserve(reservation(tenant + "/c", scope, 40, claim))).isEmpty();
        assertThat(store.release(tenant + "/c")).isTrue();
        LedgerLine line = line(tenant + "/a", NOW, scope, 70);
        assertThat(store.settle(tenant + "/a", line))
                .contains(Map.of(account, new Balance(new Money(60), Money.ZERO, new Money(10))));
        assertThat(store.refund(tenant + "/a", line.credit(NOW, new Money(20)))).isTrue();
        assertThat(store.balance(account)).isEqualTo(new Balance(new Money(50), Money.ZERO, Money.ZERO));
        assertThat(store.lines(scope)).containsExactly(line, line.credit(NOW, new Money(20)));
    }

    @ParameterizedTest(name = "{0}, {1}, executed {2}")
    @CsvSource({
        "40P01, a deadlock, false",
        "40001, a serialization failure, false",
        "53300, too many connections, false",
        "25P03, the server has ended a transaction that was silent, false",
        "08006, the connection breaks, false",
        "08006, the connection breaks, true",
        "57P01, the server is shut down, true",
    })
    void money_moves_once_whatever_fails_once(String state, String what, boolean isExecuted) {
        doAll("whole");
        Set<String> all = statements.seen();
        assertThat(all).hasSizeGreaterThan(12).contains("commit");
        int number = 0;
        for (String text : all) {
            statements.fail(Set.of(text), state, isExecuted);
            doAll("tenant-" + number++);
            assertThat(statements.outstanding()).as(text).isEmpty();
        }
        assertThat(store.lines(ACME)).isEmpty();
    }
}
