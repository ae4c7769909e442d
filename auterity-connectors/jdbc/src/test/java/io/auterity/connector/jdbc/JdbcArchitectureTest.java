package io.auterity.connector.jdbc;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import io.auterity.CodeRules;
import io.auterity.CodeSource;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class JdbcArchitectureTest {

    private static final String ROOT = "io.auterity.connector.jdbc";

    private static final CodeRules RULES = CodeRules.of(ROOT)
            .withRandomnessIn(
                    ROOT + ".Inbox", // ids of messages
                    ROOT + ".JdbcBudgetStore", // tokens of reservations
                    ROOT + ".PostgresNotices") // the name of a sender
            .withThreadsIn(
                    ROOT + ".Lane", // the one that writes, and one for each long call of its host
                    ROOT + ".PostgresNotices") // the one that hears, and the one that tells
            .withQueuesIn(
                    ROOT + ".CommonWrites", // a place for each caller that waits
                    ROOT + ".Enqueues", // the same
                    ROOT + ".Lane"); // counts its entries

    private static final JavaClasses MAIN = new ClassFileImporter().importPath(CodeSource.of(JdbcJournal.class));

    @TestFactory
    Stream<DynamicTest> what_holds_in_every_module() {
        return RULES.tests(MAIN);
    }

    @Test
    void only_the_listed_packages_are_used() {
        RULES.libraries(
                        "io.auterity.connector",
                        "io.auterity.definition",
                        "io.auterity.journal",
                        "io.auterity.relay.budget", // optional: only the store of budgets needs it
                        "io.auterity.relay.money",
                        "javax.net..",
                        "javax.sql..",
                        "com.zaxxer.hikari..",
                        "org.flywaydb.core..",
                        "org.jooq..",
                        "org.jspecify.annotations..",
                        "org.mariadb.jdbc..", // optional
                        "org.postgresql..",
                        "org.slf4j..",
                        "org.sqlite..")
                .check(MAIN);
    }
}
