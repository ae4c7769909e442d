package io.auterity.compile;

import io.auterity.definition.Closest;
import io.auterity.definition.Definition;
import io.auterity.definition.Settings;
import io.auterity.expression.Type;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/** What the parts of one compilation share; confined to one thread. */
final class Compilation {

    /** How many names are compared before spelling is no longer guessed at, so that a hostile definition is cheap. */
    private static final int MOST_COMPARISONS = 200_000;

    private final Definition definition;
    private final Limits limits;
    private final World world;
    private final Problems problems;
    private final LinkTable links = new LinkTable();
    private final Schemas schemas = new Schemas(this);
    private final Vars vars = new Vars();
    private final Deque<KindDraft> undos = new ArrayDeque<>();
    private final Map<String, StepDraft> steps = new LinkedHashMap<>();
    private final Set<String> functions = new HashSet<>();
    private final Set<String> calls = new LinkedHashSet<>();
    private Type inputType = Type.ANY;
    private int ranks;
    private int comparisons;

    Compilation(Definition definition, Limits limits, World world, Problems problems) {
        this.definition = definition;
        this.limits = limits;
        this.world = world;
        this.problems = problems;
    }

    Definition definition() {
        return definition;
    }

    Settings.Defaults defaults() {
        return definition.settings().defaults();
    }

    Limits limits() {
        return limits;
    }

    World world() {
        return world;
    }

    Problems problems() {
        return problems;
    }

    LinkTable links() {
        return links;
    }

    Schemas schemas() {
        return schemas;
    }

    Vars vars() {
        return vars;
    }

    Type inputType() {
        return inputType;
    }

    void inputType(Type type) {
        inputType = type;
    }

    /** Returns the next number in the order in which people read a definition. */
    int nextRank() {
        return ++ranks;
    }

    void addStep(String path, StepDraft step) {
        steps.put(path, step);
    }

    /** All steps by path. */
    Map<String, StepDraft> steps() {
        return steps;
    }

    /** Returns the path of some step of a name that is inside a block, or an empty text; for one that cannot be read. */
    String stepElsewhere(String name) {
        if (mayCompare()) {
            String end = "/" + name;
            for (String path : counted(steps.keySet())) {
                if (path.endsWith(end)) {
                    return path;
                }
            }
        }
        return "";
    }

    /** Notes the path of a Java step's code; false if another step has it. */
    boolean claimFunction(String path) {
        return functions.add(path);
    }

    void addCall(String workflow) {
        calls.add(workflow);
    }

    /** The workflows that this one runs. */
    Set<String> calls() {
        return calls;
    }

    /** Puts the check of an undo off until all steps have types, since it may read any of them. */
    void later(KindDraft undo) {
        undos.add(undo);
    }

    void checkUndos() {
        for (KindDraft undo = undos.poll(); undo != null; undo = undos.poll()) {
            undo.check();
        }
    }

    /** Writes the fix for a name that is not known. */
    String suggestion(String name, Supplier<? extends Collection<String>> known) {
        return mayCompare() ? Closest.fix(name, counted(known.get())) : "check its spelling";
    }

    boolean mayCompare() {
        return comparisons < MOST_COMPARISONS;
    }

    /** Counts names that a mistyped one is about to be compared with. */
    Collection<String> counted(Collection<String> names) {
        comparisons += names.size();
        return names;
    }
}
