package io.auterity.benchmarks;

import dev.dbos.transact.DBOS;
import dev.dbos.transact.StartWorkflowOptions;
import dev.dbos.transact.config.DBOSConfig;
import io.auterity.Engine;
import io.auterity.Handle;
import io.auterity.connector.jdbc.JdbcJournal;
import io.auterity.definition.RunId;
import io.auterity.journal.JournalEntry.RunEnded;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * One of the two processes of {@link TwinsBench}: sets a library up as its documentation's first example does, starts the
 * one workflow if it is the first, and says when it is there and when the workflow has ended.
 */
final class Twin {

    static final String AUTERITY = "auterity";
    static final String DBOS = "dbos";
    static final int STEPS = 10;

    private static final String ID = "the-one-workflow";
    private static final Duration STEP = Duration.ofMillis(400);

    private final Path effects;

    private Twin(Path effects) {
        this.effects = effects;
    }

    public static void main(String[] arguments) throws Exception {
        Twin twin = new Twin(Path.of(arguments[3]));
        boolean isFirst = Boolean.parseBoolean(arguments[4]);
        if (arguments[0].equals(AUTERITY)) {
            twin.auterity(arguments[1], arguments[2], isFirst);
        } else {
            twin.dbos(arguments[1], arguments[2], isFirst);
        }
        System.exit(0);
    }

    /** What the world sees of a step: a line, and then it takes its time. */
    private String step(String text) {
        try {
            Files.writeString(effects, text + "\n", StandardCharsets.UTF_8, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        long end = System.nanoTime() + STEP.toNanos();
        for (long now = System.nanoTime(); now < end; now = System.nanoTime()) {
            LockSupport.parkNanos(end - now);
        }
        return text;
    }

    private static void sayWhen(BooleanSupplier ended) {
        System.out.println("STARTED");
        while (!ended.getAsBoolean()) {
            LockSupport.parkNanos(STEP.toNanos() / 4);
        }
        // Whatever else is under way shall have its chance to be seen.
        long end = System.nanoTime() + STEP.multipliedBy(STEPS).toNanos();
        while (System.nanoTime() < end) {
            LockSupport.parkNanos(STEP.toNanos());
        }
        System.out.println("ENDED");
    }

    // --- ours ---

    private void auterity(String url, String user, boolean isFirst) {
        var workflow = io.auterity.Workflow.define("twin", Auterity.Input.class, (flow, input) -> {
            Handle<String> last = flow.step("step-0").run(String.class, input, given -> step(given.text()));
            for (int number = 1; number < STEPS; number++) {
                last = flow.step("step-" + number).run(String.class, last, this::step);
            }
            return last;
        });
        try (JdbcJournal journal = JdbcJournal.builder().url(url).user(user, "").open();
                Engine engine =
                        Engine.builder().journal(journal).register(workflow).build()) {
            if (isFirst) {
                engine.start(workflow, RunId.of(ID), new Auterity.Input("x"));
            }
            sayWhen(() -> journal.read(RunId.of(ID)).stream().anyMatch(RunEnded.class::isInstance));
        }
    }

    // --- theirs ---

    /** What DBOS makes a proxy of. */
    interface Steps {
        String all(String text);
    }

    private static final class TenSteps implements Steps {
        private final DBOS dbos;
        private final Twin twin;

        private TenSteps(DBOS dbos, Twin twin) {
            this.dbos = dbos;
            this.twin = twin;
        }

        @Override
        @dev.dbos.transact.workflow.Workflow(name = "twin")
        public String all(String text) {
            String last = text;
            for (int number = 0; number < STEPS; number++) {
                String given = last;
                last = dbos.runStep(() -> twin.step(given), "step-" + number);
            }
            return last;
        }
    }

    private void dbos(String url, String user, boolean isFirst) {
        DBOS dbos = new DBOS(DBOSConfig.defaults("twins")
                .withDatabaseUrl(url)
                .withDbUser(user)
                .withDbPassword(""));
        Steps steps = dbos.registerProxy(Steps.class, new TenSteps(dbos, this));
        dbos.launch();
        if (isFirst) {
            dbos.startWorkflow(() -> steps.all("x"), new StartWorkflowOptions(ID));
        }
        sayWhen(() -> dbos.getWorkflowStatus(ID)
                .map(status -> status.status().name().equals("SUCCESS"))
                .orElse(false));
        dbos.shutdown();
    }
}
