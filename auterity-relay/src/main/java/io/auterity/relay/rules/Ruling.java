package io.auterity.relay.rules;

import java.util.List;
import java.util.stream.Stream;

/**
 * What the rules say about a call, and why.
 *
 * @param actions what to do, in order
 * @param trace every rule that was looked at
 */
public record Ruling(List<Action> actions, List<Considered> trace) {

    /** Says nothing. */
    public static final Ruling NONE = new Ruling(List.of(), List.of());

    /** Copies the lists. */
    public Ruling {
        actions = List.copyOf(actions);
        trace = List.copyOf(trace);
    }

    /**
     * A rule that was looked at.
     *
     * @param rule its id, or {@code default}
     * @param isMatched whether it matched
     * @param comparisons what was compared, with the values, in order
     */
    public record Considered(String rule, boolean isMatched, List<String> comparisons) {
        /** Copies the list. */
        public Considered {
            comparisons = List.copyOf(comparisons);
        }
    }

    /**
     * Returns the actions of one kind.
     *
     * @param <A> the kind
     * @param kind the kind
     * @return the actions, in order
     */
    public <A extends Action> Stream<A> all(Class<A> kind) {
        return actions.isEmpty()
                ? Stream.empty()
                : actions.stream().filter(kind::isInstance).map(kind::cast);
    }

    /**
     * Returns the ids of the rules that matched.
     *
     * @return the ids, in order
     */
    public List<String> matched() {
        return trace.stream()
                .filter(Considered::isMatched)
                .map(Considered::rule)
                .toList();
    }
}
