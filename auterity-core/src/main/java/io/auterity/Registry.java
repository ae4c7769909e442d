package io.auterity;

import io.auterity.compile.Compiler;
import io.auterity.compile.Limits;
import io.auterity.compile.Signature;
import io.auterity.connector.Connectors;
import io.auterity.connector.JsonSchema;
import io.auterity.connector.Operation;
import io.auterity.definition.Closest;
import io.auterity.definition.Definition;
import io.auterity.definition.DefinitionException;
import io.auterity.definition.DefinitionReader;
import io.auterity.definition.Problem;
import io.auterity.expression.Type;
import io.auterity.journal.JavaValue;
import io.auterity.plan.Plan;
import io.auterity.run.Bindings;
import io.auterity.run.Pace;
import io.auterity.run.StepFunction;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The workflows that an engine can run, compiled and bound to what their names mean. Thread-safe. */
final class Registry {

    private static final Logger LOG = LoggerFactory.getLogger(Registry.class);

    private final Connectors connectors;
    private final Limits limits;
    private final Function<String, Optional<String>> secrets;
    private final Bindings.Children children;
    private final Map<String, Registered> workflows = new ConcurrentHashMap<>();
    private final Map<String, Registered> versions = new ConcurrentHashMap<>();
    private final Map<String, Workflow<?, ?>> sources = new ConcurrentHashMap<>();

    Registry(
            Connectors connectors,
            Limits limits,
            Function<String, Optional<String>> secrets,
            Bindings.Children children) {
        this.connectors = connectors;
        this.limits = limits;
        this.secrets = secrets;
        this.children = children;
    }

    /**
     * A workflow ready to run.
     *
     * @param plan what was compiled
     * @param signature what other workflows know of it
     * @param bindings what the plan's names mean
     * @param input checks inputs
     */
    record Registered(Plan plan, Signature signature, Bindings bindings, Optional<JsonSchema> input) {

        /** Returns an input with the defaults of its schema, if it is one for this workflow. */
        @Nullable
        Object accept(@Nullable Object stored) {
            if (input.isEmpty() || stored instanceof JavaValue) {
                return stored; // what came as an object of the declared class has the shape of its schema
            }
            Object whole = input.get().withDefaults(stored);
            List<String> problems = input.get().problems(whole);
            if (!problems.isEmpty()) {
                throw new EngineException(
                        EngineException.INVALID_INPUT,
                        "the input of workflow '" + plan.workflow() + "' has "
                                + (problems.size() == 1 ? "1 problem" : problems.size() + " problems") + ":\n"
                                + String.join("\n", problems));
            }
            return whole;
        }
    }

    /** All workflows, in the order of their identifiers. */
    List<Plan> plans() {
        return workflows.values().stream()
                .map(Registered::plan)
                .sorted(Comparator.comparing(Plan::workflow))
                .toList();
    }

    /** Returns a workflow in the version that a run was started with; empty if its code or its definition is not here. */
    Optional<Registered> get(String workflow, String version, Function<String, Optional<String>> definitions) {
        Registered latest = workflows.get(workflow);
        if (latest != null && latest.plan().hash().equals(version)) {
            return Optional.of(latest);
        }
        Registered known = versions.get(version);
        if (known == null) {
            known = definitions
                    .apply(version)
                    .map(json -> DefinitionReader.ofRecords()
                            .read(json, workflow + "@" + version)
                            .definition())
                    .flatMap(definition -> compileVersion(definition, version))
                    .orElse(null);
        }
        return Optional.ofNullable(known);
    }

    private Optional<Registered> compileVersion(Definition definition, String version) {
        Workflow<?, ?> code = sources.get(definition.id());
        Workflow<?, ?> workflow = code == null ? Workflow.of(definition) : code.at(definition);
        Batch batch = new Batch(Map.of(definition.id(), workflow), true);
        batch.compile(workflow);
        Registered compiled = batch.done.get(definition.id());
        if (compiled == null) {
            LOG.warn("version {} of workflow {} does not compile here: {}", version, definition.id(), batch.problems());
            return Optional.empty();
        }
        boolean whole = compiled.plan().functions().stream()
                .allMatch(path -> workflow.function(path).isPresent());
        if (!whole || !compiled.plan().hash().equals(version)) {
            LOG.warn("version {} of workflow {} needs Java code that is not here", version, definition.id());
            return Optional.empty();
        }
        versions.put(version, compiled);
        return Optional.of(compiled);
    }

    Registered get(String workflow) {
        Registered registered = workflows.get(workflow);
        if (registered == null) {
            throw new EngineException(
                    EngineException.UNKNOWN_WORKFLOW,
                    "no workflow '" + workflow + "' is registered with this engine; "
                            + Closest.fix(workflow, workflows.keySet()));
        }
        return registered;
    }

    /** Compiles all, whatever their order, and registers all or none. */
    void register(List<? extends Workflow<?, ?>> all) {
        Map<String, Workflow<?, ?>> wanted = new LinkedHashMap<>();
        all.forEach(workflow -> wanted.put(workflow.definition().id(), workflow));
        Batch batch = new Batch(wanted, false);
        wanted.values().forEach(batch::compile);
        List<Problem> problems = batch.problems();
        if (!problems.isEmpty()) {
            String subject = wanted.size() == 1
                    ? "workflow '" + wanted.keySet().iterator().next() + "'"
                    : "the registration of " + wanted.size() + " workflows";
            throw new DefinitionException(subject, problems);
        }
        batch.done.forEach((id, done) -> {
            if (versions.put(done.plan().hash(), done) == null) {
                batch.warnings.getOrDefault(id, List.of()).forEach(warning -> LOG.warn("workflow {} {}", id, warning));
            }
        });
        workflows.putAll(batch.done);
        wanted.keySet().forEach(id -> sources.put(id, wanted.get(id)));
    }

    /** Workflows being registered together, each compiled when it or one that runs it is met. */
    private final class Batch {

        private final Map<String, Workflow<?, ?>> wanted;
        private final Map<String, Registered> done = new LinkedHashMap<>();
        private final Map<String, List<Problem>> problems = new LinkedHashMap<>();
        private final Map<String, List<String>> warnings = new HashMap<>();
        private final Set<String> underWay = new LinkedHashSet<>();
        private final Compiler compiler;

        Batch(Map<String, Workflow<?, ?>> wanted, boolean isRecorded) {
            this.wanted = wanted;
            Set<String> names = new LinkedHashSet<>(wanted.keySet());
            names.addAll(workflows.keySet());
            Compiler.Builder builder = Compiler.builder()
                    .connectors(connectors)
                    .workflows(this::signature, () -> names)
                    .limits(limits);
            this.compiler = (isRecorded ? builder.recorded() : builder).build();
        }

        void compile(Workflow<?, ?> workflow) {
            String id = workflow.definition().id();
            if (problems.putIfAbsent(id, List.of()) != null) {
                return; // done, or under way further up
            }
            underWay.add(id);
            Compiler.Result result = compiler.check(workflow.definition(), workflow.positions());
            underWay.remove(id);
            problems.put(id, result.problems());
            warnings.put(
                    id,
                    Stream.concat(workflow.warnings().stream(), result.warnings().stream())
                            .toList());
            result.compiled()
                    .ifPresent(compiled -> done.put(
                            id,
                            new Registered(
                                    compiled.plan(),
                                    compiled.signature(),
                                    bind(workflow, compiled.plan()),
                                    schemaOf(workflow))));
        }

        List<Problem> problems() {
            return problems.values().stream().flatMap(List::stream).toList();
        }

        private Optional<Signature> signature(String id) {
            Workflow<?, ?> workflow = wanted.get(id);
            if (workflow == null) {
                return Optional.ofNullable(workflows.get(id)).map(Registered::signature);
            }
            if (!problems.containsKey(id)) {
                compile(workflow);
            }
            Registered ready = done.get(id);
            if (ready != null) {
                return Optional.of(ready.signature());
            }
            // Under way further up, so it runs, by way of others, what is being compiled now; or it has problems.
            Set<String> runs = underWay.contains(id) ? Set.copyOf(underWay) : Set.of();
            return Optional.of(new Signature(workflow.definition().input(), Type.ANY, runs));
        }

        private static Optional<JsonSchema> schemaOf(Workflow<?, ?> workflow) {
            Map<String, Object> schema = workflow.definition().input();
            return schema.isEmpty() ? Optional.empty() : Optional.of(JsonSchema.of(schema));
        }
    }

    private Bindings bind(Workflow<?, ?> workflow, Plan plan) {
        List<Operation> operations =
                plan.operations().stream().map(connectors::get).toList();
        List<StepFunction> functions = plan.functions().stream()
                .map(path -> workflow.function(path).orElseGet(() -> missing(plan.workflow(), path)))
                .toList();
        return new Bindings(operations, functions, secrets, children, new Pace());
    }

    /** A definition with Java steps may be looked at without their code, but not run. */
    private static StepFunction missing(String workflow, String path) {
        return (inputs, context) -> {
            throw new EngineException(
                    EngineException.UNKNOWN_WORKFLOW,
                    "the Java code of step '" + path + "' of workflow '" + workflow
                            + "' is not here; register the workflow that was defined in Java");
        };
    }
}
