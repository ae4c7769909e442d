package io.auterity.relay.rules;

import java.util.List;

/**
 * One rule.
 *
 * @param id its name in traces
 * @param priority higher ones come first, equal ones in the order of the file
 * @param when the condition
 * @param then what to do
 * @param isContinued whether later rules are looked at after this one has matched
 */
record Rule(String id, long priority, Condition when, List<Action> then, boolean isContinued) {
    Rule {
        then = List.copyOf(then);
    }
}
