package io.auterity.connector.jdbc;

import io.auterity.journal.Journal;
import io.auterity.testkit.CellsContract;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** The contract of cells on Sqlite. */
class SqliteCellsTest extends CellsContract {

    @TempDir
    private Path folder;

    @Override
    protected Journal newJournal() {
        return JdbcJournal.sqlite(folder.resolve("journal.db"));
    }
}
