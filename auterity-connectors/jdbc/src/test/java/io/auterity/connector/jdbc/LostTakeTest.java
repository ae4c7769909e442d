package io.auterity.connector.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.auterity.connector.jdbc.HostDataSourceTest.Database;
import io.auterity.definition.RunId;
import io.auterity.journal.Claim;
import io.auterity.journal.Journal.Lease;
import io.auterity.journal.RunMessage;
import io.auterity.journal.Write;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A batch that only takes messages out of inboxes has no entry by which the journal could find out whether it was written
 * when the answer is lost. It is written again, and must not count what it took a second time.
 */
class LostTakeTest {

    private static final RunId RUN = RunId.of("run");

    @TempDir
    private Path folder;

    @ParameterizedTest
    @EnumSource
    void a_message_that_is_left_is_seen_when_the_run_is_parked(Database database) throws Exception {
        FailingStatements statements = new FailingStatements(database.source(folder));
        try (JdbcJournal journal =
                database.journal().dataSource(statements.dataSource()).open()) {
            Lease lease = journal.open("a", Rig.LONG);
            Rig.await(Rig.append(journal, lease, RUN, Rig.start()));
            for (String name : List.of("first", "second", "third", "last")) {
                journal.send(RUN, new RunMessage.Signal(name, name));
            }
            List<Long> numbers = journal.received(lease, 10).stream()
                    .map(RunMessage.Received::number)
                    .toList();
            take(journal, lease, numbers.get(0));
            Set<String> commits = statements.seen().stream()
                    .filter(database == Database.POSTGRESQL ? text -> text.contains("tk as (delete") : "commit"::equals)
                    .collect(Collectors.toSet());

            for (int i = 1; i <= 2; i++) {
                statements.fail(commits, "08006", true);
                take(journal, lease, numbers.get(i));
                assertThat(statements.outstanding()).isEmpty();
            }
            Rig.await(
                    journal.append(lease, Write.park(RUN, Duration.ofHours(1))).toCompletableFuture());

            assertThat(journal.claim(lease, 10, Set.of()))
                    .extracting(Claim::run)
                    .containsExactly(RUN);
            take(journal, lease, numbers.get(3));
            Rig.await(
                    journal.append(lease, Write.park(RUN, Duration.ofHours(1))).toCompletableFuture());
            assertThat(journal.claim(lease, 10, Set.of())).isEmpty();
        }
    }

    private static void take(JdbcJournal journal, Lease lease, long number) throws Exception {
        Rig.await(journal.append(lease, new Write(RUN, List.of(), List.of(number), Optional.empty(), Optional.empty()))
                .toCompletableFuture());
    }
}
