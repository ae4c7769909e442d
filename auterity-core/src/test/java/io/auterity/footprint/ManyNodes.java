package io.auterity.footprint;

import io.auterity.Engine;
import io.auterity.Run;
import io.auterity.Workflow;
import io.auterity.compile.Limits;
import io.auterity.definition.Block;
import io.auterity.definition.Definition;
import io.auterity.definition.Order;
import io.auterity.definition.Settings;
import io.auterity.definition.Step;
import io.auterity.definition.StepKind;
import io.auterity.definition.Template;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Runs one workflow with as many trivial nodes as it is told, in layers, each node with an edge from two of the layer
 * before.
 */
final class ManyNodes {

    private static final Duration PATIENCE = Duration.ofMinutes(10);
    private static final int WIDTH = 1_000;

    private ManyNodes() {}

    /**
     * The program.
     *
     * @param arguments the number of nodes
     */
    public static void main(String[] arguments) {
        int count = Integer.parseInt(arguments[0]);
        List<Step> steps = new ArrayList<>(count);
        for (int n = 0; n < count; n++) {
            List<String> needs = n < WIDTH ? List.of() : List.of("s" + (n - WIDTH), "s" + (n - n % WIDTH - 1));
            steps.add(Step.of("s" + n, new StepKind.Value(new Template((long) n)))
                    .with(new Order(needs, Optional.empty(), Order.Join.ALL_SUCCESS)));
        }
        Block body = new Block(steps, Optional.of(Template.expression("steps.s" + (count - 1) + ".output")));
        Workflow<Map<String, Object>, Object> workflow =
                Workflow.of(new Definition("many", "", Map.of(), Settings.DEFAULT, body, List.of()));
        try (Engine engine = Engine.builder()
                .limits(Limits.DEFAULT.withMaxSteps(count))
                .maxEntries(count + 1)
                .register(workflow)
                .build()) {
            Run<Object> run = engine.start(workflow, Map.of());
            Object output = run.await(PATIENCE).orElseThrow();
            if (!output.equals(count - 1L)) {
                throw new AssertionError("the run came to " + output);
            }
            long succeeded = run.steps().values().stream()
                    .filter(step -> step.status().text().equals("succeeded"))
                    .count();
            if (succeeded != count) {
                throw new AssertionError(succeeded + " steps succeeded");
            }
            System.out.println(count + " nodes were run; " + Heap.usedMegabytes() + " MB at the end");
        }
    }
}
