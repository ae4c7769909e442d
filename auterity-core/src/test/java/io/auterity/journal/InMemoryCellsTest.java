package io.auterity.journal;

class InMemoryCellsTest extends CellsContract {

    @Override
    protected Journal newJournal() {
        return new InMemoryJournal();
    }
}
