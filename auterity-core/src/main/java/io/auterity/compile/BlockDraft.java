package io.auterity.compile;

import io.auterity.compile.StepDraft.Fate;
import io.auterity.compile.View.Moment;
import io.auterity.definition.Step;
import io.auterity.definition.Template;
import io.auterity.expression.Type;
import io.auterity.plan.Graph;
import io.auterity.plan.Node;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A block on its way to a graph: its steps by name and number, what surrounds it, and what its frame holds. */
final class BlockDraft {

    private final Compilation compilation;
    private final Role role;
    private final Place place;
    private final String path;
    private final @Nullable View around;
    private final @Nullable String variable;
    private final List<StepDraft> steps = new ArrayList<>();
    private final Map<String, StepDraft> byName = new LinkedHashMap<>();
    private final @Nullable TemplateDraft output;
    private final Ints outputReads = new Ints();
    private Type variableType = Type.ANY;

    /** What a block is for. */
    enum Role {
        WORKFLOW,
        LOOP,
        REPEAT,
        RACE,
        TRY,
        CATCH,
        FINALLY;

        /** What tells the steps of this block from those of another block of the same step, in their paths. */
        String suffix() {
            return this == CATCH ? ".catch" : this == FINALLY ? ".finally" : "";
        }

        boolean hasIndex() {
            return this == LOOP || this == REPEAT;
        }
    }

    /** Where a block stands: its role, its place in the definition, the path of its step, and what surrounds it. */
    record Setting(
            Role role,
            Place place,
            String path,
            @Nullable View around,
            @Nullable String variable) {}

    BlockDraft(Compilation compilation, Setting setting, List<Step> written, Optional<Template> template) {
        this.compilation = compilation;
        this.role = setting.role();
        this.place = setting.place();
        this.path = setting.path();
        this.around = setting.around();
        this.variable = setting.variable();
        for (Step step : written) {
            String container = role == Role.RACE ? "" : "steps";
            Place at = place.step(step.name(), container, compilation.nextRank());
            StepDraft draft = new StepDraft(compilation, this, steps.size(), step, at);
            steps.add(draft);
            StepNameRule.check(compilation, draft, byName.putIfAbsent(step.name(), draft));
        }
        Place outputPlace = place.at("output", compilation.nextRank());
        View after = new View(this, null, Moment.AFTER, false);
        this.output = template.map(value -> TemplateDraft.of(compilation, after, outputPlace, value))
                .orElse(null);
    }

    void link() {
        for (StepDraft step : steps) {
            step.link();
        }
        if (output != null) {
            output.link();
        }
        for (StepDraft step : steps) {
            step.settleEdges();
        }
    }

    /** Checks everything in the block and returns the type of its value. */
    Type check() {
        for (int number : CycleRule.order(compilation, this)) {
            steps.get(number).check();
        }
        return output != null ? output.required() : allOutputs();
    }

    private Type allOutputs() {
        Type.ObjectBuilder outputs = Type.object();
        for (StepDraft step : steps) {
            boolean certain = !step.maySkip() && !step.continues();
            outputs.field(step.name(), certain ? step.output() : Type.optional(step.output()));
        }
        return outputs.build();
    }

    /** Whether the block fails whenever it runs. */
    boolean alwaysFails() {
        for (StepDraft step : steps) {
            if (step.fate() == Fate.ALWAYS_FAILS && !step.continues()) {
                return true;
            }
        }
        return false;
    }

    Graph graph() {
        List<Node> nodes = new ArrayList<>(steps.size());
        int[][] edges = new int[steps.size()][];
        int[][] reads = new int[steps.size()][];
        for (StepDraft step : steps) {
            nodes.add(step.node());
            edges[step.number()] = step.predecessors();
            reads[step.number()] = step.reads();
        }
        return new Graph(nodes, edges, reads, outputReads.distinct(), output == null ? null : output.computeStored());
    }

    void addOutputRead(int step) {
        outputReads.add(step);
    }

    @Nullable
    StepDraft step(String name) {
        return byName.get(name);
    }

    StepDraft step(int number) {
        return steps.get(number);
    }

    List<StepDraft> steps() {
        return steps;
    }

    Collection<String> names() {
        return byName.keySet();
    }

    Role role() {
        return role;
    }

    Place place() {
        return place;
    }

    /** The names of the steps around, joined by {@code /}; empty for the workflow's own block. */
    String path() {
        return path;
    }

    @Nullable
    View around() {
        return around;
    }

    @Nullable
    String variable() {
        return variable;
    }

    Type variableType() {
        return variableType;
    }

    void variableType(Type type) {
        variableType = type;
    }
}
