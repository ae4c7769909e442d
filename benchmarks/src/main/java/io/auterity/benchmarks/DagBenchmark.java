package io.auterity.benchmarks;

import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The contest of the benchmark {@code dag} by JMH: a layered graph of trivial steps, in microseconds a run. Each contestant
 * has JVMs to itself here, where nothing else shapes how it is compiled; there they take turns in one, and what slows the
 * machine for a while slows all of them.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(2)
public class DagBenchmark {

    /** How many nodes the graph has. */
    @Param({"1000", "10000"})
    public int nodes;

    private @Nullable LayeredRuns runs;

    /** Makes the graph and what runs it. */
    @Setup(Level.Trial)
    public void open() {
        runs = new LayeredRuns(nodes);
        runs().auterity(); // so that its listener is told something in every trial
    }

    /** Stops what runs the graph. */
    @TearDown(Level.Trial)
    public void close() {
        runs().close();
    }

    private LayeredRuns runs() {
        return Objects.requireNonNull(runs);
    }

    /**
     * Runs the graph in the engine.
     *
     * @return the sum of the last layer
     */
    @Benchmark
    public long auterity() {
        return runs().auterity();
    }

    /**
     * Combines futures on the pool.
     *
     * @return the sum of the last layer
     */
    @Benchmark
    public long futuresAsync() {
        return runs().futuresAsync();
    }

    /**
     * Combines futures on the thread that completes them.
     *
     * @return the sum of the last layer
     */
    @Benchmark
    public long futuresSync() {
        return runs().futuresSync();
    }

    /**
     * Runs the graph as ParSeq tasks.
     *
     * @return the sum of the last layer
     * @throws Exception if it does not end in time
     */
    @Benchmark
    public long parseq() throws Exception {
        return runs().parseq();
    }

    /**
     * Runs the graph in dexecutor.
     *
     * @return the sum of the last layer
     */
    @Benchmark
    public long dexecutor() {
        return runs().dexecutor();
    }
}
