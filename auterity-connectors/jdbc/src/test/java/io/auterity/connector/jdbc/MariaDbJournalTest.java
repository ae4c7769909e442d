package io.auterity.connector.jdbc;

import io.auterity.definition.RunId;
import io.auterity.journal.Journal;
import io.auterity.testkit.JournalContract;
import java.time.Duration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;

/** The contract of journals on MariaDB. */
@Tag("once")
class MariaDbJournalTest extends JournalContract {

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

    @Override
    protected long leaveUnread(RunId run, int count) {
        return Rig.countUnread((JdbcJournal) journal(), run, count);
    }
}
