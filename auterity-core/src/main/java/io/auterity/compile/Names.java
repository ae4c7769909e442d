package io.auterity.compile;

import io.auterity.compile.View.Moment;
import io.auterity.expression.Environment;
import io.auterity.expression.Type;
import io.auterity.plan.Reference;
import io.auterity.plan.Reference.Kind;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The names an expression may use, as the expression engine asks for them: from the innermost block outwards, without
 * copying anything.
 *
 * <p>What {@link ReadRule} has reported resolves to {@code any}, so that a mistake is told once.
 */
final class Names implements Environment.Resolver {

    /** Names that no loop variable may have. */
    static final List<String> RESERVED = List.of("input", "steps", "run", "vars", "secrets", "index", "error");

    private static final List<String> OF_TRIGGER = List.of("name", "at");

    static final List<String> OF_STEP = List.of("output", "status", "error", "attempts");
    private static final List<String> OF_RUN = List.of("id", "startedAt", "workflow", "tenant");
    private static final Type ERROR = Type.object()
            .field("code", Type.STRING)
            .field("message", Type.STRING)
            .build();
    private static final Type STATUS = Type.enumeration(List.of(
            "pending", "ready", "running", "waiting", "succeeded", "failed", "skipped", "cancelled", "compensated"));

    private final Compilation compilation;
    private final View view;
    private Set<String> unknown = Set.of();

    Names(Compilation compilation, View view) {
        this.compilation = compilation;
        this.view = view;
    }

    /** Notes that a step which is named without anything after it has been reported as unknown. */
    void addUnknown(String step) {
        unknown = unknown.isEmpty() ? new HashSet<>() : unknown;
        unknown.add(step);
    }

    /** The type of an error as data. */
    static Type errorType() {
        return ERROR;
    }

    @Override
    public Optional<Environment.Variable> resolve(String name) {
        int dot = name.indexOf('.');
        String root = dot < 0 ? name : name.substring(0, dot);
        String rest = dot < 0 ? "" : name.substring(dot + 1);
        if (view.moment() == Moment.TRIGGER) {
            if (root.equals("steps") && rest.indexOf('.') >= 0) {
                return Optional.of(variable(Kind.OUTPUT, 0, 0, Type.ANY)); // reported
            }
            return Optional.ofNullable(root.equals("trigger") && dot > 0 ? trigger(rest) : null);
        }
        return Optional.ofNullable(
                switch (root) {
                    case "steps" -> dot < 0 ? null : step(rest);
                    case "input" -> dot < 0 ? variable(Kind.INPUT, 0, 0, compilation.inputType()) : null;
                    case "vars" -> dot < 0 ? null : workflowVariable(rest);
                    case "run" -> dot < 0 ? null : run(rest);
                    case "secrets" -> dot < 0 || rest.indexOf('.') >= 0 ? null : secret(rest);
                    default -> dot < 0 ? local(root) : null;
                });
    }

    private Environment.@Nullable Variable step(String rest) {
        int dot = rest.indexOf('.');
        String name = dot < 0 ? rest : rest.substring(0, dot);
        Lookup found = Lookup.find(view, name);
        if (dot < 0) { // no value; perhaps the first half of a name with a dash
            return found == null && unknown.contains(name) ? variable(Kind.OUTPUT, 0, 0, Type.ANY) : null;
        }
        if (found == null) {
            return variable(Kind.OUTPUT, 0, 0, Type.ANY); // reported
        }
        int number = found.step().number();
        return switch (rest.substring(dot + 1)) {
            case "output" -> variable(Kind.OUTPUT, found.depth(), number, found.outputType());
            case "status" -> variable(Kind.STATUS, found.depth(), number, STATUS);
            case "error" -> variable(Kind.ERROR, found.depth(), number, Type.optional(ERROR));
            case "attempts" -> variable(Kind.ATTEMPTS, found.depth(), number, Type.INTEGER);
            default -> null;
        };
    }

    private Environment.@Nullable Variable workflowVariable(String name) {
        Integer number = compilation.vars().number(name);
        return number == null
                ? null
                : variable(Kind.VAR, 0, number, compilation.vars().type(number));
    }

    private static Environment.@Nullable Variable run(String name) {
        return switch (name) {
            case "id" -> variable(Kind.RUN_ID, 0, 0, Type.STRING);
            case "startedAt" -> variable(Kind.RUN_STARTED_AT, 0, 0, Type.TIMESTAMP);
            case "workflow" -> variable(Kind.RUN_WORKFLOW, 0, 0, Type.STRING);
            case "tenant" -> variable(Kind.RUN_TENANT, 0, 0, Type.STRING);
            default -> null;
        };
    }

    private static Environment.@Nullable Variable trigger(String name) {
        return switch (name) {
            case "name" -> variable(Kind.TRIGGER_NAME, 0, 0, Type.STRING);
            case "at" -> variable(Kind.TRIGGER_AT, 0, 0, Type.TIMESTAMP);
            default -> null;
        };
    }

    private Environment.Variable secret(String name) {
        return variable(Kind.SECRET, 0, compilation.links().secret(name), Type.STRING);
    }

    /** Finds a loop's variable, {@code index} or {@code error}, from the innermost frame outwards. */
    private Environment.@Nullable Variable local(String name) {
        int depth = 0;
        for (View at = view; at != null; at = at.block().around()) {
            BlockDraft block = at.block();
            if (at.moment() == Moment.FALLBACK && name.equals("error") && at.reader() != null) {
                return variable(Kind.ERROR, depth, at.reader().number(), ERROR);
            }
            if (name.equals(block.variable())) {
                return variable(Kind.VARIABLE, depth, 0, block.variableType());
            }
            if (name.equals("index") && block.role().hasIndex()) {
                return variable(Kind.INDEX, depth, 0, Type.INTEGER);
            }
            depth++;
        }
        boolean reported = name.equals("index") || name.equals("error");
        return reported ? variable(Kind.INDEX, 0, 0, Type.ANY) : null;
    }

    /** Whether a name that only some places have is there. */
    boolean hasLocal(String name) {
        for (View at = view; at != null; at = at.block().around()) {
            boolean found = (at.moment() == Moment.FALLBACK && name.equals("error"))
                    || name.equals(at.block().variable())
                    || (name.equals("index") && at.block().role().hasIndex());
            if (found) {
                return true;
            }
        }
        return false;
    }

    private static Environment.Variable variable(Kind kind, int depth, int index, Type type) {
        return new Environment.Variable(Reference.of(kind, depth, index), type);
    }

    @Override
    public Collection<String> names(String prefix) {
        if (prefix.startsWith("steps.")) { // decides how a name with dashes is read, so never left out
            return known(prefix);
        }
        return compilation.mayCompare() ? compilation.counted(known(prefix)) : List.of();
    }

    private Collection<String> known(String prefix) {
        if (view.moment() == Moment.TRIGGER) {
            return prefix.isEmpty() ? List.of("trigger") : prefix.equals("trigger") ? OF_TRIGGER : List.of();
        }
        if (prefix.isEmpty()) {
            return roots();
        }
        if (prefix.equals("steps")) {
            return visibleSteps(view);
        }
        if (prefix.equals("run")) {
            return OF_RUN;
        }
        if (prefix.equals("vars")) {
            return compilation.vars().names();
        }
        boolean step = prefix.startsWith("steps.") && Lookup.find(view, prefix.substring(6)) != null;
        return step ? OF_STEP : List.of();
    }

    private Collection<String> roots() {
        Set<String> roots = new LinkedHashSet<>(List.of("input", "steps", "run"));
        if (!compilation.vars().names().isEmpty()) {
            roots.add("vars");
        }
        if (view.secrets()) {
            roots.add("secrets");
        }
        for (View at = view; at != null; at = at.block().around()) {
            if (at.block().variable() != null) {
                roots.add(at.block().variable());
            }
        }
        for (String name : List.of("index", "error")) {
            if (hasLocal(name)) {
                roots.add(name);
            }
        }
        return roots;
    }

    /** The same without the step that reads. */
    static Collection<String> otherSteps(View view) {
        Collection<String> names = new LinkedHashSet<>(visibleSteps(view));
        if (view.reader() != null) {
            names.remove(view.reader().name());
        }
        return names;
    }

    /** The steps that an expression with this view can name, innermost first. */
    static Collection<String> visibleSteps(View view) {
        Set<String> names = new LinkedHashSet<>();
        for (View at = view; at != null; at = at.block().around()) {
            if (at.moment() != Moment.BEFORE && at.moment() != Moment.TRIGGER) {
                names.addAll(at.block().names());
            }
        }
        return names;
    }
}
