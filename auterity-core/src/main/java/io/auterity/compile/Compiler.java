package io.auterity.compile;

import io.auterity.connector.Connectors;
import io.auterity.connector.Operation;
import io.auterity.definition.Definition;
import io.auterity.definition.DefinitionException;
import io.auterity.definition.DefinitionHash;
import io.auterity.definition.Positions;
import io.auterity.definition.Problem;
import io.auterity.expression.Type;
import io.auterity.plan.Graph;
import io.auterity.plan.Plan;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Turns definitions into plans, or says everything that is wrong with them at once.
 *
 * <p>A compilation has four passes. The first measures the definition against the {@link Limits}, so that a hostile one
 * costs nothing. The second drafts every block and step and reads every expression once. The third links: each name is
 * looked up from the innermost block outwards, and reading a step makes an edge of the block that both stand in. The
 * fourth walks each block in the order of its edges, gives every expression and every output its static type, and
 * decides which outputs may be absent. What is left without a problem becomes dense graphs. All passes are linear in the
 * size of the definition.
 *
 * <p>Instances are immutable and safe for all threads.
 */
public final class Compiler {

    private final World world;
    private final Limits limits;

    private Compiler(World world, Limits limits) {
        this.world = world;
        this.limits = limits;
    }

    /**
     * Starts a compiler that knows no operations, workflows or secrets.
     *
     * @return a builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Compiles a definition that was made in Java.
     *
     * @param definition the definition
     * @return the plan
     * @throws DefinitionException with every problem, if there is any
     */
    public Plan compile(Definition definition) {
        return compile(definition, Positions.NONE);
    }

    /**
     * Compiles a definition.
     *
     * @param definition the definition
     * @param positions where its parts stand in the text it was read from
     * @return the plan
     * @throws DefinitionException with every problem and its line and column, if there is any
     */
    public Plan compile(Definition definition, Positions positions) {
        return check(definition, positions).orElseThrow().plan();
    }

    /**
     * Compiles a definition without throwing.
     *
     * @param definition the definition
     * @param positions where its parts stand in the text it was read from
     * @return the compiled workflow, or every problem
     */
    public Result check(Definition definition, Positions positions) {
        Objects.requireNonNull(definition, "definition");
        Problems problems = new Problems(positions);
        List<String> warnings = SizeRule.check(definition, limits, problems);
        if (!problems.isEmpty()) {
            return new Result(definition.id(), Optional.empty(), problems.list(), List.of());
        }
        Compilation compilation = new Compilation(definition, limits, world, problems);
        Place place = Place.of(definition.id());
        WorkflowRule.check(compilation, place);
        Type input = compilation.schemas().type(place.at("input"), definition.input());
        compilation.inputType(definition.input().isEmpty() ? Type.map(Type.ANY) : input);
        BlockDraft.Setting setting = new BlockDraft.Setting(BlockDraft.Role.WORKFLOW, place, "", null, null);
        BlockDraft body = new BlockDraft(
                compilation,
                setting,
                definition.body().steps(),
                definition.body().output());
        compilation
                .vars()
                .check(
                        compilation,
                        body,
                        place.at("vars"),
                        definition.settings().vars());
        TriggerRule triggers = new TriggerRule(compilation, body, input);
        triggers.check(place.at("triggers"));
        body.link();
        Type output = body.check();
        compilation.checkUndos();
        if (!problems.isEmpty()) {
            return new Result(definition.id(), Optional.empty(), problems.list(), warnings);
        }
        Compiled compiled = compiled(compilation, body, triggers, output);
        return new Result(definition.id(), Optional.of(compiled), List.of(), warnings);
    }

    private static Compiled compiled(Compilation compilation, BlockDraft body, TriggerRule triggers, Type output) {
        Definition definition = compilation.definition();
        Graph graph = body.graph();
        Plan plan = new Plan(
                definition,
                DefinitionHash.of(definition),
                graph,
                compilation.vars().computes(),
                triggers.inputs(),
                compilation.links().links());
        Map<String, Type> types = new LinkedHashMap<>();
        compilation.steps().forEach((path, step) -> types.put(path, step.output()));
        Signature signature = new Signature(definition.input(), output, compilation.calls());
        return new Compiled(plan, signature, compilation.inputType(), types);
    }

    /**
     * What came of a compilation.
     *
     * @param workflow the workflow's identifier
     * @param compiled the compiled workflow; empty if there are problems
     * @param problems everything that is wrong, in the order in which people read the definition
     * @param warnings what nears a limit, {@link io.auterity.definition.WarnLevel}; sentences without their subject, the
     *     workflow
     */
    public record Result(String workflow, Optional<Compiled> compiled, List<Problem> problems, List<String> warnings) {

        /** Copies the problems and the warnings. */
        public Result {
            Objects.requireNonNull(workflow, "workflow");
            Objects.requireNonNull(compiled, "compiled");
            problems = List.copyOf(problems);
            warnings = List.copyOf(warnings);
        }

        /**
         * Returns the compiled workflow.
         *
         * @return the compiled workflow
         * @throws DefinitionException with every problem, if there is any
         */
        public Compiled orElseThrow() {
            return compiled.orElseThrow(() -> new DefinitionException("workflow '" + workflow + "'", problems));
        }
    }

    /** Gathers what definitions may name; confined to one thread. */
    public static final class Builder {

        private Function<String, Optional<Operation.Description>> operations = name -> Optional.empty();
        private Supplier<? extends Collection<String>> operationNames = List::of;
        private Function<String, Optional<Signature>> workflows = id -> Optional.empty();
        private Supplier<? extends Collection<String>> workflowNames = List::of;
        private Optional<Set<String>> secrets = Optional.empty();
        private boolean isRecorded;
        private Limits limits = Limits.DEFAULT;

        private Builder() {}

        /**
         * Sets the connectors whose operations steps may use.
         *
         * @param connectors the connectors
         * @return this builder
         */
        public Builder connectors(Connectors connectors) {
            return operations(name -> connectors.find(name).map(Operation::description), connectors::names);
        }

        /**
         * Sets the operations that steps may use.
         *
         * @param find finds an operation's description by {@code <connector>.<operation>}; called from the compiling
         *     thread
         * @param names lists all of them, to suggest the closest
         * @return this builder
         */
        public Builder operations(
                Function<String, Optional<Operation.Description>> find, Supplier<? extends Collection<String>> names) {
            operations = Objects.requireNonNull(find, "find");
            operationNames = Objects.requireNonNull(names, "names");
            return this;
        }

        /**
         * Sets the workflows that steps may run.
         *
         * @param find finds a workflow's signature by its identifier; called from the compiling thread
         * @param names lists all of them, to suggest the closest
         * @return this builder
         */
        public Builder workflows(
                Function<String, Optional<Signature>> find, Supplier<? extends Collection<String>> names) {
            workflows = Objects.requireNonNull(find, "find");
            workflowNames = Objects.requireNonNull(names, "names");
            return this;
        }

        /**
         * Sets the secrets that there are; without this, a secret's name is not checked.
         *
         * @param names the names
         * @return this builder
         */
        public Builder secrets(Collection<String> names) {
            secrets = Optional.of(new TreeSet<>(names));
            return this;
        }

        /**
         * Compiles definitions that were accepted elsewhere and come from a journal: a workflow that {@code core.run} names
         * is looked for when the step runs, which it may have done already.
         *
         * @return this builder
         */
        public Builder recorded() {
            isRecorded = true;
            return this;
        }

        /**
         * Sets how much a definition may ask for; {@link Limits#DEFAULT} without this.
         *
         * @param newLimits the limits
         * @return this builder
         */
        public Builder limits(Limits newLimits) {
            limits = Objects.requireNonNull(newLimits, "limits");
            return this;
        }

        /**
         * Makes the compiler.
         *
         * @return the compiler
         */
        public Compiler build() {
            return new Compiler(
                    new World(operations, operationNames, workflows, workflowNames, secrets, isRecorded), limits);
        }
    }
}
