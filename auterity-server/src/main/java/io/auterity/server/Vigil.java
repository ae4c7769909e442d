package io.auterity.server;

import io.auterity.Engine;
import io.auterity.event.ProgressRenderer;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** Stays with the runs of an engine until they rest or somebody presses Ctrl-C, and shows how far they are. */
final class Vigil {

    /** How often it looks. */
    static final Duration LOOK = Duration.ofMillis(100);

    private final ProgressRenderer progress;
    private final boolean isQuiet;
    private final CountDownLatch interrupted = new CountDownLatch(1);

    Vigil(Shell shell, ProgressOption option) {
        this.progress = new ProgressRenderer(shell.err(), shell.screen(), InstantSource.system());
        this.isQuiet = option.isQuiet();
        shell.process().sendLogsTo(progress::println);
        shell.process().onInterrupt(interrupted::countDown);
    }

    /** Has an engine tell it what its runs do. */
    Engine.Builder over(Engine.Builder engine) {
        return isQuiet ? engine : engine.listener(progress);
    }

    void stayWhile(BooleanSupplier isUnderWay) {
        while (isUnderWay.getAsBoolean() && !await()) {
            progress.refresh();
        }
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
