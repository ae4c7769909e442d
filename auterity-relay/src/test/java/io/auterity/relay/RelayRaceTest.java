package io.auterity.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.auterity.relay.budget.InMemoryBudgetStore;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Tag;

/** S35: whatever calls do and providers do to them, a thousand at once spend nothing beyond the cap. */
@Tag("once")
class RelayRaceTest {

    private static final List<RelayRace.Counts> COUNTS = new ArrayList<>();

    /** Moods and races are drawn; but of so many calls some are hedged, and some go on elsewhere. */
    @AfterAll
    static void all_of_it_has_happened() {
        assertThat(COUNTS).anyMatch(counts -> counts.hedges() > 0).anyMatch(counts -> counts.continued() > 0);
    }

    @RepeatedTest(100)
    void S35_a_thousand_calls_with_streams_cancels_hedges_and_failures_spend_no_more_than_the_cap() throws Exception {
        COUNTS.add(RelayRace.run(List.of(new InMemoryBudgetStore())));
    }
}
