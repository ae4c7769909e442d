package io.auterity.definition;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads steps and the blocks they stand in. */
final class StepReader {

    private static final String STEPS = "an object of steps by name";

    /**
     * Stands for a step that cannot be read: reading its output is no mistake, whatever is read of it, and unlike code of
     * Java's it may have the name of another.
     */
    private static final StepKind UNREADABLE = new StepKind.Await("unreadable", Optional.empty(), Map.of());

    private final KindReader kinds = new KindReader(this);
    private int ofSteps; // the problems that are some step's own

    /** The block of an object with the keys {@code steps} and {@code output} among others. */
    Block block(Part part) {
        List<Step> steps = part.need("steps", "{}").isPresent()
                ? steps(part.get("steps", Part.SILENT).orElseThrow())
                : List.of();
        return new Block(steps, part.get("output").map(Part::template));
    }

    List<Step> steps(Part part) {
        List<Step> steps = new ArrayList<>();
        for (Part entry : part.entries(STEPS)) {
            entry.countStep();
            int others = entry.reading().count() - ofSteps;
            Optional<Step> step = step(entry);
            int own = entry.reading().count() - ofSteps - others; // what is wrong with a step inside is that one's
            ofSteps += own;
            steps.add(own == 0 && step.isPresent() ? step.get() : Step.of(entry.segment(), UNREADABLE));
        }
        return steps;
    }

    private Optional<Step> step(Part part) {
        if (!part.object("an object with one of: " + String.join(", ", Keys.Kind.keys()))) {
            return Optional.empty();
        }
        Optional<StepKind> kind = kind(part, true);
        Order order = new Order(
                part.get("needs").map(p -> p.texts("the name of a step")).orElse(List.of()),
                part.get("if").flatMap(Part::expression),
                part.get("join").flatMap(p -> p.word(Keys.JOIN)).orElse(Order.Join.ALL_SUCCESS));
        Policy policy = new Policy(
                part.get("retry").flatMap(RetryReader::read),
                part.get("timeout").flatMap(Part::duration),
                part.get("onError").flatMap(this::onError).orElse(new Policy.OnError.Fail()),
                part.get("undo").flatMap(this::bareStep));
        String description =
                part.get("description").flatMap(p -> p.text("a text")).orElse("");
        return kind.map(k -> new Step(part.segment(), k, order, policy, description));
    }

    /** A step without a name, and so without the keys that only a named one needs. */
    private Optional<StepKind> bareStep(Part part) {
        part.countStep();
        return part.object("a step such as {uses: http.request, with: {...}}") ? kind(part, false) : Optional.empty();
    }

    private Optional<StepKind> kind(Part part, boolean named) {
        List<Keys.Kind> found = Keys.Kind.among(part.keys());
        if (found.isEmpty() && part.keys().contains("steps")) {
            part.problem(
                    Codes.KIND,
                    "the step is a block without a kind",
                    "write the block as {try: {steps: {...}, output: ...}}, or say with 'forEach' for what it runs");
            return Optional.empty();
        }
        boolean mistyped = unknown(part, known(found, named));
        if (found.size() == 1) {
            return kinds.read(found.get(0), part);
        }
        if (found.size() > 1) {
            List<String> keys = found.stream().map(kind -> "'" + kind.key + "'").toList();
            part.problem(
                    Codes.KIND,
                    "the step has several kinds: " + String.join(", ", keys),
                    "keep one of them and make the others steps of their own");
        } else if (!mistyped) {
            part.problem(Codes.KIND, "the step does nothing", "add one of: " + String.join(", ", Keys.Kind.keys()));
        }
        return Optional.empty();
    }

    /** The keys of a step with these kinds; of none, the kinds there are. */
    private static Set<String> known(List<Keys.Kind> found, boolean named) {
        if (found.size() == 1) {
            return named ? found.get(0).named : found.get(0).bare;
        }
        Set<String> known = new LinkedHashSet<>(found.isEmpty() ? Keys.Kind.keys() : Set.of());
        found.forEach(kind -> known.addAll(kind.bare));
        if (named) {
            known.addAll(Keys.COMMON);
        }
        return known;
    }

    /** Reports unknown keys; says whether one of them is most probably a mistyped kind. */
    private static boolean unknown(Part part, Collection<String> known) {
        boolean mistyped = false;
        for (String key : part.keys()) {
            if (known.contains(key)) {
                continue;
            }
            Optional<Keys.Kind> owner = List.of(Keys.Kind.values()).stream()
                    .filter(kind -> kind.beside.contains(key))
                    .findFirst();
            String fix = owner.isPresent() && Closest.to(key, known).isEmpty()
                    ? "remove it: it belongs to a step with '" + owner.get().key + "'"
                    : Closest.fix(key, known);
            part.get(key).orElseThrow().unknownKey(fix);
            mistyped |=
                    Closest.to(key, known).filter(Keys.Kind.keys()::contains).isPresent();
        }
        return mistyped;
    }

    private Optional<Policy.OnError> onError(Part part) {
        if (part.isText()) {
            return part.word(Keys.ERROR_WORDS);
        }
        if (!part.object("fail, continue or {fallback: <value or step>}", Keys.ON_ERROR)) {
            return Optional.empty();
        }
        Optional<Part> fallback = part.get("fallback");
        Optional<Part> value = part.get("value");
        if (fallback.isPresent() == value.isPresent()) {
            part.problem(
                    Codes.CONTRADICTION,
                    "'onError' has " + (value.isPresent() ? "both 'fallback' and 'value'" : "nothing to fall back to"),
                    "write {fallback: <value or step>}, or {value: <value>} for a value that looks like a step");
            return Optional.empty();
        }
        if (value.isPresent()) {
            return Optional.of(new Policy.OnError.FallbackValue(value.get().template()));
        }
        if (isStep(fallback.get().keys())) {
            return fallback.flatMap(this::bareStep).map(Policy.OnError.FallbackStep::new);
        }
        return fallback.map(Part::template).map(Policy.OnError.FallbackValue::new);
    }

    /** A fallback is a step when it is an object with exactly one key that says a kind; any other is a value. */
    static boolean isStep(Set<String> keys) {
        return Keys.Kind.among(keys).size() == 1;
    }

    /** The same for a plain value. */
    static boolean isStep(Map<?, ?> object) {
        Set<String> keys = new LinkedHashSet<>();
        object.keySet().forEach(key -> keys.add(String.valueOf(key)));
        return isStep(keys);
    }
}
