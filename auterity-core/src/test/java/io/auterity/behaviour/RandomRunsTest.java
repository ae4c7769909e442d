package io.auterity.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import io.auterity.Engine;
import io.auterity.Run;
import io.auterity.RunResult;
import io.auterity.Workflow;
import io.auterity.connector.Connector;
import io.auterity.connector.Operation;
import io.auterity.connector.StepContext;
import io.auterity.definition.Definition;
import io.auterity.definition.DefinitionHash;
import io.auterity.definition.RunId;
import io.auterity.definition.Variants;
import io.auterity.event.RunListener;
import io.auterity.journal.JournalEntry;
import io.auterity.journal.JournalEntry.RunEnded;
import io.auterity.random.RandomWorkflows;
import io.auterity.random.Sample;
import io.auterity.random.Shapes;
import io.auterity.simulation.History;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tag;
import org.jspecify.annotations.Nullable;

/**
 * Random workflows on real threads against a sequential reference.
 *
 * <p>The ordinary build draws the same samples every time, a few of them large; the nightly build draws fresh ones.
 */
class RandomRunsTest {

    private static final String SEED = "20261122";
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final int MAX_PARALLEL = 4;

    @Provide
    Arbitrary<Sample> small() {
        return RandomWorkflows.samples(120);
    }

    @Provide
    Arbitrary<Sample> large() {
        return RandomWorkflows.samples(1_000, 2_000);
    }

    @Property(tries = 150, seed = SEED)
    void a_run_in_parallel_comes_to_what_a_sequential_reference_does(@ForAll("small") Sample sample) {
        Shapes.collect(sample, 20, 80);
        agree(sample, sample.definition());
    }

    @Property(tries = 12, seed = SEED)
    void so_does_a_large_one(@ForAll("large") Sample sample) {
        Shapes.collect(sample, 10, 1_800);
        agree(sample, sample.definition());
    }

    @Property(tries = 60, seed = SEED)
    void the_order_of_definition_changes_neither_hash_nor_result(
            @ForAll("small") Sample sample, @ForAll Random random) {
        agree(sample, shuffled(sample, random));
    }

    @Property(tries = 4, seed = SEED)
    void nor_that_of_a_large_workflow(@ForAll("large") Sample sample, @ForAll Random random) {
        agree(sample, shuffled(sample, random));
    }

    @Property(tries = 5_000)
    @Tag("nightly")
    void fresh_samples_in_fresh_order_agree(@ForAll("small") Sample sample, @ForAll Random random) {
        agree(sample, shuffled(sample, random));
    }

    @Property(tries = 300)
    @Tag("nightly")
    void fresh_large_samples_in_fresh_order_agree(@ForAll("large") Sample sample, @ForAll Random random) {
        agree(sample, shuffled(sample, random));
    }

    private static Definition shuffled(Sample sample, Random random) {
        Definition shuffled = Variants.shuffled(sample.definition(), random);
        assertThat(DefinitionHash.of(shuffled)).isEqualTo(DefinitionHash.of(sample.definition()));
        return shuffled;
    }

    /** Runs a sample's definition, or one that means the same. */
    private static void agree(Sample sample, Definition definition) {
        Workflow<Map<String, Object>, Object> workflow = Workflow.of(definition);
        Recording told = new Recording();
        Meter meter = new Meter();
        try (Engine engine = Engine.builder()
                .connector(meter)
                .maxParallelSteps(MAX_PARALLEL)
                .eventBuffer(1_000_000)
                .listener(told)
                .register(workflow)
                .build()) {
            Run<Object> run = engine.start(workflow, sample.input());
            RunResult<Object> result = run.await(LIMIT);

            assertThat(result.isSuccess())
                    .as("%s: %s", sample, result.failure())
                    .isEqualTo(sample.expected().succeeds());
            new History(run.entries()).isOf(sample);
            if (result.isSuccess()) {
                assertThat(result.output())
                        .as("%s", sample)
                        .isEqualTo(sample.expected().output());
            }
            History all = new History(told.entries());
            all.startsNothingEarly(sample.rules().before());
            all.respectsConcurrency(sample.rules().concurrency());
            assertThat(meter.most).hasValueLessThanOrEqualTo(MAX_PARALLEL);
        }
    }

    /** All that a run's listener was told. */
    private static final class Recording implements RunListener {

        private final List<JournalEntry> entries = new ArrayList<>(); // written by one thread, read when it has ended
        private final CompletableFuture<List<JournalEntry>> whole = new CompletableFuture<>();

        @Override
        public void onEntry(RunId run, String workflow, JournalEntry entry) {
            entries.add(entry);
            if (entry instanceof RunEnded) {
                whole.complete(List.copyOf(entries));
            }
        }

        @Override
        public void onMissed(long missed) {
            whole.completeExceptionally(new AssertionError(missed + " entries were missed"));
        }

        List<JournalEntry> entries() {
            return whole.orTimeout(LIMIT.toSeconds(), TimeUnit.SECONDS).join();
        }
    }

    /** The samples' connector, and how many of its calls were under way at once. */
    private static final class Meter implements Connector {

        private final AtomicInteger now = new AtomicInteger();
        private final AtomicInteger most = new AtomicInteger();
        private final Connector connector = RandomWorkflows.connector();

        @Override
        public String name() {
            return connector.name();
        }

        @Override
        public List<Operation> operations() {
            return connector.operations().stream().map(this::measured).toList();
        }

        private Operation measured(Operation operation) {
            return new Operation() {
                @Override
                public Description description() {
                    return operation.description();
                }

                @Override
                public @Nullable Object call(Map<String, Object> input, StepContext context) throws Exception {
                    most.accumulateAndGet(now.incrementAndGet(), Math::max);
                    try {
                        Thread.yield(); // so that others come in
                        return operation.call(input, context);
                    } finally {
                        now.decrementAndGet();
                    }
                }
            };
        }
    }
}
