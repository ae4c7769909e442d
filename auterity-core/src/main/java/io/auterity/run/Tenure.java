package io.auterity.run;

import io.auterity.journal.Journal;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/**
 * An engine's right to write, as its runs see it.
 *
 * @param lease what they write under
 * @param holds whether the lease surely holds for long enough to begin something that cannot be taken back; thread-safe
 * @param parkAfter how long a run that only waits is kept in memory; zero for as long as it waits
 */
public record Tenure(Journal.Lease lease, BooleanSupplier holds, Duration parkAfter) {}
