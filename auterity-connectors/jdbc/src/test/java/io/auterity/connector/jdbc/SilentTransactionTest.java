package io.auterity.connector.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.auterity.definition.RunId;
import io.auterity.journal.Claim;
import io.auterity.journal.Journal.Lease;
import java.lang.reflect.Method;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * R6, R9: the network falls silent for ever in the middle of what an engine says to PostgreSQL, so that the server keeps its
 * session, and whatever that has locked. Another engine takes over all the same.
 */
class SilentTransactionTest {

    private static final RunId RUN = RunId.of("run");
    private static final Predicate<String> NEVER = statement -> false;
    private static final Duration SHORT = Duration.ofMillis(200);

    private final List<Connection> left = new ArrayList<>();
    private volatile Predicate<String> last = NEVER;

    @AfterEach
    void end() throws SQLException {
        for (Connection connection : left) {
            connection.close();
        }
    }

    @Test
    void a_survivor_takes_over_from_an_engine_that_is_cut_off_while_it_claims() throws Exception {
        takeOver(
                statement -> statement.contains("for share"),
                (victim, lease) -> assertThatThrownBy(() -> victim.claim(lease, 10, Set.of()))
                        .isInstanceOf(JdbcJournalException.class));
    }

    @Test
    void a_survivor_takes_over_from_an_engine_that_is_cut_off_while_it_renews() throws Exception {
        takeOver(
                statement -> statement.contains("set until"),
                (victim, lease) -> assertThat(victim.renew(lease)).isTrue()); // over another connection
    }

    private interface Call {
        void on(JdbcJournal journal, Lease lease);
    }

    private void takeOver(Predicate<String> lastWords, Call call) throws Exception {
        DataSource source = TestPostgres.newest().dataSource();
        String schema = TestPostgres.newSchema();
        try (JdbcJournal survivor =
                        JdbcJournal.builder().schema(schema).dataSource(source).open();
                JdbcJournal victim = JdbcJournal.builder()
                        .schema(schema)
                        .dataSource(FailingStatements.proxy(DataSource.class, (proxy, method, arguments) -> {
                            Object result = FailingStatements.call(source, method, arguments);
                            return result instanceof Connection connection ? cut(connection) : result;
                        }))
                        .open()) {
            Lease lost = victim.open("victim", SHORT);
            Rig.await(Rig.append(victim, lost, RUN, Rig.start()));
            last = lastWords;
            call.on(victim, lost);
            assertThat(left).hasSize(1);

            Passing.pass(SHORT);
            Lease lease = survivor.open("survivor", Rig.LONG);
            assertThat(survivor.claim(lease, 10, Set.of()))
                    .extracting(Claim::run)
                    .containsExactly(RUN);
        }
    }

    /** A connection whose server hears nothing more of it after the last words, not even its end. */
    private Connection cut(Connection connection) {
        boolean[] silent = {false};
        return FailingStatements.proxy(Connection.class, (proxy, method, arguments) -> {
            if (silent[0]) {
                return unheard(method);
            }
            Object result = FailingStatements.call(connection, method, arguments);
            if (!(result instanceof PreparedStatement statement) || arguments == null) {
                return result;
            }
            String text = String.valueOf(arguments[0]);
            return FailingStatements.proxy(PreparedStatement.class, (self, execution, values) -> {
                if (silent[0]) {
                    return unheard(execution);
                }
                Object answer = FailingStatements.call(statement, execution, values);
                if (execution.getName().startsWith("execute") && last.test(text)) {
                    last = NEVER;
                    left.add(connection);
                    silent[0] = true;
                    throw new SQLException("silence", "08006");
                }
                return answer;
            });
        });
    }

    private static @Nullable Object unheard(Method method) throws SQLException {
        if (method.getName().matches("close|abort|setNetworkTimeout")) {
            return null;
        }
        if (method.getName().matches("isClosed")) {
            return true;
        }
        throw new SQLException("silence", "08006");
    }
}
