package io.auterity.benchmarks;

import io.auterity.compile.Compiler;
import io.auterity.definition.Definition;
import io.auterity.plan.Plan;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Compiling a definition whose steps all compute an expression of earlier ones, in milliseconds. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(2)
public class CompileBenchmark {

    /** How many steps the definition has. */
    @Param({"1000", "10000"})
    public int steps;

    private Compiler compiler = CompileBench.compiler(1); // until it is known how many
    private Definition definition = CompileBench.definition(1);

    /** Makes the definition. */
    @Setup
    public void define() {
        compiler = CompileBench.compiler(steps);
        definition = CompileBench.definition(steps);
    }

    /**
     * Compiles the definition.
     *
     * @return the plan
     */
    @Benchmark
    public Plan compile() {
        return compiler.compile(definition);
    }
}
