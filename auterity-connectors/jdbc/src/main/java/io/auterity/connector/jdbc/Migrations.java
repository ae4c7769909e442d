package io.auterity.connector.jdbc;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.SQLTransientConnectionException;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.configuration.FluentConfiguration;

/** The statements that make the tables and bring them up to date: run by Flyway, or as text for another tool. */
final class Migrations {

    /** The files of every database, oldest first. */
    static final List<String> FILES =
            List.of("V1__journal.sql", "V2__queues.sql", "V3__children.sql", "V4__budgets.sql");

    private static final String FOLDER = "io/auterity/connector/jdbc/migration/";

    private final Dialect dialect;

    Migrations(Dialect dialect) {
        this.dialect = dialect;
    }

    void run(DataSource source) {
        Tables tables = dialect.tables();
        FluentConfiguration flyway = Flyway.configure(Migrations.class.getClassLoader())
                .dataSource(source)
                .locations("classpath:" + FOLDER + dialect.folder())
                .table(tables.prefix() + "migration")
                .placeholders(tables.placeholders())
                .baselineOnMigrate(true) // the host's own tables may be there
                .baselineVersion("0")
                .failOnMissingLocations(true)
                .communityDBSupportEnabled(true);
        if (!tables.schema().isEmpty()) {
            String schema = dialect.catalogued(tables.schema()); // Flyway puts it in quotes, we do not
            flyway.schemas(schema).defaultSchema(schema).createSchemas(true);
        }
        try {
            flyway.load().migrate();
        } catch (FlywayException e) {
            throw new JdbcJournalException(
                    JdbcJournalException.UNSUPPORTED,
                    "the journal's tables could not be made or brought up to date: " + e.getMessage() + advice(e),
                    e);
        }
    }

    private static String advice(FlywayException e) {
        return e.getCause() instanceof SQLTransientConnectionException
                ? "; this takes two connections at a time: let the pool lend as many, or run the statements that"
                        + " migrations(...) returns and open with withoutMigrations()"
                : "";
    }

    /** All statements from the first migration on. */
    String text() {
        StringBuilder all = new StringBuilder();
        if (!dialect.tables().schema().isEmpty()) {
            all.append("create schema if not exists ")
                    .append(dialect.tables().schema())
                    .append(";\n\n");
        }
        for (String file : FILES) {
            String text = read(FOLDER + dialect.folder() + "/" + file);
            for (Map.Entry<String, String> name :
                    dialect.tables().placeholders().entrySet()) {
                text = text.replace("${" + name.getKey() + "}", name.getValue());
            }
            all.append("-- ").append(file).append('\n').append(text).append('\n');
        }
        return all.toString();
    }

    private static String read(String resource) {
        try (InputStream in = Migrations.class.getClassLoader().getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalStateException(resource + " is missing from the artifact");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
