package io.auterity.journal;

import io.auterity.testkit.RunQueuesContract;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;

/** The contract of queues in memory. */
class InMemoryQueuesTest extends RunQueuesContract {

    private final AtomicLong millis = new AtomicLong(1_000);

    @Override
    protected Journal newJournal() {
        return new InMemoryJournal(1_000, () -> Instant.ofEpochMilli(millis.get()));
    }

    @Override
    protected void pass(Duration time) {
        millis.addAndGet(time.toMillis());
    }
}
