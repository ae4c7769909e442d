package io.auterity.connector.jdbc.reliability;

import io.auterity.connector.jdbc.JdbcJournal;
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
        return address.startsWith(SQLITE)
                ? JdbcJournal.sqlite(Path.of(address.substring(SQLITE.length())))
                : JdbcJournal.builder().url(address).user("postgres", "").open();
    }
}
