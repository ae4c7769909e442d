package io.auterity.connector.jdbc;

import io.auterity.journal.Journal;
import io.auterity.testkit.CellsContract;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** The contract of cells on H2. */
class H2CellsTest extends CellsContract {

    @TempDir
    private Path folder;

    @Override
    protected Journal newJournal() {
        return JdbcJournal.builder()
                .url("jdbc:h2:" + folder.resolve("journal") + ";WRITE_DELAY=0")
                .open();
    }
}
