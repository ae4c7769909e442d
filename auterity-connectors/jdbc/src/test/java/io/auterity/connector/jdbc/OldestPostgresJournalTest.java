package io.auterity.connector.jdbc;

import io.auterity.definition.RunId;
import io.auterity.journal.Journal;
import io.auterity.testkit.JournalContract;
import java.time.Duration;
import org.junit.jupiter.api.Tag;

/** The contract of journals on the oldest PostgreSQL that is supported. */
@Tag("once")
class OldestPostgresJournalTest extends JournalContract {

    @Override
    protected Journal newJournal() {
        return TestPostgres.oldest().journal().open();
    }

    @Override
    protected void pass(Duration time) {
        Passing.pass(time);
    }

    @Override
    protected long leaveUnread(RunId run, int count) {
        return Rig.countUnread((JdbcJournal) journal(), run, count);
    }
}
