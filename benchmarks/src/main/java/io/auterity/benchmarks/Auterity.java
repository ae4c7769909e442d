package io.auterity.benchmarks;

import io.auterity.Engine;
import io.auterity.Handle;
import io.auterity.Run;
import io.auterity.Workflow;
import io.auterity.connector.jdbc.JdbcJournal;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/** Ours, as a host would set it up: the whole engine on a durable journal, leases renewed, and a listener attached. */
final class Auterity implements AutoCloseable {

    private static final Duration LIMIT = Duration.ofMinutes(1);

    private final JdbcJournal journal;
    private final Engine engine;
    private final Map<Integer, Workflow<Input, String>> chains = new TreeMap<>();
    private final LongAdder heard = new LongAdder();

    Auterity(JdbcJournal journal, int... lengths) {
        this.journal = journal;
        for (int length : lengths) {
            chains.put(length, chain(length));
        }
        engine = Engine.builder()
                .journal(journal)
                .listener((run, workflow, entry) -> heard.increment())
                .register(chains.values())
                .build();
    }

    /** What a chain is given. */
    record Input(String text) {}

    private static Workflow<Input, String> chain(int length) {
        return Workflow.define("chain-" + length, Input.class, (flow, input) -> {
            Handle<String> last = flow.step("step-0").run(String.class, input, given -> Chains.step(given.text()));
            for (int step = 1; step < length; step++) {
                last = flow.step("step-" + step).run(String.class, last, Chains::step);
            }
            return last;
        });
    }

    /** Runs a chain and waits for its end. */
    String chain(String text, int steps) {
        return engine.start(workflow(steps), new Input(text)).await(LIMIT).orElseThrow();
    }

    /** The same without waiting for the record of the start, which rides with the first step. */
    String chainAsync(String text, int steps) throws Exception {
        return engine.startAsync(workflow(steps), new Input(text))
                .thenCompose(Run::result)
                .toCompletableFuture()
                .get(LIMIT.toSeconds(), TimeUnit.SECONDS)
                .orElseThrow();
    }

    Engine engine() {
        return engine;
    }

    Workflow<Input, String> workflow(int steps) {
        return Objects.requireNonNull(chains.get(steps), "a chain of another length");
    }

    @Override
    public void close() {
        engine.close();
        journal.close();
    }
}
