package io.auterity.definition;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/** The keys and words of the format, in the order they are written; the published JSON Schema has the same. */
final class Keys {

    static final long VERSION = 1;

    static final Set<String> WORKFLOW = ordered(
            "auterity",
            "id",
            "description",
            "input",
            "vars",
            "defaults",
            "timeout",
            "maxRuns",
            "steps",
            "output",
            "onFailure",
            "triggers");
    static final Set<String> DEFAULTS = ordered("timeout", "retry");
    static final Set<String> ON_FAILURE = ordered("run");
    static final Set<String> TRIGGER = ordered("schedule", "webhook");
    static final Set<String> WEBHOOK = ordered("path");
    static final Set<String> TIMING = ordered("cron", "every", "at");
    static final Set<String> SCHEDULE = ordered(
            "name",
            "cron",
            "zone",
            "every",
            "at",
            "startAt",
            "endAt",
            "catchUp",
            "catchUpLimit",
            "overlap",
            "paused",
            "input");
    static final Set<String> RETRY = ordered("maxAttempts", "delay", "multiplier", "maxDelay", "jitter", "on");
    static final Set<String> ON_ERROR = ordered("fallback", "value");
    static final Set<String> BLOCK = ordered("steps", "output");
    static final Set<String> CASE = ordered("if", "else", "value");
    static final Set<String> REPEAT = ordered("steps", "output", "until", "while", "max", "delay");
    static final Set<String> AWAIT = ordered("signal", "within", "schema");
    static final Set<String> APPROVE = ordered("by", "within", "form", "else");
    static final Set<String> EMIT = ordered("event", "data");
    static final Set<String> FAIL = ordered("code", "message");
    static final Set<String> JAVA = ordered("inputs", "output");

    /** The keys that any step may have beside those of its kind. */
    static final Set<String> COMMON =
            ordered("description", "if", "needs", "join", "retry", "timeout", "onError", "undo");

    static final Map<String, Order.Join> JOIN = words(Order.Join.values(), Order.Join::text);
    static final Map<String, StepKind.ForEach.ItemErrors> ITEM_ERRORS =
            words(StepKind.ForEach.ItemErrors.values(), Keys::lowerCase);
    static final Map<String, StepKind.Approve.Otherwise> OTHERWISE =
            words(StepKind.Approve.Otherwise.values(), Keys::lowerCase);
    static final Map<String, Policy.OnError> ERROR_WORDS =
            Map.of("fail", new Policy.OnError.Fail(), "continue", new Policy.OnError.Continue());

    static final Map<String, Trigger.CatchUp> CATCH_UP = words(Trigger.CatchUp.values(), Keys::lowerCase);
    static final Map<String, Trigger.Overlap> OVERLAP = words(Trigger.Overlap.values(), Trigger.Overlap::text);

    /** The word for {@link Retry#NONE}. */
    static final String NO_RETRY = "none";

    private Keys() {}

    /** The kinds of steps: the key that says the kind, and those that may stand beside it. */
    enum Kind {
        USES("uses", "with"),
        VALUE("value"),
        SWITCH("switch"),
        FOR_EACH("forEach", "as", "concurrency", "onItemError", "steps", "output"),
        REPEAT("repeat"),
        RACE("race"),
        TRY("try", "catch", "finally"),
        RUN("run", "with"),
        WAIT("wait"),
        AWAIT("await"),
        APPROVE("approve"),
        EMIT("emit", "with"),
        FAIL("fail"),
        JAVA("java");

        private static final List<Kind> ALL = List.of(values());

        final String key;
        final Set<String> beside;

        /** All keys of a step of this kind without a name. */
        final Set<String> bare;

        /** All keys of a step of this kind with a name. */
        final Set<String> named;

        Kind(String key, String... beside) {
            this.key = key;
            this.beside = ordered(beside);
            this.bare = union(Set.of(key), this.beside);
            this.named = union(bare, COMMON);
        }

        /** The kinds whose key is among these. */
        static List<Kind> among(Set<String> keys) {
            List<Kind> found = new ArrayList<>(1);
            for (Kind kind : ALL) {
                if (keys.contains(kind.key)) {
                    found.add(kind);
                }
            }
            return found;
        }

        static Set<String> keys() {
            Set<String> keys = new LinkedHashSet<>();
            ALL.forEach(kind -> keys.add(kind.key));
            return keys;
        }
    }

    static Set<String> union(Set<String> first, Set<String> second) {
        Set<String> union = new LinkedHashSet<>(first);
        union.addAll(second);
        return union;
    }

    static Set<String> ordered(String... keys) {
        return Collections.unmodifiableSet(new LinkedHashSet<>(List.of(keys)));
    }

    static String lowerCase(Enum<?> word) {
        return word.name().toLowerCase(Locale.ROOT);
    }

    private static <E> Map<String, E> words(E[] values, Function<E, String> text) {
        Map<String, E> words = new LinkedHashMap<>();
        for (E value : values) {
            words.put(text.apply(value), value);
        }
        return Copies.ordered(words);
    }
}
