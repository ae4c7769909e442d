package io.auterity.journal;

import io.auterity.testkit.CellsContract;

class InMemoryCellsTest extends CellsContract {

    @Override
    protected Journal newJournal() {
        return new InMemoryJournal();
    }
}
