package io.auterity.server;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The process that was started to run the command line. */
final class OwnProcess implements Shell.Process {

    private static final Logger LOG = LoggerFactory.getLogger(OwnProcess.class);
    /** The exit code of a process that a signal has ended is this and the signal's number. */
    private static final int ENDED_BY_SIGNAL = 128;

    private final AtomicBoolean isEnding = new AtomicBoolean();

    @Override
    public void onInterrupt(Runnable action) {
        onSignal("INT", action);
    }

    @Override
    public void onTermination(Runnable action) {
        onSignal("TERM", action);
    }

    private void onSignal(String name, Runnable action) {
        try {
            // Not imported: in an import javadoc warns of it, and fails the build.
            sun.misc.Signal.handle(new sun.misc.Signal(name), signal -> {
                if (isEnding.getAndSet(true)) {
                    Runtime.getRuntime().halt(ENDED_BY_SIGNAL + signal.getNumber());
                }
                action.run();
            });
        } catch (IllegalArgumentException unavailable) {
            LOG.debug("the JVM keeps SIG{} to itself, so it ends the process at once", name, unavailable);
        }
    }

    @Override
    public void sendLogsTo(Consumer<String> lines) {
        System.setErr(new PrintStream(new Lines(lines), true, StandardCharsets.UTF_8));
    }

    /** Cuts a stream into lines. Guarded by the print stream around it. */
    static final class Lines extends OutputStream {

        private final Consumer<String> lines;
        private final ByteArrayOutputStream line = new ByteArrayOutputStream();

        Lines(Consumer<String> lines) {
            this.lines = lines;
        }

        @Override
        public void write(int b) {
            if (b == '\n') {
                lines.accept(line.toString(StandardCharsets.UTF_8).stripTrailing());
                line.reset();
            } else {
                line.write(b);
            }
        }
    }
}
