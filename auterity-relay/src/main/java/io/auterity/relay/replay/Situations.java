package io.auterity.relay.replay;

import io.auterity.relay.budget.Allowance;
import io.auterity.relay.budget.Enforcement;
import io.auterity.relay.budget.PassedThreshold;
import io.auterity.relay.budget.Threshold;
import io.auterity.relay.decide.Capability;
import io.auterity.relay.decide.Decision;
import io.auterity.relay.decide.Objective;
import io.auterity.relay.decide.RouteRequest;
import io.auterity.relay.decide.Situation;
import io.auterity.relay.decide.StateView;
import io.auterity.relay.money.Meter;
import io.auterity.relay.money.ModelName;
import io.auterity.relay.money.Money;
import io.auterity.relay.money.Usage;
import io.auterity.relay.quality.Prediction;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Situations and decisions as JSON values. Equal ones are written with equal bytes: names are sorted wherever the Java
 * value has no order, and numbers and times are written exactly.
 */
final class Situations {

    /** The fact that a log may leave out. */
    static final String PROMPT = "prompt";

    private Situations() {}

    // --- writing ---

    static Map<String, @Nullable Object> write(Situation situation, boolean keepsPrompts) {
        RouteRequest request = situation.request();
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("id", request.id());
        json.put("seed", situation.seed());
        TreeMap<String, Object> facts = new TreeMap<>(request.facts());
        if (!keepsPrompts) {
            facts.remove(PROMPT);
        }
        json.put("facts", plain(facts));
        json.put("size", write(request.size()));
        json.put("needs", write(request.needs()));
        json.put("objective", write(request.objective()));
        json.put("state", write(situation.state()));
        return json;
    }

    /** What is no JSON value is written as its text. */
    private static @Nullable Object plain(@Nullable Object value) {
        if (value instanceof Map<?, ?> map) {
            Map<String, @Nullable Object> copy = new TreeMap<>();
            map.forEach((key, item) -> copy.put(String.valueOf(key), plain(item)));
            return copy;
        }
        if (value instanceof Collection<?> list) {
            return list.stream().map(Situations::plain).toList();
        }
        if (value instanceof Byte || value instanceof Short || value instanceof Integer) {
            return ((Number) value).longValue();
        }
        if (value instanceof Float number) {
            return number.doubleValue();
        }
        boolean isPlain = value == null
                || value instanceof String
                || value instanceof Boolean
                || value instanceof Long
                || (value instanceof Double number && Double.isFinite(number));
        return isPlain ? value : String.valueOf(value);
    }

    private static Map<String, @Nullable Object> write(RouteRequest.Size size) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        Map<String, Object> prompts = new TreeMap<>();
        size.prompts()
                .forEach((model, tokens) ->
                        prompts.put(model.toString(), List.of(tokens.expected(), tokens.likely(), tokens.most())));
        json.put("most", size.most().counts());
        json.put("prompts", prompts);
        json.put("minOutput", size.minOutput());
        json.put("expectedOutput", size.expectedOutput());
        return json;
    }

    private static Map<String, @Nullable Object> write(RouteRequest.Needs needs) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("capabilities", names(needs.capabilities()));
        json.put("region", needs.region().orElse(null));
        json.put("models", names(needs.models()));
        json.put("conversation", needs.conversation().orElse(null));
        json.put("isRepeatable", needs.isRepeatable());
        return json;
    }

    private static List<String> names(Set<?> values) {
        return values.stream().map(Object::toString).sorted().toList();
    }

    private static Map<String, @Nullable Object> write(Objective objective) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("worthOfQuality", objective.worthOfQuality().nanos());
        json.put("worthOfSecond", objective.worthOfSecond().nanos());
        json.put("minQuality", objective.minQuality());
        json.put("maxCost", objective.maxCost().map(Money::nanos).orElse(null));
        json.put("maxLatency", objective.maxLatency().map(Duration::toString).orElse(null));
        return json;
    }

    private static Map<String, @Nullable Object> write(StateView state) {
        Map<String, Object> prediction = new TreeMap<>();
        state.prediction()
                .quality()
                .forEach((model, quality) ->
                        prediction.put(model.toString(), List.of(quality.mean(), quality.evidence())));
        Map<String, Object> health = new TreeMap<>();
        state.health().forEach((deployment, one) -> health.put(deployment, write(one)));
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("prediction", prediction);
        json.put("left", state.left().map(Money::nanos).orElse(null));
        json.put(
                "thresholds",
                state.allowance().thresholds().stream().map(Situations::write).toList());
        json.put("health", health);
        return json;
    }

    private static Map<String, Object> write(PassedThreshold passed) {
        Enforcement enforcement = passed.threshold().enforcement();
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("budget", passed.budget());
        json.put("percent", (long) passed.threshold().percent());
        json.put("enforcement", enforcement.getClass().getSimpleName());
        if (enforcement instanceof Enforcement.RestrictModels restriction) {
            json.put("models", names(restriction.allowed()));
        }
        return json;
    }

    private static Map<String, Object> write(StateView.Health health) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("latency", health.latency().toString());
        json.put("p95", health.p95().toString());
        json.put("inFlight", (long) health.inFlight());
        json.put("isAvailable", health.isAvailable());
        json.put("headroom", health.headroom());
        return json;
    }

    static Map<String, @Nullable Object> write(Decision decision) {
        Map<String, Double> propensities = new TreeMap<>();
        decision.propensities().forEach((model, share) -> propensities.put(model.toString(), share));
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("attempts", decision.attempts().stream().map(Situations::write).toList());
        json.put(
                "hedge",
                decision.hedge()
                        .map(hedge -> Map.of(
                                "attempt",
                                write(hedge.attempt()),
                                "after",
                                hedge.after().toString()))
                        .map(TreeMap::new)
                        .orElse(null));
        json.put("reservation", decision.reservation().nanos());
        json.put("propensities", propensities);
        json.put(
                "refusal",
                decision.refusal()
                        .map(refusal -> List.of((long) refusal.status(), refusal.message()))
                        .orElse(null));
        json.put("reasons", decision.explanation().reasons());
        json.put("rules", decision.explanation().ruling().matched());
        json.put(
                "candidates",
                decision.explanation().candidates().stream()
                        .map(Situations::write)
                        .toList());
        json.put(
                "withHalfTheBudget",
                decision.explanation()
                        .withHalfTheBudget()
                        .map(ModelName::toString)
                        .orElse(null));
        return json;
    }

    private static Map<String, @Nullable Object> write(Decision.Attempt attempt) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("deployment", attempt.deployment().id());
        json.put("model", attempt.deployment().model().toString());
        json.put("maxOutput", attempt.maxOutput());
        json.put("most", attempt.amount().map(Money::nanos).orElse(null)); // null: nobody knows
        return json;
    }

    private static Map<String, @Nullable Object> write(Decision.Candidate candidate) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("model", candidate.model().toString());
        json.put("quality", candidate.quality());
        json.put("cost", candidate.cost().map(Money::nanos).orElse(null));
        json.put("latency", candidate.latency().toString());
        json.put("value", candidate.value());
        json.put("excluded", candidate.excluded().orElse(null));
        return json;
    }

    // --- reading ---

    static Situation read(Part json) {
        Map<String, Object> facts = new HashMap<>();
        json.part("facts").json().forEach((name, value) -> {
            if (value != null) {
                facts.put(String.valueOf(name), value);
            }
        });
        RouteRequest request = new RouteRequest(
                json.text("id"),
                facts,
                size(json.part("size")),
                needs(json.part("needs")),
                objective(json.part("objective")));
        return new Situation(request, state(json.part("state")), json.number("seed"));
    }

    static Usage usage(Part counts) {
        Usage usage = Usage.NONE;
        for (Object meter : counts.json().keySet()) {
            usage = usage.with(Meter.of(String.valueOf(meter)), counts.number(String.valueOf(meter)));
        }
        return usage;
    }

    private static RouteRequest.Size size(Part json) {
        Map<ModelName, RouteRequest.Tokens> prompts = new HashMap<>();
        json.part("prompts").json().forEach((model, value) -> {
            if (!(value instanceof List<?> three
                    && three.size() == 3
                    && three.get(0) instanceof Long expected
                    && three.get(1) instanceof Long likely
                    && three.get(2) instanceof Long most)) {
                throw new IllegalArgumentException("'prompts' has no tokens of " + model);
            }
            prompts.put(ModelName.of(String.valueOf(model)), new RouteRequest.Tokens(expected, likely, most));
        });
        return new RouteRequest.Size(
                usage(json.part("most")), prompts, json.number("minOutput"), json.number("expectedOutput"));
    }

    private static RouteRequest.Needs needs(Part json) {
        return new RouteRequest.Needs(
                json.list("capabilities").stream()
                        .map(name -> Capability.valueOf(String.valueOf(name)))
                        .collect(Collectors.toSet()),
                json.maybe("region", json::text),
                models(json),
                json.maybe("conversation", json::text),
                json.flag("isRepeatable"));
    }

    private static Objective objective(Part json) {
        return new Objective(
                new Money(json.number("worthOfQuality")),
                new Money(json.number("worthOfSecond")),
                json.real("minQuality"),
                json.maybe("maxCost", key -> new Money(json.number(key))),
                json.maybe("maxLatency", key -> Duration.parse(json.text(key))));
    }

    private static StateView state(Part json) {
        Map<ModelName, Prediction.Quality> quality = new HashMap<>();
        json.part("prediction").json().forEach((model, value) -> {
            if (!(value instanceof List<?> two
                    && two.size() == 2
                    && two.get(0) instanceof Number mean
                    && two.get(1) instanceof Number evidence)) {
                throw new IllegalArgumentException("'prediction' has no mean and evidence of " + model);
            }
            quality.put(
                    ModelName.of(String.valueOf(model)),
                    new Prediction.Quality(mean.doubleValue(), evidence.doubleValue()));
        });
        Map<String, StateView.Health> health = new HashMap<>();
        Part places = json.part("health");
        for (Object place : places.json().keySet()) {
            Part one = places.part(String.valueOf(place));
            health.put(
                    String.valueOf(place),
                    new StateView.Health(
                            Duration.parse(one.text("latency")),
                            Duration.parse(one.text("p95")),
                            Math.toIntExact(one.number("inFlight")),
                            one.flag("isAvailable"),
                            one.real("headroom")));
        }
        Optional<Money> left = json.maybe("left", key -> new Money(json.number(key)));
        List<PassedThreshold> thresholds = new ArrayList<>();
        if (json.json().get("thresholds") != null) { // older logs have none
            json.list("thresholds").forEach(one -> thresholds.add(threshold(Part.of("thresholds", one))));
        }
        return new StateView(new Prediction(quality), new Allowance(left, thresholds), health);
    }

    private static PassedThreshold threshold(Part json) {
        String name = json.text("enforcement");
        Enforcement enforcement = switch (name) {
            case "RestrictModels" -> new Enforcement.RestrictModels(models(json));
            case "RequireApproval" -> new Enforcement.RequireApproval();
            case "Downgrade" -> new Enforcement.Downgrade();
            case "Block" -> new Enforcement.Block();
            default -> throw new IllegalArgumentException("'" + name + "' is nothing that a threshold does to a call");
        };
        return new PassedThreshold(
                json.text("budget"), new Threshold(Math.toIntExact(json.number("percent")), enforcement));
    }

    private static Set<ModelName> models(Part json) {
        return json.list("models").stream()
                .map(name -> ModelName.of(String.valueOf(name)))
                .collect(Collectors.toSet());
    }
}
