package io.auterity.footprint;

import io.auterity.Engine;
import io.auterity.Run;
import io.auterity.Workflow;
import io.auterity.definition.RunId;
import io.auterity.journal.RunStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Parks as many runs as it is told, then answers each of them and checks what comes of it. */
final class ParkedRuns {

    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private ParkedRuns() {}

    /**
     * The program.
     *
     * @param arguments the number of runs
     */
    public static void main(String[] arguments) {
        int count = Integer.parseInt(arguments[0]);
        Workflow<Map<String, Object>, Object> workflow = Workflow.read("""
                auterity: 1
                id: parked
                input: {n: integer}
                steps:
                  before: {value: "${{ input.n * 2 }}"}
                  answer: {await: {signal: go, schema: integer}, needs: [before]}
                output: ${{ steps.before.output + steps.answer.output }}
                """, "parked.yaml");
        try (Engine engine = Engine.builder().register(workflow).build()) {
            List<Run<Object>> runs = new ArrayList<>(count);
            for (int n = 0; n < count; n++) {
                runs.add(engine.start(workflow, RunId.of("parked-" + n), Map.of("n", (long) n)));
            }
            int waiting = 0;
            for (Run<Object> run : runs) {
                while (run.status() != RunStatus.WAITING) {
                    Thread.onSpinWait();
                }
                waiting++;
            }
            System.gc(); // so that the figure says what is in use, not what lies about
            System.out.println(waiting + " runs are parked in " + Heap.usedMegabytes() + " MB");
            for (int n = 0; n < count; n++) {
                runs.get(n).signal("go", (long) n);
            }
            for (int n = 0; n < count; n++) {
                Object output = runs.get(n).await(PATIENCE).orElseThrow();
                if (!output.equals(3L * n)) {
                    throw new AssertionError("run " + n + " came to " + output);
                }
            }
            System.out.println(count + " runs were answered");
        }
    }
}
