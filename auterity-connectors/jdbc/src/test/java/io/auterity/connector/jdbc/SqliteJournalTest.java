package io.auterity.connector.jdbc;

import io.auterity.definition.RunId;
import io.auterity.journal.Journal;
import io.auterity.testkit.JournalContract;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.io.TempDir;

/** The contract of journals on Sqlite. */
class SqliteJournalTest extends JournalContract {

    @TempDir
    private Path folder;

    @Override
    protected Journal newJournal() {
        return JdbcJournal.sqlite(folder.resolve("journal.db"));
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
