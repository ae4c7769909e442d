package io.auterity.connector.jdbc;

import io.auterity.journal.Journal;
import io.auterity.testkit.CellsContract;

/** The contract of cells on MariaDB. */
class MariaDbCellsTest extends CellsContract {

    @Override
    protected Journal newJournal() {
        return TestMariaDb.emptyJournal();
    }
}
