package io.auterity.expression;

import io.auterity.expression.CelOracle.Outcome;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where our engine and the oracle may differ: what {@code docs/expressions.md} lists, and defects of the oracle.
 *
 * <p>Each is as narrow as the difference it excuses, so that a new disagreement does not hide behind an old one.
 */
enum Deviation {
    // ------------------------------------------------ in expressions without mistakes

    /** A result is JSON, which has no such numbers; and a NaN is neither before nor behind another number. */
    NO_INFINITE_NUMBERS(found -> found.ours.message().contains("NaN or infinite")
            || found.ours.message().contains("NaN has no place in an order")),
    /** A missing path equals null. */
    MISSING_EQUALS_NULL(found -> found.weCompute()
            && found.theirs.message().contains("is not present in map")
            && found.source("\\.\\w+ [!=]= null|null [!=]= \\w+(\\[\\d\\])?\\.\\w+")),
    /** A constant that is no time is found when compiling. */
    CONSTANT_TIMES(found -> found.weRefuse("the text is not a (timestamp|duration)")),
    /** Null breaks a path off before .? too. */
    NULL_HAS_NO_OPTIONAL_FIELDS(found -> found.weCompute()
            && found.theirs.message().contains("must be performed on messages or maps")
            && found.source("\\.\\?")),
    /** The oracle does not know which of its functions indexes an optional value of unknown type. */
    AMBIGUOUS_INDEX(found -> found.theirs.message().contains("Ambiguous overloads for function '_[")),
    /** What is only a number in Java, as 1f, is none. */
    JAVA_NUMBERS(found -> found.ours.message().contains("the text is not a number") && found.source("\\bdouble\\(")),
    /** The oracle fails to search the empty text. */
    SEARCH_OF_NOTHING(found -> found.theirs.message().contains("indexOf failure: Offset out of range: 0")
            || found.theirs.message().contains("astIndexOf failure")),
    /** The oracle knows no optional index beyond 32 bits. */
    LARGE_OPTIONAL_INDEX(found -> found.theirs.message().contains("list_optindex_optional_int")),
    /** The oracle writes a number as the JVM does, before Java 19 not always with the fewest digits. */
    MORE_DIGITS(found -> found.weCompute()
            && found.ours.value() instanceof String one
            && found.theirs.value() instanceof String two
            && found.source("string\\(")
            && isSameDouble(one, two)),
    /** A failure inside the oracle's text functions is not one that another operand decides over. */
    ESCAPING_FAILURE(found -> found.weCompute()
            && found.theirs.message().contains(" failure: ")
            && found.source("&&|\\|\\||\\.(all|exists)\\(")),
    /** The oracle counts the time between two timestamps in 64 bits of nanoseconds. */
    LONG_DURATIONS(found ->
            found.weCompute() && found.theirs.message().contains("long overflow") && found.source("timestamp\\(.* - ")),
    /** The oracle is sure of a type of the elements of a flattened list that they do not have. */
    ELEMENTS_OF_FLATTEN(found -> found.weCompute()
            && found.theirs.message().contains("No matching overload")
            && found.source("flatten\\(\\)")),

    // --------------------------------------------------- in expressions with mistakes

    /**
     * Integers mix with doubles, null compares, branches and elements may differ in type, whole doubles are places in a
     * list, times and texts have a smallest; and of some variables we know less.
     */
    WIDER_OPERATORS(found -> found.weCompute()
            && (found.theyRefuseOnly("'(_\\?_:_|orValue|or|flatten)' applied to"
                            + "|'(_[-+*/]_|_[!=]=_|_[<>]=?_)' applied to '\\((int, double|double, int)\\)'"
                            + "|'_\\+_' applied to '\\(list\\(.*, list\\("
                            + "|'_[!=]=_' applied to '\\((null, .*|.*, null\\)|map\\(|.*, (list|map)\\()"
                            + "|'@in' applied to '\\((int|double|null), list\\("
                            + "|'_\\[\\??_\\]' applied to '\\(list\\(.*, double\\)'"
                            + "|'_(&&|\\|\\|)_' applied to '\\(bool, int\\)'"
                            + "|'math\\.(trunc|floor|ceil|round)' applied to '\\(int\\)'"
                            + "|'math\\.@(min|max)' applied to '\\((string|google\\.protobuf\\.\\w+)(, \\w.*)*\\)'"
                            + "|simple literal arguments must be numeric")
                    || found.theirs.message().contains("No matching overload"))),
    /** A path may break off anywhere in has(), before .? and where it is compared with null, and null breaks it. */
    BROKEN_PATHS(found -> found.weCompute()
            && (found.theirs.message().contains("is not present in map")
                    || found.theirs.message().contains("ndex"))),
    /** Null has no parts; the oracle finds that out when it evaluates. */
    PARTS_OF_NULL(found -> found.weRefuse("a value of type null (cannot be indexed|has no field)")),
    /** The keys of maps are texts, also where they are asked for, and where they are the positions in a list. */
    KEYS_ARE_TEXTS(found -> found.ours.message().contains("expected string, but found") && found.source("\\[\\?")
            || found.source("\\.transformMap\\(")
                    && (found.agreesWithKeysAsTexts() || found.theyRefuse("applied to '.*\\bint\\b"))),
    /** What is missing equals null, whether it is asked for as an optional value or not. */
    MISSING_OPTIONAL_EQUALS_NULL(
            found -> found.weCompute() && !found.theirs.isError() && found.source("null [!=]= |[!=]= null")),
    /** Where branches differ in type, what is made of them has one that the oracle does not know. */
    DIFFERENT_BRANCHES(found -> found.weCompute() && found.theyRefuse("'(_\\?_:_|orValue|or)' applied to")),
    /** An optional value is opened before it is passed on, compared or put into a list. */
    UNOPENED_OPTIONALS(found ->
            found.weRefuse("' may be absent;") && found.source("\\.\\?|\\[\\?|\\.(first|last)\\(|optional\\.")),
    /** An operand that is no boolean is an error that another operand may decide over, as the specification says. */
    ABSORBED_OPERAND(found -> found.weCompute()
            && found.theirs.message().contains("expected boolean value, found")
            && found.source("&&|\\|\\||\\.(all|exists)\\(")),
    /** The elements of a mixed list have a type, with which a comparison may be impossible. */
    IMPOSSIBLE_COMPARISON(found -> found.weRefuse("'(in|==|!=)' does not take")),
    /** They have one too where none of them can be a condition. */
    IMPOSSIBLE_CONDITION(found -> found.weRefuse("expected boolean, but .* is .* \\| ")),
    /** Null passes for a time in the oracle until it is computed with. */
    NULL_IS_NO_TIME(found -> found.weRefuse("'([+-]|[<>]=?)' does not take (timestamp|duration|any) and null"
            + "|'([+-]|[<>]=?)' does not take null and (timestamp|duration|any)"
            + "|' may be null;"
            + "|takes .*(timestamp|duration).* here, but .* is null$")),
    /** A map that is written out has exactly its fields. */
    FIELDS_OF_A_LITERAL(found -> found.weRefuse("field '\\w+' is not defined") && found.source("\\{'a': ")),
    /** An integer and a double in one list, in two branches or as two arguments make numbers. */
    NUMBERS_MIX(found -> found.weRefuse("takes .*integer.* is number$") || found.weComputeTheirIntegersAsDoubles()),
    /** What has no order cannot be sorted; the oracle does not look at lists of one element and at equal keys. */
    NO_ORDER(found -> found.weRefuse("have no order|visits a list|'sort' takes .* is list\\((list|map|object|null)")
            || found.ours.message().contains("have no order") && found.source("\\.sort(By)?\\(")),
    /** Only texts can be joined. */
    JOIN_OF_TEXTS(found -> found.weRefuse("'join' takes list\\(string\\) here")
            || found.ours.message().contains("expected string, but found") && found.source("\\.join\\(")),
    /** The oracle leaves out two negations without looking at what they negate. */
    DOUBLE_NEGATION(found -> found.source("!!")
            && (found.weRefuse("expected boolean, but")
                    || found.ours.message().contains("expected boolean, but found")));

    private static final Pattern DOUBLE = Pattern.compile("-?\\d+\\.\\d+(E-?\\d+)?");

    private final Predicate<Difference> excuses;

    Deviation(Predicate<Difference> excuses) {
        this.excuses = excuses;
    }

    private static boolean isSameDouble(String one, String two) {
        return DOUBLE.matcher(one).matches()
                && DOUBLE.matcher(two).matches()
                && Double.parseDouble(one) == Double.parseDouble(two);
    }

    /** What both engines made of an expression; {@code refusal} is empty when ours accepted it. */
    record Difference(String source, String refusal, Outcome ours, Outcome theirs) {
        boolean weCompute() {
            return refusal.isEmpty() && !ours.isError();
        }

        boolean weComputeTheirIntegersAsDoubles() {
            return ours.value() instanceof Double one && theirs.value() instanceof Long two && one.longValue() == two;
        }

        boolean agreesWithKeysAsTexts() {
            return ours.agreesWith(new Outcome(theirs.isError(), keysAsTexts(theirs.value()), theirs.message()));
        }

        private static @Nullable Object keysAsTexts(@Nullable Object value) {
            if (value instanceof List<?> list) {
                List<@Nullable Object> converted = new ArrayList<>();
                list.forEach(element -> converted.add(keysAsTexts(element)));
                return converted;
            }
            if (value instanceof Map<?, ?> map) {
                Map<String, @Nullable Object> converted = new HashMap<>();
                map.forEach((key, entry) -> converted.put(String.valueOf(key), keysAsTexts(entry)));
                return converted;
            }
            return value;
        }

        boolean weRefuse(String reason) {
            return Pattern.compile(reason, Pattern.MULTILINE).matcher(refusal).find();
        }

        /** Whether all that the oracle refuses the expression for is among the reasons. */
        boolean theyRefuseOnly(String reasons) {
            Pattern reason = Pattern.compile(reasons);
            List<String> lines = theirs.message()
                    .lines()
                    .filter(line -> line.contains("ERROR: "))
                    .toList();
            return !lines.isEmpty()
                    && lines.stream().allMatch(line -> reason.matcher(line).find());
        }

        boolean theyRefuse(String reason) {
            return theirs.message().startsWith("refused: ")
                    && Pattern.compile(reason).matcher(theirs.message()).find();
        }

        boolean source(String part) {
            return Pattern.compile(part).matcher(source).find();
        }

        boolean isExpected(boolean mistaken) {
            for (Deviation deviation : values()) {
                if ((mistaken || deviation.compareTo(WIDER_OPERATORS) < 0) && deviation.excuses.test(this)) {
                    return true;
                }
            }
            return false;
        }

        @Override
        public String toString() {
            return source + "\nours:   " + (refusal.isEmpty() ? ours : refusal) + "\ntheirs: " + theirs;
        }
    }
}
