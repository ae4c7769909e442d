package io.auterity.relay.rules;

import io.auterity.definition.AuterityException;
import java.util.List;

/** Thrown for a text that is no set of rules, with everything that is wrong with it. */
public final class RulesException extends AuterityException {

    private static final long serialVersionUID = 1L;

    /** The code. */
    public static final String INVALID = "AUT-L005";

    /** Each with its place. */
    private final transient List<String> problems;

    RulesException(List<String> problems) {
        super(INVALID, "the rules have " + problems.size() + " problems:\n  " + String.join("\n  ", problems));
        this.problems = List.copyOf(problems);
    }

    /**
     * Returns what is wrong.
     *
     * @return a sentence each, with its place first
     */
    public List<String> problems() {
        return problems;
    }
}
