package io.auterity.testkit;

import io.auterity.definition.Failure;
import io.auterity.definition.RunId;
import io.auterity.journal.JournalEntry;
import io.auterity.journal.RunStatus;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** An entry of each kind, with values that are easily lost. */
public final class Entries {

    private static final Failure WHY = Failure.of("http-503", "it said \"no\"\n\u0000\u2028 \uD83D\uDE00", true);

    private Entries() {}

    /**
     * Returns an entry of each kind that stores keep, the start first and the end last.
     *
     * @return the entries
     */
    public static List<JournalEntry> durable() {
        return all().stream().filter(JournalEntry::isDurable).toList();
    }

    /**
     * Returns an entry of each kind, the start first and the end last.
     *
     * @return the entries
     */
    public static List<JournalEntry> all() {
        Map<String, Object> value = new LinkedHashMap<>();
        value.put("b", 1L);
        value.put("a", 1.0);
        value.put("none", null);
        value.put("list", List.of(2.50, Long.MAX_VALUE, "\u0000'\\\"", true, Map.of()));
        value.put("\u00e9\uD83D\uDE00", "\uD83D");
        JournalEntry.Origin origin =
                new JournalEntry.Origin("acme", Optional.of(RunId.of("parent")), "call", Map.of("k", "v"));
        return List.of(
                new JournalEntry.RunStarted(1, "fulfil-order", "abc", value, origin),
                new JournalEntry.StepStarted(2, "one", 3),
                new JournalEntry.StepProgressed(3, "one", 4, 5, "half"),
                new JournalEntry.StepStreamed(4, "one", value),
                new JournalEntry.StepWaiting(5, "w", JournalEntry.StepWaiting.Reason.SIGNAL, "reply", 6),
                new JournalEntry.StepWaiting(5, "w", JournalEntry.StepWaiting.Reason.TIMER, "", 0),
                new JournalEntry.AttemptFailed(7, "each[3]/one", 1, 6, WHY, Long.MAX_VALUE),
                new JournalEntry.StepSucceeded(8, "each[3]/one", 2, 7, value),
                new JournalEntry.StepSucceeded(9, "null", 1, 8, null),
                new JournalEntry.StepFailed(10, "try.catch/one", 2, 9, WHY),
                new JournalEntry.StepSkipped(11, "one"),
                new JournalEntry.StepCancelled(12, "one", 4),
                new JournalEntry.StepStopping(12, "each", WHY),
                new JournalEntry.StepCompensated(13, "one", Optional.empty()),
                new JournalEntry.StepCompensated(13, "one", Optional.of(WHY)),
                new JournalEntry.Emitted(14, "one", "sold", value),
                new JournalEntry.SignalReceived(15, "reply", null),
                new JournalEntry.SignalReceived(15, "reply", value),
                new JournalEntry.ApprovalDecided(16, "ask", true, "kim", value),
                new JournalEntry.RunPaused(17),
                new JournalEntry.RunResumed(18),
                new JournalEntry.RunStopping(19, WHY),
                new JournalEntry.RunCompensating(20, WHY),
                new JournalEntry.RunEnded(21, RunStatus.COMPENSATED, null, Optional.of(WHY)));
    }
}
