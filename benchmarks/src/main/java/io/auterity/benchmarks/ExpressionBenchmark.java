package io.auterity.benchmarks;

import io.auterity.expression.Bindings;
import io.auterity.expression.Environment;
import io.auterity.expression.Expression;
import io.auterity.expression.Template;
import io.auterity.expression.Type;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** The speed lines of the expression engine: compiling, arithmetic on a field, two macros over 20 items, interpolation. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class ExpressionBenchmark {

    private static final String SUM = "input.x + 1";
    private static final String MACROS = "input.items.filter(i, i.price > 10.0).map(i, i.name)";
    private static final String CONDITION =
            "steps.score.output > 80.0 && input.name == 'x' || has(steps.call.output) ? 'hot' : 'cold'";
    private static final String TEXT = "Hi ${{ input.name }}, ${{ input.x }} and ${{ steps.score.output }}!";

    private final Environment environment = environment();
    private final Bindings bindings = bindings();
    private final Expression sum = Expression.compile(SUM, environment);
    private final Expression macros = Expression.compile(MACROS, environment);
    private final Expression condition = Expression.compile(CONDITION, environment);
    private final Template text = Template.compile(TEXT, environment);

    private static Environment environment() {
        Type item = Type.object(Map.of("price", Type.NUMBER, "name", Type.STRING));
        Type input = Type.object(Map.of("x", Type.INTEGER, "name", Type.STRING, "items", Type.list(item)));
        return Environment.builder()
                .variable("input", 0, input)
                .variable("steps.score.output", 1, Type.NUMBER)
                .variable("steps.call.output", 2, Type.optional(Type.STRING))
                .build();
    }

    private static Bindings bindings() {
        List<Object> items = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            Map<String, Object> item = new LinkedHashMap<>();
            item.put("price", i * 1.5);
            item.put("name", "item " + i);
            items.add(item);
        }
        Map<String, Object> input = new LinkedHashMap<>();
        input.put("x", 41L);
        input.put("name", "Ada");
        input.put("items", items);
        Object[] values = {input, 81.5, Bindings.ABSENT};
        return slot -> values[slot];
    }

    /**
     * Adds one to a field.
     *
     * @return the sum
     */
    @Benchmark
    public @Nullable Object evaluateSum() {
        return sum.evaluate(bindings);
    }

    /**
     * Filters and maps 20 objects.
     *
     * @return the names
     */
    @Benchmark
    public @Nullable Object evaluateMacros() {
        return macros.evaluate(bindings);
    }

    /**
     * Decides a condition.
     *
     * @return the tier
     */
    @Benchmark
    public @Nullable Object evaluateCondition() {
        return condition.evaluate(bindings);
    }

    /**
     * Interpolates three parts.
     *
     * @return the text
     */
    @Benchmark
    public @Nullable Object interpolate() {
        return text.evaluate(bindings);
    }

    /**
     * Compiles a short expression.
     *
     * @return the expression
     */
    @Benchmark
    public Expression compileSum() {
        return Expression.compile(SUM, environment);
    }

    /**
     * Compiles two macros.
     *
     * @return the expression
     */
    @Benchmark
    public Expression compileMacros() {
        return Expression.compile(MACROS, environment);
    }

    /**
     * Compiles a condition.
     *
     * @return the expression
     */
    @Benchmark
    public Expression compileCondition() {
        return Expression.compile(CONDITION, environment);
    }
}
