package io.auterity.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.auterity.Engine;
import io.auterity.Handle;
import io.auterity.Workflow;
import io.auterity.definition.RunId;
import io.auterity.journal.InMemoryJournal;
import io.auterity.journal.Journal;
import io.auterity.journal.JournalEntry;
import io.auterity.journal.Write;
import io.auterity.testkit.CrashingJournal.Dead;
import io.auterity.testkit.CrashingJournal.Moment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CrashingJournalTest {

    private static final RunId RUN = RunId.of("one");

    @SuppressWarnings("unchecked") // an input without a schema is a map
    private static final Workflow<Map<String, Object>, Long> CHAIN =
            Workflow.define("chain", (Class<Map<String, Object>>) (Class<?>) Map.class, (flow, input) -> {
                Handle<Long> one = flow.step("one").run(Long.class, () -> 1L);
                return flow.step("two").run(Long.class, one, value -> value + 1);
            });

    private static void run(Journal journal) {
        SimulatedWorld world = new SimulatedWorld(1);
        try (Engine engine = world.engine().journal(journal).register(CHAIN).build()) {
            world.await(engine.start(CHAIN, RUN, Map.of()));
        }
    }

    private static List<String> names(Journal store) {
        return store.read(RUN).stream()
                .map(entry -> entry.getClass().getSimpleName())
                .toList();
    }

    @Test
    void a_crash_before_a_call_leaves_what_was_there_and_one_after_it_only_takes_the_answer() {
        List<List<String>> before = new ArrayList<>();
        List<List<String>> after = new ArrayList<>();
        for (Moment moment : Moment.values()) {
            for (long call = 1; call <= 3; call++) {
                InMemoryJournal store = new InMemoryJournal();
                write(CrashingJournal.at(call, moment, store, () -> {}).journal());
                (moment == Moment.BEFORE_CALL ? before : after).add(names(store));
            }
        }

        assertThat(before).containsExactly(List.of(), List.of(), List.of("RunStarted"));
        assertThat(after).containsExactly(List.of(), List.of("RunStarted"), List.of("RunStarted", "StepSucceeded"));
    }

    private static void write(Journal journal) {
        try {
            Journal.Lease lease = journal.open("a", Duration.ofHours(1));
            journal.append(
                    lease, RUN, List.of(new JournalEntry.RunStarted(1, "w", "v", Map.of(), JournalEntry.Origin.NONE)));
            journal.append(lease, RUN, List.of(new JournalEntry.StepSucceeded(2, "one", 1, 1, "x")));
        } catch (Dead e) {
            assertThat(e).hasMessageContaining("dead");
        }
    }

    @Test
    void an_append_that_is_fatal_is_never_answered_unless_it_starts_a_run() {
        InMemoryJournal store = new InMemoryJournal();
        CrashingJournal crash = CrashingJournal.at(3, Moment.AFTER_COMMIT, store, () -> {});
        Journal.Lease lease = crash.journal().open("a", Duration.ofHours(1));
        JournalEntry start = new JournalEntry.RunStarted(1, "w", "v", Map.of(), JournalEntry.Origin.NONE);
        JournalEntry step = new JournalEntry.StepSucceeded(2, "one", 1, 1, "x");
        crash.journal().append(lease, RUN, List.of(start));

        assertThat(crash.journal().append(lease, RUN, List.of(step)).toCompletableFuture())
                .isNotDone();
        assertThat(store.read(RUN)).hasSize(2);
        assertThatThrownBy(() -> crash.journal().append(lease, Write.of(RunId.of("two"), List.of(start))))
                .isInstanceOf(Dead.class);
    }

    @Test
    void a_call_of_its_queues_cells_or_catalog_can_be_fatal_too() {
        for (long call = 1; call <= 3; call++) {
            CrashingJournal crash = CrashingJournal.at(call, Moment.AFTER_COMMIT, new InMemoryJournal(), () -> {});
            List<Runnable> calls = List.of(
                    () -> crash.journal().queues().depth("q"),
                    () -> crash.journal().cells().write("c", 0, Map.of()),
                    () -> crash.journal().catalog().find(RUN));
            calls.subList(0, (int) call - 1).forEach(Runnable::run);

            assertThatThrownBy(calls.get((int) call - 1)::run).isInstanceOf(Dead.class);
            assertThat(crash.isDead()).isTrue();
        }
    }

    @Test
    void counts_the_calls_of_a_whole_run() {
        InMemoryJournal store = new InMemoryJournal();
        CrashingJournal counting = CrashingJournal.never(store);

        run(counting.journal());

        assertThat(names(store)).containsExactly("RunStarted", "StepSucceeded", "StepSucceeded", "RunEnded");
        assertThat(counting.calls()).hasSizeGreaterThan(3).contains("Journal.append", "Cells.list");
        assertThat(counting.isDead()).isFalse();
    }

    @Test
    void is_told_once_and_dead_for_ever() {
        int[] told = new int[1];
        CrashingJournal crash = CrashingJournal.at(1, Moment.BEFORE_CALL, new InMemoryJournal(), () -> told[0]++);

        assertThatThrownBy(() -> crash.journal().read(RUN)).isInstanceOf(Dead.class);
        assertThatThrownBy(() -> crash.journal().read(RUN)).isInstanceOf(Dead.class);
        assertThat(told[0]).isEqualTo(1);
        assertThat(crash.calls()).containsExactly("Journal.read");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> CrashingJournal.at(0, Moment.BEFORE_CALL, new InMemoryJournal(), () -> {}));
    }
}
