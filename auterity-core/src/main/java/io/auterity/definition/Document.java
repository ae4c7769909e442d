package io.auterity.definition;

import io.auterity.definition.Policy.OnError;
import io.auterity.definition.StepKind.ForEach;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A definition as plain values with the keys of the format, for printing as YAML or JSON.
 *
 * <p>There are two spellings, and the reader understands both. The short one is for people: what has its default value is
 * left out and the shortest form is taken. The canonical one is for the hash: no descriptions, every default written,
 * one form for each thing, lists without order sorted.
 */
final class Document {

    private final boolean canonical;

    private Document(boolean canonical) {
        this.canonical = canonical;
    }

    static Map<String, Object> shortest(Definition definition) {
        return new Document(false).workflow(definition);
    }

    static Map<String, Object> canonical(Definition definition) {
        return new Document(true).workflow(definition);
    }

    private Map<String, Object> workflow(Definition definition) {
        Settings settings = definition.settings();
        Fields fields = new Fields();
        fields.put("auterity", Keys.VERSION);
        fields.put("id", definition.id());
        fields.putUnless(canonical || definition.description().isEmpty(), "description", definition.description());
        fields.putUnless(definition.input().isEmpty(), "input", objectSchema(definition.input()));
        fields.putUnless(settings.vars().isEmpty(), "vars", templates(settings.vars()));
        Map<String, Object> defaults = defaults(settings.defaults());
        fields.putUnless(defaults.isEmpty(), "defaults", defaults);
        settings.timeout().ifPresent(timeout -> fields.put("timeout", Durations.print(timeout)));
        settings.maxRuns().ifPresent(runs -> fields.put("maxRuns", (long) runs));
        block(fields, definition.body());
        settings.onFailure().ifPresent(workflow -> fields.put("onFailure", Map.of("run", workflow)));
        List<Object> triggers = new ArrayList<>();
        definition.triggers().forEach(trigger -> triggers.add(Map.of(trigger.kind(), trigger(trigger))));
        fields.putUnless(triggers.isEmpty(), "triggers", triggers);
        return fields.map;
    }

    private Map<String, Object> trigger(Trigger trigger) {
        if (trigger instanceof Trigger.Webhook webhook) {
            return webhook.settings();
        }
        Trigger.Schedule schedule = (Trigger.Schedule) trigger;
        Trigger.Firing firing = schedule.firing();
        Fields fields = new Fields();
        fields.putUnless(schedule.name().isEmpty(), "name", schedule.name());
        if (schedule.timing() instanceof Trigger.Timing.Cron cron) {
            fields.put("cron", cron.expression());
            fields.putUnless(isDefault(cron.zone(), Trigger.Timing.Cron.DEFAULT_ZONE), "zone", cron.zone());
        } else if (schedule.timing() instanceof Trigger.Timing.Every every) {
            fields.put("every", Durations.print(every.interval()));
        } else if (schedule.timing() instanceof Trigger.Timing.At at) {
            fields.put("at", at.instant().toString());
        }
        schedule.window().startAt().ifPresent(start -> fields.put("startAt", start.toString()));
        schedule.window().endAt().ifPresent(end -> fields.put("endAt", end.toString()));
        fields.putUnless(
                isDefault(firing.catchUp(), Trigger.Firing.DEFAULT.catchUp()),
                "catchUp",
                Keys.lowerCase(firing.catchUp()));
        fields.putUnless(isDefault(firing.catchUpLimit(), Trigger.Firing.DEFAULT_CATCH_UP_LIMIT), "catchUpLimit", (long)
                firing.catchUpLimit());
        fields.putUnless(
                isDefault(firing.overlap(), Trigger.Firing.DEFAULT.overlap()),
                "overlap",
                firing.overlap().text());
        fields.putUnless(!schedule.paused(), "paused", true);
        fields.putUnless(schedule.input().isEmpty(), "input", templates(schedule.input()));
        return fields.map;
    }

    private Map<String, Object> defaults(Settings.Defaults defaults) {
        Fields fields = new Fields();
        Optional<Duration> timeout =
                canonical ? Optional.of(defaults.timeout().orElse(Policy.DEFAULT_TIMEOUT)) : defaults.timeout();
        Optional<Retry> retry = canonical ? Optional.of(defaults.retry().orElse(Retry.NONE)) : defaults.retry();
        timeout.ifPresent(value -> fields.put("timeout", Durations.print(value)));
        retry.ifPresent(value -> fields.put("retry", retry(value)));
        return fields.map;
    }

    private void block(Fields fields, Block block) {
        fields.put("steps", steps(block.steps()));
        block.output().ifPresent(output -> fields.put("output", json(output)));
    }

    private Map<String, Object> block(Block block) {
        Fields fields = new Fields();
        block(fields, block);
        return fields.map;
    }

    private Map<String, Object> steps(List<Step> steps) {
        Fields fields = new Fields();
        for (Step step : steps) {
            if (fields.map.containsKey(step.name())) {
                throw new IllegalArgumentException(
                        "two steps of one block are named '" + Quote.of(step.name()) + "', which no text can say");
            }
            fields.put(step.name(), step(step));
        }
        return fields.map;
    }

    private Map<String, Object> step(Step step) {
        Order order = step.order();
        Policy policy = step.policy();
        Fields fields = new Fields();
        fields.putUnless(canonical || step.description().isEmpty(), "description", step.description());
        order.condition().ifPresent(condition -> fields.put("if", Braces.around(condition)));
        kind(fields, step.kind());
        fields.putUnless(order.needs().isEmpty(), "needs", unordered(order.needs()));
        fields.putUnless(
                isDefault(order.join(), Order.Join.ALL_SUCCESS),
                "join",
                order.join().text());
        policy.retry().ifPresent(retry -> fields.put("retry", retry(retry)));
        policy.timeout().ifPresent(timeout -> fields.put("timeout", Durations.print(timeout)));
        fields.putUnless(isDefault(policy.onError(), new OnError.Fail()), "onError", onError(policy.onError()));
        policy.undo().ifPresent(undo -> fields.put("undo", bareStep(undo)));
        return fields.map;
    }

    private Map<String, Object> bareStep(StepKind kind) {
        Fields fields = new Fields();
        kind(fields, kind);
        return fields.map;
    }

    private Object retry(Retry retry) {
        if (canonical ? retry.maxAttempts() == 1 : retry.equals(Retry.NONE)) {
            return Keys.NO_RETRY; // whatever the delays of an attempt that never comes
        }
        Fields fields = new Fields();
        fields.put("maxAttempts", (long) retry.maxAttempts());
        fields.putUnless(isDefault(retry.delay(), Retry.DEFAULT_DELAY), "delay", Durations.print(retry.delay()));
        fields.putUnless(
                isDefault(retry.multiplier(), Retry.DEFAULT_MULTIPLIER), "multiplier", number(retry.multiplier()));
        fields.putUnless(
                isDefault(retry.maxDelay(), Retry.DEFAULT_MAX_DELAY)
                        && isDefault(retry.maxDelay(), Retry.maxDelayOf(retry.delay())),
                "maxDelay",
                Durations.print(retry.maxDelay()));
        fields.putUnless(isDefault(retry.jitter(), Retry.DEFAULT_JITTER), "jitter", number(retry.jitter()));
        fields.putUnless(retry.on().isEmpty(), "on", unordered(retry.on()));
        return fields.map;
    }

    private Object onError(OnError onError) {
        if (onError instanceof OnError.Fail) {
            return "fail";
        }
        if (onError instanceof OnError.Continue) {
            return "continue";
        }
        if (onError instanceof OnError.FallbackStep step) {
            return Map.of("fallback", bareStep(step.kind()));
        }
        Object value = json(((OnError.FallbackValue) onError).value());
        boolean ambiguous = canonical || value instanceof Map<?, ?> object && StepReader.isStep(object);
        Fields fields = new Fields();
        fields.put(ambiguous ? "value" : "fallback", value);
        return fields.map;
    }

    // One branch a kind: Java 17 has no switch over a sealed family.
    private void kind(Fields fields, StepKind kind) {
        if (kind instanceof StepKind.Uses uses) {
            fields.put("uses", uses.operation());
            fields.putUnless(uses.with().isEmpty(), "with", templates(uses.with()));
        } else if (kind instanceof StepKind.Value value) {
            fields.put("value", json(value.template()));
        } else if (kind instanceof StepKind.Switch choice) {
            fields.put("switch", choice.cases().stream().map(this::choiceCase).toList());
        } else if (kind instanceof ForEach forEach) {
            forEach(fields, forEach);
        } else if (kind instanceof StepKind.Repeat repeat) {
            fields.put("repeat", repeat(repeat));
        } else if (kind instanceof StepKind.Race race) {
            fields.put("race", steps(race.branches()));
        } else if (kind instanceof StepKind.Try attempt) {
            fields.put("try", block(attempt.body()));
            attempt.onError().ifPresent(block -> fields.put("catch", block(block)));
            attempt.last().ifPresent(block -> fields.put("finally", block(block)));
        } else if (kind instanceof StepKind.Run run) {
            fields.put("run", run.workflow());
            fields.putUnless(run.with().isEmpty(), "with", templates(run.with()));
        } else if (kind instanceof StepKind.Wait pause) {
            fields.put("wait", pause(pause.time()));
        } else if (kind instanceof StepKind.Await await) {
            fields.put("await", await(await));
        } else if (kind instanceof StepKind.Approve approve) {
            fields.put("approve", approve(approve));
        } else if (kind instanceof StepKind.Emit emit) {
            emit(fields, emit);
        } else if (kind instanceof StepKind.Fail fail) {
            fields.put("fail", fail(fail));
        } else if (kind instanceof StepKind.Java java) {
            fields.put("java", java(java));
        } else {
            throw new IllegalArgumentException("no text for " + kind.getClass().getName());
        }
    }

    private Object choiceCase(StepKind.Switch.Case choice) {
        Fields fields = new Fields();
        choice.condition()
                .ifPresentOrElse(
                        condition -> fields.put("if", Braces.around(condition)), () -> fields.put("else", true));
        fields.put("value", json(choice.value()));
        return fields.map;
    }

    private void forEach(Fields fields, ForEach forEach) {
        fields.put("forEach", json(forEach.items()));
        fields.putUnless(isDefault(forEach.as(), ForEach.DEFAULT_AS), "as", forEach.as());
        fields.putUnless(isDefault(forEach.concurrency(), ForEach.DEFAULT_CONCURRENCY), "concurrency", (long)
                forEach.concurrency());
        fields.putUnless(
                isDefault(forEach.onItemError(), ForEach.ItemErrors.FAIL),
                "onItemError",
                Keys.lowerCase(forEach.onItemError()));
        block(fields, forEach.body());
    }

    private Object repeat(StepKind.Repeat repeat) {
        Fields fields = new Fields();
        block(fields, repeat.body());
        repeat.until().ifPresent(until -> fields.put("until", Braces.around(until)));
        repeat.whileCondition().ifPresent(condition -> fields.put("while", Braces.around(condition)));
        fields.putUnless(isDefault(repeat.max(), StepKind.Repeat.DEFAULT_MAX), "max", (long) repeat.max());
        fields.putUnless(isDefault(repeat.delay(), Duration.ZERO), "delay", Durations.print(repeat.delay()));
        return fields.map;
    }

    private @Nullable Object pause(Template time) {
        return canonical && time.json() instanceof String duration
                ? Durations.parse(duration).<Object>map(Durations::print).orElseGet(() -> json(time))
                : json(time);
    }

    private Object await(StepKind.Await await) {
        if (!canonical && await.within().isEmpty() && await.schema().isEmpty()) {
            return await.signal();
        }
        Fields fields = new Fields();
        fields.put("signal", await.signal());
        await.within().ifPresent(within -> fields.put("within", Durations.print(within)));
        fields.putUnless(await.schema().isEmpty(), "schema", schema(await.schema()));
        return fields.map;
    }

    private Object approve(StepKind.Approve approve) {
        Fields fields = new Fields();
        fields.putUnless(approve.by().isEmpty(), "by", unordered(approve.by()));
        approve.within().ifPresent(within -> fields.put("within", Durations.print(within)));
        fields.putUnless(approve.form().isEmpty(), "form", objectSchema(approve.form()));
        fields.putUnless(
                isDefault(approve.otherwise(), StepKind.Approve.Otherwise.FAIL),
                "else",
                Keys.lowerCase(approve.otherwise()));
        return fields.map;
    }

    private void emit(Fields fields, StepKind.Emit emit) {
        Object data = json(emit.data());
        if (canonical || data != null && !(data instanceof Map)) {
            Fields event = new Fields();
            event.put("event", emit.event());
            event.put("data", data);
            fields.put("emit", event.map);
        } else {
            fields.put("emit", emit.event());
            fields.putUnless(data == null, "with", data);
        }
    }

    private @Nullable Object fail(StepKind.Fail fail) {
        boolean standard = isDefault(fail.code(), StepKind.Fail.DEFAULT_CODE);
        if (standard && fail.message().json() instanceof String) {
            return json(fail.message());
        }
        Fields fields = new Fields();
        fields.putUnless(standard, "code", fail.code());
        fields.put("message", json(fail.message()));
        return fields.map;
    }

    private Object java(StepKind.Java java) {
        Fields fields = new Fields();
        List<@Nullable Object> inputs = new ArrayList<>();
        java.inputs().forEach(input -> inputs.add(json(input)));
        fields.putUnless(inputs.isEmpty(), "inputs", inputs);
        fields.putUnless(java.output().isEmpty(), "output", schema(java.output()));
        return fields.map;
    }

    // --- values

    private boolean isDefault(Object value, Object standard) {
        return !canonical && value.equals(standard);
    }

    private List<String> unordered(List<String> names) {
        return canonical ? List.copyOf(new TreeSet<>(names)) : names;
    }

    /** A whole number without a fraction, as people write it. */
    private static Object number(double value) {
        boolean whole = value == Math.rint(value) && Math.abs(value) < 1e15 && Double.compare(value, -0.0) != 0;
        return whole ? (Object) (long) value : value;
    }

    private Object objectSchema(Map<String, Object> schema) {
        return canonical
                ? CanonicalSchema.of(schema)
                : SchemaShorthand.compact(schema).orElse(schema);
    }

    private Object schema(Map<String, Object> schema) {
        return canonical ? CanonicalSchema.of(schema) : SchemaShorthand.word(schema);
    }

    private Map<String, Object> templates(Map<String, Template> templates) {
        Fields fields = new Fields();
        templates.forEach((name, template) -> fields.put(name, json(template)));
        return fields.map;
    }

    private @Nullable Object json(Template template) {
        return canonical ? canonicalTemplate(template.json()) : template.json();
    }

    /** White space around the expression in {@code ${{ }}} is layout. */
    private static @Nullable Object canonicalTemplate(@Nullable Object json) {
        if (json instanceof String text && Braces.isOne(text.strip())) {
            return text.equals(text.strip()) ? Braces.OPEN + " " + Braces.bare(text) + " }}" : text;
        }
        if (json instanceof List<?> list) {
            List<@Nullable Object> items = new ArrayList<>(list.size());
            list.forEach(item -> items.add(canonicalTemplate(item)));
            return items;
        }
        if (json instanceof Map<?, ?> map) {
            Fields fields = new Fields();
            map.forEach((key, value) -> fields.put(String.valueOf(key), canonicalTemplate(value)));
            return fields.map;
        }
        return json;
    }

    /** Keys and values in the order they are written; values may be null, as in JSON. */
    @SuppressWarnings("NullAway")
    private static final class Fields {

        final Map<String, Object> map = new LinkedHashMap<>();

        void put(String key, @Nullable Object value) {
            map.put(key, value);
        }

        void putUnless(boolean left, String key, @Nullable Object value) {
            if (!left) {
                map.put(key, value);
            }
        }
    }
}
