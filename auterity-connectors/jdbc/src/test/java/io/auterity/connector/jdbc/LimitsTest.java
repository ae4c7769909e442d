package io.auterity.connector.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.auterity.Code;
import io.auterity.Engine;
import io.auterity.Handle;
import io.auterity.Run;
import io.auterity.RunResult;
import io.auterity.Workflow;
import io.auterity.definition.Failure;
import io.auterity.definition.RunId;
import io.auterity.journal.EntryCodec;
import io.auterity.journal.EntryRefusedException;
import io.auterity.journal.Journal;
import io.auterity.journal.Journal.Lease;
import io.auterity.journal.JournalEntry;
import io.auterity.journal.RunMessage;
import io.auterity.journal.RunStatus;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Payloads around every limit come back as they were, or are refused with the limit. */
class LimitsTest {

    private static final Duration AWHILE = Duration.ofSeconds(100);

    @TempDir
    private Path folder;

    /** A text whose JSON, with its quotes, has so many bytes and can hardly be deflated. */
    private static String noise(int bytes, long seed) {
        Random random = new Random(seed);
        StringBuilder text = new StringBuilder(bytes);
        while (text.length() < bytes - 2) {
            int c = 33 + random.nextInt(94);
            text.append(c == '"' || c == '\\' ? '~' : (char) c);
        }
        return text.toString();
    }

    private static String plain(int bytes) {
        return "x".repeat(bytes - 2);
    }

    private static void check(Journal journal) throws Exception {
        Lease lease = journal.open("a", Rig.LONG);
        RunId run = RunId.of("large");
        Rig.await(Rig.append(journal, lease, run, Rig.start()));
        List<String> outputs = List.of(
                plain(Payload.MAX_PLAIN - 1),
                plain(Payload.MAX_PLAIN),
                plain(Payload.MAX_PLAIN + 1),
                noise(Payload.MAX_PLAIN + 1, 1),
                noise(2_450_000, 2), // deflates to a little less than the limit of a row
                noise(2_600_000, 3), // and to a little more
                noise(5_000_000, 4));
        for (int i = 0; i < outputs.size(); i++) {
            Rig.await(Rig.append(journal, lease, run, Rig.succeeded("step-" + i, outputs.get(i))));
        }

        List<JournalEntry> read = journal.read(run);
        for (int i = 0; i < outputs.size(); i++) {
            assertThat(read.get(i + 1).equals(Rig.succeeded("step-" + i, outputs.get(i))))
                    .as("output %s", i)
                    .isTrue();
        }
    }

    @Test
    void sqlite_gives_back_payloads_of_every_form() throws Exception {
        try (JdbcJournal journal = JdbcJournal.sqlite(folder.resolve("j.db"))) {
            check(journal);
        }
    }

    @Test
    void postgresql_gives_back_payloads_of_every_form() throws Exception {
        try (JdbcJournal journal = TestPostgres.newest().journal().open()) {
            check(journal);
        }
    }

    @Test
    void mariadb_gives_back_payloads_of_every_form() throws Exception {
        try (JdbcJournal journal = TestMariaDb.emptyJournal()) {
            check(journal);
        }
    }

    @Test
    void h2_gives_back_payloads_of_every_form() throws Exception {
        try (JdbcJournal journal = JdbcJournal.builder()
                .url("jdbc:h2:" + folder.resolve("j") + ";WRITE_DELAY=0")
                .open()) {
            check(journal);
        }
    }

    @Test
    void an_entry_has_at_most_64_mebibytes() throws Exception {
        try (JdbcJournal journal = JdbcJournal.sqlite(folder.resolve("j.db"))) {
            Lease lease = journal.open("a", Rig.LONG);
            RunId run = RunId.of("huge");
            Rig.await(Rig.append(journal, lease, run, Rig.start()));
            Rig.await(Rig.append(journal, lease, run, Rig.succeeded("below", plain(Payload.MAX - 1))));
            Rig.await(Rig.append(journal, lease, run, Rig.succeeded("at", plain(Payload.MAX))));

            Throwable refused =
                    Rig.refusal(Rig.append(journal, lease, run, Rig.succeeded("above", plain(Payload.MAX + 1))));
            assertThat(refused).hasMessageContaining("67108864").hasMessageContaining("step 'above'");
            assertThat(((EntryRefusedException) refused).code()).isEqualTo(EntryRefusedException.TOO_LARGE);
            assertThat(journal.read(run)).hasSize(3);
        }
    }

    @Test
    void a_step_whose_output_is_too_large_fails_and_is_not_done_again() throws Exception {
        AtomicInteger calls = new AtomicInteger();
        for (int bytes : List.of(Payload.MAX_OUTPUT - 1, Payload.MAX_OUTPUT, Payload.MAX_OUTPUT + 1)) {
            Workflow<Map<String, Object>, String> workflow = oneStep("step-" + bytes, () -> {
                calls.incrementAndGet();
                return plain(bytes);
            });
            RunResult<String> result = run(workflow);
            if (bytes <= Payload.MAX_OUTPUT) {
                assertThat(result.status()).isEqualTo(RunStatus.SUCCEEDED);
            } else {
                assertThat(result.failure().orElseThrow().code()).isEqualTo("output-too-large");
                assertThat(result.failure().orElseThrow().message()).contains("66060289", "66060288");
            }
        }
        assertThat(calls).hasValue(3);
    }

    @Test
    void a_run_that_can_never_be_recorded_is_dead_lettered_at_once() throws Exception {
        AtomicInteger calls = new AtomicInteger();
        Workflow<Map<String, Object>, List<String>> workflow = Workflow.define("whole", map(), (flow, input) -> {
            Handle<List<String>> halves =
                    flow.step("halves").runList(String.class, input, given -> List.of("first", "second", "third"));
            return flow.forEach(
                    "each",
                    halves,
                    (inner, item) -> inner.step("half").run(String.class, item, name -> {
                        calls.incrementAndGet();
                        return plain(Payload.MAX / 2);
                    }));
        });
        RunResult<List<String>> result = run(workflow);
        assertThat(result.status()).isEqualTo(RunStatus.DEAD_LETTERED);
        assertThat(result.failure().orElseThrow().message()).contains("step 'each'", "67108864");
        assertThat(calls).hasValue(3);
    }

    @Test
    void a_start_whose_input_is_too_large_is_refused_and_its_id_stays_free() throws Exception {
        Workflow<Map<String, Object>, String> workflow = oneStep("start", () -> "done");
        Map<String, Object> tooLarge = Map.of("text", plain(Payload.MAX));
        RunId run = RunId.of("large");
        try (JdbcJournal journal = JdbcJournal.sqlite(folder.resolve("start.db"));
                Engine engine = Engine.builder()
                        .journal(journal)
                        .lease(Duration.ofHours(1))
                        .register(workflow)
                        .build()) {
            assertThatThrownBy(() -> engine.start(workflow, run, tooLarge))
                    .isInstanceOf(EntryRefusedException.class)
                    .hasMessageContainingAll("67108864", "run 'large'");
            assertThat(Rig.refusal(engine.startAsync(workflow, run, tooLarge).toCompletableFuture()))
                    .isInstanceOf(EntryRefusedException.class);

            assertThat(journal.read(run)).isEmpty();
            assertThat(engine.find(run)).isEmpty();
            assertThat(engine.start(workflow, run, Map.of())
                            .await(Duration.ofSeconds(100))
                            .orElseThrow())
                    .isEqualTo("done");
        }
    }

    /** One step after another, of which each counts how often it was done. */
    private static Workflow<Map<String, Object>, String> threeSteps(AtomicInteger calls, int bytes) {
        return Workflow.define("three", map(), (flow, input) -> {
            Handle<String> a = flow.step("a").run(String.class, () -> plain(bytes));
            Handle<String> b = flow.step("b").run(String.class, a, text -> plain(bytes + calls.incrementAndGet()));
            return flow.step("c").run(String.class, b, text -> "done " + calls.incrementAndGet());
        });
    }

    private Engine.Builder engine(String id, JdbcJournal journal, Workflow<?, ?> workflow) {
        return Engine.builder()
                .id(id)
                .journal(journal)
                .lease(Duration.ofHours(1))
                .register(workflow);
    }

    private static long bytesOf(JdbcJournal journal, RunId run, int withoutTheLast) {
        List<JournalEntry> entries = journal.read(run);
        return entries.stream()
                .limit(entries.size() - withoutTheLast)
                .mapToLong(entry -> EntryCodec.encode(entry).payload().length)
                .sum();
    }

    private static void until(BooleanSupplier happened) {
        long end = System.nanoTime() + AWHILE.toNanos();
        while (!happened.getAsBoolean()) {
            assertThat(System.nanoTime()).isLessThan(end);
            Thread.onSpinWait();
        }
    }

    @Test
    void the_record_of_a_run_has_no_more_bytes_than_allowed() {
        AtomicInteger calls = new AtomicInteger();
        Workflow<Map<String, Object>, String> workflow = threeSteps(calls, Payload.MAX_PLAIN);
        try (JdbcJournal journal = JdbcJournal.sqlite(folder.resolve("bytes.db"))) {
            try (Engine engine = engine("any", journal, workflow).build()) {
                engine.start(workflow, RunId.of("whole"), Map.of())
                        .await(AWHILE)
                        .orElseThrow();
            }
            long most = bytesOf(journal, RunId.of("whole"), 2); // without c, and the end that it brings along
            for (long limit = most - 1; limit <= most + 1; limit++) {
                calls.set(0);
                RunId id = RunId.of("with-" + limit);
                try (Engine engine =
                        engine("any", journal, workflow).maxRecordBytes(limit).build()) {
                    RunResult<String> result =
                            engine.start(workflow, id, Map.of()).await(AWHILE);
                    if (limit < most) {
                        assertThat(result.failure().orElseThrow().code()).isEqualTo(Failure.RECORD_TOO_LARGE);
                        assertThat(result.failure().orElseThrow().message())
                                .contains("has " + most + " bytes on its record and goes on, the limit is " + limit
                                        + " (maxRecordBytes)");
                        assertThat(calls).as("b, and nothing after it").hasValue(1);
                    } else {
                        assertThat(result.orElseThrow()).isEqualTo("done 2");
                    }
                }
            }
        }
    }

    @Test
    void an_engine_that_takes_a_run_up_counts_what_is_on_its_record() {
        Workflow<Map<String, Object>, Object> workflow = Workflow.read("""
                auterity: 1
                id: waits
                steps: {a: {value: '${{ input.text }}'}, s: {await: {signal: go}, needs: [a]}, b: {value: 1, needs: [s]}}
                """, "waits.yaml");
        try (JdbcJournal journal = JdbcJournal.sqlite(folder.resolve("taken.db"))) {
            long bytes = 0;
            for (int over = -1; over <= 1; over++) {
                RunId id = RunId.of("run" + over);
                try (Engine engine = engine("first", journal, workflow).build()) {
                    Run<Object> run = engine.start(workflow, id, Map.of("text", plain(Payload.MAX_PLAIN + 1)));
                    until(() -> run.status() == RunStatus.WAITING);
                }
                bytes = bytesOf(journal, id, 0);
                try (Engine engine = engine("second" + over, journal, workflow)
                        .maxRecordBytes(bytes - over)
                        .build()) {
                    until(() -> engine.find(id).isPresent());
                    Run<?> run = engine.find(id).orElseThrow();
                    if (over > 0) {
                        assertThat(run.await(AWHILE).failure().orElseThrow().code())
                                .isEqualTo(Failure.RECORD_TOO_LARGE);
                    } else {
                        until(() -> run.status() == RunStatus.WAITING);
                        run.cancel("that was all");
                        assertThat(run.await(AWHILE).status()).isEqualTo(RunStatus.CANCELLED);
                    }
                }
            }
        }
    }

    @Test
    void a_run_whose_record_grows_large_is_warned_of_once() {
        AtomicInteger calls = new AtomicInteger();
        Workflow<Map<String, Object>, String> workflow = threeSteps(calls, 6 * 1024 * 1024);
        PrintStream before = System.err;
        ByteArrayOutputStream log = new ByteArrayOutputStream();
        System.setErr(new PrintStream(log, true, StandardCharsets.UTF_8));
        try (JdbcJournal journal = JdbcJournal.sqlite(folder.resolve("warned.db"));
                Engine engine = engine("any", journal, workflow).build()) {
            engine.start(workflow, RunId.of("warned"), Map.of()).await(AWHILE).orElseThrow();
        } finally {
            System.setErr(before);
        }
        assertThat(log.toString(StandardCharsets.UTF_8).lines().filter(line -> line.contains("WARN")))
                .singleElement()
                .asString()
                .contains("run warned of workflow three has 125", "52428800 (maxRecordBytes)", "keep large data");
    }

    private static Workflow<Map<String, Object>, String> oneStep(String id, Code.Of0<String> code) {
        return Workflow.define(id, map(), (flow, input) -> flow.step("one").run(String.class, code));
    }

    @SuppressWarnings({"unchecked", "rawtypes"}) // there is no class of maps with these types
    private static Class<Map<String, Object>> map() {
        return (Class) Map.class;
    }

    private <O> RunResult<O> run(Workflow<Map<String, Object>, O> workflow) {
        try (JdbcJournal journal =
                        JdbcJournal.sqlite(folder.resolve(workflow.definition().id() + ".db"));
                Engine engine = Engine.builder()
                        .journal(journal)
                        .lease(Duration.ofHours(1))
                        .maxRecordBytes(4L * Payload.MAX)
                        .register(workflow)
                        .build()) {
            return engine.start(workflow, Map.of()).await(Duration.ofSeconds(100));
        }
    }

    @Test
    void a_message_has_at_most_2_mebibytes() throws Exception {
        try (JdbcJournal journal = JdbcJournal.sqlite(folder.resolve("j.db"))) {
            RunId run = RunId.of("told");
            Rig.await(Rig.append(journal, journal.open("a", Rig.LONG), run, Rig.start()));
            int frame = "{'kind':'cancel','reason':''}".length();

            for (int bytes : List.of(Payload.MAX_INLINE - 1, Payload.MAX_INLINE)) {
                assertThat(journal.send(run, new RunMessage.Cancel("x".repeat(bytes - frame))))
                        .isTrue();
            }
            Assertions.assertThatThrownBy(() ->
                            journal.send(run, new RunMessage.Cancel("x".repeat(Payload.MAX_INLINE + 1 - frame))))
                    .isInstanceOf(JdbcJournalException.class)
                    .hasMessageContaining("2097152");
        }
    }
}
