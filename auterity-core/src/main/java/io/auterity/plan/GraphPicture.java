package io.auterity.plan;

import io.auterity.definition.Block;
import io.auterity.definition.Durations;
import io.auterity.definition.Order.Join;
import io.auterity.definition.Policy.OnError;
import io.auterity.definition.Step;
import io.auterity.definition.StepKind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A picture of a plan as text for Mermaid or Graphviz: steps as boxes, blocks as frames around their steps.
 *
 * <p>A solid arrow is data that flows, a dotted one is pure order. A condition stands on the arrows of the steps it
 * reads, or in the box when none of them is beside it. Immutable and thread-safe.
 */
public final class GraphPicture {

    private static final int LONGEST_LABEL = 60;
    private static final Pattern STEP_READ = Pattern.compile("steps(?:\\.([\\w-]+)|\\[['\"]([\\w-]+)['\"]\\])");

    private static final Pattern BRACES = Pattern.compile("\\$\\{\\{(.*?)\\}\\}", Pattern.DOTALL);

    private final String title;
    private final List<Box> boxes;
    private final List<Arrow> arrows;

    /** A step: its text, line by line, and the frames of the blocks inside it. */
    record Box(String id, List<String> lines, Shape shape, List<Frame> frames) {}

    /** A block inside a step; its title is empty when the step has only one. */
    record Frame(String id, String title, List<Box> boxes, List<Arrow> arrows) {}

    /** An edge: solid when data flows along it. */
    record Arrow(String from, String to, String label, boolean data) {}

    /** What a box looks like. */
    enum Shape {
        WORK,
        CHOICE,
        PAUSE,
        FAILURE,
        BLOCK
    }

    private GraphPicture(String title, List<Box> boxes, List<Arrow> arrows) {
        this.title = title;
        this.boxes = boxes;
        this.arrows = arrows;
    }

    /**
     * Draws a plan.
     *
     * @param plan the plan
     * @return the picture
     */
    public static GraphPicture of(Plan plan) {
        List<Arrow> arrows = new ArrayList<>();
        List<Step> steps = plan.definition().body().steps();
        List<Box> boxes = draw("s", plan.graph(), steps, arrows);
        return new GraphPicture(plan.workflow(), boxes, arrows);
    }

    /**
     * Writes the picture for Mermaid.
     *
     * @return a {@code flowchart} from top to bottom
     */
    public String mermaid() {
        return new MermaidWriter().write(boxes, arrows);
    }

    /**
     * Writes the picture for Graphviz.
     *
     * @return a {@code digraph}
     */
    public String dot() {
        return new DotWriter().write(title, boxes, arrows);
    }

    private static List<Box> draw(String prefix, Graph graph, List<Step> steps, List<Arrow> arrows) {
        Set<Long> reads = new HashSet<>();
        for (int reader = 0; reader < graph.size(); reader++) {
            for (int at = graph.reads().start(reader); at < graph.reads().start(reader + 1); at++) {
                reads.add((long) graph.reads().target(at) << 32 | reader);
            }
        }
        boolean[] conditionShown = new boolean[graph.size()];
        for (int node = 0; node < graph.size(); node++) {
            for (int at = graph.successors().start(node);
                    at < graph.successors().start(node + 1);
                    at++) {
                int to = graph.successors().target(at);
                String label = conditionOn(steps.get(to), steps.get(node).name());
                conditionShown[to] |= !label.isEmpty();
                arrows.add(new Arrow(prefix + node, prefix + to, label, reads.contains((long) node << 32 | to)));
            }
        }
        List<Box> boxes = new ArrayList<>();
        for (int node = 0; node < graph.size(); node++) {
            boxes.add(box(prefix + node, graph.node(node), steps.get(node), conditionShown[node]));
        }
        return boxes;
    }

    private static String conditionOn(Step step, String read) {
        String condition = step.order().condition().orElse("");
        return stepsIn(condition).contains(read) ? "if " + shorten(condition) : "";
    }

    private static Set<String> stepsIn(String expression) {
        Set<String> names = new HashSet<>();
        Matcher reads = STEP_READ.matcher(expression);
        while (reads.find()) {
            names.add(reads.group(1) != null ? reads.group(1) : reads.group(2));
        }
        return names;
    }

    private static Box box(String id, Node node, Step step, boolean conditionShown) {
        List<String> lines = new ArrayList<>();
        lines.add(step.name());
        Kind kind = kind(step.kind());
        if (!kind.text.isEmpty()) {
            lines.add(shorten(kind.text));
        }
        String condition = step.order().condition().orElse("");
        if (!condition.isEmpty() && !conditionShown) {
            lines.add("if " + shorten(condition));
        }
        if (node.start().join() != Join.ALL_SUCCESS) {
            lines.add("join: " + node.start().join().text());
        }
        OnError onError = step.policy().onError();
        if (onError instanceof OnError.Continue) {
            lines.add("onError: continue");
        } else if (!(onError instanceof OnError.Fail)) {
            lines.add("with fallback");
        }
        step.policy().undo().ifPresent(undo -> lines.add("undo: " + shorten(kind(undo).text)));
        return new Box(id, lines, kind.shape, frames(id, node.body(), step.kind()));
    }

    private static List<Frame> frames(String id, Body body, StepKind kind) {
        List<Frame> frames = new ArrayList<>();
        if (body instanceof Body.ForEach loop && kind instanceof StepKind.ForEach written) {
            frames.add(frame(id, "", loop.block(), written.body().steps()));
        } else if (body instanceof Body.Repeat repeat && kind instanceof StepKind.Repeat written) {
            frames.add(frame(id, "", repeat.block(), written.body().steps()));
        } else if (body instanceof Body.Race race && kind instanceof StepKind.Race written) {
            frames.add(frame(id, "", race.branches(), written.branches()));
        } else if (body instanceof Body.Try attempt && kind instanceof StepKind.Try written) {
            frames.add(frame(id + "t", "try", attempt.block(), written.body().steps()));
            Graph onError = attempt.onError();
            if (onError != null) {
                frames.add(frame(
                        id + "c", "catch", onError, steps(written.onError().orElseThrow())));
            }
            Graph last = attempt.last();
            if (last != null) {
                frames.add(frame(id + "f", "finally", last, steps(written.last().orElseThrow())));
            }
        }
        return frames;
    }

    private static List<Step> steps(Block block) {
        return block.steps();
    }

    private static Frame frame(String id, String title, Graph graph, List<Step> steps) {
        List<Arrow> arrows = new ArrayList<>();
        return new Frame(id, title, draw(id + "_", graph, steps, arrows), arrows);
    }

    private record Kind(String text, Shape shape) {}

    private static Kind kind(StepKind kind) {
        if (kind instanceof StepKind.Uses uses) {
            return new Kind(uses.operation(), Shape.WORK);
        }
        if (kind instanceof StepKind.Value value) {
            return new Kind("= " + value.template().json(), Shape.WORK);
        }
        if (kind instanceof StepKind.Switch choice) {
            return new Kind("switch, " + choice.cases().size() + " cases", Shape.CHOICE);
        }
        if (kind instanceof StepKind.ForEach loop) {
            return new Kind("for each " + loop.as() + " in " + loop.items().json(), Shape.BLOCK);
        }
        if (kind instanceof StepKind.Repeat repeat) {
            String until =
                    repeat.until().map(condition -> " until " + condition).orElse("");
            String whileText = repeat.whileCondition()
                    .map(condition -> " while " + condition)
                    .orElse("");
            return new Kind("repeat" + whileText + until, Shape.BLOCK);
        }
        if (kind instanceof StepKind.Race) {
            return new Kind("race", Shape.BLOCK);
        }
        if (kind instanceof StepKind.Try) {
            return new Kind("", Shape.BLOCK);
        }
        if (kind instanceof StepKind.Run run) {
            return new Kind("run " + run.workflow(), Shape.WORK);
        }
        if (kind instanceof StepKind.Wait pause) {
            return new Kind("wait " + pause.time().json(), Shape.PAUSE);
        }
        if (kind instanceof StepKind.Await await) {
            return new Kind("await " + await.signal() + within(await.within()), Shape.PAUSE);
        }
        if (kind instanceof StepKind.Approve approve) {
            String by = approve.by().isEmpty() ? "" : " by " + String.join(", ", approve.by());
            return new Kind("approve" + by + within(approve.within()), Shape.PAUSE);
        }
        if (kind instanceof StepKind.Emit emit) {
            return new Kind("emit " + emit.event(), Shape.WORK);
        }
        if (kind instanceof StepKind.Fail fail) {
            return new Kind("fail " + fail.code(), Shape.FAILURE);
        }
        return new Kind("java", Shape.WORK);
    }

    private static String within(Optional<Duration> limit) {
        return limit.map(duration -> " within " + Durations.print(duration)).orElse("");
    }

    private static String shorten(String text) {
        String line = BRACES.matcher(text)
                .replaceAll(braces -> Matcher.quoteReplacement(braces.group(1).strip()))
                .strip()
                .replaceAll("\\s+", " ");
        return line.length() > LONGEST_LABEL ? line.substring(0, LONGEST_LABEL - 3) + "..." : line;
    }
}
