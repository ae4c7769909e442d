package io.auterity.server;

import io.auterity.connector.JsonSchema;
import io.auterity.definition.Block;
import io.auterity.definition.Closest;
import io.auterity.definition.Definition;
import io.auterity.definition.Json;
import io.auterity.definition.Policy.OnError;
import io.auterity.definition.Problem;
import io.auterity.definition.Step;
import io.auterity.definition.StepKind;
import io.auterity.journal.RunMessage;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The signals and decisions that were given when the run was started, for steps that will wait for them.
 *
 * <p>A signal is sent once for each time it was given, in that order; a decision holds for its step as often as that
 * asks. Confined to one thread.
 */
final class Answers {

    /** What may come with each signal; several steps may wait for one. */
    private final Map<String, List<Map<String, Object>>> awaits = new LinkedHashMap<>();
    /** What is filled in for each step that asks; its fallback and its undo may ask, too. */
    private final Map<String, List<Map<String, Object>>> approvals = new LinkedHashMap<>();

    private final Map<String, Deque<Optional<Object>>> signals = new LinkedHashMap<>();
    private final Map<String, Decision> decisions = new LinkedHashMap<>();
    private final List<Problem> problems = new ArrayList<>();

    /**
     * A decision.
     *
     * @param approved whether it is granted
     * @param form what is filled in
     */
    record Decision(boolean approved, Map<String, Object> form) {}

    /**
     * Reads the answers.
     *
     * @param definitions all workflows that may wait
     * @param signals {@code NAME} or {@code NAME=JSON} each
     * @param approved {@code STEP} or {@code STEP=JSON} each
     * @param rejected {@code STEP} or {@code STEP=JSON} each
     * @throws Refusal if an answer cannot be read or nobody will ask for it
     */
    Answers(Collection<Definition> definitions, List<String> signals, List<String> approved, List<String> rejected) {
        definitions.forEach(definition -> look(definition.body(), ""));
        signals.forEach(this::signal);
        approved.forEach(text -> decision("--approve", text, true));
        rejected.forEach(text -> decision("--reject", text, false));
        refuse();
    }

    /**
     * Looks whether a run will take a signal.
     *
     * @param definition the run's
     * @param signal what is to be sent
     * @throws Refusal if no step waits for it, or not with this payload
     */
    static void check(Definition definition, RunMessage.Signal signal) {
        Answers answers = new Answers(List.of(definition), List.of(), List.of(), List.of());
        String where = "signal '" + signal.name() + "'";
        answers.check(where, signal.payload(), answers.awaited(signal.name(), where));
        answers.refuse();
    }

    /**
     * Reads a decision on a step of a run.
     *
     * @param definitions the run's; empty if it is not known
     * @param text {@code STEP} or {@code STEP=JSON}
     * @throws Refusal if it cannot be read or no step asks for it
     */
    static Decision decision(Collection<Definition> definitions, String text, boolean approved) {
        Answers answers = new Answers(definitions, List.of(), List.of(), List.of());
        answers.decision("STEP", text, approved);
        answers.refuse();
        return answers.decisions.values().iterator().next();
    }

    private void refuse() {
        if (!problems.isEmpty()) {
            throw new Refusal("the answer", problems);
        }
    }

    /** Takes the next signal of a name; empty if none is left. */
    Optional<Signal> takeSignal(String name) {
        Deque<Optional<Object>> left = signals.get(name);
        return left == null || left.isEmpty()
                ? Optional.empty()
                : Optional.of(new Signal(left.remove().orElse(null)));
    }

    /**
     * A signal's payload.
     *
     * @param payload a JSON value
     */
    record Signal(@Nullable Object payload) {}

    /** Finds the decision for a step; empty if there is none. */
    Optional<Decision> decision(String path) {
        Decision exact = decisions.get(path);
        return Optional.ofNullable(exact != null ? exact : decisions.get(withoutIndexes(path)));
    }

    /** The signals that nobody waited for. */
    List<String> unused() {
        return signals.entrySet().stream()
                .filter(entry -> !entry.getValue().isEmpty())
                .map(Map.Entry::getKey)
                .toList();
    }

    /** How to answer an approval. */
    String howToDecide(String path) {
        String name = withoutIndexes(path);
        return "--approve " + Shell.quoted(name + form(path)) + " or --reject " + name;
    }

    /** What is filled in to approve, as in <code>={"note": ...}</code>; empty if there is nothing. */
    String form(String path) {
        List<Map<String, Object>> forms = approvals.getOrDefault(withoutIndexes(path), List.of());
        if (forms.isEmpty() || !(forms.get(0).get("properties") instanceof Map<?, ?> fields)) {
            return "";
        }
        return fields.keySet().stream().map(key -> "\"" + key + "\": ...").collect(Collectors.joining(", ", "={", "}"));
    }

    private static String withoutIndexes(String path) {
        return path.replaceAll("\\[[0-9]+]", "");
    }

    // --- reading ---

    private void signal(String text) {
        int equals = text.indexOf('=');
        String name = equals < 0 ? text : text.substring(0, equals);
        List<Map<String, Object>> schemas = awaited(name, "--signal " + name);
        if (schemas.isEmpty()) {
            return;
        }
        Optional<Object> payload =
                equals < 0 ? Optional.empty() : value("--signal " + name, text.substring(equals + 1), schemas);
        check("--signal " + name, payload.orElse(null), schemas);
        signals.computeIfAbsent(name, any -> new ArrayDeque<>()).add(payload);
    }

    private List<Map<String, Object>> awaited(String signal, String where) {
        List<Map<String, Object>> schemas = awaits.getOrDefault(signal, List.of());
        if (schemas.isEmpty()) {
            unknown(where, "no step waits for signal '" + signal + "'", signal, awaits.keySet());
        }
        return schemas;
    }

    private void decision(String option, String text, boolean approved) {
        int equals = text.indexOf('=');
        String name = equals < 0 ? text : text.substring(0, equals);
        List<Map<String, Object>> forms = approvals.getOrDefault(withoutIndexes(name), List.of());
        if (forms.isEmpty()) {
            unknown(option + " " + name, "no step '" + name + "' asks for a decision", name, approvals.keySet());
            return;
        }
        Object form = equals < 0
                ? Map.of()
                : value(option + " " + name, text.substring(equals + 1), List.of(Map.of("type", "object")))
                        .orElse(Map.of());
        if (!(form instanceof Map<?, ?> filled)) {
            problems.add(Refusal.problem(
                    Refusal.VALUE,
                    option + " " + name,
                    "what is filled into a form is a JSON object",
                    "write " + Shell.quoted(name + form(name))));
            return;
        }
        if (approved || !filled.isEmpty()) {
            check(option + " " + name, form, forms);
        }
        Map<String, Object> fields = new LinkedHashMap<>();
        filled.forEach((key, value) -> fields.put((String) key, value));
        decisions.put(name, new Decision(approved, fields));
    }

    /** Reads a text as the first schema has it that it fits then, or as the first of all if it fits none. */
    private Optional<Object> value(String where, String text, List<Map<String, Object>> schemas) {
        for (Map<String, Object> schema : schemas) {
            try {
                Object value = Texts.value(text, schema);
                if (problems(value, schema).isEmpty()) {
                    return Optional.ofNullable(value);
                }
            } catch (Texts.Unreadable e) {
                // another one may take it; if none does, that is told below
            }
        }
        try {
            return Optional.ofNullable(Texts.value(text, schemas.get(0)));
        } catch (Texts.Unreadable e) {
            problems.add(Refusal.problem(Refusal.VALUE, where, String.valueOf(e.getMessage()), "write it as JSON"));
            return Optional.empty();
        }
    }

    /** Checks that one of the schemas takes a value. */
    private void check(String where, @Nullable Object value, List<Map<String, Object>> schemas) {
        if (problems.isEmpty()
                && schemas.stream().noneMatch(schema -> problems(value, schema).isEmpty())) {
            Map<String, Object> schema = schemas.get(0);
            problems(value, schema)
                    .forEach(problem -> problems.add(
                            Refusal.problem(Refusal.INPUT, where, problem, "the schema is " + Json.write(schema))));
        }
    }

    private static List<String> problems(@Nullable Object value, Map<String, Object> schema) {
        return schema.isEmpty() ? List.of() : JsonSchema.of(schema).problems(value);
    }

    private void unknown(String where, String what, String name, Collection<String> known) {
        problems.add(Refusal.problem(Refusal.OPTION, where, what, Closest.fix(name, known)));
    }

    // --- who will ask ---

    private void look(Block block, String path) {
        block.steps().forEach(step -> look(step, path));
    }

    /** Looks at all that a step may do; its fallback and its undo ask under its own path. */
    private void look(Step step, String path) {
        String here = path + step.name();
        look(step.kind(), here);
        if (step.policy().onError() instanceof OnError.FallbackStep fallback) {
            look(fallback.kind(), here);
        }
        step.policy().undo().ifPresent(undo -> look(undo, here));
    }

    private void look(StepKind kind, String here) {
        if (kind instanceof StepKind.Await await) {
            awaits.computeIfAbsent(await.signal(), any -> new ArrayList<>()).add(await.schema());
        } else if (kind instanceof StepKind.Approve approve) {
            approvals.computeIfAbsent(here, any -> new ArrayList<>()).add(approve.form());
        } else if (kind instanceof StepKind.ForEach loop) {
            look(loop.body(), here + "/");
        } else if (kind instanceof StepKind.Repeat loop) {
            look(loop.body(), here + "/");
        } else if (kind instanceof StepKind.Race race) {
            race.branches().forEach(branch -> look(branch, here + "/"));
        } else if (kind instanceof StepKind.Try attempt) {
            look(attempt.body(), here + "/");
            attempt.onError().ifPresent(block -> look(block, here + ".catch/"));
            attempt.last().ifPresent(block -> look(block, here + ".finally/"));
        }
    }
}
