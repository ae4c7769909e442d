package io.auterity.connector.jdbc;

import io.auterity.journal.Journal;
import io.auterity.testkit.RunQueuesContract;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.io.TempDir;

/** The contract of queues on Sqlite. */
class SqliteQueuesTest extends RunQueuesContract {

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
}
