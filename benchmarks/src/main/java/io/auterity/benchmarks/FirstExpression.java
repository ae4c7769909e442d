package io.auterity.benchmarks;

import io.auterity.expression.Bindings;
import io.auterity.expression.Environment;
import io.auterity.expression.Expression;
import io.auterity.expression.Type;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Map;
import java.util.Objects;

/**
 * Compiles and evaluates one expression as the first of a process, and prints the milliseconds it took: by the clock and
 * of the thread's CPU time, which other programs on the machine change less.
 *
 * <p>A class of its own, so that nothing else is loaded within the measured time.
 */
final class FirstExpression {

    private FirstExpression() {}

    private static final class Input implements Bindings {
        private final Map<String, Object> value = Map.of("x", 41L);

        @Override
        public Object get(int slot) {
            return value;
        }
    }

    /**
     * Runs once.
     *
     * @param arguments {@code ours} or {@code cel}
     */
    public static void main(String[] arguments) {
        boolean peer = arguments[0].equals("cel");
        Input input = new Input();
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long cpu = threads.getCurrentThreadCpuTime();
        long clock = System.nanoTime();
        Object value = peer ? CelPeer.first(input.get(0)) : first(input);
        clock = System.nanoTime() - clock;
        cpu = threads.getCurrentThreadCpuTime() - cpu;
        if (!Long.valueOf(42).equals(value)) {
            throw new IllegalStateException("the value is " + value);
        }
        System.out.println(clock / 1e6 + " " + cpu / 1e6);
    }

    private static Object first(Bindings bindings) {
        Type input = Type.object().field("x", Type.INTEGER).build();
        Environment environment =
                Environment.builder().variable("input", 0, input).build();
        return Objects.requireNonNull(
                Expression.compile("input.x + 1", environment).evaluate(bindings), "the sum");
    }

    /** What only the peer's process loads. */
    private static final class CelPeer {
        private CelPeer() {}

        static Object first(Object input) {
            return CompileBench.firstOfPeer(Map.of("input", input));
        }
    }
}
