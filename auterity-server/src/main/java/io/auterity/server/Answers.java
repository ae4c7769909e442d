package io.auterity.server;

import io.auterity.connector.JsonSchema;
import io.auterity.definition.Block;
import io.auterity.definition.Closest;
import io.auterity.definition.Definition;
import io.auterity.definition.Json;
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

    private final Map<String, StepKind.Await> awaits = new LinkedHashMap<>();
    private final Map<String, StepKind.Approve> approvals = new LinkedHashMap<>();
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
        StepKind.Await await = answers.awaited(signal.name(), "signal '" + signal.name() + "'");
        if (await != null) {
            answers.check("signal '" + signal.name() + "'", signal.payload(), await.schema());
        }
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
        StepKind.Approve approval = approvals.get(withoutIndexes(path));
        if (approval == null || !(approval.form().get("properties") instanceof Map<?, ?> fields)) {
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
        StepKind.Await await = awaited(name, "--signal " + name);
        if (await == null) {
            return;
        }
        Optional<Object> payload =
                equals < 0 ? Optional.empty() : value("--signal " + name, text.substring(equals + 1), await.schema());
        check("--signal " + name, payload.orElse(null), await.schema());
        signals.computeIfAbsent(name, any -> new ArrayDeque<>()).add(payload);
    }

    private StepKind.@Nullable Await awaited(String signal, String where) {
        StepKind.Await await = awaits.get(signal);
        if (await == null) {
            unknown(where, "no step waits for signal '" + signal + "'", signal, awaits.keySet());
        }
        return await;
    }

    private void decision(String option, String text, boolean approved) {
        int equals = text.indexOf('=');
        String name = equals < 0 ? text : text.substring(0, equals);
        StepKind.Approve approval = approvals.get(withoutIndexes(name));
        if (approval == null) {
            unknown(option + " " + name, "no step '" + name + "' asks for a decision", name, approvals.keySet());
            return;
        }
        Object form = equals < 0
                ? Map.of()
                : value(option + " " + name, text.substring(equals + 1), Map.of("type", "object"))
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
            check(option + " " + name, form, approval.form());
        }
        Map<String, Object> fields = new LinkedHashMap<>();
        filled.forEach((key, value) -> fields.put((String) key, value));
        decisions.put(name, new Decision(approved, fields));
    }

    private Optional<Object> value(String where, String text, Map<String, Object> schema) {
        try {
            return Optional.ofNullable(Texts.value(text, schema));
        } catch (Texts.Unreadable e) {
            problems.add(Refusal.problem(Refusal.VALUE, where, String.valueOf(e.getMessage()), "write it as JSON"));
            return Optional.empty();
        }
    }

    private void check(String where, @Nullable Object value, Map<String, Object> schema) {
        if (!schema.isEmpty() && problems.isEmpty()) {
            JsonSchema.of(schema)
                    .problems(value)
                    .forEach(problem -> problems.add(
                            Refusal.problem(Refusal.INPUT, where, problem, "the schema is " + Json.write(schema))));
        }
    }

    private void unknown(String where, String what, String name, Collection<String> known) {
        problems.add(Refusal.problem(Refusal.OPTION, where, what, Closest.fix(name, known)));
    }

    // --- who will ask ---

    private void look(Block block, String path) {
        block.steps().forEach(step -> look(step, path));
    }

    private void look(Step step, String path) {
        String here = path + step.name();
        StepKind kind = step.kind();
        if (kind instanceof StepKind.Await await) {
            awaits.put(await.signal(), await);
        } else if (kind instanceof StepKind.Approve approve) {
            approvals.put(here, approve);
        } else if (kind instanceof StepKind.ForEach loop) {
            look(loop.body(), here + "/");
        } else if (kind instanceof StepKind.Repeat loop) {
            look(loop.body(), here + "/");
        } else if (kind instanceof StepKind.Race race) {
            race.branches().forEach(branch -> look(branch, here + "/"));
        } else if (kind instanceof StepKind.Try attempt) {
            look(attempt.body(), here + "/");
            attempt.onError().ifPresent(block -> look(block, here + "/"));
            attempt.last().ifPresent(block -> look(block, here + "/"));
        }
    }
}
