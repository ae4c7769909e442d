package io.auterity.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.auterity.connector.jdbc.JdbcBudgetStore;
import io.auterity.connector.jdbc.JdbcJournal;
import io.auterity.relay.budget.BudgetListener;
import io.auterity.relay.budget.Budgets;
import io.auterity.relay.budget.LedgerLine;
import io.auterity.relay.budget.Offer;
import io.auterity.relay.budget.Scope;
import io.auterity.relay.money.ModelName;
import io.auterity.relay.money.Price;
import io.auterity.relay.money.Rates;
import io.auterity.relay.money.ServiceTier;
import io.auterity.relay.money.Usage;
import io.auterity.run.Timer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.ToIntFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OldLinesTest {

    private static final Duration KEPT = Duration.ofDays(30);
    private static final Scope ACME = Scope.tenant("acme");

    @TempDir
    private Path directory;

    private Instant now = Instant.parse("2026-05-01T08:00:00Z");
    private final List<String> log = new ArrayList<>();
    private final List<Runnable> due = new ArrayList<>();
    private final List<Duration> delays = new ArrayList<>();
    private final Timer timer = (delay, task) -> {
        delays.add(delay);
        due.add(task);
        return () -> {};
    };

    private OldLines started(ToIntFunction<Instant> purge) {
        OldLines lines = new OldLines(purge, Optional.of(KEPT), () -> now, timer, log::add);
        lines.start();
        return lines;
    }

    /** Time passes up to the next call that the timer was asked for. */
    private void pass() {
        now = now.plus(delays.get(delays.size() - 1));
        due.get(due.size() - 1).run();
    }

    @Test
    void forgets_at_the_start_and_every_hour_until_it_is_closed() {
        List<Instant> asked = new ArrayList<>();
        OldLines lines = started(before -> {
            asked.add(before);
            return asked.size() - 1;
        });
        pass();
        pass();
        assertThat(asked).containsExactly(Instant.parse("2026-04-01T08:00:00Z"), Instant.parse("2026-04-01T09:00:00Z"));
        assertThat(log).containsExactly("forgot 1 lines of the ledger from before 2026-04-01T09:00:00Z");
        lines.close();
        pass();
        assertThat(asked).hasSize(2);
        assertThat(due).hasSize(3); // nothing is asked of the timer any more
    }

    @Test
    void without_an_age_nothing_is_forgotten() {
        new OldLines(before -> 1, Optional.empty(), () -> now, timer, log::add).start();
        assertThat(due).isEmpty();
    }

    @Test
    void what_fails_is_told_and_tried_again() {
        int[] tries = {0};
        started(before -> {
            if (tries[0]++ == 0) {
                throw new IllegalStateException("the database is away");
            }
            return 7;
        });
        pass();
        assertThat(log)
                .containsExactly(
                        "the lines of the ledger from before 2026-04-01T08:00:00Z could not be forgotten, which"
                                + " is tried again in 60 minutes: the database is away");
        pass();
        assertThat(log).hasSize(2).last().asString().startsWith("forgot 7 lines");
    }

    @Test
    void a_ledger_in_a_database_loses_its_old_lines_and_keeps_the_others() {
        String url = "jdbc:sqlite:" + directory.resolve("budgets.db");
        try (JdbcJournal journal = JdbcJournal.builder().url(url).open()) {
            JdbcBudgetStore store = JdbcBudgetStore.in(journal);
            Budgets budgets = new Budgets(List.of(), store, () -> now, new BudgetListener() {});
            spend(budgets, "old");
            now = now.plus(KEPT).minusSeconds(1);
            spend(budgets, "young");
            started(store::purge);
            pass();
            assertThat(budgets.lines(ACME)).hasSize(2);
            now = now.plusSeconds(1 - OldLines.EVERY.toSeconds() + 1);
            pass();
            assertThat(budgets.lines(ACME)).extracting(LedgerLine::id).containsExactly("young");
        }
    }

    private static void spend(Budgets budgets, String id) {
        Price price = new Price(Price.Certainty.KNOWN, Optional.of(Rates.of(1_000, 1_000)), "book");
        Offer offer = new Offer(ModelName.of("openai/gpt"), ServiceTier.STANDARD, price, Usage.of(1, 1), 1);
        budgets.settle(
                budgets.reserve(new Budgets.Ask(id, id, ACME, List.of(offer), false)),
                Usage.of(1, 1),
                LedgerLine.Kind.REPORTED);
    }
}
