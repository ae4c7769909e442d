package io.auterity.relay.rules;

import io.auterity.regex.Regex;
import io.auterity.relay.money.ModelName;
import io.auterity.relay.money.Money;
import io.auterity.relay.rules.Condition.Operator;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/** Reads rules from YAML; gathers every problem instead of stopping at the first. Confined to one thread. */
final class RulesReader {

    static final int MAX_BYTES = 1024 * 1024;
    static final int MAX_RULES = 1_000;
    static final int MAX_DEPTH = 20;

    private static final Set<String> RULE_KEYS = Set.of("id", "priority", "when", "then", "continue");

    /** Parameters that a provider is told by the relay, whatever a rule says. */
    private static final Set<String> DECIDED =
            Set.of("model", "messages", "stream", "n", "max_tokens", "max_completion_tokens", "max_output_tokens");

    private final List<String> problems = new ArrayList<>();

    Rules read(String yaml) {
        Map<?, ?> file = load(yaml);
        List<Rule> rules = new ArrayList<>();
        keys(file, Set.of("relay", "rules", "default"), "");
        if (!Integer.valueOf(1).equals(file.get("relay"))) {
            problems.add("relay: the format is 1; begin with 'relay: 1'");
        }
        List<?> items = list(file.get("rules"), "rules");
        if (items.size() > MAX_RULES) {
            problems.add("rules: there are " + items.size() + ", the limit is " + MAX_RULES);
        } else {
            for (int i = 0; i < items.size(); i++) {
                rules.add(rule(items.get(i), "rules[" + i + "]"));
            }
        }
        Set<String> ids = new HashSet<>();
        rules.stream()
                .filter(rule -> !ids.add(rule.id()))
                .forEach(rule -> problems.add("rules: two of them have the id '" + rule.id() + "'"));
        List<Action> fallback = file.containsKey("default") ? actions(file.get("default"), "default") : List.of();
        if (!problems.isEmpty()) {
            throw new RulesException(problems);
        }
        rules.sort(Comparator.comparingLong(Rule::priority).reversed());
        return new Rules(rules, fallback);
    }

    private static Map<?, ?> load(String yaml) {
        LoadSettings settings = LoadSettings.builder()
                .setLabel("rules")
                .setCodePointLimit(MAX_BYTES)
                .setMaxAliasesForCollections(20)
                .setAllowDuplicateKeys(false)
                .build();
        Object file;
        try {
            file = new Load(settings).loadFromString(yaml);
        } catch (YamlEngineException e) {
            throw new RulesException(List.of(String.valueOf(e.getMessage())));
        }
        if (file instanceof Map<?, ?> map) {
            return map;
        }
        throw new RulesException(List.of("the text is a map with the keys relay, rules and default"));
    }

    private Rule rule(@Nullable Object value, String place) {
        Map<?, ?> map = map(value, place);
        keys(map, RULE_KEYS, place + "/");
        Object id = map.get("id");
        if (!(id instanceof String)) {
            problems.add(place + "/id: every rule has an id, a text");
        }
        Object priority = map.containsKey("priority") ? map.get("priority") : (Object) 0;
        if (!(priority instanceof Integer)) {
            problems.add(place + "/priority: is a whole number, not " + priority);
        }
        return new Rule(
                String.valueOf(id),
                priority instanceof Integer whole ? whole : 0,
                map.containsKey("when") ? condition(map.get("when"), place + "/when", 0) : new Condition.All(List.of()),
                actions(map.get("then"), place + "/then"),
                flag(map, "continue", place));
    }

    private boolean flag(Map<?, ?> map, String key, String place) {
        Object value = map.containsKey(key) ? map.get(key) : (Object) false;
        if (!(value instanceof Boolean)) {
            problems.add(place + "/" + key + ": is true or false, not " + value);
        }
        return Boolean.TRUE.equals(value);
    }

    private Condition condition(@Nullable Object value, String place, int depth) {
        Map<?, ?> map = map(value, place);
        if (depth > MAX_DEPTH) {
            problems.add(place + ": conditions are nested more than " + MAX_DEPTH + " deep");
            return new Condition.All(List.of());
        }
        for (String group : List.of("all", "any")) {
            if (map.containsKey(group)) {
                keys(map, Set.of(group), place + "/");
                List<Condition> parts = new ArrayList<>();
                List<?> items = list(map.get(group), place + "/" + group);
                for (int i = 0; i < items.size(); i++) {
                    parts.add(condition(items.get(i), place + "/" + group + "[" + i + "]", depth + 1));
                }
                return group.equals("all") ? new Condition.All(parts) : new Condition.Any(parts);
            }
        }
        if (map.containsKey("not")) {
            keys(map, Set.of("not"), place + "/");
            return new Condition.Not(condition(map.get("not"), place + "/not", depth + 1));
        }
        return comparison(map, place);
    }

    private Condition comparison(Map<?, ?> map, String place) {
        String field = String.valueOf(map.get("field"));
        Map<String, @Nullable Object> operators = new LinkedHashMap<>();
        map.forEach((key, operand) -> operators.put(String.valueOf(key), operand));
        operators.remove("field");
        if (!(map.get("field") instanceof String) || operators.size() != 1) {
            problems.add(place + ": a condition is all, any, not, or a field with exactly one operator");
            return new Condition.All(List.of());
        }
        String key = operators.keySet().iterator().next();
        Object operand = operators.get(key);
        if (key.equals("length")) {
            Map<?, ?> inner = map(operand, place + "/length");
            if (inner.size() == 1) {
                String name = String.valueOf(inner.keySet().iterator().next());
                Optional<Operator> operator = operator(name, place + "/length");
                Object number = inner.values().iterator().next();
                if (operator.filter(RulesReader::isOfNumbers).isPresent() && number instanceof Number) {
                    return new Condition.Length(field, operator.get(), number);
                }
            }
            problems.add(place + "/length: holds one of gt, gte, lt, lte, equals and not-equals with a number, as in"
                    + " {gt: 1000}");
            return new Condition.All(List.of());
        }
        return operator(key, place)
                .map(operator -> compare(field, operator, operand, place + "/" + key))
                .orElseGet(() -> new Condition.All(List.of()));
    }

    private static boolean isOfNumbers(Operator operator) {
        return operator.isNumeric() || operator == Operator.EQUALS || operator == Operator.NOT_EQUALS;
    }

    private Condition compare(String field, Operator operator, @Nullable Object operand, String place) {
        Optional<Regex> pattern = Optional.empty();
        if (operator == Operator.REGEX) {
            try {
                pattern = Optional.of(Regex.compile(String.valueOf(operand)));
            } catch (IllegalArgumentException e) {
                problems.add(place + ": " + e.getMessage() + ", in '" + operand + "'");
            }
        }
        if (operator.isNumeric() && !(operand instanceof Number)) {
            problems.add(place + ": compares with a number, not with " + operand);
        }
        boolean isList = operator == Operator.IN || operator == Operator.NOT_IN;
        if (isList && !(operand instanceof Collection<?>)) {
            problems.add(place + ": takes a list");
        }
        boolean isPresence = operator == Operator.EXISTS || operator == Operator.NOT_EXISTS;
        if (isPresence && !Boolean.TRUE.equals(operand)) {
            problems.add(place + ": takes true");
        }
        return new Condition.Compare(field, operator, isPresence ? null : operand, pattern);
    }

    private Optional<Operator> operator(String key, String place) {
        for (Operator operator : Operator.values()) {
            if (operator.key().equals(key)) {
                return Optional.of(operator);
            }
        }
        problems.add(place + "/" + key + ": is no operator; there are "
                + String.join(
                        ", ",
                        List.of(Operator.values()).stream().map(Operator::key).toList()) + " and length");
        return Optional.empty();
    }

    private List<Action> actions(@Nullable Object value, String place) {
        List<Action> actions = new ArrayList<>();
        List<?> items = list(value, place);
        for (int i = 0; i < items.size(); i++) {
            Map<?, ?> map = map(items.get(i), place + "[" + i + "]");
            if (map.size() != 1) {
                problems.add(place + "[" + i + "]: an action has one key");
            } else {
                String key = String.valueOf(map.keySet().iterator().next());
                try {
                    actions.add(action(key, map.values().iterator().next(), place + "[" + i + "]/" + key));
                } catch (IllegalArgumentException e) {
                    problems.add(place + "[" + i + "]/" + key + ": " + e.getMessage());
                }
            }
        }
        return actions;
    }

    private Action action(String key, @Nullable Object value, String place) {
        return switch (key) {
            case "models" ->
                new Action.UseModels(list(value, place).stream()
                        .map(name -> ModelName.of(String.valueOf(name)))
                        .toList());
            case "provider" -> new Action.UseProvider(new ModelName(String.valueOf(value), "any").provider());
            case "transform" -> transform(texts(map(value, place)));
            case "inject" -> new Action.Inject(text(value, "role", place), text(value, "text", place));
            case "reject" -> new Action.Reject(status(map(value, place)), text(value, "message", place));
            case "log" -> new Action.Log(String.valueOf(value));
            case "cost-limit" -> new Action.CostLimit(Money.dollars(String.valueOf(value)));
            case "require-approval" -> approval(value);
            default ->
                throw new IllegalArgumentException(
                        "is no action; there are models, provider, transform, inject, reject,"
                                + " log, cost-limit and require-approval");
        };
    }

    private static Action transform(Map<String, @Nullable Object> parameters) {
        List<String> decided =
                parameters.keySet().stream().filter(DECIDED::contains).toList();
        if (!decided.isEmpty()) {
            throw new IllegalArgumentException(String.join(" and ", decided)
                    + " cannot be changed by a rule, because the relay decides it; remove it, and limit the money with"
                    + " cost-limit, or choose with models");
        }
        return new Action.Transform(parameters);
    }

    private static Action approval(@Nullable Object value) {
        if (!Boolean.TRUE.equals(value)) {
            throw new IllegalArgumentException("is true where it stands; leave it out where no approval is needed");
        }
        return new Action.RequireApproval();
    }

    private static int status(Map<?, ?> map) {
        if (map.get("status") instanceof Integer status && status >= 400 && status <= 599) {
            return status;
        }
        throw new IllegalArgumentException("status is between 400 and 599, not " + map.get("status"));
    }

    private String text(@Nullable Object value, String key, String place) {
        if (map(value, place).get(key) instanceof String text) {
            return text;
        }
        throw new IllegalArgumentException(key + " is a text");
    }

    private static Map<String, @Nullable Object> texts(Map<?, ?> map) {
        Map<String, @Nullable Object> copy = new LinkedHashMap<>();
        map.forEach((key, value) -> copy.put(String.valueOf(key), value));
        return copy;
    }

    private void keys(Map<?, ?> map, Set<String> known, String place) {
        for (Object key : map.keySet()) {
            if (!known.contains(String.valueOf(key))) {
                problems.add(place + key + ": is not known here; there are "
                        + String.join(", ", known.stream().sorted().toList()));
            }
        }
    }

    private Map<?, ?> map(@Nullable Object value, String place) {
        if (value instanceof Map<?, ?> map) {
            return map;
        }
        problems.add(place + ": is a map, not " + value);
        return Map.of();
    }

    private List<?> list(@Nullable Object value, String place) {
        if (value instanceof List<?> list) {
            return list;
        }
        problems.add(place + ": is a list, not " + value);
        return List.of();
    }
}
