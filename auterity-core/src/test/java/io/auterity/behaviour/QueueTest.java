package io.auterity.behaviour;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.auterity.Engine;
import io.auterity.EngineException;
import io.auterity.Enqueue;
import io.auterity.Run;
import io.auterity.StartOptions;
import io.auterity.Workflow;
import io.auterity.connector.StepContext;
import io.auterity.definition.RunId;
import io.auterity.journal.InMemoryJournal;
import io.auterity.journal.NoJournal;
import io.auterity.journal.RunQueue;
import io.auterity.journal.RunQueues.Depth;
import io.auterity.journal.RunStatus;
import io.auterity.journal.Write;
import io.auterity.testkit.SimulatedWorld;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Queues as users of an engine see them, in virtual time. */
class QueueTest {

    private static final Enqueue MAIL = Enqueue.to("mail");

    private final SimulatedWorld world = new SimulatedWorld(7);
    private final InMemoryJournal journal = new InMemoryJournal(100_000, world.clock());
    private final List<String> log = new ArrayList<>();
    private final List<Engine> engines = new ArrayList<>();
    private int active;
    private int most;

    /** What a run of the workflow is given. */
    record Mail(String text, int seconds) {}

    private final Workflow<Mail, String> send = Workflow.define(
            "send", Mail.class, (flow, mail) -> flow.step("send").runAsync(String.class, mail, this::work));

    private CompletionStage<String> work(Mail mail, StepContext context) {
        log.add(mail.text() + "@" + world.age().toSeconds());
        most = Math.max(most, ++active);
        return world.later(Duration.ofSeconds(mail.seconds()), () -> {
            active--;
            return "sent " + mail.text();
        });
    }

    private Engine engine(RunQueue... queues) {
        Engine engine = world.engine()
                .id("engine-" + engines.size())
                .journal(journal)
                .register(send)
                .queue(queues)
                .build();
        engines.add(engine);
        return engine;
    }

    @AfterEach
    void close() {
        engines.forEach(Engine::close);
    }

    private Run<String> put(Engine engine, String text, Enqueue how) {
        return engine.enqueue(send, RunId.of(text), new Mail(text, 1), how);
    }

    @Test
    void a_queued_run_waits_begins_and_ends_like_any_other() {
        Engine engine = engine(RunQueue.named("mail"));
        Run<String> run =
                engine.enqueue(send, new Mail("a", 1), MAIL.options(StartOptions.DEFAULT.label("customer", "c-7")));

        assertThat(run.status()).isEqualTo(RunStatus.QUEUED);
        assertThat(log).isEmpty();
        assertThat(engine.depth("mail")).isEqualTo(new Depth(0, 1, 0));
        assertThat(world.await(run).orElseThrow()).isEqualTo("sent a");
        assertThat(run.status()).isEqualTo(RunStatus.SUCCEEDED);
        assertThat(journal.catalog()
                        .find(run.id())
                        .orElseThrow()
                        .start()
                        .origin()
                        .labels())
                .containsExactly(Map.entry("customer", "c-7"));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 5, 20})
    void no_more_run_at_a_time_than_the_concurrency(int limit) {
        Engine engine = engine(RunQueue.named("mail").concurrency(limit));
        for (int i = 0; i < 10; i++) {
            put(engine, "r" + i, MAIL);
        }
        world.runUntilIdle();

        assertThat(most).isEqualTo(Math.min(limit, 10));
        assertThat(log).hasSize(10);
        assertThat(world.age().toSeconds()).isEqualTo((10 + limit - 1) / limit);
    }

    @Test
    void engines_of_one_journal_share_the_concurrency() {
        RunQueue queue = RunQueue.named("mail").concurrency(3);
        Engine one = engine(queue);
        engine(queue);
        for (int i = 0; i < 20; i++) {
            put(one, "r" + i, MAIL);
        }
        world.runUntilIdle();

        assertThat(log).hasSize(20);
        assertThat(most).isEqualTo(3);
    }

    @Test
    void runs_of_a_key_follow_each_other_and_keys_do_not_wait_for_each_other() {
        Engine engine = engine(RunQueue.named("mail").perKey(1));
        for (int i = 0; i < 3; i++) {
            put(engine, "a" + i, MAIL.key("a"));
        }
        put(engine, "b0", MAIL.key("b"));
        world.runUntilIdle();

        assertThat(log).containsExactlyInAnyOrder("a0@0", "b0@0", "a1@1", "a2@2");
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 4})
    void no_more_begin_in_a_period_than_the_rate(int runs) {
        Engine engine = engine(RunQueue.named("mail").rate(3, Duration.ofMinutes(1)));
        for (int i = 0; i < runs; i++) {
            put(engine, "r" + i, MAIL);
        }
        world.runUntilIdle();

        assertThat(log).filteredOn(line -> line.endsWith("@0")).hasSize(Math.min(3, runs));
        assertThat(log).filteredOn(line -> line.endsWith("@60")).hasSize(Math.max(0, runs - 3));
    }

    @Test
    void higher_priorities_overtake_what_waits() {
        Engine engine = engine(RunQueue.named("mail").concurrency(1));
        put(engine, "first", MAIL);
        world.runUntil(() -> !log.isEmpty());
        put(engine, "low", MAIL.priority(-1));
        put(engine, "middle", MAIL);
        put(engine, "high", MAIL.priority(1));
        world.runUntilIdle();

        assertThat(log).containsExactly("first@0", "high@1", "middle@2", "low@3");
    }

    @Test
    void a_run_begins_after_its_delay_or_at_its_time() {
        Engine engine = engine(RunQueue.named("mail"));
        put(engine, "delayed", MAIL.delay(Duration.ofSeconds(90)));
        put(engine, "at", MAIL.startAt(world.now().plusSeconds(30)));
        put(engine, "past", MAIL.startAt(world.now().minusSeconds(30)));
        world.runUntilIdle();

        assertThat(log).containsExactly("past@0", "at@30", "delayed@90");
    }

    @Test
    void debounced_calls_become_one_run_with_the_last_input() {
        Engine engine = engine(RunQueue.named("mail"));
        Enqueue debounce = MAIL.debounce("doc-1", Duration.ofSeconds(10), Duration.ofSeconds(25));
        Run<String> first = put(engine, "one", debounce);
        world.pass(Duration.ofSeconds(9));
        Run<String> second = put(engine, "two", debounce);
        world.runUntilIdle();

        assertThat(second.id()).isEqualTo(first.id());
        assertThat(log).containsExactly("two@19");
        assertThat(world.await(first).orElseThrow()).isEqualTo("sent two");
    }

    @Test
    void debouncing_waits_no_longer_than_it_may() {
        Engine engine = engine(RunQueue.named("mail"));
        Enqueue debounce = MAIL.debounce("doc-1", Duration.ofSeconds(10), Duration.ofSeconds(25));
        for (int i = 0; i < 10; i++) {
            put(engine, "call-" + i, debounce);
            world.pass(Duration.ofSeconds(6));
        }
        world.runUntilIdle();

        assertThat(log).containsExactly("call-4@25", "call-9@55");
    }

    @Test
    void a_deduplicated_call_attaches_to_the_run_that_has_not_ended() {
        Engine engine = engine(RunQueue.named("mail"));
        Enqueue once = MAIL.deduplicate("invoice-7");
        Run<String> first = put(engine, "one", once);
        assertThat(put(engine, "two", once).id()).isEqualTo(first.id());
        world.runUntilIdle();
        Run<String> third = put(engine, "three", once);
        world.runUntilIdle();

        assertThat(third.id()).isEqualTo(RunId.of("three"));
        assertThat(log).containsExactly("one@0", "three@1");
    }

    @Test
    void the_same_id_attaches_whether_the_run_waits_runs_or_has_ended() {
        Engine engine = engine(RunQueue.named("mail"));
        put(engine, "one", MAIL);
        Run<String> waiting = put(engine, "one", MAIL);
        Run<String> started = engine.start(send, RunId.of("one"), new Mail("other", 1));
        assertThat(world.await(waiting).orElseThrow()).isEqualTo("sent one");
        assertThat(world.await(started).orElseThrow()).isEqualTo("sent one");
        assertThat(world.await(put(engine, "one", MAIL)).orElseThrow()).isEqualTo("sent one");
        assertThat(log).hasSize(1);
    }

    @Test
    void a_full_queue_says_its_limit() {
        Engine engine = engine(RunQueue.named("mail").capacity(2));
        put(engine, "a", MAIL);
        put(engine, "b", MAIL);
        assertThatThrownBy(() -> put(engine, "c", MAIL))
                .isInstanceOfSatisfying(
                        EngineException.class,
                        refused -> assertThat(refused.code()).isEqualTo(EngineException.QUEUE_FULL))
                .hasMessageContaining("'mail' holds 2");
        world.runUntilIdle();
        put(engine, "c", MAIL);
        world.runUntilIdle();
        assertThat(log).hasSize(3);
    }

    @Test
    void an_unknown_queue_is_refused_with_the_closest_name() {
        Engine engine = engine(RunQueue.named("mail"));
        assertThatThrownBy(() -> put(engine, "a", Enqueue.to("male")))
                .isInstanceOfSatisfying(
                        EngineException.class,
                        refused -> assertThat(refused.code()).isEqualTo(EngineException.UNKNOWN_QUEUE))
                .hasMessageContaining("mail");
        assertThatThrownBy(() -> engine.depth("male")).isInstanceOf(EngineException.class);
        assertThatThrownBy(() -> put(engine(), "a", MAIL)).hasMessageContaining("RunQueue.named(\"mail\")");
    }

    @Test
    void a_run_that_waits_can_be_cancelled_and_never_begins() {
        Engine engine = engine(RunQueue.named("mail").concurrency(1));
        put(engine, "first", MAIL);
        Run<String> second = put(engine, "second", MAIL);
        CompletableFuture<RunStatus> told =
                second.result().thenApply(result -> result.status()).toCompletableFuture();
        second.cancel("not needed");

        assertThat(told).isCompletedWithValue(RunStatus.CANCELLED);
        assertThat(second.status()).isEqualTo(RunStatus.CANCELLED);
        world.runUntilIdle();
        assertThat(log).containsExactly("first@0");
    }

    @Test
    void an_engine_takes_no_more_than_it_says() {
        RunQueue queue = RunQueue.named("mail");
        Engine producer = engine(queue.perEngine(0));
        for (int i = 0; i < 12; i++) {
            put(producer, "r" + i, MAIL);
        }
        world.runUntilIdle();
        assertThat(log).isEmpty();

        engine(queue.perEngine(4));
        world.runUntilIdle();
        assertThat(log).hasSize(12);
        assertThat(most).isEqualTo(4);
    }

    @Test
    void a_closed_engine_takes_nothing_in() {
        Engine engine = engine(RunQueue.named("mail"));
        engine.close();
        assertThatThrownBy(() -> put(engine, "a", MAIL))
                .isInstanceOfSatisfying(
                        EngineException.class,
                        refused -> assertThat(refused.code()).isEqualTo(EngineException.CLOSED));
    }

    @Test
    void queues_that_make_no_sense_are_refused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> engine(RunQueue.named("mail"), RunQueue.named("mail")))
                .withMessageContaining("twice");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Engine.builder()
                        .journal(new NoJournal())
                        .queue(RunQueue.named("mail"))
                        .build())
                .withMessageContaining("keeps none");
        RunQueue queue = RunQueue.named("mail");
        assertThatIllegalArgumentException().isThrownBy(() -> queue.concurrency(0));
        assertThatIllegalArgumentException().isThrownBy(() -> queue.perKey(0));
        assertThatIllegalArgumentException().isThrownBy(() -> queue.capacity(0));
        assertThatIllegalArgumentException().isThrownBy(() -> queue.perEngine(-1));
        assertThatIllegalArgumentException().isThrownBy(() -> queue.rate(0, Duration.ofSeconds(1)));
        assertThatIllegalArgumentException().isThrownBy(() -> queue.rate(1, Duration.ZERO));
        assertThatIllegalArgumentException().isThrownBy(() -> RunQueue.named("a b"));
        assertThat(MAIL.priority(100)
                        .key("k".repeat(200))
                        .deduplicate("d".repeat(200))
                        .toString())
                .contains("mail");
        assertThatIllegalArgumentException().isThrownBy(() -> MAIL.priority(101));
        assertThatIllegalArgumentException().isThrownBy(() -> MAIL.priority(-101));
        assertThatIllegalArgumentException().isThrownBy(() -> MAIL.key("k".repeat(201)));
        assertThatIllegalArgumentException().isThrownBy(() -> MAIL.key("\0"));
        assertThatIllegalArgumentException().isThrownBy(() -> MAIL.deduplicate(""));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> MAIL.debounce("d", Duration.ofSeconds(2), Duration.ofSeconds(1)));
    }

    @Test
    void a_delay_has_its_limits() {
        assertThat(MAIL.delay(Duration.ZERO).delay(Write.FOREVER)).isNotNull();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> MAIL.delay(Duration.ofMillis(-1)))
                .withMessage("a delay is zero to 3650000 days, not PT-0.001S");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> MAIL.delay(Write.FOREVER.plusMillis(1)))
                .withMessageStartingWith("a delay is zero to 3650000 days");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> MAIL.debounce("x", Duration.ofSeconds(1), Write.FOREVER.plusMillis(1)))
                .withMessageStartingWith("the longest debounce is zero to 3650000 days");
    }

    @Test
    void runs_are_not_parked_before_they_wait() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Engine.builder().parkAfter(Duration.ofMillis(-1)))
                .withMessage("parkAfter must be zero or more, not PT-0.001S");
    }
}
