package io.auterity.connector.jdbc.reliability;

import static io.auterity.connector.jdbc.reliability.Spender.ACME;
import static io.auterity.connector.jdbc.reliability.Spender.CAP;
import static io.auterity.connector.jdbc.reliability.Spender.DEAREST_CALL;
import static io.auterity.connector.jdbc.reliability.Spender.NOW;
import static io.auterity.connector.jdbc.reliability.Spender.THREADS;
import static org.assertj.core.api.Assertions.assertThat;

import io.auterity.connector.jdbc.JdbcBudgetStore;
import io.auterity.connector.jdbc.JdbcJournal;
import io.auterity.relay.budget.Account;
import io.auterity.relay.budget.Balance;
import io.auterity.relay.budget.BudgetStore;
import io.auterity.relay.budget.LedgerLine;
import io.auterity.relay.budget.Period;
import io.auterity.relay.money.Money;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * S35: processes spend from one budget of $5 on PostgreSQL, and one of them is killed with calls under way. What was spent
 * and what was set aside never pass the limit, and what the killed process had set aside is booked once its time is over.
 */
@Tag("processes")
class S35SharedBudgetTest {

    private static final Account DAILY = new Account(ACME, Period.DAILY, Period.DAILY.window(NOW, ZoneOffset.UTC));

    /** Together too few to use the budget up. */
    private static final int CALLS_OF_THE_SURVIVOR = 250;

    private static final int CALLS_BEFORE_THE_KILL = 100;

    @TempDir
    Path directory;

    @Test
    @Timeout(300)
    void S35_two_processes_spend_no_nano_dollar_too_much_though_one_is_killed_half_way() throws Exception {
        race("S35");
    }

    @RepeatedTest(20)
    @Tag("nightly")
    @Timeout(300)
    void S35_twenty_times() throws Exception {
        race("S35");
    }

    private void race(String name) throws Exception {
        Spender.Bill bill = new Spender.Bill(Files.createFile(directory.resolve("bill")));
        try (Postgres server = new Postgres();
                JdbcJournal journal = server.store().open();
                WorkerProcess survivor = spender(server, "survivor", bill);
                WorkerProcess victim =
                        spender(server, "victim", bill, "-D" + Spender.HELD_AFTER + "=" + CALLS_BEFORE_THE_KILL);
                WorkerProcess successor = spender(server, "successor", bill)) {
            BudgetStore store = JdbcBudgetStore.in(journal);
            // The database itself looks on: a process whose reservation passed the limit for a moment would halt by its
            // refusal.
            server.execute("alter table auterity.budget_account add check (spent + reserved + overrun <= " + CAP.nanos()
                    + ")");
            List.of(survivor, victim, successor).forEach(WorkerProcess::awaitReady);
            survivor.say(String.valueOf(CALLS_OF_THE_SURVIVOR));
            victim.say(String.valueOf(CALLS_BEFORE_THE_KILL + THREADS));
            Proof.await(
                    () -> {
                        assertThat(survivor.isAlive() && victim.isAlive()).isTrue();
                        return bill.charges("held").size() == THREADS;
                    },
                    "the calls are not under way");
            victim.kill();

            survivor.say("drain");
            successor.drain();
            survivor.awaitDrained();
            Balance held = balance(store);
            List<LedgerLine> lines = store.lines(ACME);
            assertThat(lines).extracting(LedgerLine::kind).containsOnly(LedgerLine.Kind.REPORTED);
            assertThat(sum(bill.charges("answered"))).isEqualTo(held.spent()).isEqualTo(costs(lines));
            assertThat(held.reserved()).isGreaterThanOrEqualTo(sum(bill.charges("held")));
            assertThat(held.left(CAP)).isLessThan(DEAREST_CALL); // the others have used up what was left to them

            server.execute("update auterity.budget_reservation set until = until - "
                    + JdbcBudgetStore.DEFAULT_LIFETIME.toMillis()); // instead of waiting for an hour
            List<LedgerLine> lost = new ArrayList<>(store.lines(ACME));
            lost.removeAll(lines);
            assertThat(lost)
                    .hasSize(THREADS)
                    .allMatch(line -> line.kind() == LedgerLine.Kind.UNSETTLED)
                    .allMatch(line -> line.request().startsWith("victim-"));
            assertThat(costs(lost)).isEqualTo(held.reserved());
            assertThat(balance(store)).isEqualTo(new Balance(held.used(), Money.ZERO, Money.ZERO));
            System.out.printf(
                    "%s: %d answers cost %s of %s, %d calls of a killed process were booked at %s, overshoot 0%n",
                    name, lines.size(), held.spent(), CAP, lost.size(), costs(lost));
        }
    }

    private WorkerProcess spender(Postgres server, String name, Spender.Bill bill, String... jvm) {
        List<String> options = new ArrayList<>(WorkerClasses.options());
        options.add("-Xmx128m");
        options.addAll(List.of(jvm));
        return new WorkerProcess(
                name,
                directory,
                options,
                Spender.class,
                server.store().address(),
                name,
                bill.file().toString());
    }

    private static Balance balance(BudgetStore store) {
        Balance balance = store.balance(DAILY);
        assertThat(balance.overrun()).isEqualTo(Money.ZERO);
        assertThat(balance.used()).isLessThanOrEqualTo(CAP);
        return balance;
    }

    private static Money costs(List<LedgerLine> lines) {
        return sum(
                lines.stream().map(line -> line.charge().cost().orElseThrow()).toList());
    }

    private static Money sum(List<Money> amounts) {
        return amounts.stream().reduce(Money.ZERO, Money::plus);
    }
}
