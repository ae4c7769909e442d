package io.auterity.durable;

import static org.assertj.core.api.Assertions.assertThat;

import io.auterity.Engine;
import io.auterity.Run;
import io.auterity.Workflow;
import io.auterity.definition.RunId;
import io.auterity.journal.InMemoryJournal;
import io.auterity.journal.JournalEntry.RunEnded;
import io.auterity.journal.RunMessage;
import io.auterity.journal.RunQuery.Filter;
import io.auterity.journal.RunStatus;
import io.auterity.journal.RunSummary;
import io.auterity.testkit.SimulatedWorld;
import io.auterity.testkit.Unsuccessful;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Runs that are cancelled again and again, by everybody who can, while they try again, time out, wait, take back and have
 * children. What another engine made of it: a loop that wrote 77 million rows in six days.
 */
class CancelStormTest {

    private static final int RUNS = 1_000;
    private static final Duration SOON = Duration.ofSeconds(5);

    /** Attempts come half a second apart, so this many are possible before a cancellation that comes after 3 seconds. */
    private static final int MOST_ATTEMPTS = 7;

    private static final int MOST_ENTRIES = 10 + 3 * MOST_ATTEMPTS;

    private final SimulatedWorld world = new SimulatedWorld(10);
    private final Random random = new Random(10);
    private final InMemoryJournal store = new InMemoryJournal(100_000, world.clock());
    private final Unsuccessful unsuccessful = new Unsuccessful();

    @Test
    void P10_every_run_ends_soon_and_writes_little_however_often_it_is_cancelled() {
        List<Workflow<Map<String, Object>, Object>> workflows = unsuccessful.workflows();
        Map<String, Duration> cancelled = new LinkedHashMap<>();
        try (Engine engine = engine("one");
                Engine other = engine("two")) {
            for (int i = 0; i < RUNS; i++) {
                int number = i;
                world.after(Duration.ofMillis(random.nextInt(10_000)), () -> {
                    RunId id = RunId.of("r" + number);
                    Run<Object> run = engine.start(workflows.get(number % workflows.size()), id, Map.of());
                    world.after(Duration.ofMillis(random.nextInt(3_000)), () -> {
                        cancelled.put(id.value(), world.age());
                        storm(run, other);
                    });
                });
            }
            world.pass(Duration.ofSeconds(20));

            List<RunSummary> all = all(engine);
            assertThat(all)
                    .hasSizeGreaterThan(RUNS)
                    .allSatisfy(run -> assertThat(run.end()).as("%s", run).isPresent());
            assertThat(cancelled).hasSize(RUNS);
            Duration slowest = cancelled.entrySet().stream()
                    .map(run -> endedAt(run.getKey()).minus(run.getValue()))
                    .max(Comparator.naturalOrder())
                    .orElseThrow();
            int longest = all.stream()
                    .mapToInt(run -> store.read(run.id()).size())
                    .max()
                    .orElseThrow();
            int most = Collections.max(unsuccessful.attempts().values());
            System.out.printf(
                    "P10 %d runs and their %d children: the slowest ended %d ms after its cancellation; at most %d"
                            + " entries a run, %d attempts a step%n",
                    RUNS, all.size() - RUNS, slowest.toMillis(), longest, most);
            assertThat(slowest).isLessThanOrEqualTo(SOON);
            assertThat(longest).isLessThanOrEqualTo(MOST_ENTRIES);
            assertThat(most).isLessThanOrEqualTo(MOST_ATTEMPTS);
            assertThat(all)
                    .filteredOn(run -> run.status() == RunStatus.CANCELLED || run.status() == RunStatus.COMPENSATED)
                    .hasSizeGreaterThan(all.size() * 3 / 4);

            long entries = entries(all);
            Map<String, Integer> before = unsuccessful.attempts();
            world.pass(Duration.ofMinutes(10));
            assertThat(all(engine)).hasSameSizeAs(all);
            assertThat(entries(all)).isEqualTo(entries);
            assertThat(unsuccessful.attempts()).isEqualTo(before);
        }
    }

    /** Everybody cancels, several times. */
    private void storm(Run<Object> run, Engine other) {
        run.cancel("enough");
        for (int i = 0; i < 5; i++) {
            world.after(Duration.ofMillis(random.nextInt(500)), () -> {
                run.cancel("enough");
                store.send(run.id(), new RunMessage.Cancel("enough"));
                other.attach(run.id()).ifPresent(same -> same.cancel("enough"));
            });
        }
    }

    private Engine engine(String id) {
        return world.engine()
                .id(id)
                .ticker(() -> world.age().toNanos())
                .journal(store)
                .parkAfter(Duration.ofSeconds(1))
                .connector(unsuccessful.connector())
                .register(unsuccessful.registered())
                .build();
    }

    private static List<RunSummary> all(Engine engine) {
        try (Stream<RunSummary> runs = engine.runs(Filter.NONE).stream()) {
            return runs.toList();
        }
    }

    private Duration endedAt(String run) {
        long at = store.read(RunId.of(run)).stream()
                .filter(RunEnded.class::isInstance)
                .findFirst()
                .orElseThrow()
                .at();
        return world.age().minus(Duration.between(Instant.ofEpochMilli(at), world.now()));
    }

    private long entries(List<RunSummary> runs) {
        return runs.stream().mapToLong(run -> store.read(run.id()).size()).sum();
    }
}
