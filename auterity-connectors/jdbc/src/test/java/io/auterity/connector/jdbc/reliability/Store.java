package io.auterity.connector.jdbc.reliability;

import io.auterity.connector.jdbc.JdbcJournal;
import io.auterity.connector.jdbc.JdbcJournalBuilder;
import java.nio.file.Path;

/**
 * Where a proof keeps its runs, as a word that can be handed to another process.
 *
 * @param address a JDBC address of PostgreSQL, MariaDB or H2, or {@code sqlite:} and a file
 */
record Store(String address) {

    private static final String SQLITE = "sqlite:";
    private static final String POSTGRESQL = "jdbc:postgresql:";

    static Store sqlite(Path file) {
        return new Store(SQLITE + file);
    }

    /** H2 with the one setting with which it keeps what it has acknowledged when its process is killed. */
    static Store h2(Path file) {
        return new Store("jdbc:h2:" + file + ";WRITE_DELAY=0");
    }

    JdbcJournal open() {
        return journal().open();
    }

    /** Opens it without looking whether the tables are there. */
    JdbcJournal openMade() {
        return journal().withoutMigrations().open();
    }

    private JdbcJournalBuilder journal() {
        JdbcJournalBuilder journal = JdbcJournal.builder();
        if (address.startsWith(POSTGRESQL)) {
            return journal.url(address).user("postgres", "");
        }
        return journal.url(address.startsWith(SQLITE) ? "jdbc:" + address : address);
    }
}
