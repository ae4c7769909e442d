package io.auterity.relay;

import io.auterity.relay.budget.InMemoryBudgetStore;
import java.util.List;
import org.junit.jupiter.api.RepeatedTest;

/** S35: whatever calls do and providers do to them, a thousand at once spend nothing beyond the cap. */
class RelayRaceTest {

    @RepeatedTest(100)
    void S35_a_thousand_calls_with_streams_cancels_hedges_and_failures_spend_no_more_than_the_cap() throws Exception {
        RelayRace.run(List.of(new InMemoryBudgetStore()));
    }
}
