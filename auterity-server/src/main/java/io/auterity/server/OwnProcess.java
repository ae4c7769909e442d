package io.auterity.server;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The process that was started to run the command line. */
final class OwnProcess implements Shell.Process {

    private static final Logger LOG = LoggerFactory.getLogger(OwnProcess.class);
    private static final int INTERRUPTED = 130;

    private final AtomicBoolean isInterrupted = new AtomicBoolean();

    @Override
    public void onInterrupt(Runnable action) {
        for (String name : List.of("INT", "TERM")) {
            try {
                // Not imported: in an import javadoc warns of it, and fails the build.
                sun.misc.Signal.handle(new sun.misc.Signal(name), signal -> interrupted(action));
            } catch (IllegalArgumentException unavailable) {
                LOG.debug("the JVM keeps SIG{} to itself, so it ends the process at once", name, unavailable);
            }
        }
    }

    private void interrupted(Runnable action) {
        if (isInterrupted.getAndSet(true)) {
            Runtime.getRuntime().halt(INTERRUPTED);
        }
        action.run();
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
