package io.auterity.journal;

import io.auterity.definition.Failure;
import io.auterity.definition.RunId;
import io.auterity.journal.JournalEntry.Origin;
import java.util.Optional;

/**
 * What a journal knows of a run without reading its entries.
 *
 * @param id the run's id
 * @param start how it began
 * @param status how it ended; {@link RunStatus#QUEUED} while it waits in a queue, {@link RunStatus#COMPENSATING} once it
 *     takes back what had succeeded, otherwise {@link RunStatus#WAITING} while it is parked, and {@link RunStatus#RUNNING}
 *     while an engine has it or should have it
 * @param standing who has it
 * @param end how it ended; empty while it has not
 */
public record RunSummary(RunId id, Start start, RunStatus status, Standing standing, Optional<End> end) {

    /**
     * How a run began.
     *
     * @param at when, in milliseconds since the epoch
     * @param workflow the workflow's identifier
     * @param version the definition's semantic hash
     * @param origin where it comes from
     */
    public record Start(long at, String workflow, String version, Origin origin) {}

    /**
     * Who has a run.
     *
     * @param owner the id of the engine that has it, or had it last; empty when it is parked or
     *     queued
     * @param recoveries how often in a row it had to be recovered
     * @param wakeAt when it is due, in milliseconds since the epoch by the store's clock; 0 unless it is parked or
     *     queued
     */
    public record Standing(String owner, int recoveries, long wakeAt) {}

    /**
     * How a run ended.
     *
     * @param at when, in milliseconds since the epoch
     * @param failure why it did not succeed; empty when it did
     */
    public record End(long at, Optional<Failure> failure) {}

    /**
     * Says whether the run is in no engine's memory, and waits for its time, for a message or for another run.
     *
     * @return whether it has begun, has not ended, and nobody has it
     */
    public boolean isParked() {
        return end.isEmpty() && status != RunStatus.QUEUED && standing.wakeAt() != 0;
    }
}
