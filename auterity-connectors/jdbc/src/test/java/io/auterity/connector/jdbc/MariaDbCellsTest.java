package io.auterity.connector.jdbc;

import io.auterity.journal.Journal;
import io.auterity.testkit.CellsContract;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;

/** The contract of cells on MariaDB. */
@Tag("once")
class MariaDbCellsTest extends CellsContract {

    @BeforeAll
    static void requireMariaDb() {
        TestMariaDb.requireInstalled();
    }

    @Override
    protected Journal newJournal() {
        return TestMariaDb.emptyJournal();
    }
}
