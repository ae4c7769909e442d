package io.auterity.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.auterity.connector.jdbc.JdbcBudgetStore;
import io.auterity.connector.jdbc.JdbcJournal;
import io.auterity.relay.budget.BudgetListener;
import io.auterity.relay.budget.Budgets;
import io.auterity.relay.budget.Grant;
import io.auterity.relay.budget.LedgerLine;
import io.auterity.relay.budget.Offer;
import io.auterity.relay.budget.Scope;
import io.auterity.relay.money.ModelName;
import io.auterity.relay.money.Price;
import io.auterity.relay.money.Rates;
import io.auterity.relay.money.ServiceTier;
import io.auterity.relay.money.Usage;
import io.auterity.server.gateway.RelayFile;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the command line says about budgets, and does, beside a server that has the file open. */
class RelayBudgetCommandTest {

    private static final String FILE = """
        relay: 1
        providers:
          openai: {speaks: openai, url: "https://api.openai.com/v1", credentials: [openai]}
        models:
          openai/gpt-4o: {context: 128000, max-output: 16384}
        keys:
          - {id: app, tenant: acme, secret: app-key, budgets: [{period: yearly, limit: "2"}]}
        budgets:
          - {tenant: acme, period: total, limit: "10"}
          - {tenant: globex, period: monthly, limit: "3"}
        """;

    @TempDir
    private Path directory;

    private CommandLineRun line;
    private JdbcJournal journal;
    private Budgets budgets;

    @BeforeEach
    void serve() {
        line = new CommandLineRun(directory); // without the secrets of callers
        journal = JdbcJournal.sqlite(directory.resolve("budgets.db"));
        RelayFile.Content content = RelayFile.read("relay.yaml", FILE, name -> Optional.of("k".repeat(30)));
        budgets = new Budgets(
                content.budgets(), JdbcBudgetStore.in(journal), InstantSource.system(), new BudgetListener() {});
    }

    @AfterEach
    void stop() {
        journal.close();
    }

    /** A cent a token. */
    private Grant reserve(String id, long tokens) {
        Price price = new Price(Price.Certainty.KNOWN, Optional.of(Rates.of(0, 10_000_000_000L)), "book");
        Offer offer =
                new Offer(ModelName.of("openai/gpt-4o"), ServiceTier.STANDARD, price, Usage.of(10, tokens), tokens);
        Scope app = Scope.tenant("acme").key("app");
        return budgets.reserve(new Budgets.Ask(id, id, app, List.of(offer), false));
    }

    private CommandLineRun.Result run(String command, String... arguments) {
        List<String> all = new ArrayList<>(List.of("relay", command));
        if (command.equals("budget")) {
            all.addAll(List.of("--relay-config", line.file("relay.yaml", FILE)));
        }
        all.addAll(List.of("--journal", "sqlite:" + directory.resolve("budgets.db")));
        all.addAll(List.of(arguments));
        return line.run(all.toArray(String[]::new));
    }

    @Test
    void shows_what_is_spent_reserved_and_left_of_each_budget() {
        budgets.settle(reserve("call-1", 100), Usage.of(10, 50), LedgerLine.Kind.REPORTED);
        reserve("call-2", 25);

        CommandLineRun.Result text = run("budget");
        assertThat(text.code()).as(text.err()).isZero();
        assertThat(text.out().lines())
                .anyMatch(line -> line.matches(
                        "tenant:acme/key:app yearly: spent \\$0.50, reserved \\$0.25, left \\$1.25 of \\$2.00,"
                                + " until .+Z"))
                .contains("tenant:acme total: spent $0.50, reserved $0.25, left $9.25 of $10.00")
                .anyMatch(line -> line.startsWith("tenant:globex monthly: spent $0.00, reserved $0.00, left $3.00 of"))
                .hasSize(3);
        assertThat(run("budget", "--scope", "tenant:globex").out().lines()).hasSize(1);

        CommandLineRun.Result json = run("budget", "-o", "json", "--scope", "tenant:acme/key:app");
        assertThat(json.json(0, "scope")).isEqualTo("tenant:acme/key:app");
        assertThat(json.json(0, "period")).isEqualTo("yearly");
        assertThat(json.json(0, "leftNanoDollars")).isEqualTo(1_250_000_000L);
        assertThat(json.json(0, "reservedNanoDollars")).isEqualTo(250_000_000L);
    }

    @Test
    void says_why_there_is_nothing_to_show() {
        CommandLineRun.Result unmatched = run("budget", "--scope", "tenant:nobody", "-o", "json");
        assertThat(unmatched.code()).isZero();
        assertThat(unmatched.out().strip()).isEqualTo("[]");
        assertThat(unmatched.err())
                .contains("relay.yaml is of tenant:nobody or inside it", "all are shown without --scope");
        String without = line.file(
                "without.yaml",
                FILE.substring(0, FILE.indexOf("budgets:\n"))
                        .replace(", budgets: [{period: yearly, limit: \"2\"}]", ""));
        String database = "sqlite:" + directory.resolve("budgets.db");
        assertThat(line.run("relay", "budget", "--relay-config", without, "--journal", database)
                        .err())
                .contains("without.yaml has no budgets; what was spent is shown by --lines");
        assertThat(run("budget").err()).isEmpty();
    }

    @Test
    void shows_the_lines_of_a_scope() {
        budgets.settle(reserve("call-1", 100), Usage.of(10, 50), LedgerLine.Kind.REPORTED);
        assertThat(run("budget", "--lines", "--scope", "tenant:acme").out())
                .contains("Z call-1 tenant:acme/key:app openai/gpt-4o: $0.50 reported")
                .endsWith("1 lines, $0.50, 10 tokens in, 50 out\n");
        assertThat(run("budget", "--lines", "--scope", "tenant:acme", "-o", "json")
                        .json(0, "nanoDollars"))
                .isEqualTo(500_000_000L);
        assertThat(run("budget", "--lines").err()).contains("--lines").contains("add --scope");
        assertThat(run("budget", "--scope", "acme").err()).contains("'acme' is no scope");
    }

    @Test
    void an_explanation_knows_what_is_spent_and_which_thresholds_are_passed() {
        budgets.settle(reserve("call-1", 100), Usage.of(10, 50), LedgerLine.Kind.REPORTED);
        String file = line.file("blocking.yaml", FILE.replace("\"10\"", "\"10\", at: {5: block}"));
        String[] command = {"relay", "explain", "--relay-config", file, "--prompt", "hello"};
        assertThat(line.run(command).out()).contains("goes to openai/gpt-4o");

        String[] all = Arrays.copyOf(command, command.length + 2);
        all[command.length] = "--journal";
        all[command.length + 1] = "sqlite:" + directory.resolve("budgets.db");
        CommandLineRun.Result refused = line.run(all);
        assertThat(refused.code()).as(refused.err()).isEqualTo(1);
        assertThat(refused.out())
                .contains(
                        "refused: 402 the TOTAL budget of tenant:acme has passed 5 %, from where on calls are blocked")
                .contains("; not chosen: the TOTAL budget of tenant:acme has passed 5 %");
        all[command.length + 1] = "memory";
        assertThat(line.run(all).err()).contains("--journal");
    }

    @Test
    void gives_money_back_once() {
        budgets.settle(reserve("call-1", 100), Usage.of(10, 50), LedgerLine.Kind.REPORTED);
        assertThat(run("refund", "call-1", "--amount", "0.51").err()).contains("the line cost $0.50");
        assertThat(run("refund", "call-1", "--amount", "much").err()).contains("no amount of dollars");
        assertThat(run("refund", "nobody").err()).contains("there is no line 'nobody'");
        CommandLineRun.Result given = run("refund", "call-1", "--amount", "0.20");
        assertThat(given.code()).as(given.err()).isZero();
        assertThat(given.out()).contains("$0.20 given back for call-1");
        CommandLineRun.Result again = run("refund", "call-1", "-o", "json");
        assertThat(again.code()).isEqualTo(1);
        assertThat(again.json("refundedNanoDollars")).isEqualTo(0L);
        assertThat(run("budget").out()).contains("tenant:acme total: spent $0.30");
    }
}
