package io.auterity.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.auterity.definition.Failure;
import io.auterity.definition.RunId;
import io.auterity.journal.JournalEntry;
import io.auterity.journal.JournalEntry.AttemptFailed;
import io.auterity.journal.JournalEntry.Emitted;
import io.auterity.journal.JournalEntry.Origin;
import io.auterity.journal.JournalEntry.RunCompensating;
import io.auterity.journal.JournalEntry.RunEnded;
import io.auterity.journal.JournalEntry.RunStarted;
import io.auterity.journal.JournalEntry.RunStopping;
import io.auterity.journal.JournalEntry.StepCancelled;
import io.auterity.journal.JournalEntry.StepCompensated;
import io.auterity.journal.JournalEntry.StepFailed;
import io.auterity.journal.JournalEntry.StepProgressed;
import io.auterity.journal.JournalEntry.StepSkipped;
import io.auterity.journal.JournalEntry.StepStarted;
import io.auterity.journal.JournalEntry.StepSucceeded;
import io.auterity.journal.JournalEntry.StepWaiting;
import io.auterity.journal.JournalEntry.StepWaiting.Reason;
import io.auterity.journal.RunStatus;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ProgressRendererTest {

    private static final RunId RUN = RunId.of("r-1");
    private static final Failure BUSY = Failure.of("http-503", "busy", true);

    private long now;
    private final StringBuilder text = new StringBuilder();
    private final VirtualTerminal terminal = new VirtualTerminal(60);

    private final ProgressRenderer plain =
            new ProgressRenderer(text, ProgressStyle.PLAIN, () -> Instant.ofEpochMilli(now));
    private final ProgressRenderer live = new ProgressRenderer(
            terminal, new ProgressStyle(true, false, false, 60, 6), () -> Instant.ofEpochMilli(now));

    private void tell(ProgressRenderer renderer, JournalEntry... entries) {
        for (JournalEntry entry : entries) {
            now = Math.max(now, entry.at());
            renderer.onEntry(RUN, "sale", entry);
        }
    }

    private static RunStarted started(long at) {
        return new RunStarted(at, "sale", "v", Map.of(), Origin.NONE);
    }

    private static RunEnded succeeded(long at) {
        return new RunEnded(at, RunStatus.SUCCEEDED, null, Optional.empty());
    }

    @Test
    void plain_lines_tell_what_became_of_each_step() {
        tell(
                plain,
                started(1_000),
                new StepStarted(1_010, "price", 1),
                new AttemptFailed(1_020, "price", 1, 1_010, BUSY, 1_220),
                new StepStarted(1_220, "price", 2),
                new StepSucceeded(1_250, "price", 2, 1_220, 7L),
                new StepSkipped(1_251, "gift"),
                new Emitted(1_252, "tell", "sold", null),
                new StepFailed(1_300, "ship", 3, 1_290, Failure.of("io", "no road", true)),
                new StepCancelled(1_301, "bill", 1),
                new RunEnded(62_300, RunStatus.FAILED, null, Optional.of(Failure.of("io", "no road", true))));

        assertThat(text.toString().lines())
                .containsExactly(
                        "  run r-1 of workflow sale",
                        "! price: attempt 1 failed: http-503: busy; the next one in 200ms",
                        "+ price: succeeded in 240ms, 2 attempts",
                        "- gift: skipped",
                        "  tell: event sold",
                        "x ship: failed in 0ms, 3 attempts: io: no road",
                        "x bill: cancelled after 0ms",
                        "x run failed in 1m01s: io: no road");
    }

    @Test
    void plain_lines_tell_of_waits_cancellation_and_undoing() {
        tell(
                plain,
                started(0),
                new StepWaiting(1, "ok", Reason.APPROVAL, "manager", 86_400_001L),
                new StepWaiting(2, "reply", Reason.SIGNAL, "answer", 0),
                new StepWaiting(3, "pause", Reason.TIMER, "", 5_003),
                new RunStopping(4, Failure.of(Failure.CANCELLED, "interrupted", false)),
                new RunCompensating(5, Failure.of(Failure.CANCELLED, "interrupted", false)),
                new StepCompensated(6, "book", Optional.empty()),
                new StepCompensated(7, "pay", Optional.of(BUSY)));

        assertThat(text.toString().lines().skip(1))
                .containsExactly(
                        "  ok: waits for a decision of manager, at most 1d00h",
                        "  reply: waits for signal 'answer'",
                        "  pause: waits for time to pass, at most 5.0s",
                        "x stopping: interrupted",
                        "< undoing after cancelled: interrupted",
                        "< book: undone",
                        "x pay: not undone: http-503: busy");
    }

    @Test
    void a_hundred_thousand_items_make_few_plain_lines() {
        tell(plain, started(0), new StepStarted(0, "each", 1));
        int items = 100_000;
        for (int i = 0; i < items; i++) {
            long at = i / 10; // ten seconds in all
            String step = "each[" + i + "]/greet";
            tell(plain, new StepStarted(at, step, 1), new StepSucceeded(at, step, 1, at, null));
            if ((i + 1) % 1_000 == 0) {
                tell(plain, new StepProgressed(at, "each", i + 1L, items, ""));
            }
        }
        tell(plain, new StepSucceeded(10_000, "each", 1, 0, null), succeeded(10_000));

        List<String> lines = text.toString().lines().toList();
        assertThat(lines).hasSizeBetween(4, 12).contains("+ each: succeeded in 10.0s, 100000 items");
        assertThat(lines.subList(1, lines.size() - 2)).allMatch(line -> line.matches("  each: \\d+/100000"));
    }

    @Test
    void failed_items_get_a_few_lines_and_are_counted() {
        tell(plain, started(0), new StepStarted(0, "each", 1), new StepProgressed(0, "each", 0, 50, ""));
        for (int i = 0; i < 50; i++) {
            tell(plain, new StepFailed(1, "each[" + i + "]/greet", 1, 0, BUSY));
        }
        tell(plain, new StepSucceeded(2, "each", 1, 0, List.of()));

        assertThat(text.toString().lines().filter(line -> line.startsWith("x each[")))
                .hasSize(5);
        assertThat(text.toString()).contains("+ each: succeeded in 2ms, 50 failed");
    }

    @Test
    void steps_without_end_are_counted_after_the_first_thousand() {
        tell(plain, started(0));
        for (int i = 0; i < 5_000; i++) {
            tell(plain, new StepSucceeded(i, "s" + i, 1, i, null));
        }
        tell(plain, succeeded(5_000));

        assertThat(text.toString().lines().count()).isBetween(1_002L, 1_010L);
        assertThat(text.toString()).endsWith("+ run succeeded in 5.0s (5000 steps)\n");
    }

    @Test
    void child_runs_belong_to_the_step_that_started_them() {
        RunId child = RunId.of("r-1:call");
        tell(plain, started(0));
        plain.onEntry(child, "other", new RunStarted(1, "other", "v", null, new Origin("", Optional.of(RUN), "call")));
        plain.onEntry(child, "other", new StepSucceeded(2, "inner", 1, 1, null));
        plain.onEntry(child, "other", succeeded(3));
        tell(plain, new StepSucceeded(4, "call", 1, 0, null), succeeded(5));

        assertThat(text.toString().lines().skip(1))
                .containsExactly(
                        "+ call/inner: succeeded in 1ms", "+ call: succeeded in 2ms", "+ run succeeded in 5ms");
    }

    @Test
    void a_run_that_deals_with_a_failure_belongs_to_no_step() {
        RunId mending = RUN.onFailure();
        tell(plain, started(0), new StepFailed(1, "call", 1, 0, Failure.of("no", "sold out", false)));
        plain.onEntry(mending, "alert", new RunStarted(2, "alert", "v", null, new Origin("", Optional.of(RUN), "")));
        plain.onEntry(mending, "alert", new StepStarted(2, "tell", 1));
        plain.onEntry(mending, "alert", new StepSucceeded(3, "tell", 1, 2, null));
        plain.onEntry(mending, "alert", succeeded(4));

        assertThat(text.toString().lines().skip(2))
                .containsExactly(
                        "  run " + mending + " of workflow alert",
                        "+ " + mending + ": tell: succeeded in 1ms",
                        "+ run " + mending + " succeeded in 2ms");
    }

    @Test
    void a_second_run_is_told_apart_by_its_id() {
        tell(plain, started(0), new StepSucceeded(1, "a", 1, 0, null));
        plain.onEntry(RunId.of("r-2"), "sale", started(1));
        plain.onEntry(RunId.of("r-2"), "sale", new StepSucceeded(2, "a", 1, 1, null));
        plain.onEntry(RunId.of("r-2"), "sale", succeeded(3));
        tell(plain, succeeded(4));

        assertThat(text.toString()).contains("+ a: succeeded", "+ r-2: a: succeeded", "+ run r-2 succeeded in 2ms");
    }

    @Test
    void a_terminal_shows_what_is_under_way_below_what_has_settled() {
        tell(
                live,
                started(0),
                new StepStarted(100, "clean", 1),
                new StepSucceeded(250, "clean", 1, 100, null),
                new StepStarted(300, "each", 1),
                new StepProgressed(1_400, "each", 5, 20, ""),
                new StepWaiting(1_500, "ok", Reason.APPROVAL, "manager", 61_500));

        assertThat(terminal.lines())
                .containsExactly(
                        "  run r-1 of workflow sale",
                        "+ clean: succeeded in 150ms",
                        "> each  [#####...............]  5/20  1.2s",
                        "~ ok  waits for a decision of manager, 1m00s left  0ms");

        now = 4_000;
        live.refresh();
        assertThat(terminal.lines()).contains("> each  [#####...............]  5/20  3.7s");

        tell(
                live,
                new StepSucceeded(4_100, "each", 1, 300, null),
                new StepSucceeded(4_150, "ok", 1, 1_500, null),
                succeeded(4_200));
        assertThat(terminal.lines())
                .containsExactly(
                        "  run r-1 of workflow sale",
                        "+ clean: succeeded in 150ms",
                        "+ each: succeeded in 3.8s",
                        "+ ok: succeeded in 2.6s",
                        "+ run succeeded in 4.2s");
    }

    @Test
    void steps_of_a_catch_and_a_finally_belong_to_the_row_of_their_try() {
        tell(
                live,
                started(0),
                new StepStarted(100, "work", 1),
                new StepStarted(300, "work.catch/mend", 1),
                new StepSucceeded(500, "work.catch/mend", 1, 300, null),
                new StepStarted(700, "work.finally/close", 1));
        assertThat(terminal.lines())
                .containsExactly("  run r-1 of workflow sale", "> work  1 inner steps done  finally/close  600ms");

        tell(
                live,
                new StepSucceeded(900, "work.finally/close", 1, 700, null),
                new StepSucceeded(1_000, "work", 1, 100, null));
        live.println("a word");
        assertThat(terminal.lines())
                .containsExactly("  run r-1 of workflow sale", "+ work: succeeded in 900ms", "a word");
    }

    @Test
    void a_terminal_is_redrawn_at_most_ten_times_a_second() {
        tell(live, started(0), new StepStarted(0, "each", 1));
        for (int i = 0; i < 10_000; i++) {
            tell(live, new StepProgressed(i / 10, "each", i, 10_000, ""));
        }
        assertThat(terminal.writes()).isLessThanOrEqualTo(12);
    }

    @Test
    void retries_and_attempts_show_on_a_terminal() {
        tell(
                live,
                started(0),
                new AttemptFailed(100, "price", 1, 0, BUSY, 2_100),
                new StepProgressed(200, "each", 1, 4, "half"),
                new AttemptFailed(300, "each[2]/ask", 1, 0, BUSY, 400));
        assertThat(terminal.lines())
                .contains(
                        "~ price  waits for next attempt, 1.8s left  200ms",
                        "> each  [#####...............]  1/4, 1 retry, half  100ms");

        tell(live, new StepStarted(2_100, "price", 2));
        assertThat(terminal.lines()).contains("> price  attempt 2  2.0s");
    }

    @Test
    void a_terminal_that_is_too_low_shows_some_steps_and_counts_the_rest() {
        tell(live, started(0));
        for (int i = 0; i < 30; i++) {
            tell(live, new StepStarted(200L * i, "s" + i, 1));
        }
        assertThat(terminal.lines()).hasSize(6).last().isEqualTo("  and 26 more steps");
    }

    @Test
    void texts_from_outside_can_neither_move_the_cursor_nor_wrap() {
        String evil = "\u001b[2J\u001b]0;title\u0007\r\nnew line\u202e\u0000" + "long ".repeat(100);
        tell(
                live,
                started(0),
                new StepProgressed(200, "each", 1, 2, evil),
                new StepFailed(400, "bad", 1, 0, Failure.of("x", evil, false)),
                new Emitted(600, "say", evil, null));
        live.println(evil);

        assertThat(terminal.lines()).hasSize(5).noneMatch(line -> line.contains("\u202e"));
        assertThat(terminal.lines()).anyMatch(line -> line.endsWith("..."));
    }

    @Test
    void wide_characters_count_as_two_columns() {
        tell(live, started(0), new StepFailed(200, "s", 1, 0, Failure.of("x", "\u8eca".repeat(60), false)));

        String line = terminal.lines().get(1);
        long columns = line.codePoints().map(c -> c >= 0x2e80 ? 2 : 1).sum();
        assertThat(columns).isLessThan(60);
    }

    @Test
    void lines_from_elsewhere_stand_above_the_live_ones() {
        tell(live, started(0), new StepStarted(200, "each", 1));
        live.println("a word from the log");
        assertThat(terminal.lines())
                .containsExactly("  run r-1 of workflow sale", "a word from the log", "> each  0ms");
    }

    @Test
    void colours_only_show_where_they_may() {
        tell(live, started(0), new StepSucceeded(1, "a", 1, 0, null), succeeded(300));
        assertThat(terminal.colours()).isZero();

        VirtualTerminal colourful = new VirtualTerminal(80);
        ProgressRenderer renderer = new ProgressRenderer(
                colourful, new ProgressStyle(true, true, true, 80, 24), () -> Instant.ofEpochMilli(now));
        renderer.onEntry(RUN, "sale", new StepSucceeded(1, "a", 1, 0, null));
        renderer.refresh();
        assertThat(colourful.colours()).isEqualTo(2);
        assertThat(new ProgressStyle(false, true, true, 80, 24).hasColours()).isFalse();
    }

    @Test
    void the_clock_going_backwards_does_not_freeze_the_picture() {
        tell(live, started(100_000));
        now = 5_000;
        live.onEntry(RUN, "sale", new StepStarted(5_000, "a", 1));
        assertThat(terminal.lines()).contains("> a  0ms");
    }

    @Test
    void missed_events_are_told() {
        plain.onMissed(7);
        assertThat(text.toString()).isEqualTo("  7 events were missed\n");
    }

    @Test
    void a_broken_pipe_ends_the_showing_and_nothing_else() {
        AtomicInteger calls = new AtomicInteger();
        Appendable broken = new Appendable() {
            @Override
            public Appendable append(CharSequence csq) throws IOException {
                calls.incrementAndGet();
                throw new IOException("broken pipe");
            }

            @Override
            public Appendable append(CharSequence csq, int start, int end) throws IOException {
                return append(csq);
            }

            @Override
            public Appendable append(char c) throws IOException {
                return append("");
            }
        };
        ProgressRenderer renderer = new ProgressRenderer(broken, ProgressStyle.PLAIN, () -> Instant.EPOCH);
        assertThatCode(() -> {
                    renderer.onEntry(RUN, "sale", started(0));
                    renderer.onEntry(RUN, "sale", succeeded(1));
                })
                .doesNotThrowAnyException();
        assertThat(calls).hasValue(1);
    }

    @Test
    void a_style_needs_some_room() {
        assertThatThrownBy(() -> new ProgressStyle(true, false, false, 10, 24))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("20 columns");
    }
}
