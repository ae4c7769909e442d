package io.auterity.connector.jdbc;

import io.auterity.journal.CellsContract;
import io.auterity.journal.Journal;

/** The contract of cells on Postgres. */
class PostgresCellsTest extends CellsContract {

    @Override
    protected Journal newJournal() {
        return TestPostgres.newest().journal().open();
    }
}
