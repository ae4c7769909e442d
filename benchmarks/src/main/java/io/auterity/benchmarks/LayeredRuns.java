package io.auterity.benchmarks;

import com.github.dexecutor.core.DefaultDexecutor;
import com.github.dexecutor.core.DexecutorConfig;
import com.github.dexecutor.core.ExecutionConfig;
import com.linkedin.parseq.EngineBuilder;
import com.linkedin.parseq.Task;
import io.auterity.Engine;
import io.auterity.Handle;
import io.auterity.Workflow;
import io.auterity.compile.Limits;
import io.auterity.definition.Retry;
import io.auterity.journal.NoJournal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/**
 * One layered graph of trivial steps, run by the whole engine, with outputs kept, a listener attached, retries and
 * time-outs armed, by hand-wired futures and by other libraries, on pools of the same size. Each run returns the sum of the last layer,
 * having checked it. Used by one thread.
 */
final class LayeredRuns implements AutoCloseable {

    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final int THREADS = Math.max(2, Runtime.getRuntime().availableProcessors());

    /** What every step has; no step fails. */
    static final Retry RETRY = Retry.exponential(Duration.ofMillis(200)).maxAttempts(5);

    private final Layers layers;
    private final ForkJoinPool pool = new ForkJoinPool(THREADS);
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private final LongAdder heard = new LongAdder();
    private final Workflow<Map<String, Object>, Long> workflow;
    private final Engine engine;
    private final com.linkedin.parseq.Engine parseq =
            new EngineBuilder().setTaskExecutor(pool).setTimerScheduler(timer).build();

    LayeredRuns(int size) {
        layers = Layers.of(size);
        workflow = workflow(layers);
        engine = Engine.builder()
                .executor(pool)
                .listenerExecutor(pool) // the same threads for all that is measured
                .journal(new NoJournal())
                .limits(Limits.DEFAULT.withMaxSteps(size + 1))
                .listener((run, flow, entry) -> heard.increment())
                .register(workflow)
                .build();
    }

    /** Stops everything; fails if the engine ran without its listener being told. */
    @Override
    public void close() {
        engine.close();
        parseq.shutdown();
        timer.shutdownNow();
        pool.shutdownNow();
        if (heard.sum() == 0) {
            throw new IllegalStateException("the listener heard nothing");
        }
    }

    private long check(long sum) {
        if (sum != layers.expected()) {
            throw new IllegalStateException("the sum is " + layers.expected() + ", not " + sum);
        }
        return sum;
    }

    long auterity() {
        return check(engine.start(workflow, Map.of()).await(LIMIT).orElseThrow());
    }

    long futuresAsync() {
        return futures(true);
    }

    long futuresSync() {
        return futures(false);
    }

    static Workflow<Map<String, Object>, Long> workflow(Layers layers) {
        @SuppressWarnings("unchecked") // an input without a schema is a map
        Class<Map<String, Object>> anyInput = (Class<Map<String, Object>>) (Class<?>) Map.class;
        return Workflow.define("layers-" + layers.size(), anyInput, (flow, input) -> {
            List<Handle<Long>> nodes = new ArrayList<>(layers.size());
            for (int node = 0; node < layers.size(); node++) {
                var step = flow.step("n" + node).retry(RETRY);
                nodes.add(
                        layers.isRoot(node)
                                ? step.run(Long.class, () -> 1L)
                                : step.run(
                                        Long.class,
                                        nodes.get(layers.first()[node]),
                                        nodes.get(layers.second()[node]),
                                        Layers::add));
            }
            return flow.step("sum")
                    .retry(RETRY)
                    .run(Long.class, nodes.subList(layers.lastLayer(), layers.size()), values -> {
                        long sum = 0;
                        for (Long value : values) {
                            sum += value;
                        }
                        return sum;
                    });
        });
    }

    private long futures(boolean async) {
        List<CompletableFuture<Long>> nodes = new ArrayList<>(layers.size());
        for (int node = 0; node < layers.size(); node++) {
            if (layers.isRoot(node)) {
                nodes.add(CompletableFuture.supplyAsync(() -> 1L, pool));
            } else {
                CompletableFuture<Long> first = nodes.get(layers.first()[node]);
                CompletableFuture<Long> second = nodes.get(layers.second()[node]);
                nodes.add(
                        async
                                ? first.thenCombineAsync(second, Layers::add, pool)
                                : first.thenCombine(second, Layers::add));
            }
        }
        long sum = 0;
        for (CompletableFuture<Long> node : nodes.subList(layers.lastLayer(), layers.size())) {
            sum += node.join();
        }
        return check(sum);
    }

    long parseq() throws Exception {
        List<Task<Long>> nodes = new ArrayList<>(layers.size());
        for (int node = 0; node < layers.size(); node++) {
            nodes.add(
                    layers.isRoot(node)
                            ? Task.callable("root", () -> 1L)
                            : Task.par(nodes.get(layers.first()[node]), nodes.get(layers.second()[node]))
                                    .map("add", Layers::add));
        }
        // All nodes, since a task that only ran as another's dependency may be run again by a third.
        Task<Long> sum = Task.par(nodes.subList(layers.lastLayer(), layers.size()))
                .map("sum", values -> values.stream().mapToLong(Long::longValue).sum());
        parseq.run(sum);
        if (!sum.await(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
            throw new IllegalStateException("ParSeq did not end within " + LIMIT);
        }
        return check(sum.get());
    }

    long dexecutor() {
        ForkJoinPool own = new ForkJoinPool(THREADS); // it shuts its pool down
        long[] values = new long[layers.size()];
        DefaultDexecutor<Integer, Long> dexecutor = new DefaultDexecutor<>(
                new DexecutorConfig<Integer, Long>(own, node -> new AddTask(layers, values, node)));
        for (int node = 0; node < layers.size(); node++) {
            if (layers.isRoot(node)) {
                dexecutor.addIndependent(node);
            } else {
                dexecutor.addDependency(layers.first()[node], node);
                dexecutor.addDependency(layers.second()[node], node);
            }
        }
        dexecutor.execute(ExecutionConfig.TERMINATING);
        own.shutdownNow();
        long sum = 0;
        for (int node = layers.lastLayer(); node < layers.size(); node++) {
            sum += values[node];
        }
        return check(sum);
    }

    /** Dexecutor hands results on as a list without saying whose they are, so the values stand in an array. */
    private static final class AddTask extends com.github.dexecutor.core.task.Task<Integer, Long> {
        private static final long serialVersionUID = 1L;

        private final transient Layers layers;
        private final transient long[] values;
        private final int node;

        private AddTask(Layers layers, long[] values, int node) {
            this.layers = layers;
            this.values = values;
            this.node = node;
        }

        @Override
        public Long execute() {
            values[node] =
                    layers.isRoot(node) ? 1 : Layers.add(values[layers.first()[node]], values[layers.second()[node]]);
            return values[node];
        }
    }
}
