package io.auterity.compile;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.auterity.definition.DefinitionReader;
import io.auterity.definition.DefinitionReader.Parsed;
import java.lang.management.ManagementFactory;
import java.util.function.IntFunction;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Reading and compiling cost as much for each step of a large workflow as for each of a small one.
 *
 * <p>Counted in bytes that the thread allocates, which no busy machine changes. What costs time and no bytes, such as a
 * search in a list for each step, shows in the processor time of the thread, which a busy machine changes a little: that
 * is held against a bar far from both what is meant and what a square would make of it.
 */
class LinearTest {

    private static final int SMALL = 1_250;
    private static final int LARGE = 10_000;

    /** Tables double, so that one may just have done so; a cost that grew with the square would be eight times as high. */
    private static final double GROWTH = 1.6;

    /** The time of eight times as many steps: eight times as long is meant, a square takes 64 times. */
    private static final double TIMES = 20;

    private static final int TRIES = 5;
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    /** Workflows of a size, by their form. */
    enum Form {
        CHAIN(n -> steps(n, i -> i == 0 ? "1" : "\"${{ " + output(i - 1) + " + 1 }}\"")),
        LAYERS(n ->
                steps(n, i -> i < 50 ? "1" : "\"${{ " + output(i - 50) + " + " + output(i / 50 * 50 - 7) + " }}\"")),
        STAR(n -> steps(n, i -> i == 0 ? "1" : "\"${{ " + output(0) + " + " + i + " }}\"")),
        STRANGERS(n -> steps(n, i -> String.valueOf(i))),
        JOIN(n -> steps(n - 1, i -> String.valueOf(i)) + "  all:\n    value: 1\n    needs: [" + names(n - 1) + "]\n"),
        CONDITIONS(n -> steps(
                n,
                i -> i == 0
                        ? "1"
                        : i % 2 == 0
                                ? "\"${{ " + output(i - 2) + " * 2 }}\""
                                : "1\n    if: ${{ " + output(i - 1) + " > 3 }}")),
        CALLS(n -> "steps:\n"
                + lines(
                        n,
                        i -> "  s" + i + ":\n    uses: notify.send\n    with: {channel: sms, text: "
                                + (i == 0 ? "first" : "\"after ${{ " + output(i - 1) + ".id }}\"") + "}\n")),
        BLOCKS(n -> "steps:\n"
                + lines(
                        n / 10,
                        i -> "  b" + i + ":\n    forEach: "
                                + (i == 0 ? "[1, 2]" : "${{ steps.b" + (i - 1) + ".output }}") + "\n    steps:\n"
                                + lines(
                                        9,
                                        j -> "      s" + j + ": {value: \"${{ " + (j == 0 ? "item" : output(j - 1))
                                                + " }}\"}\n")
                                + "    output: ${{ steps.s8.output }}\n"));

        private final IntFunction<String> text;

        Form(IntFunction<String> text) {
            this.text = text;
        }

        private static String output(int step) {
            return "steps.s" + step + ".output";
        }

        private static String steps(int n, IntFunction<String> value) {
            return "steps:\n" + lines(n, i -> "  s" + i + ":\n    value: " + value.apply(i) + "\n");
        }

        private static String lines(int n, IntFunction<String> line) {
            return IntStream.range(0, n).mapToObj(line).collect(Collectors.joining());
        }

        private static String names(int n) {
            return IntStream.range(0, n).mapToObj(i -> "s" + i).collect(Collectors.joining(", "));
        }
    }

    @ParameterizedTest
    @EnumSource
    void the_cost_of_a_step_does_not_grow_with_the_workflow(Form form, TestReporter reporter) {
        bytes(form, SMALL); // loads what it needs
        double small = (double) bytes(form, SMALL) / SMALL;
        for (int size = 2 * SMALL; size <= LARGE; size *= 2) {
            double large = (double) bytes(form, size) / size;
            reporter.publishEntry(form.name(), "%.0f bytes a step of %d".formatted(large, size));
            assertThat(large / small)
                    .as("%s: %.0f bytes a step of %d, %.0f of %d", form, small, SMALL, large, size)
                    .isLessThan(GROWTH);
        }
    }

    @ParameterizedTest
    @EnumSource
    void neither_does_its_time(Form form, TestReporter reporter) {
        nanos(form, LARGE); // has the JVM translate what is called often
        double ratio = Double.MAX_VALUE;
        for (int i = 0; i < TRIES && ratio >= TIMES; i++) {
            long small = nanos(form, SMALL);
            ratio = Math.min(ratio, (double) nanos(form, LARGE) / small);
        }
        reporter.publishEntry(form.name(), "%.1f times as long for %d times as many".formatted(ratio, LARGE / SMALL));
        assertThat(ratio).as("%s: the best of %d", form, TRIES).isLessThan(TIMES);
    }

    private static long nanos(Form form, int size) {
        return cost(form, size, THREADS::getCurrentThreadCpuTime);
    }

    private static long bytes(Form form, int size) {
        return cost(form, size, THREADS::getCurrentThreadAllocatedBytes);
    }

    private static long cost(Form form, int size, LongSupplier meter) {
        String text = "auterity: 1\nid: large\n" + form.text.apply(size);
        Compiler compiler = Compiling.compiler().build();
        long before = meter.getAsLong();
        Parsed parsed = new DefinitionReader().read(text);
        Compiled compiled =
                compiler.check(parsed.definition(), parsed.positions()).orElseThrow();
        long cost = meter.getAsLong() - before;
        assertThat(compiled.plan()).isNotNull();
        return cost;
    }
}
