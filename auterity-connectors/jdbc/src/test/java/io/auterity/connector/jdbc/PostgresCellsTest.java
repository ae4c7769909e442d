package io.auterity.connector.jdbc;

import io.auterity.journal.Journal;
import io.auterity.testkit.CellsContract;

/** The contract of cells on Postgres. */
class PostgresCellsTest extends CellsContract {

    @Override
    protected Journal newJournal() {
        return TestPostgres.newest().journal().open();
    }
}
