package io.auterity.connector.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import org.junit.jupiter.api.Test;

/** What is asked often reads an index and not the table, however large it has grown. */
class IndexesTest {

    private static String plan(Statement statement, String query) throws Exception {
        StringBuilder plan = new StringBuilder();
        try (ResultSet rows = statement.executeQuery("explain " + query)) {
            while (rows.next()) {
                plan.append(rows.getString(1)).append('\n');
            }
        }
        return plan.toString();
    }

    @Test
    void postgresql_finds_due_and_abandoned_and_old_runs_by_index() throws Exception {
        TestPostgres server = TestPostgres.newest();
        String schema = TestPostgres.newSchema();
        JdbcJournal.builder().url(server.url()).schema(schema).open().close();
        server.execute(
                "insert into " + schema + ".run (id, name, workflow, version, tenant, parent, parent_step, started_at,"
                        + " epoch, wake_at, ended_at)"
                        + " select i, 'run-' || i, 'w', 'v', '', '', '', i,"
                        + " case when i % 10 = 0 then i % 7 end, case when i % 10 = 1 then i end,"
                        + " case when i % 10 > 1 then i end"
                        + " from generate_series(1, 20000) i",
                "analyze " + schema + ".run");
        try (Connection connection = server.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            String run = "select r.id from " + schema + ".run r where ";
            assertThat(plan(statement, run + "r.epoch = 3 order by r.id limit 500 for update skip locked"))
                    .contains("run_owned")
                    .doesNotContain("Seq Scan");
            assertThat(plan(statement, run + "r.wake_at <= 900 order by r.wake_at limit 500 for update skip locked"))
                    .contains("run_due")
                    .doesNotContain("Seq Scan")
                    .doesNotContain("Sort");
            assertThat(plan(statement, run + "r.ended_at < 900 order by r.ended_at limit 500 for update skip locked"))
                    .contains("run_ended")
                    .doesNotContain("Seq Scan");
            assertThat(plan(statement, run + "true order by r.started_at desc, r.name desc limit 100"))
                    .contains("run_listed")
                    .doesNotContain("Seq Scan");
        }
    }
}
