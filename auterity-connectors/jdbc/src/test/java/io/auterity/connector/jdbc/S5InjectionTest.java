package io.auterity.connector.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.auterity.Engine;
import io.auterity.Workflow;
import io.auterity.connector.StepException;
import io.auterity.definition.DefinitionException;
import io.auterity.definition.RunId;
import io.auterity.journal.Journal.Lease;
import io.auterity.journal.JournalEntry.Origin;
import io.auterity.journal.JournalEntry.RunStarted;
import io.auterity.journal.RunQuery;
import io.auterity.journal.RunQuery.Filter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever a value says, it is a value. */
class S5InjectionTest {

    static final List<String> PAYLOADS = List.of(
            "'",
            "''",
            "\"",
            "`",
            "\\",
            "\\'",
            "';--",
            "' or '1'='1",
            "'; drop table run; --",
            "1; drop table run",
            "' union select 1, 2, 3 --",
            "') or 1=1 --",
            "/*",
            "*/",
            "--",
            "#",
            "$$",
            "$tag$",
            ":name",
            "::int",
            "?",
            "??",
            "{fn now()}",
            "{call x}",
            "E'\\''",
            "U&'\\0027'",
            "\u02BC or 1=1",
            "%",
            "_",
            "%27",
            "' \n or 1=1",
            "\uFF07 or 1=1",
            "' and pg_sleep(10) --",
            "' || (select 1) || '",
            "0x27",
            "chr(39)",
            "' or 'x' like '%");

    @TempDir
    private Path folder;

    @Test
    void parameters_come_back_as_they_were() throws Exception {
        Map<String, Object> connection = SqlKit.connection(TestPostgres.newest());
        try (SqlKit kit = SqlKit.local()) {
            for (String payload : PAYLOADS) {
                assertThat(kit.call("query", connection, "select :v::text as v", Map.of("v", payload))
                                .get("rows"))
                        .isEqualTo(List.of(Map.of("v", payload)));
                assertThat(kit.call("query", connection, "select ?::text as v", List.of(payload))
                                .get("rows"))
                        .isEqualTo(List.of(Map.of("v", payload)));
            }
        }
    }

    @Test
    void parameters_come_back_from_mariadb_as_they_were() throws Exception {
        Map<String, Object> connection = SqlKit.connection(TestMariaDb.server(), "mysql");
        try (SqlKit kit = SqlKit.local()) {
            for (String payload : PAYLOADS) {
                assertThat(kit.call("query", connection, "select :v as v", Map.of("v", payload))
                                .get("rows"))
                        .isEqualTo(List.of(Map.of("v", payload)));
                assertThat(kit.call("query", connection, "select ? as v", List.of(payload))
                                .get("rows"))
                        .isEqualTo(List.of(Map.of("v", payload)));
            }
        }
    }

    @Test
    void the_journal_takes_every_text_for_what_it_is() throws Exception {
        try (JdbcJournal sqlite = JdbcJournal.sqlite(folder.resolve("j.db"));
                JdbcJournal postgresql = TestPostgres.newest().journal().open()) {
            take(List.of(sqlite, postgresql));
        }
    }

    @Test
    void the_journal_on_mariadb_takes_every_text_for_what_it_is() throws Exception {
        try (JdbcJournal mariadb = TestMariaDb.emptyJournal()) {
            take(List.of(mariadb));
        }
    }

    private static void take(List<JdbcJournal> journals) throws Exception {
        for (JdbcJournal journal : journals) {
            Lease lease = journal.open("a", Rig.LONG);
            for (int i = 0; i < PAYLOADS.size(); i++) {
                String payload = PAYLOADS.get(i);
                Origin origin = new Origin(payload, Optional.empty(), "", Map.of(payload, payload));
                RunId run = RunId.of("run-" + i);
                RunStarted start = new RunStarted(1, payload, payload, Map.of(payload, payload), origin);
                Rig.await(Rig.append(journal, lease, run, start, Rig.succeeded(payload, payload)));

                assertThat(journal.read(run)).containsExactly(start, Rig.succeeded(payload, payload));
                Filter filter = Filter.NONE.workflow(payload).labels(Map.of(payload, payload));
                assertThat(journal.catalog().list(RunQuery.ALL.with(filter)))
                        .singleElement()
                        .satisfies(found -> assertThat(found.id()).isEqualTo(run));
                journal.keep(payload, payload, "{}");
                assertThat(journal.catalog().versions(payload)).hasSize(1);
            }
        }
    }

    /** However a text is quoted, scanning ends, and only a colon makes a parameter. */
    @Property(tries = 2_000, seed = "20261122")
    void scanning_keeps_all_but_the_names(@ForAll String text) {
        try {
            SqlText scanned = SqlText.of(text, true);
            if (text.indexOf(':') < 0 && text.indexOf('?') < 0 && text.indexOf(';') < 0) {
                assertThat(scanned).isEqualTo(new SqlText(text, List.of()));
            }
        } catch (StepException refused) {
            assertThat(refused.code()).isEqualTo("invalid-input");
        }
    }

    @Test
    void names_are_found_outside_quotes_only() {
        SqlText text = SqlText.of(
                "select :a, ':b', \":c\", `:d`, $q$ :e $q$, E'\\':f', x::int -- :g\n /* :h /* :i */ :j */, :k2 ? ;",
                true);
        assertThat(text.names()).containsExactly("a", "k2");
        assertThat(text.text()).contains("select ?, ':b'").endsWith(", ? ?? ");
    }

    @Test
    void a_statement_put_together_from_expressions_does_not_compile() {
        String workflow = """
                auterity: 1
                id: flow
                input: {vin: string}
                steps:
                  find:
                    uses: sql.query
                    with:
                      connection: {kind: postgresql, host: db.example.com, database: crm, auth: crm-reader}
                      sql: %s
                      params: {vin: "${{ input.vin }}"}
                """;
        for (String bad : List.of(
                "\"select * from owner where vin = '${{ input.vin }}'\"", "${{ input.vin }}", "${{ 'select 1' }}")) {
            assertThatThrownBy(() -> register(workflow.formatted(bad)))
                    .as(bad)
                    .isInstanceOf(DefinitionException.class)
                    .hasMessageContaining("AUT-C036 flow/find/with/sql ")
                    .hasMessageContaining("is application/sql and must be written out, without ${{ }}");
        }
        register(workflow.formatted("select * from owner where vin = :vin"));
    }

    private static void register(String yaml) {
        Engine.builder()
                .connector(new SqlConnector())
                .register(Workflow.read(yaml, "flow.yaml"))
                .build()
                .close();
    }
}
