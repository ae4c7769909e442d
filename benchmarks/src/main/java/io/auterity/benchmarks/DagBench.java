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
import io.auterity.event.RunListener;
import io.auterity.journal.NoJournal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.bsc.langgraph4j.CompileConfig;
import org.bsc.langgraph4j.CompiledGraph;
import org.bsc.langgraph4j.GraphDefinition;
import org.bsc.langgraph4j.StateGraph;
import org.bsc.langgraph4j.action.AsyncNodeAction;
import org.bsc.langgraph4j.state.AgentState;

/**
 * Running trivial steps in memory: the whole engine, with outputs kept, a listener attached and time-outs armed, against
 * hand-wired futures and other libraries, on pools of the same size. Times are wall-clock nanoseconds a node.
 */
final class DagBench implements Bench {

    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final int NODES_A_ROUND = 200_000;
    private static final int DEXECUTOR_NODES_A_ROUND = 4_000;
    private static final int WARM_UPS = 30;

    @Override
    public String id() {
        return "dag";
    }

    @Override
    public String summary() {
        return "in-memory graphs of trivial steps against futures, dexecutor, ParSeq and LangGraph4j";
    }

    @Override
    public void run(Effort effort, List<String> arguments, Consumer<Figure> figures) throws Exception {
        int[] sizes = effort.isQuick() ? new int[] {1_000} : new int[] {1_000, 10_000};
        for (int size : sizes) {
            layered(effort, size, figures);
        }
        chain(effort, figures);
        if (!effort.isQuick()) {
            linear(effort, figures);
        }
    }

    // --- the layered graph ---

    private static void layered(Effort effort, int size, Consumer<Figure> figures) throws Exception {
        Layers layers = Layers.of(size);
        int threads = Math.max(2, Runtime.getRuntime().availableProcessors());
        ForkJoinPool pool = new ForkJoinPool(threads);
        ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
        LongAdder heard = new LongAdder();
        Workflow<Map<String, Object>, Long> workflow = workflow(layers);
        try (Engine engine = Engine.builder()
                .executor(pool)
                .journal(new NoJournal())
                .limits(Limits.DEFAULT.withMaxSteps(size + 1))
                .listener(counting(heard))
                .register(workflow)
                .build()) {
            com.linkedin.parseq.Engine parseq = new EngineBuilder()
                    .setTaskExecutor(pool)
                    .setTimerScheduler(timer)
                    .build();
            int times = Math.max(1, NODES_A_ROUND / size);
            Interleaved contest = new Interleaved(effort.rounds())
                    .warmUp(effort.isQuick() ? 1 : WARM_UPS)
                    .add(
                            "auterity",
                            timed(
                                    times,
                                    size,
                                    () -> check(
                                            layers,
                                            engine.start(workflow, Map.of())
                                                    .await(LIMIT)
                                                    .orElseThrow())))
                    .add("futures-async", timed(times, size, () -> check(layers, futures(layers, pool, true))))
                    .add("futures-sync", timed(times, size, () -> check(layers, futures(layers, pool, false))))
                    .add("parseq", timed(Math.max(1, times / 10), size, () -> check(layers, parseq(layers, parseq))))
                    .add(
                            "dexecutor",
                            timed(
                                    Math.max(1, DEXECUTOR_NODES_A_ROUND / size),
                                    size,
                                    () -> check(layers, dexecutor(layers, threads))));
            contest.firstAgainstOthers("dag", "layered-" + size, "ns/node").forEach(figures);
            parseq.shutdown();
        } finally {
            timer.shutdownNow();
            pool.shutdownNow();
        }
        if (heard.sum() == 0) {
            throw new IllegalStateException("the listener heard nothing");
        }
    }

    private static RunListener counting(LongAdder heard) {
        return (run, workflow, entry) -> heard.increment();
    }

    static Workflow<Map<String, Object>, Long> workflow(Layers layers) {
        @SuppressWarnings("unchecked") // an input without a schema is a map
        Class<Map<String, Object>> anyInput = (Class<Map<String, Object>>) (Class<?>) Map.class;
        return Workflow.define("layers-" + layers.size(), anyInput, (flow, input) -> {
            List<Handle<Long>> nodes = new ArrayList<>(layers.size());
            for (int node = 0; node < layers.size(); node++) {
                var step = flow.step("n" + node);
                nodes.add(
                        layers.isRoot(node)
                                ? step.run(Long.class, () -> 1L)
                                : step.run(
                                        Long.class,
                                        nodes.get(layers.first()[node]),
                                        nodes.get(layers.second()[node]),
                                        Layers::add));
            }
            return flow.step("sum").run(Long.class, nodes.subList(layers.lastLayer(), layers.size()), values -> {
                long sum = 0;
                for (Long value : values) {
                    sum += value;
                }
                return sum;
            });
        });
    }

    private static long futures(Layers layers, ForkJoinPool pool, boolean async) {
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
        return sum;
    }

    private static long parseq(Layers layers, com.linkedin.parseq.Engine engine) throws Exception {
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
        engine.run(sum);
        if (!sum.await(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
            throw new IllegalStateException("ParSeq did not end within " + LIMIT);
        }
        return sum.get();
    }

    private static long dexecutor(Layers layers, int threads) {
        ForkJoinPool own = new ForkJoinPool(threads); // it shuts its pool down
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
        return sum;
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

    private static void check(Layers layers, long sum) {
        if (sum != layers.expected()) {
            throw new IllegalStateException("the sum is " + layers.expected() + ", not " + sum);
        }
    }

    private static Callable<Double> timed(int times, int nodes, CheckedRunnable work) {
        return () -> {
            long start = System.nanoTime();
            for (int i = 0; i < times; i++) {
                work.run();
            }
            return (System.nanoTime() - start) / ((double) times * nodes);
        };
    }

    /** Work that may throw. */
    @FunctionalInterface
    private interface CheckedRunnable {
        void run() throws Exception;
    }

    // --- a chain, which LangGraph4j can express ---

    private static void chain(Effort effort, Consumer<Figure> figures) throws Exception {
        int size = effort.isQuick() ? 100 : 1_000;
        @SuppressWarnings("unchecked") // an input without a schema is a map
        Class<Map<String, Object>> anyInput = (Class<Map<String, Object>>) (Class<?>) Map.class;
        Workflow<Map<String, Object>, Long> workflow = Workflow.define("chain", anyInput, (flow, input) -> {
            Handle<Long> last = flow.step("n0").run(Long.class, () -> 1L);
            for (int node = 1; node < size; node++) {
                last = flow.step("n" + node).run(Long.class, last, value -> value + 1);
            }
            return last;
        });
        StateGraph<AgentState> graph = new StateGraph<>(AgentState::new);
        for (int node = 0; node < size; node++) {
            graph.addNode(
                    "n" + node,
                    AsyncNodeAction.node_async(
                            state -> Map.of("v", state.<Long>value("v").orElse(0L) + 1)));
            graph.addEdge(node == 0 ? GraphDefinition.START : "n" + (node - 1), "n" + node);
        }
        graph.addEdge("n" + (size - 1), GraphDefinition.END);
        CompiledGraph<AgentState> compiled =
                graph.compile(CompileConfig.builder().recursionLimit(size + 10).build());
        ForkJoinPool pool = new ForkJoinPool(2);
        try (Engine engine = Engine.builder()
                .executor(pool)
                .journal(new NoJournal())
                .listener(counting(new LongAdder()))
                .register(workflow)
                .build()) {
            int times = effort.isQuick() ? 5 : 20;
            new Interleaved(effort.rounds())
                    .warmUp(effort.isQuick() ? 1 : WARM_UPS)
                    .add(
                            "auterity",
                            timed(
                                    times,
                                    size,
                                    () -> expect(
                                            size,
                                            engine.start(workflow, Map.of())
                                                    .await(LIMIT)
                                                    .orElseThrow())))
                    .add(
                            "langgraph4j",
                            timed(
                                    times,
                                    size,
                                    () -> expect(
                                            size,
                                            compiled.invoke(Map.of())
                                                    .orElseThrow()
                                                    .<Long>value("v")
                                                    .orElseThrow())))
                    .firstAgainstOthers("dag", "chain-" + size, "ns/node")
                    .forEach(figures);
        } finally {
            pool.shutdownNow();
        }
    }

    private static void expect(long expected, long actual) {
        if (expected != actual) {
            throw new IllegalStateException("the chain ends with " + expected + ", not " + actual);
        }
    }

    // --- linear in the number of nodes ---

    private static void linear(Effort effort, Consumer<Figure> figures) throws Exception {
        int small = 10_000;
        int large = 1_000_000;
        LongAdder heard = new LongAdder();
        ForkJoinPool pool = new ForkJoinPool(2);
        Workflow<Map<String, Object>, Long> little = workflow(Layers.of(small));
        Workflow<Map<String, Object>, Long> big = workflow(Layers.of(large));
        try (Engine engine = Engine.builder()
                .executor(pool)
                .journal(new NoJournal())
                .listener(counting(heard))
                .limits(Limits.DEFAULT.withMaxSteps(large + 1).withMaxTemplates(4 * large))
                .register(little, big)
                .build()) {
            Map<String, Double> medians = new Interleaved(Math.min(3, effort.rounds()))
                    .add(
                            "large",
                            timed(
                                    1,
                                    large,
                                    () -> engine.start(big, Map.of())
                                            .await(LIMIT)
                                            .orElseThrow()))
                    .add(
                            "small",
                            timed(
                                    100,
                                    small,
                                    () -> engine.start(little, Map.of())
                                            .await(LIMIT)
                                            .orElseThrow()))
                    .medians();
            figures.accept(new Figure(
                    "dag",
                    "nodes-1000000/nodes-10000",
                    medians.getOrDefault("large", 0.0),
                    medians.getOrDefault("small", 0.0),
                    "ns/node",
                    Math.min(3, effort.rounds())));
        } finally {
            pool.shutdownNow();
        }
    }
}
