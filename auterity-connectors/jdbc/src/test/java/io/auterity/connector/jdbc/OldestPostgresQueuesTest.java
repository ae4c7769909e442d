package io.auterity.connector.jdbc;

import io.auterity.journal.Journal;
import io.auterity.testkit.RunQueuesContract;
import java.time.Duration;
import org.junit.jupiter.api.Tag;

/** The contract of queues on the oldest PostgreSQL that is supported. */
@Tag("once")
class OldestPostgresQueuesTest extends RunQueuesContract {

    @Override
    protected Journal newJournal() {
        return TestPostgres.oldest().journal().open();
    }

    @Override
    protected void pass(Duration time) {
        Passing.pass(time);
    }
}
