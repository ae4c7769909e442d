package io.auterity.connector.jdbc.reliability;

import io.auterity.connector.jdbc.JdbcJournal;
import io.auterity.connector.jdbc.JdbcJournalBuilder;
import java.nio.file.Path;

/**
 * Where a proof keeps its runs, as a word that can be handed to another process.
 *
 * @param address a JDBC address of PostgreSQL, or {@code sqlite:} and a file
 */
record Store(String address) {

    private static final String SQLITE = "sqlite:";

    static Store sqlite(Path file) {
        return new Store(SQLITE + file);
    }

    JdbcJournal open() {
        return journal().open();
    }

    /** Opens it without looking whether the tables are there. */
    JdbcJournal openMade() {
        return journal().withoutMigrations().open();
    }

    private JdbcJournalBuilder journal() {
        return address.startsWith(SQLITE)
                ? JdbcJournal.builder().url("jdbc:" + address)
                : JdbcJournal.builder().url(address).user("postgres", "");
    }
}
