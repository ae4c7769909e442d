package io.auterity.run;

import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/**
 * Gives tasks to an executor that may be full: what it refuses is offered again a little later, so that no task is lost.
 * For tasks of which there are few, such as the start of a run. Thread-safe.
 */
public final class PatientExecutor implements Executor {

    private static final Duration RETRY = Duration.ofMillis(10);

    private final Executor executor;
    private final Timer timer;

    /**
     * Puts patience before an executor.
     *
     * @param executor runs the tasks
     * @param timer tells when to ask again
     */
    public PatientExecutor(Executor executor, Timer timer) {
        this.executor = executor;
        this.timer = timer;
    }

    @Override
    public void execute(Runnable task) {
        try {
            executor.execute(task);
        } catch (RejectedExecutionException | OutOfMemoryError full) { // which may be about memory for a thread
            timer.after(RETRY, () -> execute(task));
        }
    }
}
