package io.auterity.connector.jdbc;

import io.auterity.journal.Journal;
import io.auterity.testkit.RunQueuesContract;
import java.time.Duration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;

/** The contract of queues on MariaDB. */
@Tag("once")
class MariaDbQueuesTest extends RunQueuesContract {

    @BeforeAll
    static void requireMariaDb() {
        TestMariaDb.requireInstalled();
    }

    @Override
    protected Journal newJournal() {
        return TestMariaDb.emptyJournal();
    }

    @Override
    protected void pass(Duration time) {
        Passing.pass(time);
    }
}
