package io.auterity.relay.rules;

import io.auterity.regex.Regex;
import java.math.BigDecimal;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** When a rule matches; evaluating never fails, a value of the wrong type just does not match. */
sealed interface Condition {

    /** Says whether the facts match, and tells every comparison to the trace. */
    boolean matches(Facts facts, List<String> trace);

    /** All of some. */
    record All(List<Condition> parts) implements Condition {
        @Override
        public boolean matches(Facts facts, List<String> trace) {
            return parts.stream().allMatch(part -> part.matches(facts, trace));
        }
    }

    /** At least one of some. */
    record Any(List<Condition> parts) implements Condition {
        @Override
        public boolean matches(Facts facts, List<String> trace) {
            return parts.stream().anyMatch(part -> part.matches(facts, trace));
        }
    }

    /** Not that one. */
    record Not(Condition part) implements Condition {
        @Override
        public boolean matches(Facts facts, List<String> trace) {
            return !part.matches(facts, trace);
        }
    }

    /** Compares a field with a value. */
    record Compare(
            String field, Operator operator, @Nullable Object value, Optional<Regex> pattern) implements Condition {
        @Override
        public boolean matches(Facts facts, List<String> trace) {
            Optional<Object> actual = facts.find(field);
            boolean holds = operator.holds(actual, value, pattern);
            trace.add(field + " = " + actual.map(Facts::shortened).orElse("(absent)") + ", " + operator.key()
                    + (value == null ? "" : " " + Facts.shortened(value)) + ": " + (holds ? "yes" : "no"));
            return holds;
        }
    }

    /** How long a field is, in characters or elements. */
    record Length(String field, Operator operator, Object value) implements Condition {
        @Override
        public boolean matches(Facts facts, List<String> trace) {
            Optional<Object> length = facts.find(field).flatMap(Length::of);
            boolean holds = operator.holds(length, value, Optional.empty());
            trace.add("length of " + field + " = " + length.map(String::valueOf).orElse("(absent)") + ", "
                    + operator.key() + " " + value + ": " + (holds ? "yes" : "no"));
            return holds;
        }

        private static Optional<Object> of(Object value) {
            if (value instanceof String text) {
                return Optional.of((long) text.length());
            }
            return value instanceof Collection<?> list ? Optional.of((long) list.size()) : Optional.empty();
        }
    }

    /** The comparisons. */
    enum Operator {
        EQUALS,
        NOT_EQUALS,
        CONTAINS,
        NOT_CONTAINS,
        REGEX,
        GT,
        GTE,
        LT,
        LTE,
        IN,
        NOT_IN,
        EXISTS,
        NOT_EXISTS;

        String key() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }

        /** Says whether this compares numbers, so that the value must be one. */
        boolean isNumeric() {
            return this == GT || this == GTE || this == LT || this == LTE;
        }

        boolean holds(Optional<Object> actual, @Nullable Object value, Optional<Regex> pattern) {
            return switch (this) {
                case EQUALS -> actual.isPresent() && same(actual.get(), value);
                case NOT_EQUALS -> actual.isEmpty() || !same(actual.get(), value);
                case CONTAINS -> actual.isPresent() && contains(actual.get(), value);
                case NOT_CONTAINS -> actual.isEmpty() || !contains(actual.get(), value);
                case REGEX ->
                    actual.isPresent()
                            && actual.get() instanceof String text
                            && pattern.isPresent()
                            && pattern.get().find(text);
                case GT, GTE, LT, LTE -> actual.isPresent() && compares(actual.get(), value);
                case IN -> actual.isPresent() && among(actual.get(), value);
                case NOT_IN -> actual.isEmpty() || !among(actual.get(), value);
                case EXISTS -> actual.isPresent();
                case NOT_EXISTS -> actual.isEmpty();
            };
        }

        private boolean compares(Object actual, @Nullable Object value) {
            if (actual instanceof Number left && value instanceof Number right) {
                int order = decimal(left).compareTo(decimal(right));
                return this == GT ? order > 0 : this == GTE ? order >= 0 : this == LT ? order < 0 : order <= 0;
            }
            return false;
        }

        private static boolean contains(Object actual, @Nullable Object value) {
            if (actual instanceof String text) {
                return value instanceof String part && text.contains(part);
            }
            return actual instanceof Collection<?> list && list.stream().anyMatch(one -> same(one, value));
        }

        private static boolean among(Object actual, @Nullable Object values) {
            return values instanceof Collection<?> list && list.stream().anyMatch(one -> same(actual, one));
        }

        private static boolean same(@Nullable Object left, @Nullable Object right) {
            if (left instanceof Number a && right instanceof Number b) {
                return decimal(a).compareTo(decimal(b)) == 0;
            }
            return Objects.equals(left, right);
        }

        private static BigDecimal decimal(Number number) {
            return new BigDecimal(number.toString());
        }
    }

    /** What is known of a call, as nested maps. */
    record Facts(Map<String, ?> values) {

        Optional<Object> find(String path) {
            Object at = values;
            for (String part : path.split("\\.")) {
                at = at instanceof Map<?, ?> map ? map.get(part) : null;
            }
            return Optional.ofNullable(at);
        }

        static String shortened(Object value) {
            String text = String.valueOf(value);
            return text.length() <= 60 ? text : text.substring(0, 60) + "...";
        }
    }
}
