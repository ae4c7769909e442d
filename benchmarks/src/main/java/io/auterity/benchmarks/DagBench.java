package io.auterity.benchmarks;

import io.auterity.Engine;
import io.auterity.Handle;
import io.auterity.Workflow;
import io.auterity.compile.Limits;
import io.auterity.event.RunListener;
import io.auterity.journal.NoJournal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.bsc.langgraph4j.CompileConfig;
import org.bsc.langgraph4j.CompiledGraph;
import org.bsc.langgraph4j.GraphDefinition;
import org.bsc.langgraph4j.StateGraph;
import org.bsc.langgraph4j.action.AsyncNodeAction;
import org.bsc.langgraph4j.state.AgentState;

/**
 * Running trivial steps in memory: the whole engine, with outputs kept, a listener attached, retries and time-outs
 * armed, against hand-wired futures and other libraries, on pools of the same size. Times are wall-clock nanoseconds a node.
 */
final class DagBench implements Bench {

    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final int NODES_A_ROUND = 200_000;
    private static final int DEXECUTOR_NODES_A_ROUND = 4_000;
    private static final int WARM_UPS = 30;
    private static final int LINEAR_WARM_UPS = 3; // of a million nodes each

    @Override
    public String id() {
        return "dag";
    }

    @Override
    public String summary() {
        return "in-memory graphs of trivial steps against futures, dexecutor, ParSeq and LangGraph4j";
    }

    @Override
    public void run(Effort effort, List<String> arguments, Consumer<Result> figures) throws Exception {
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

    private static void layered(Effort effort, int size, Consumer<Result> figures) throws Exception {
        int times = Math.max(1, NODES_A_ROUND / size);
        try (LayeredRuns runs = new LayeredRuns(size)) {
            new Interleaved(effort.rounds())
                    .warmUp(effort.isQuick() ? 1 : WARM_UPS)
                    .add("auterity", timed(times, size, runs::auterity))
                    .add("futures-async", timed(times, size, runs::futuresAsync))
                    .add("futures-sync", timed(times, size, runs::futuresSync))
                    .add("parseq", timed(Math.max(1, times / 10), size, runs::parseq))
                    .add("dexecutor", timed(Math.max(1, DEXECUTOR_NODES_A_ROUND / size), size, runs::dexecutor))
                    .firstAgainstOthers("dag", "layered-" + size, "ns/node")
                    .forEach(figures);
        }
    }

    private static RunListener counting(LongAdder heard) {
        return (run, workflow, entry) -> heard.increment();
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

    private static void chain(Effort effort, Consumer<Result> figures) throws Exception {
        int size = effort.isQuick() ? 100 : 1_000;
        @SuppressWarnings("unchecked") // an input without a schema is a map
        Class<Map<String, Object>> anyInput = (Class<Map<String, Object>>) (Class<?>) Map.class;
        Workflow<Map<String, Object>, Long> workflow = Workflow.define("chain", anyInput, (flow, input) -> {
            Handle<Long> last = flow.step("n0").retry(LayeredRuns.RETRY).run(Long.class, () -> 1L);
            for (int node = 1; node < size; node++) {
                last = flow.step("n" + node).retry(LayeredRuns.RETRY).run(Long.class, last, value -> value + 1);
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
                .listenerExecutor(pool) // the same threads for all that is measured
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

    /** Both run as many nodes a round, in the same engine and after the same warm-up. */
    private static void linear(Effort effort, Consumer<Result> figures) throws Exception {
        int small = 10_000;
        int large = 1_000_000;
        LongAdder heard = new LongAdder();
        ForkJoinPool pool = new ForkJoinPool(2);
        Workflow<Map<String, Object>, Long> little = LayeredRuns.workflow(Layers.of(small));
        Workflow<Map<String, Object>, Long> big = LayeredRuns.workflow(Layers.of(large));
        try (Engine engine = Engine.builder()
                .executor(pool)
                .listenerExecutor(pool) // the same threads for all that is measured
                .journal(new NoJournal())
                .listener(counting(heard))
                .limits(Limits.DEFAULT.withMaxSteps(large + 1).withMaxTemplates(4 * large))
                .register(little, big)
                .build()) {
            Map<String, Double> medians = new Interleaved(effort.rounds())
                    .warmUp(LINEAR_WARM_UPS)
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
                                    large / small,
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
                    effort.rounds()));
        } finally {
            pool.shutdownNow();
        }
    }
}
