package io.auterity.relay.rules;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Steering rules, in the order in which they are looked at.
 *
 * <p>Rules are looked at by priority, the highest first; the first that matches decides, unless it says
 * {@code continue: true}. If none matches, the default does. Regular expressions take linear time (RE2), so a rule
 * cannot be made slow by the text it looks at. Immutable and thread-safe.
 */
public final class Rules {

    /** No rules. */
    public static final Rules NONE = new Rules(List.of(), List.of());

    private final List<Rule> rules;
    private final List<Action> fallback;

    Rules(List<Rule> rules, List<Action> fallback) {
        this.rules = List.copyOf(rules);
        this.fallback = List.copyOf(fallback);
    }

    /**
     * Reads rules.
     *
     * @param yaml the text, 1 MiB and 1,000 rules at most
     * @return the rules
     * @throws RulesException if it is wrong, with all problems
     */
    public static Rules read(String yaml) {
        return new RulesReader().read(yaml);
    }

    /**
     * Applies the rules; nothing happens but that the answer says what should. This is also the dry run: its trace shows
     * which rules matched and why.
     *
     * @param facts what is known of the call, as nested maps; a condition's {@code field} is a path of keys with dots
     * @return the ruling
     */
    public Ruling apply(Map<String, ?> facts) {
        Condition.Facts known = new Condition.Facts(facts);
        List<Action> actions = new ArrayList<>();
        List<Ruling.Considered> trace = new ArrayList<>();
        boolean isMatched = false;
        for (Rule rule : rules) {
            List<String> comparisons = new ArrayList<>();
            boolean holds = rule.when().matches(known, comparisons);
            trace.add(new Ruling.Considered(rule.id(), holds, comparisons));
            if (holds) {
                isMatched = true;
                actions.addAll(rule.then());
                if (!rule.isContinued()) {
                    return new Ruling(actions, trace);
                }
            }
        }
        if (!isMatched && !fallback.isEmpty()) {
            trace.add(new Ruling.Considered("default", true, List.of()));
            actions.addAll(fallback);
        }
        return new Ruling(actions, trace);
    }

    /**
     * Returns how many rules there are.
     *
     * @return the number, without the default
     */
    public int size() {
        return rules.size();
    }
}
