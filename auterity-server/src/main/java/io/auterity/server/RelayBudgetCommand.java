package io.auterity.server;

import io.auterity.connector.jdbc.JdbcBudgetStore;
import io.auterity.connector.jdbc.JdbcJournal;
import io.auterity.definition.Json;
import io.auterity.relay.budget.Account;
import io.auterity.relay.budget.BudgetListener;
import io.auterity.relay.budget.Budgets;
import io.auterity.relay.budget.LedgerLine;
import io.auterity.relay.budget.Period;
import io.auterity.relay.budget.Scope;
import io.auterity.relay.budget.Spending;
import io.auterity.relay.money.Money;
import io.auterity.server.gateway.RelayFile;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The command {@code relay budget}. */
@Command(
        name = "budget",
        description = "Shows what is spent, reserved and left of every budget, or what it was spent for.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Works while servers use the database. A limit is raised in the file; money is given back by",
            "'auterity relay refund LINE'. A balance is the sum of its lines and cannot be set."
        })
final class RelayBudgetCommand implements Callable<Integer>, Checks.Checked {

    private final Shell shell;

    @Option(
            names = "--relay-config",
            paramLabel = "FILE",
            required = true,
            description = "The file that 'auterity serve' takes; - for standard input.")
    private String file = "";

    @Option(
            names = "--scope",
            description =
                    "Only this scope and what is inside, as in tenant:acme/team:sales; % is written %%25, / %%2F and"
                            + " : %%3A in a name.")
    private String scope = "";

    @Option(names = "--lines", description = "Shows the lines of the ledger instead, and their sum; needs --scope.")
    private boolean wantsLines;

    @Mixin
    private JournalVisit visit = new JournalVisit();

    RelayBudgetCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public void check(Checks checks) {
        checks.that(this::checkLines);
        if (!scope.isEmpty()) {
            checks.that(this::inside);
        }
        checks.that(() -> shell.check(file));
        visit.check(checks, shell);
    }

    @Override
    public Integer call() {
        RelayFile.Content content = RelayFile.read(file, new String(shell.read(file), StandardCharsets.UTF_8));
        try (JdbcJournal journal = visit.open(shell)) {
            Budgets budgets = new Budgets(
                    content.budgets(), JdbcBudgetStore.in(journal), InstantSource.system(), new BudgetListener() {});
            if (wantsLines) {
                lines(budgets.lines(inside()));
            } else {
                List<Budgets.Standing> standings = budgets.standings().stream()
                        .filter(standing ->
                                scope.isEmpty() || standing.account().payer().isWithin(inside()))
                        .toList();
                if (standings.isEmpty()) {
                    shell.err().println(nothing(content.budgets().isEmpty()));
                }
                standings(standings);
            }
        }
        return Main.OK;
    }

    private String nothing(boolean isWithout) {
        if (isWithout) {
            return file + " has no budgets; what was spent is shown by --lines --scope tenant:NAME";
        }
        return scope.isEmpty()
                ? "nothing has been spent yet of what " + file + " limits"
                : "no budget of " + file + " is of " + scope + " or inside it, or nothing has been spent of it yet;"
                        + " all are shown without --scope";
    }

    private void checkLines() {
        if (wantsLines && scope.isEmpty()) {
            throw Refusal.ofOption("--lines", "the ledger of everybody has no end", "add --scope tenant:NAME");
        }
    }

    private Scope inside() {
        try {
            return Scope.parse(scope);
        } catch (IllegalArgumentException e) {
            throw Refusal.ofOption("--scope", String.valueOf(e.getMessage()), "write --scope tenant:NAME");
        }
    }

    private void standings(List<Budgets.Standing> standings) {
        if (visit.wantsJson()) {
            shell.out()
                    .println(Json.pretty(
                            standings.stream().map(RelayBudgetCommand::json).toList()));
            return;
        }
        for (Budgets.Standing standing : standings) {
            Account account = standing.account();
            Money overrun = standing.balance().overrun();
            shell.out()
                    .println(account.payer() + " " + word(account.period()) + ": spent "
                            + standing.balance().spent() + ", reserved "
                            + standing.balance().reserved()
                            + (overrun.isMoreThan(Money.ZERO) ? ", overrun " + overrun : "") + ", left "
                            + standing.left() + " of " + standing.budget().limit() + until(account));
        }
    }

    private static String until(Account account) {
        return account.period() == Period.TOTAL
                ? ""
                : ", until " + account.window().closes();
    }

    private static String word(Period period) {
        return period.name().toLowerCase(Locale.ROOT);
    }

    private static Map<String, @Nullable Object> json(Budgets.Standing standing) {
        Account account = standing.account();
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("scope", account.payer().toString());
        json.put("period", word(account.period()));
        json.put(
                "until",
                account.period() == Period.TOTAL
                        ? null
                        : account.window().closes().toString());
        json.put("limitNanoDollars", standing.budget().limit().nanos());
        json.put("spentNanoDollars", standing.balance().spent().nanos());
        json.put("reservedNanoDollars", standing.balance().reserved().nanos());
        json.put("overrunNanoDollars", standing.balance().overrun().nanos());
        json.put("leftNanoDollars", standing.left().nanos());
        return json;
    }

    private void lines(List<LedgerLine> lines) {
        if (visit.wantsJson()) {
            shell.out().println(Json.pretty(lines.stream().map(LedgerLine::json).toList()));
            return;
        }
        for (LedgerLine line : lines) {
            String cost = line.charge().cost().map(Money::toString).orElse("unknown");
            shell.out()
                    .println(line.at() + " " + line.id() + " " + line.scope() + " "
                            + line.charge().model() + ": " + cost + " "
                            + line.kind().name().toLowerCase(Locale.ROOT));
        }
        Spending sum = Spending.of(lines);
        shell.out()
                .println(sum.lines() + " lines, " + sum.cost()
                        + (sum.unknown() > 0 ? " and " + sum.unknown() + " of unknown cost" : "") + ", "
                        + sum.usage().inputTokens() + " tokens in, "
                        + sum.usage().outputTokens() + " out");
    }
}
