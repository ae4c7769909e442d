package io.auterity.server;

import io.auterity.connector.jdbc.JdbcBudgetStore;
import io.auterity.connector.jdbc.JdbcJournal;
import io.auterity.definition.Json;
import io.auterity.relay.budget.BudgetListener;
import io.auterity.relay.budget.Budgets;
import io.auterity.relay.budget.LedgerLine;
import io.auterity.relay.money.Money;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The command {@code relay refund}. */
@Command(
        name = "refund",
        description = "Gives money back for a line of the ledger, once.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "As for a call that was lost with its server and that the provider has not charged. Exit code 1:",
            "something has come back for the line before."
        })
final class RelayRefundCommand implements Callable<Integer>, Checks.Checked {

    private final Shell shell;

    @Parameters(paramLabel = "LINE", description = "Its id, as 'auterity relay budget --lines' shows it.")
    private String id = "";

    @Option(names = "--amount", paramLabel = "DOLLARS", description = "How much; all it cost when not given.")
    private String amount = "";

    @Mixin
    private JournalVisit visit = new JournalVisit();

    RelayRefundCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public void check(Checks checks) {
        if (!amount.isEmpty()) {
            checks.that(this::money);
        }
        visit.check(checks, shell);
    }

    @Override
    public Integer call() {
        try (JdbcJournal journal = visit.open(shell)) {
            Budgets budgets = new Budgets(
                    List.of(), JdbcBudgetStore.in(journal), InstantSource.system(), new BudgetListener() {});
            LedgerLine line = budgets.line(id)
                    .filter(found -> found.kind() != LedgerLine.Kind.CREDIT)
                    .orElseThrow(() -> refused(
                            "LINE",
                            "there is no line '" + id + "' that cost something",
                            "see 'auterity relay budget --lines'"));
            Money back = amount.isEmpty() ? line.charge().booked() : money();
            if (back.isNegative() || back.isMoreThan(line.charge().booked())) {
                throw refused("--amount", "the line cost " + line.charge().booked(), "give back that much at most");
            }
            boolean isGiven = budgets.refund(line, back);
            print(isGiven ? back : Money.ZERO);
            return isGiven ? Main.OK : Main.FAILED;
        }
    }

    private void print(Money back) {
        if (visit.wantsJson()) {
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("line", id);
            json.put("refundedNanoDollars", back.nanos());
            shell.out().println(Json.pretty(json));
        } else {
            shell.out().println(back.equals(Money.ZERO) ? "nothing was given back" : back + " given back for " + id);
        }
    }

    private Money money() {
        try {
            return Money.dollars(amount);
        } catch (IllegalArgumentException e) {
            throw refused("--amount", String.valueOf(e.getMessage()), "write --amount 0.25");
        }
    }

    private static Refusal refused(String name, String what, String fix) {
        return Refusal.of("the arguments", Refusal.OPTION, name, what, fix);
    }
}
