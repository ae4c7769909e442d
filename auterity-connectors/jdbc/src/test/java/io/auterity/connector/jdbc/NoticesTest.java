package io.auterity.connector.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.auterity.Engine;
import io.auterity.Enqueue;
import io.auterity.Workflow;
import io.auterity.definition.RunId;
import io.auterity.journal.RunMessage;
import io.auterity.journal.RunQueue;
import io.auterity.journal.RunStatus;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Processes that share a PostgreSQL hear from each other that there is something to do; no engine here looks by itself. */
class NoticesTest {

    private static final Duration NEVER = Duration.ofHours(1);

    private final TestPostgres server = TestPostgres.newest();
    private final String schema = TestPostgres.newSchema();
    private final BlockingQueue<String> done = new LinkedBlockingQueue<>();

    private JdbcJournalBuilder journal() {
        return JdbcJournal.builder().url(server.url()).schema(schema);
    }

    private static Engine.Builder engine(String id, JdbcJournal journal) {
        return Engine.builder().id(id).journal(journal).pollInterval(NEVER).lease(NEVER.multipliedBy(10));
    }

    private Workflow<Map<String, Object>, Boolean> work(String engine) {
        @SuppressWarnings({"unchecked", "rawtypes"})
        Class<Map<String, Object>> map = (Class) Map.class;
        return Workflow.define(
                "work",
                map,
                (flow, input) -> flow.step("do").run(Boolean.class, input, any -> done.add(engine + " works")));
    }

    private Workflow<Map<String, Object>, Boolean> waits() {
        @SuppressWarnings({"unchecked", "rawtypes"})
        Class<Map<String, Object>> map = (Class) Map.class;
        return Workflow.define("waits", map, (flow, input) -> {
            var word = flow.step("word").awaitSignal("word", String.class, NEVER);
            return flow.step("hear").run(Boolean.class, word, given -> done.add("heard " + given));
        });
    }

    private String next() throws InterruptedException {
        return done.poll(60, TimeUnit.SECONDS);
    }

    @Test
    void a_run_put_into_a_queue_by_one_process_begins_in_another() throws Exception {
        try (JdbcJournal web = journal().open();
                JdbcJournal worker = journal().open();
                Engine asks = engine("web", web)
                        .queue(RunQueue.named("jobs").perEngine(0))
                        .register(work("web"))
                        .build();
                Engine works = engine("worker", worker)
                        .queue(RunQueue.named("jobs"))
                        .register(work("worker"))
                        .build()) {
            for (int i = 0; i < 20; i++) {
                asks.enqueue(work("web"), RunId.of("job-" + i), Map.of(), Enqueue.to("jobs"));

                assertThat(next()).isEqualTo("worker works");
            }
        }
    }

    @Test
    void a_message_reaches_a_run_of_another_process_though_its_sender_goes_at_once() throws Exception {
        try (JdbcJournal worker = journal().open();
                Engine works = engine("worker", worker).register(waits()).build()) {
            var run = works.start(waits(), RunId.of("waiting"), Map.of());
            try (JdbcJournal passing = journal().visiting().open()) {
                assertThat(passing.send(run.id(), new RunMessage.Signal("word", "hello")))
                        .isTrue();
            }

            assertThat(next()).isEqualTo("heard hello");
            assertThat(run.await(Duration.ofSeconds(60)).status()).isEqualTo(RunStatus.SUCCEEDED);
        }
    }

    @Test
    void the_runs_of_a_process_that_ends_in_good_order_go_on_in_another_at_once() throws Exception {
        try (JdbcJournal first = journal().open();
                JdbcJournal second = journal().open()) {
            Engine leaves = engine("first", first).register(waits()).build();
            try (Engine stays = engine("second", second).register(waits()).build()) {
                leaves.start(waits(), RunId.of("handed-on"), Map.of());
                leaves.close();

                stays.attach(RunId.of("handed-on")).orElseThrow().signal("word", "again");

                assertThat(next()).isEqualTo("heard again");
            }
        }
    }

    @Test
    void nobody_hears_what_they_tell_themselves_or_what_another_journal_of_the_database_tells() throws Exception {
        BlockingQueue<String> heard = new LinkedBlockingQueue<>();
        try (JdbcJournal one = journal().open();
                JdbcJournal other = journal().open();
                JdbcJournal stranger =
                        journal().schema(TestPostgres.newSchema()).open()) {
            one.queues().onHint(heard::add);
            assertThat(heard.poll(60, TimeUnit.SECONDS)).isEmpty(); // any queue: from now on all is heard
            one.queues().enqueue(RunQueue.named("mine"), List.of()); // its users hear of it here, once
            assertThat(heard.poll(60, TimeUnit.SECONDS)).isEqualTo("mine");
            stranger.queues().enqueue(RunQueue.named("strange"), List.of());
            other.queues().enqueue(RunQueue.named("theirs"), List.of());

            assertThat(heard.poll(60, TimeUnit.SECONDS)).isEqualTo("theirs"); // told last, and heard next
        }
    }

    @Test
    void what_was_told_while_the_connection_was_lost_is_found_when_it_is_back() throws Exception {
        BlockingQueue<String> looks = new LinkedBlockingQueue<>();
        BlockingQueue<String> queues = new LinkedBlockingQueue<>();
        try (JdbcJournal one = journal().open();
                JdbcJournal other = journal().open()) {
            one.queues().onHint(queues::add);
            assertThat(queues.poll(60, TimeUnit.SECONDS)).isEmpty(); // the connection is there
            one.onHint(() -> looks.add("look"));

            server.execute("select pg_terminate_backend(pid) from pg_stat_activity where query like 'listen%'"
                    + " and query like '%" + schema + "%'");

            assertThat(looks.poll(60, TimeUnit.SECONDS)).isEqualTo("look"); // it is back
            assertThat(queues.poll(60, TimeUnit.SECONDS)).isEmpty(); // so any queue may have something, too
            other.send(RunId.of("nobody"), new RunMessage.Wake()); // there is no such run: nothing is told
            Engine.builder().id("short").journal(other).build().close(); // a lease ends: all are told
            assertThat(looks.poll(60, TimeUnit.SECONDS)).isEqualTo("look");
        }
    }

    @Test
    void a_listener_that_throws_does_not_end_the_hearing() throws Exception {
        BlockingQueue<String> heard = new LinkedBlockingQueue<>();
        try (JdbcJournal one = journal().open();
                JdbcJournal other = journal().open()) {
            one.queues().onHint(word -> {
                heard.add(word);
                if (word.equals("bad")) {
                    throw new IllegalStateException("meant");
                }
            });
            assertThat(heard.poll(60, TimeUnit.SECONDS)).isEmpty(); // the connection is there
            other.queues().enqueue(RunQueue.named("bad"), List.of());
            assertThat(heard.poll(60, TimeUnit.SECONDS)).isEqualTo("bad");
            assertThat(heard.poll(60, TimeUnit.SECONDS)).isEmpty(); // it is there again

            other.queues().enqueue(RunQueue.named("good"), List.of());

            assertThat(heard.poll(60, TimeUnit.SECONDS)).isEqualTo("good");
        }
    }
}
