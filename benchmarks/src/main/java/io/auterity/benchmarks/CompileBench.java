package io.auterity.benchmarks;

import dev.cel.bundle.Cel;
import dev.cel.bundle.CelFactory;
import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.CelValidationException;
import dev.cel.common.types.MapType;
import dev.cel.common.types.SimpleType;
import dev.cel.parser.CelStandardMacro;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelRuntime;
import io.auterity.compile.Compiler;
import io.auterity.compile.Limits;
import io.auterity.definition.Block;
import io.auterity.definition.Definition;
import io.auterity.definition.Settings;
import io.auterity.definition.Step;
import io.auterity.definition.StepKind;
import io.auterity.definition.Template;
import io.auterity.expression.Bindings;
import io.auterity.expression.Environment;
import io.auterity.expression.Expression;
import io.auterity.expression.Type;
import io.auterity.plan.Plan;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.IntFunction;

/**
 * Compiling definitions, and compiling and evaluating their expressions, against Google's CEL for Java.
 *
 * <p>Everything happens on one thread, so times are that thread's CPU time, which other programs on the machine do not
 * change. The peer only parses and checks the same expressions; we also resolve names across steps, make edges, look for
 * cycles, infer types, hash the definition and build the graph.
 */
final class CompileBench implements Bench {

    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
    private static final int PEER_EXPRESSIONS = 300;
    private static final int PROGRAMS = 5_000;

    // What we mean to reach, printed beside what was measured.
    private static final double BAR_OF_COMPILING = 20; // microseconds
    private static final double BAR_OF_A_SUM = 60; // nanoseconds
    private static final double BAR_OF_FILTER_AND_MAP = 2_000;
    private static final double BAR_OF_A_TEXT = 300;
    private static final double BAR_OF_A_PROGRAM = 2_048; // bytes
    private static final double BAR_OF_THE_FIRST = 20; // milliseconds

    @Override
    public String id() {
        return "compile";
    }

    @Override
    public String summary() {
        return "compiling definitions and expressions, and evaluating expressions, against dev.cel";
    }

    @Override
    public void run(Effort effort, List<String> arguments, Consumer<Result> figures) throws Exception {
        definitions(effort, effort.isQuick() ? 1_000 : 10_000, figures);
        linear(effort, effort.isQuick() ? new int[] {1_000, 10_000} : new int[] {1_000, 10_000, 100_000}, figures);
        compiling(effort, figures);
        evaluating(effort, figures);
        memory(figures);
        cold(effort, figures);
    }

    // --- definitions ---

    private static void definitions(Effort effort, int size, Consumer<Result> figures) throws Exception {
        Definition definition = definition(size);
        Compiler compiler = compiler(size);
        List<String> expressions = new ArrayList<>();
        for (int step = 0; step < PEER_EXPRESSIONS; step++) {
            expressions.add(expression(step));
        }
        Cel cel = cel();
        new Interleaved(effort.rounds())
                .add("auterity", timed(size, 1e3, () -> expect(size, compiler.compile(definition))))
                .add("cel", timed(PEER_EXPRESSIONS, 1e3, () -> expressions.forEach(source -> check(cel, source))))
                .firstAgainstOthers("compile", "definition-" + size, "us/step")
                .forEach(figures);
    }

    private static void linear(Effort effort, int[] sizes, Consumer<Result> figures) throws Exception {
        Interleaved contest = new Interleaved(effort.rounds());
        for (int size : sizes) {
            Definition definition = definition(size);
            Compiler compiler = compiler(size);
            int times = Math.max(1, 20_000 / size);
            contest.add("steps-" + size, timed(size * times, 1e3, () -> {
                for (int i = 0; i < times; i++) {
                    expect(size, compiler.compile(definition));
                }
            }));
        }
        Map<String, Double> medians = contest.medians();
        String smallest = "steps-" + sizes[0];
        for (int size : sizes) {
            String name = "steps-" + size;
            if (!name.equals(smallest)) {
                figures.accept(new Figure(
                        "compile",
                        name + "/" + smallest,
                        medians.getOrDefault(name, 0.0),
                        medians.getOrDefault(smallest, 0.0),
                        "us/step",
                        effort.rounds()));
            }
        }
    }

    static Compiler compiler(int size) {
        return Compiler.builder()
                .limits(Limits.DEFAULT.withMaxSteps(size).withMaxTemplates(4 * size))
                .build();
    }

    static Definition definition(int size) {
        List<Step> steps = new ArrayList<>(size);
        for (int step = 0; step < size; step++) {
            steps.add(Step.of("s" + step, new StepKind.Value(Template.expression(expression(step)))));
        }
        Map<String, Object> input = Map.of(
                "type", "object", "properties", Map.of("x", Map.of("type", "integer")), "required", List.of("x"));
        Template output = Template.expression("steps.s" + (size - 1) + ".output");
        return new Definition("bench", "", input, Settings.DEFAULT, new Block(steps, Optional.of(output)), List.of());
    }

    private static String expression(int step) {
        return step == 0
                ? "input.x + 1"
                : "steps.s" + (step - 1) + ".output * 2 + steps.s" + step / 2 + ".output % 7 + (input.x > " + step
                        + " ? 1 : 0)";
    }

    private static void expect(int size, Plan plan) {
        if (plan.graph().size() != size) {
            throw new IllegalStateException("the plan has " + plan.graph().size() + " nodes, not " + size);
        }
    }

    // --- expressions ---

    private static final String SIMPLE = "input.x + 1";
    private static final String LIST = "input.items.filter(item, item.price > 10.0).map(item, item.name)";
    private static final String TEXT = "${{ input.name }} has ${{ input.x }} of ${{ input.kind }}";
    private static final String PEER_TEXT = "input.name + ' has ' + string(input.x) + ' of ' + input.kind";

    private static final Map<String, Object> INPUT =
            Map.of("x", 41L, "name", "Ada", "kind", "engines", "items", items(20));

    private static List<Object> items(int count) {
        List<Object> items = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            items.add(Map.of("name", "item " + i, "price", (double) i));
        }
        return items;
    }

    private static Environment environment() {
        Type item = Type.object()
                .field("name", Type.STRING)
                .field("price", Type.NUMBER)
                .build();
        Type input = Type.object()
                .field("x", Type.INTEGER)
                .field("name", Type.STRING)
                .field("kind", Type.STRING)
                .field("items", Type.list(item))
                .build();
        return Environment.builder().variable("input", 0, input).build();
    }

    private static void compiling(Effort effort, Consumer<Result> figures) throws Exception {
        Environment environment = environment();
        Cel cel = cel();
        for (Map.Entry<String, String> source :
                Map.of("simple", SIMPLE, "filter-map", LIST).entrySet()) {
            Interleaved contest = new Interleaved(effort.rounds())
                    .add("auterity", repeated(5_000, 1e3, i -> Expression.compile(source.getValue(), environment)))
                    .add("cel", repeated(200, 1e3, i -> check(cel, source.getValue())));
            withBar(
                    contest.firstAgainstOthers("compile", "expression-" + source.getKey(), "us/compile"),
                    BAR_OF_COMPILING,
                    figures);
        }
    }

    private static void evaluating(Effort effort, Consumer<Result> figures) throws Exception {
        Environment environment = environment();
        Bindings bindings = slot -> INPUT;
        Map<String, Object> variables = Map.of("input", INPUT);
        Cel cel = cel();
        Expression simple = Expression.compile(SIMPLE, environment);
        Expression list = Expression.compile(LIST, environment);
        io.auterity.expression.Template text = io.auterity.expression.Template.compile(TEXT, environment);
        CelRuntime.Program sum = program(cel, SIMPLE);
        CelRuntime.Program filter = program(cel, LIST);
        CelRuntime.Program join = program(cel, PEER_TEXT);
        withBar(
                evaluating(effort, "add", 200_000, i -> simple.evaluate(bindings), i -> evaluate(sum, variables)),
                BAR_OF_A_SUM,
                figures);
        withBar(
                evaluating(
                        effort,
                        "filter-map-20",
                        10_000,
                        i -> list.evaluate(bindings),
                        i -> evaluate(filter, variables)),
                BAR_OF_FILTER_AND_MAP,
                figures);
        withBar(
                evaluating(
                        effort, "text-3-parts", 50_000, i -> text.evaluate(bindings), i -> evaluate(join, variables)),
                BAR_OF_A_TEXT,
                figures);
    }

    private static List<Figure> evaluating(
            Effort effort, String workload, int times, IntFunction<Object> ours, IntFunction<Object> peer)
            throws Exception {
        return new Interleaved(effort.rounds())
                .add("auterity", repeated(times, 1, ours))
                .add("cel", repeated(times / 10, 1, peer))
                .firstAgainstOthers("compile", "evaluate-" + workload, "ns/evaluation");
    }

    /** Tells a figure against the peer, and ours again against what we mean to reach. */
    private static void withBar(List<Figure> found, double bar, Consumer<Result> figures) {
        found.forEach(figures);
        Figure first = found.get(0);
        String workload = first.workload().substring(0, first.workload().lastIndexOf('/')) + "/bar";
        figures.accept(new Figure(first.id(), workload, first.ours(), bar, first.unit(), first.rounds()));
    }

    // --- memory, and the first expression of a process ---

    private static void memory(Consumer<Result> figures) {
        Environment environment = environment();
        double ours = bytesEach(i -> Expression.compile("input.x + " + i, environment));
        Cel cel = cel();
        double peer = bytesEach(i -> program(cel, "input.x + " + i));
        withBar(
                List.of(new Figure("compile", "program-simple/cel", ours, peer, "bytes/program", 1)),
                BAR_OF_A_PROGRAM,
                figures);
    }

    private static double bytesEach(IntFunction<Object> make) {
        Object[] kept = new Object[PROGRAMS];
        kept[0] = make.apply(0);
        long before = usedBytes();
        for (int i = 1; i < PROGRAMS; i++) {
            kept[i] = make.apply(i);
        }
        double used = usedBytes() - before;
        if (kept[PROGRAMS - 1] == null) {
            throw new IllegalStateException("nothing was made");
        }
        return Math.max(1, used / (PROGRAMS - 1));
    }

    private static long usedBytes() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    private static void cold(Effort effort, Consumer<Result> figures) throws Exception {
        int rounds = Math.min(11, effort.rounds());
        firstExpression(rounds, 0, "first-expression", figures);
        firstExpression(rounds, 1, "first-expression-cpu", figures);
    }

    private static void firstExpression(int rounds, int column, String workload, Consumer<Result> figures)
            throws Exception {
        withBar(
                new Interleaved(rounds)
                        .add("auterity", () -> inNewProcess("ours", column))
                        .add("cel", () -> inNewProcess("cel", column))
                        .firstAgainstOthers("compile", workload, "ms"),
                BAR_OF_THE_FIRST,
                figures);
    }

    private static double inNewProcess(String which, int column) throws Exception {
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        Process process = new ProcessBuilder(
                        java.toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        FirstExpression.class.getName(),
                        which)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        String line = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!process.waitFor(1, TimeUnit.MINUTES) || process.exitValue() != 0) {
            throw new IllegalStateException("the process for '" + which + "' failed: " + line);
        }
        return Double.parseDouble(line.strip().split(" ")[column]);
    }

    static Object firstOfPeer(Map<String, Object> variables) {
        return evaluate(program(cel(), SIMPLE), variables);
    }

    // --- the peer ---

    private static Cel cel() {
        return CelFactory.standardCelBuilder()
                .setStandardMacros(CelStandardMacro.STANDARD_MACROS)
                .addVar("input", MapType.create(SimpleType.STRING, SimpleType.DYN))
                .addVar("steps", MapType.create(SimpleType.STRING, SimpleType.DYN))
                .build();
    }

    private static CelAbstractSyntaxTree check(Cel cel, String source) {
        try {
            return cel.compile(source).getAst();
        } catch (CelValidationException e) {
            throw new IllegalStateException(e);
        }
    }

    private static CelRuntime.Program program(Cel cel, String source) {
        try {
            return cel.createProgram(check(cel, source));
        } catch (CelEvaluationException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Object evaluate(CelRuntime.Program program, Map<String, Object> variables) {
        try {
            return program.eval(variables);
        } catch (CelEvaluationException e) {
            throw new IllegalStateException(e);
        }
    }

    // --- time ---

    private static Callable<Double> timed(int units, double nanosAUnit, Runnable work) {
        return () -> {
            long start = THREADS.getCurrentThreadCpuTime();
            work.run();
            return (THREADS.getCurrentThreadCpuTime() - start) / nanosAUnit / units;
        };
    }

    /** Does something several times, keeping some of the results so that none is optimized away. */
    private static Callable<Double> repeated(int times, double nanosAUnit, IntFunction<Object> work) {
        Object[] kept = new Object[64];
        return timed(times, nanosAUnit, () -> {
            for (int i = 0; i < times; i++) {
                kept[i & 63] = work.apply(i);
            }
            if (kept[0] == null) {
                throw new IllegalStateException("nothing was made");
            }
        });
    }
}
