package io.auterity.relay.budget;

import java.util.List;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Tag;

/** Earlier defect 25 and S35: what is checked first and spent later overshoots; this does not, by exactly nothing. */
@Tag("once")
class BudgetRaceTest {

    @RepeatedTest(100)
    void a_thousand_calls_at_once_spend_no_nano_dollar_more_than_the_cap() throws Exception {
        BudgetRace.run(List.of(new InMemoryBudgetStore()));
    }
}
