package io.auterity.connector.jdbc;

import io.auterity.relay.RelayRace;
import io.auterity.relay.budget.BudgetRace;
import io.auterity.relay.budget.BudgetStore;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Earlier defect 25 and S35, with processes that know of each other by the database only: overshoot is exactly nothing. */
@Tag("once")
class BudgetRaceTest {

    /** As many as a busy application may have; the callers, of whom there are more, wait for one. */
    private static final int CONNECTIONS = 32;

    @TempDir
    private Path folder;

    private interface Race {
        void run(List<BudgetStore> stores) throws Exception;
    }

    private static void onPostgres(Race race) throws Exception {
        TestPostgres server = TestPostgres.newest();
        String schema = TestPostgres.newSchema();
        JdbcJournalBuilder builder =
                JdbcJournal.builder().url(server.url()).schema(schema).connections(CONNECTIONS);
        try (JdbcJournal one = builder.open();
                JdbcJournal two = builder.open()) {
            race.run(List.of(JdbcBudgetStore.in(one), JdbcBudgetStore.in(two)));
        }
    }

    @RepeatedTest(2)
    void a_thousand_calls_by_two_stores_spend_no_more_than_the_cap_on_postgresql() throws Exception {
        onPostgres(BudgetRace::run);
    }

    @RepeatedTest(2)
    void a_thousand_calls_by_two_relays_with_all_that_goes_wrong_spend_no_more_than_the_cap() throws Exception {
        onPostgres(RelayRace::run);
    }

    @Tag("nightly")
    @RepeatedTest(100)
    void a_thousand_calls_by_two_relays_spend_no_more_than_the_cap_a_hundred_times() throws Exception {
        onPostgres(stores -> System.out.println(RelayRace.run(stores)));
    }

    @Test
    void a_thousand_calls_by_two_stores_spend_no_more_than_the_cap_on_mariadb() throws Exception {
        String url = TestMariaDb.server().url(TestMariaDb.emptyDatabase());
        JdbcJournalBuilder builder = JdbcJournal.builder().url(url).connections(CONNECTIONS);
        try (JdbcJournal one = builder.open();
                JdbcJournal two = builder.open()) {
            BudgetRace.run(List.of(JdbcBudgetStore.in(one), JdbcBudgetStore.in(two)));
        }
    }

    @Test
    void a_thousand_calls_spend_no_more_than_the_cap_on_sqlite() throws Exception {
        try (JdbcJournal journal = JdbcJournal.sqlite(folder.resolve("journal.db"))) {
            BudgetRace.run(List.of(JdbcBudgetStore.in(journal)));
        }
    }

    @Test
    void a_thousand_calls_spend_no_more_than_the_cap_on_h2() throws Exception {
        try (JdbcJournal journal = JdbcJournal.builder()
                .url("jdbc:h2:" + folder.resolve("journal") + ";WRITE_DELAY=0;LOCK_TIMEOUT=60000")
                .connections(CONNECTIONS)
                .open()) {
            BudgetRace.run(List.of(JdbcBudgetStore.in(journal)));
        }
    }
}
