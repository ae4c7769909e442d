package io.auterity.connector.jdbc;

import io.auterity.journal.Journal;
import io.auterity.testkit.RunQueuesContract;
import java.time.Duration;
import org.junit.jupiter.api.BeforeAll;

/** The contract of queues on MariaDB. */
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
