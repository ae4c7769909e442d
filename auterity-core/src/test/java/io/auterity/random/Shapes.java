package io.auterity.random;

import io.auterity.definition.Block;
import io.auterity.definition.Order.Join;
import io.auterity.definition.Step;
import io.auterity.definition.StepKind;
import io.auterity.definition.Template;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import net.jqwik.api.statistics.Statistics;

/** What occurs in a sample, so that a property can show that it was tried on more than the simple cases. */
public final class Shapes {

    private final Set<Class<? extends StepKind>> kinds = new HashSet<>();
    private final Set<Join> joins = new HashSet<>();
    private int steps;
    private int edges;
    private int depth;
    private boolean retried;

    private Shapes(Block body) {
        walk(body, 1);
    }

    /**
     * Counts what occurs in a property's samples, and fails the property unless enough of them have each shape.
     *
     * @param sample the one at hand
     * @param leastPercent how many in a hundred samples must have it
     * @param leastSteps how many steps so many must have
     */
    public static void collect(Sample sample, double leastPercent, int leastSteps) {
        Shapes shapes = new Shapes(sample.definition().body());
        Set<String> ends = sample.expected().ends().values().stream()
                .map(Sample.End::status)
                .collect(Collectors.toSet());
        check("large", shapes.steps >= leastSteps, leastPercent);
        check("as many edges as steps", shapes.edges >= shapes.steps, leastPercent);
        check("blocks three deep", shapes.depth >= 3, leastPercent);
        check("loops", shapes.kinds.contains(StepKind.ForEach.class), leastPercent);
        check("repetitions", shapes.kinds.contains(StepKind.Repeat.class), leastPercent);
        check("try blocks", shapes.kinds.contains(StepKind.Try.class), leastPercent);
        check("races", shapes.kinds.contains(StepKind.Race.class), leastPercent);
        check("switches", shapes.kinds.contains(StepKind.Switch.class), leastPercent);
        check("every join", shapes.joins.size() == Join.values().length, leastPercent);
        check("retries", shapes.retried, leastPercent);
        check("steps that are skipped", ends.contains("skipped"), leastPercent);
        check("steps that fail and go on", ends.contains("failed"), leastPercent);
        check("runs that fail", !sample.expected().succeeds(), leastPercent / 5);
    }

    private static void check(String shape, boolean occurs, double leastPercent) {
        Statistics.label(shape)
                .collect(occurs)
                .coverage(coverage -> coverage.check(true).percentage(percent -> percent >= leastPercent));
    }

    private void walk(Block block, int level) {
        depth = Math.max(depth, level);
        for (Step step : block.steps()) {
            steps++;
            edges += step.order().needs().size();
            joins.add(step.order().join());
            kinds.add(step.kind().getClass());
            retried |= isRetried(step);
            inside(step.kind()).forEach(inner -> walk(inner, level + 1));
        }
    }

    private static boolean isRetried(Step step) {
        return step.kind() instanceof StepKind.Uses uses
                && !uses.with().get("failures").equals(new Template(0L))
                && step.policy().retry().orElseThrow().maxAttempts() > 1;
    }

    private static List<Block> inside(StepKind kind) {
        List<Block> blocks = new ArrayList<>();
        if (kind instanceof StepKind.ForEach loop) {
            blocks.add(loop.body());
        } else if (kind instanceof StepKind.Repeat repeat) {
            blocks.add(repeat.body());
        } else if (kind instanceof StepKind.Try attempt) {
            blocks.add(attempt.body());
            attempt.onError().ifPresent(blocks::add);
            attempt.last().ifPresent(blocks::add);
        } else if (kind instanceof StepKind.Race race) {
            blocks.add(Block.of(race.branches().toArray(Step[]::new)));
        }
        return blocks;
    }
}
