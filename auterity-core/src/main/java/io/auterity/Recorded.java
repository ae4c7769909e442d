package io.auterity;

import io.auterity.definition.RunId;
import io.auterity.journal.Journal;
import io.auterity.journal.JournalEntry;
import io.auterity.journal.JournalEntry.RunEnded;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A run that is in the journal and not in this engine. */
final class Recorded {

    private Recorded() {}

    static <O> Run<O> run(RunId id, Journal journal, Function<@Nullable Object, O> load) {
        CompletableFuture<RunResult<O>> result = new CompletableFuture<>();
        List<JournalEntry> entries = journal.read(id);
        if (!entries.isEmpty() && entries.get(entries.size() - 1) instanceof RunEnded end) {
            O output = end.failure().isPresent() ? null : load.apply(end.output());
            result.complete(new RunResult<>(id, end.status(), output, end.failure()));
        }
        return new Run<>(id, Optional.empty(), result, () -> journal.read(id));
    }
}
