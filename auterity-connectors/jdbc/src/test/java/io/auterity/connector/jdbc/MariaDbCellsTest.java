package io.auterity.connector.jdbc;

import io.auterity.journal.CellsContract;
import io.auterity.journal.Journal;

/** The contract of cells on MariaDB. */
class MariaDbCellsTest extends CellsContract {

    @Override
    protected Journal newJournal() {
        return TestMariaDb.emptyJournal();
    }
}
