package io.auterity.definition;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads what a step does, one method a kind. */
final class KindReader {

    private static final String BLOCK = "an object such as {steps: {...}, output: ...}";

    private final StepReader steps;

    KindReader(StepReader steps) {
        this.steps = steps;
    }

    /** Reads a kind whose key the object has. */
    Optional<StepKind> read(Keys.Kind kind, Part step) {
        Part value = step.get(kind.key).orElseThrow();
        return switch (kind) {
            case USES ->
                value.name("an operation such as http.request")
                        .map(operation -> new StepKind.Uses(operation, with(step)));
            case VALUE -> Optional.of(new StepKind.Value(value.template()));
            case SWITCH -> choice(value);
            case FOR_EACH -> Optional.of(forEach(value.template(), step));
            case REPEAT -> repeat(value);
            case RACE -> race(value);
            case TRY -> attempt(value, step);
            case RUN -> value.name("the id of a workflow").map(workflow -> new StepKind.Run(workflow, with(step)));
            case WAIT -> pause(value);
            case AWAIT -> await(value);
            case APPROVE -> approve(value);
            case EMIT -> emit(value, step);
            case FAIL -> fail(value);
            case JAVA -> java(value);
        };
    }

    private static Map<String, Template> with(Part step) {
        return step.get("with")
                .map(p -> p.templates("an object of inputs by name"))
                .orElse(Map.of());
    }

    private static Optional<StepKind> choice(Part part) {
        List<StepKind.Switch.Case> cases = new ArrayList<>();
        List<Part> items = part.items("a list of cases such as {if: ..., value: ...}");
        for (Part item : items) {
            if (item.object("a case such as {if: ..., value: ...} or {else: true, value: ...}", Keys.CASE)) {
                choiceCase(item).ifPresent(cases::add);
            }
        }
        if (items.isEmpty() && part.isList()) {
            part.problem(Codes.MISSING, "the switch has no cases", "add one such as {if: ..., value: ...}");
        }
        return Optional.of(new StepKind.Switch(cases));
    }

    private static Optional<StepKind.Switch.Case> choiceCase(Part part) {
        Optional<Part> condition = part.get("if");
        Optional<Part> otherwise = part.get("else");
        if (condition.isPresent() == otherwise.isPresent()) {
            part.problem(
                    Codes.CONTRADICTION,
                    condition.isPresent()
                            ? "the case has both 'if' and 'else'"
                            : "the case has neither 'if' nor 'else'",
                    "write {if: ..., value: ...} or {else: true, value: ...}");
        }
        otherwise.filter(p -> !p.is(true)).ifPresent(p -> p.expected("true"));
        Optional<Template> value = part.need("value", "...").map(Part::template);
        return value.map(v -> new StepKind.Switch.Case(condition.flatMap(Part::expression), v));
    }

    private StepKind forEach(Template items, Part step) {
        return new StepKind.ForEach(
                items,
                step.get("as").flatMap(p -> p.name("a name")).orElse(StepKind.ForEach.DEFAULT_AS),
                step.get("concurrency")
                        .flatMap(p -> p.integer(1, StepKind.ForEach.MOST_CONCURRENCY))
                        .orElse(StepKind.ForEach.DEFAULT_CONCURRENCY),
                step.get("onItemError").flatMap(p -> p.word(Keys.ITEM_ERRORS)).orElse(StepKind.ForEach.ItemErrors.FAIL),
                steps.block(step));
    }

    private Optional<StepKind> repeat(Part part) {
        if (!part.object("an object such as {steps: {...}, until: ...}", Keys.REPEAT)) {
            return Optional.empty();
        }
        return Optional.of(new StepKind.Repeat(
                steps.block(part),
                part.get("until").flatMap(Part::expression),
                part.get("while").flatMap(Part::expression),
                part.get("max")
                        .flatMap(p -> p.integer(1, StepKind.Repeat.MOST_TIMES))
                        .orElse(StepKind.Repeat.DEFAULT_MAX),
                part.get("delay").flatMap(Part::pause).orElse(Duration.ZERO)));
    }

    private Optional<StepKind> race(Part part) {
        List<Step> branches = steps.steps(part);
        if (part.isObject() && part.keys().size() < 2) {
            part.problem(
                    Codes.MISSING,
                    "the race has " + (part.keys().isEmpty() ? "no branch" : "a single branch"),
                    "give it at least two branches");
        }
        return Optional.of(new StepKind.Race(branches));
    }

    private Optional<StepKind> attempt(Part body, Part step) {
        Optional<Block> onError = step.get("catch").flatMap(this::nested);
        Optional<Block> last = step.get("finally").flatMap(this::nested);
        return nested(body).map(block -> new StepKind.Try(block, onError, last));
    }

    private Optional<Block> nested(Part part) {
        if (!part.object(BLOCK, Keys.BLOCK)) {
            return Optional.empty();
        }
        return Optional.of(steps.block(part));
    }

    private static Optional<StepKind> pause(Part part) {
        boolean isComputed = part.isText() && part.text("").orElseThrow().contains(Braces.OPEN);
        if (!isComputed) {
            part.checkTime();
        }
        return Optional.of(new StepKind.Wait(part.template()));
    }

    private static Optional<StepKind> await(Part part) {
        if (part.isText()) {
            return part.name("the name of a signal")
                    .map(signal -> new StepKind.Await(signal, Optional.empty(), Map.of()));
        }
        if (!part.object("a signal such as {signal: customer-reply, within: 2d}", Keys.AWAIT)) {
            return Optional.empty();
        }
        Optional<Duration> within = part.get("within").flatMap(Part::duration);
        Map<String, Object> schema =
                part.get("schema").map(SchemaShorthand::schema).orElse(Map.of());
        return part.need("signal", "customer-reply")
                .flatMap(p -> p.name("the name of a signal"))
                .map(signal -> new StepKind.Await(signal, within, schema));
    }

    private static Optional<StepKind> approve(Part part) {
        if (!part.object("an object such as {by: [manager], within: 24h}", Keys.APPROVE)) {
            return Optional.empty();
        }
        return Optional.of(new StepKind.Approve(
                part.get("by").map(p -> p.texts("a role")).orElse(List.of()),
                part.get("within").flatMap(Part::duration),
                part.get("form").map(SchemaShorthand::read).orElse(Map.of()),
                part.get("else").flatMap(p -> p.word(Keys.OTHERWISE)).orElse(StepKind.Approve.Otherwise.FAIL)));
    }

    private static Optional<StepKind> emit(Part part, Part step) {
        Optional<Part> with = step.get("with");
        if (part.isText()) {
            Template data = with.map(p -> new Template(p.jsonObject("an object of data by name")))
                    .orElse(new Template(null));
            return part.name("the name of an event").map(event -> new StepKind.Emit(event, data));
        }
        if (!part.object("an event such as lead-scored or {event: lead-scored, data: ...}", Keys.EMIT)) {
            return Optional.empty();
        }
        with.ifPresent(p -> p.problemAtKey(
                Codes.CONTRADICTION,
                "'with' stands beside an event that is an object",
                "write 'emit: <name>' with 'with', or {event: <name>, data: ...} alone"));
        Template data = part.get("data").map(Part::template).orElse(new Template(null));
        return part.need("event", "lead-scored")
                .flatMap(p -> p.name("the name of an event"))
                .map(event -> new StepKind.Emit(event, data));
    }

    private static Optional<StepKind> fail(Part part) {
        if (part.isText()) {
            return Optional.of(new StepKind.Fail(StepKind.Fail.DEFAULT_CODE, part.template()));
        }
        if (!part.object("a message, or an object such as {code: no-stock, message: ...}", Keys.FAIL)) {
            return Optional.empty();
        }
        String code = part.get("code").flatMap(p -> p.name("a code")).orElse(StepKind.Fail.DEFAULT_CODE);
        return part.need("message", "...").map(message -> new StepKind.Fail(code, message.template()));
    }

    private static Optional<StepKind> java(Part part) {
        if (!part.object("an object such as {inputs: [...]}", Keys.JAVA)) {
            return Optional.empty();
        }
        List<Template> inputs = new ArrayList<>();
        for (Part input :
                part.get("inputs").map(p -> p.items("a list of inputs")).orElse(List.of())) {
            inputs.add(input.template());
        }
        return Optional.of(new StepKind.Java(
                inputs, part.get("output").map(SchemaShorthand::schema).orElse(Map.of())));
    }
}
