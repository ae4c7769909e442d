package io.auterity.server;

import io.auterity.Engine;
import io.auterity.event.ProgressRenderer;
import io.auterity.journal.RunStatus;
import io.auterity.journal.RunSummary;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** Stays with the runs of an engine until they rest or the process is to end, and shows how far they are. */
final class Vigil {

    /** How often it looks. */
    static final Duration LOOK = Duration.ofMillis(100);

    /** How long steps under way may take to finish when the process is to end. */
    static final Duration GRACE = Duration.ofSeconds(30);

    static final String LEAVING =
            "leaving what has not ended to the journal; steps under way have 30s to finish, a second signal ends them at once";

    private final ProgressRenderer progress;
    private final boolean isQuiet;
    private final CountDownLatch interrupted = new CountDownLatch(1);
    private boolean isCutShort;

    Vigil(Shell shell, ProgressOption option) {
        this.progress = new ProgressRenderer(shell.err(), shell.screen(), InstantSource.system());
        this.isQuiet = option.isQuiet();
        shell.process().sendLogsTo(progress::println);
        shell.process().onInterrupt(interrupted::countDown);
        shell.process().onTermination(interrupted::countDown);
    }

    /** Has an engine tell it what its runs do. */
    Engine.Builder over(Engine.Builder engine) {
        return isQuiet ? engine : engine.listener(progress);
    }

    /**
     * Stays while something is under way.
     *
     * @param engine has the runs; when the process is to end, it gives back those that have not ended
     * @param isUnderWay whether something is
     */
    void stayWhile(Engine engine, BooleanSupplier isUnderWay) {
        while (!isCutShort && isUnderWay.getAsBoolean()) {
            if (await()) {
                isCutShort = true;
                progress.println(LEAVING);
                engine.drain(GRACE);
            }
            progress.refresh();
        }
    }

    /** Whether the process was to end before its runs did. */
    boolean isCutShort() {
        return isCutShort;
    }

    /** Returns the exit code for the runs as they are now. */
    int code(Collection<RunSummary> runs) {
        if (runs.stream().map(RunSummary::status).anyMatch(Vigil::isBadEnd)) {
            return Main.FAILED;
        }
        boolean anyLeft = isCutShort && runs.stream().anyMatch(run -> run.end().isEmpty());
        return anyLeft ? Main.UNFINISHED : Main.OK;
    }

    private static boolean isBadEnd(RunStatus status) {
        return status.isTerminal() && status != RunStatus.SUCCEEDED;
    }

    private boolean await() {
        try {
            return interrupted.await(LOOK.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }
}
