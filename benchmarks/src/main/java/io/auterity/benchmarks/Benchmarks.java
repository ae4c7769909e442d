package io.auterity.benchmarks;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** The command line: {@code java -jar benchmarks.jar <id> [--quick] [--json FILE] [argument]...}. */
public final class Benchmarks {

    /** Every benchmark, in the order of the list that is shown. */
    static final List<Bench> ALL = List.of(
            new DagBench(),
            new CompileBench(),
            new StartBench(),
            new DurableBench(),
            new SqliteBench(),
            new QueueBench(),
            new RecoveryBench(),
            new TimersBench(),
            new TwinsBench(),
            new RouterQualityBench(),
            new RouteBench(),
            new GatewayBench(),
            new ChaosBench());

    private static final String USAGE = "usage: java -jar benchmarks.jar <id> [--quick] [--json FILE] [argument]...\n"
            + "       java -jar benchmarks.jar jmh [argument of JMH]...";

    private final List<Bench> benches;
    private final PrintStream out;
    private final PrintStream err;

    Benchmarks(List<Bench> benches, PrintStream out, PrintStream err) {
        this.benches = benches;
        this.out = out;
        this.err = err;
    }

    /**
     * Runs one benchmark and ends the program: 0 if it measured, 2 if the command line makes no sense.
     *
     * @param arguments the id, then options, then what the benchmark itself takes
     * @throws Exception if a measurement fails
     */
    public static void main(String[] arguments) throws Exception {
        if (arguments.length > 0 && arguments[0].equals("jmh")) {
            org.openjdk.jmh.Main.main(
                    List.of(arguments).subList(1, arguments.length).toArray(String[]::new));
            return;
        }
        System.exit(new Benchmarks(ALL, System.out, System.err).run(List.of(arguments)));
    }

    int run(List<String> arguments) throws Exception {
        if (arguments.isEmpty()) {
            return refuse("no benchmark is named");
        }
        Optional<Bench> bench = benches.stream()
                .filter(candidate -> candidate.id().equals(arguments.get(0)))
                .findFirst();
        if (bench.isEmpty()) {
            return refuse("there is no benchmark '" + arguments.get(0) + "'");
        }
        Options options;
        List<Result> figures = new ArrayList<>();
        try {
            options = Options.of(arguments.subList(1, arguments.size()));
            out.println(Result.HEADER);
            bench.get().run(options.effort(), options.rest(), figure -> {
                out.println(figure.line());
                figures.add(figure);
            });
        } catch (UsageException e) {
            return refuse(String.valueOf(e.getMessage()));
        }
        if (options.json() != null) {
            write(options.json(), figures);
        }
        return 0;
    }

    private int refuse(String reason) {
        err.println(reason);
        err.println(USAGE);
        for (Bench bench : benches) {
            err.printf("  %-16s %s%n", bench.id(), bench.summary());
        }
        return 2;
    }

    private static void write(Path file, List<Result> figures) {
        Map<String, Object> report = new LinkedHashMap<>();
        report.put("java", Runtime.version().toString());
        report.put("processors", Runtime.getRuntime().availableProcessors());
        report.put("maxHeapBytes", Runtime.getRuntime().maxMemory());
        report.put("figures", figures.stream().map(Result::json).toList());
        JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build().writeValue(file, report);
    }

    private record Options(Bench.Effort effort, @Nullable Path json, List<String> rest) {

        static Options of(List<String> arguments) {
            Deque<String> left = new ArrayDeque<>(arguments);
            Bench.Effort effort = Bench.Effort.FULL;
            Path json = null;
            List<String> rest = new ArrayList<>();
            while (!left.isEmpty()) {
                String argument = left.pop();
                if (argument.equals("--quick")) {
                    effort = Bench.Effort.QUICK;
                } else if (argument.equals("--json")) {
                    if (left.isEmpty()) {
                        throw new UsageException("--json is followed by the name of a file");
                    }
                    json = Path.of(left.pop());
                } else {
                    rest.add(argument);
                }
            }
            return new Options(effort, json, List.copyOf(rest));
        }
    }
}
