package io.auterity.compile;

import io.auterity.compile.View.Moment;
import io.auterity.definition.Order.Join;
import io.auterity.definition.Policy;
import io.auterity.definition.Policy.OnError;
import io.auterity.definition.Retry;
import io.auterity.definition.Step;
import io.auterity.definition.StepKind;
import io.auterity.expression.Type;
import io.auterity.plan.Body;
import io.auterity.plan.Compute;
import io.auterity.plan.Node;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A step on its way to a node: what it reads, and then what is known of its output. */
final class StepDraft {

    private final Compilation compilation;
    private final BlockDraft block;
    private final int number;
    private final Step step;
    private final Place place;
    private final KindDraft kind;
    private final @Nullable Condition condition;
    private final @Nullable TemplateDraft fallbackValue;
    private final @Nullable KindDraft fallbackStep;
    private final @Nullable KindDraft undo;
    private final Ints needs = new Ints();
    private final Ints reads = new Ints();
    private int[] predecessors = {};

    private Type output = Type.ANY;
    private boolean maySkip;
    private Fate fate = Fate.OPEN;

    /** What is certain of a step before any run. */
    enum Fate {
        /** Nothing. */
        OPEN,
        /** It never runs. */
        NEVER_RUNS,
        /** It runs and always fails. */
        ALWAYS_FAILS
    }

    StepDraft(Compilation compilation, BlockDraft block, int number, Step step, Place place) {
        this.compilation = compilation;
        this.block = block;
        this.number = number;
        this.step = step;
        this.place = place;
        View view = new View(block, this, Moment.RUN, false);
        this.condition = step.order()
                .condition()
                .map(source -> new Condition(compilation, view, place.at("if"), source))
                .orElse(null);
        String path = block.path().isEmpty() ? step.name() : block.path() + "/" + step.name();
        compilation.addStep(path, this);
        this.kind = KindDraft.of(compilation, view, place, path, step.kind());
        OnError onError = step.policy().onError();
        View failed = view.at(Moment.FALLBACK);
        Place fallback = place.at("onError").at("fallback");
        this.fallbackValue = onError instanceof OnError.FallbackValue value
                ? TemplateDraft.of(compilation, failed, fallback, value.value())
                : null;
        this.fallbackStep = onError instanceof OnError.FallbackStep other
                ? KindDraft.of(compilation, failed, fallback, path + "/fallback", other.kind())
                : null;
        this.undo = step.policy()
                .undo()
                .map(other -> KindDraft.of(compilation, view.at(Moment.UNDO), place.at("undo"), path + "/undo", other))
                .orElse(null);
    }

    /** Finds what the step and everything nested in it reads; the edges of this and the enclosing blocks. */
    void link() {
        NeedsRule.check(compilation, this);
        if (condition != null) {
            condition.link();
        }
        kind.link();
        if (fallbackValue != null) {
            fallbackValue.link();
        }
        if (fallbackStep != null) {
            fallbackStep.link();
        }
        if (undo != null) {
            undo.link();
        }
    }

    /** Decides types and presence, once the same is known of all predecessors. */
    void check() {
        PolicyRule.check(compilation, this);
        fate = Reachability.byPredecessors(compilation, this);
        maySkip = Reachability.maySkip(this);
        if (condition != null) {
            condition.check();
            if (condition.isConstantly(false)) {
                fate = Fate.NEVER_RUNS;
                compilation
                        .problems()
                        .add(
                                Code.UNREACHABLE,
                                place,
                                "the step never runs: its condition is always false",
                                "remove the step, or mend the condition");
            }
            maySkip |= !condition.isConstantly(true);
        }
        Type own = kind.check();
        if (fate == Fate.OPEN && !maySkip && kind.alwaysFails() && !isMended()) {
            fate = Fate.ALWAYS_FAILS;
        }
        if (fallbackValue != null) {
            own = kind.alwaysFails() ? fallbackValue.required() : Type.union(own, fallbackValue.required());
        }
        if (fallbackStep != null) {
            Type other = fallbackStep.check();
            own = kind.alwaysFails() ? other : Type.union(own, other);
        }
        output = own;
        if (undo != null) {
            compilation.later(undo);
        }
    }

    private boolean isMended() {
        return fallbackValue != null || fallbackStep != null;
    }

    Node node() {
        Compute holds = condition == null || condition.isConstantly(true) ? null : condition.compute();
        Node.Start start = new Node.Start(join(), holds);
        return new Node(step.name(), start, kind.body(), recovery());
    }

    private Node.Recovery recovery() {
        Policy policy = step.policy();
        Body fallback = fallbackValue != null
                ? new Body.Value(fallbackValue.compute())
                : fallbackStep != null ? fallbackStep.body() : null;
        return new Node.Recovery(
                retry(policy), timeout(policy), continues(), fallback, undo == null ? null : undo.body());
    }

    private Retry retry(Policy policy) {
        boolean calls = step.kind() instanceof StepKind.Uses || step.kind() instanceof StepKind.Java;
        return policy.retry()
                .or(() -> calls ? compilation.defaults().retry() : Optional.empty())
                .orElse(Retry.NONE);
    }

    private @Nullable Duration timeout(Policy policy) {
        if (policy.timeout().isPresent()) {
            return policy.timeout().get();
        }
        boolean calls = step.kind() instanceof StepKind.Uses || step.kind() instanceof StepKind.Java;
        if (!calls && !(step.kind() instanceof StepKind.Value)) {
            return null;
        }
        return compilation.defaults().timeout().orElse(calls ? Policy.DEFAULT_TIMEOUT : null);
    }

    void addNeed(int other) {
        needs.add(other);
    }

    void addRead(int other) {
        reads.add(other);
    }

    /** Fixes the edges, when everything is linked. */
    void settleEdges() {
        Ints all = new Ints();
        all.addAll(needs);
        all.addAll(reads);
        predecessors = all.distinct();
    }

    /** The numbers of the steps that must settle before this one, ascending. */
    int[] predecessors() {
        return predecessors;
    }

    int[] reads() {
        return reads.distinct();
    }

    BlockDraft block() {
        return block;
    }

    int number() {
        return number;
    }

    Step step() {
        return step;
    }

    String name() {
        return step.name();
    }

    Place place() {
        return place;
    }

    KindDraft kind() {
        return kind;
    }

    Join join() {
        return step.order().join();
    }

    Type output() {
        return output;
    }

    boolean maySkip() {
        return maySkip;
    }

    /** Whether it has a condition that may turn out either way. */
    boolean hasOpenCondition() {
        return condition != null && !condition.isConstantly(true);
    }

    boolean continues() {
        return step.policy().onError() instanceof OnError.Continue;
    }

    Fate fate() {
        return fate;
    }
}
