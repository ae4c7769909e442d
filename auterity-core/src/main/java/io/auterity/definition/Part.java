package io.auterity.definition;

import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A part of the text with the path that leads to it. What is asked of it and not there becomes a problem of the reading,
 * and the answer is then empty, so that the reader goes on to the next problem.
 */
final class Part {

    /** The segment of a container that a path leaves out: {@code lead/score}, not {@code lead/steps/score}. */
    static final String SILENT = "";

    private final Reading reading;
    private final @Nullable Part parent;
    private final String segment;
    private final Node node;
    private final int line;
    private final int column;

    private Part(Reading reading, @Nullable Part parent, String segment, Node node, int line, int column) {
        this.reading = reading;
        this.parent = parent;
        this.segment = segment;
        this.node = node;
        this.line = line;
        this.column = column;
    }

    static Part root(Reading reading, Node node) {
        return new Part(reading, null, SILENT, node, node.line(), node.column());
    }

    Reading reading() {
        return reading;
    }

    String segment() {
        return segment;
    }

    /** The path: the workflow, then steps and keys. */
    String where() {
        List<String> path = new ArrayList<>();
        for (Part part = this; part != null; part = part.parent) {
            if (!part.segment.isEmpty()) {
                path.add(Quote.of(part.segment));
            }
        }
        path.add(reading.workflow());
        Collections.reverse(path);
        return String.join("/", path);
    }

    void problem(String code, String what, String fix) {
        boolean single = node instanceof Node.Scalar scalar && scalar.value() != null || node instanceof Node.Refused;
        reading.problem(code, where(), what, fix, single ? node.line() : line, single ? node.column() : column);
    }

    /** Counts this part as a step. */
    void countStep() {
        reading.step(line, column);
    }

    // --- objects

    boolean isObject() {
        return node instanceof Node.Fields;
    }

    boolean isText() {
        return node instanceof Node.Scalar scalar && scalar.value() instanceof String;
    }

    boolean isNumber() {
        return node instanceof Node.Scalar scalar && scalar.value() instanceof Number;
    }

    boolean isBoolean() {
        return node instanceof Node.Scalar scalar && scalar.value() instanceof Boolean;
    }

    boolean isList() {
        return node instanceof Node.Items;
    }

    boolean is(Object value) {
        return node instanceof Node.Scalar scalar && value.equals(scalar.value());
    }

    /** Says whether this is a number of that value, whole or not. */
    boolean isNumber(long value) {
        return node instanceof Node.Scalar scalar
                && scalar.value() instanceof Number number
                && number.doubleValue() == value;
    }

    /** The keys of the object; none when it is no object. */
    Set<String> keys() {
        return node instanceof Node.Fields object ? object.fields().keySet() : Set.of();
    }

    Optional<Part> get(String key) {
        return get(key, key);
    }

    /** The value of a key, under another name in paths. */
    Optional<Part> get(String key, String name) {
        if (node instanceof Node.Fields object) {
            Node.Field field = object.fields().get(key);
            if (field != null) {
                return Optional.of(new Part(reading, this, name, field.value(), field.line(), field.column()));
            }
        }
        return Optional.empty();
    }

    /** The value of a key that must be there. */
    Optional<Part> need(String key, String example) {
        Optional<Part> part = get(key);
        if (part.isEmpty() && isObject()) {
            problem(Codes.MISSING, "'" + key + "' is missing", "add '" + key + ": " + example + "'");
        }
        return part;
    }

    /** The values of an object whose keys are the author's own; a problem when it is no object. */
    List<Part> entries(String expected) {
        List<Part> entries = new ArrayList<>();
        if (object(expected)) {
            for (String key : keys()) {
                get(key).ifPresent(entries::add);
            }
        }
        return entries;
    }

    /** Says whether this is an object; a problem when not, and for every key that is not known. */
    boolean object(String expected, Collection<String> known) {
        if (!object(expected)) {
            return false;
        }
        unknown(known);
        return true;
    }

    /** Says whether this is an object; a problem when not, and when keys repeat. */
    boolean object(String expected) {
        if (!(node instanceof Node.Fields object)) {
            expected(expected);
            return false;
        }
        for (Node.Field field : object.repeated()) {
            int first = Objects.requireNonNull(object.fields().get(field.key())).line();
            new Part(reading, this, field.key(), field.value(), field.line(), field.column())
                    .problemAtKey(
                            Codes.REPEATED,
                            "'" + Quote.of(field.key()) + "' is written again; it stands in line " + first + " already",
                            "rename or remove one of the two");
        }
        return true;
    }

    /** Reports the keys that are not known. */
    private void unknown(Collection<String> known) {
        for (String key : keys()) {
            if (!known.contains(key)) {
                get(key).orElseThrow().unknownKey(Closest.fix(key, known));
            }
        }
    }

    void unknownKey(String fix) {
        problemAtKey(Codes.UNKNOWN_KEY, "'" + Quote.of(segment) + "' is no key that is known here", fix);
    }

    void problemAtKey(String code, String what, String fix) {
        reading.problem(code, where(), what, fix, line, column);
    }

    /** The items of a list; a problem when it is none. */
    List<Part> items(String expected) {
        List<Part> parts = new ArrayList<>();
        if (node instanceof Node.Items list) {
            for (Node item : list.items()) {
                parts.add(new Part(reading, this, String.valueOf(parts.size()), item, item.line(), item.column()));
            }
        } else {
            expected(expected);
        }
        return parts;
    }

    // --- single values

    /** A problem: this is of another type than expected. */
    void expected(String expected) {
        if (node instanceof Node.Refused refused) {
            problem(refused.code(), refused.what(), refused.fix());
            return;
        }
        String name = segment.isEmpty() ? "the text" : "'" + Quote.of(segment) + "'";
        problem(Codes.TYPE, name + " is " + described() + ", expected " + expected, "write " + expected);
    }

    private String described() {
        if (node instanceof Node.Items) {
            return "a list";
        }
        if (!(node instanceof Node.Scalar scalar)) {
            return "an object";
        }
        Object value = scalar.value();
        if (value == null) {
            return "empty";
        }
        return value instanceof String text ? "the text '" + Quote.of(text) + "'" : String.valueOf(value);
    }

    Optional<String> text(String expected) {
        if (node instanceof Node.Scalar scalar && scalar.value() instanceof String text) {
            return Optional.of(text);
        }
        if (node instanceof Node.Scalar scalar && scalar.value() != null) {
            problem(
                    Codes.TYPE,
                    "'" + Quote.of(segment) + "' is " + described() + ", expected " + expected,
                    "put it in quotes: \"" + scalar.value() + "\"");
        } else {
            expected(expected);
        }
        return Optional.empty();
    }

    /** A text that is not empty. */
    Optional<String> name(String expected) {
        Optional<String> text = text(expected);
        if (text.isPresent() && text.get().isBlank()) {
            expected(expected);
            return Optional.empty();
        }
        return text;
    }

    /** A text, or a list of texts. */
    List<String> texts(String expected) {
        if (isText()) {
            return text(expected).map(List::of).orElse(List.of());
        }
        List<String> texts = new ArrayList<>();
        for (Part item : items(expected + ", or a list of them")) {
            item.text(expected).ifPresent(texts::add);
        }
        return texts;
    }

    Optional<Integer> integer(int min, int max) {
        String expected = "a whole number from " + min + " to " + max;
        if (node instanceof Node.Scalar scalar && scalar.value() instanceof Number number) {
            double value = number.doubleValue(); // 3.0 is a whole number to JSON Schema, and so here
            if (value >= min && value <= max && value == Math.rint(value)) {
                return Optional.of(number.intValue());
            }
            problem(Codes.NUMBER, "'" + segment + "' is " + number + ", expected " + expected, "write " + expected);
        } else {
            expected(expected);
        }
        return Optional.empty();
    }

    Optional<Double> number(long min, long max) {
        String expected = "a number from " + min + " to " + max;
        if (node instanceof Node.Scalar scalar && scalar.value() instanceof Number number) {
            double value = number.doubleValue();
            if (value >= min && value <= max) {
                return Optional.of(value);
            }
            problem(Codes.NUMBER, "'" + segment + "' is " + number + ", expected " + expected, "write " + expected);
        } else {
            expected(expected);
        }
        return Optional.empty();
    }

    /** A duration that may be zero. */
    Optional<Duration> pause() {
        Optional<Duration> duration = Optional.empty();
        if (isText()) {
            String text = text("").orElseThrow();
            duration = Durations.parse(text);
            if (duration.isEmpty()) {
                problem(Codes.DURATION, "'" + Quote.of(text) + "' is no duration", DURATION_FIX);
            }
        } else if (node instanceof Node.Scalar scalar && scalar.value() instanceof Number number) {
            problem(Codes.DURATION, "the duration " + number + " has no unit", "add one, as in '" + number + "s'");
        } else {
            expected("a duration such as 10s");
        }
        return duration;
    }

    private static final String DURATION_FIX =
            "write it like 250ms, 10s, 5m, 2h, 3d or PT1.5S, at most " + Durations.print(Durations.LONGEST);

    /** A duration longer than zero. */
    Optional<Duration> duration() {
        Optional<Duration> duration = pause();
        if (duration.isPresent() && duration.get().isZero()) {
            problem(Codes.DURATION, "'" + segment + "' is zero", "write a longer duration, or remove the key");
            return Optional.empty();
        }
        return duration;
    }

    /** The pattern of a point in time; also that of the published JSON Schema. */
    static final String INSTANT = "[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\\.[0-9]{1,9})?)?"
            + "(?:Z|[+-][0-9]{2}:[0-9]{2})";

    private static final Pattern INSTANT_PATTERN = Pattern.compile(INSTANT);
    private static final Instant END_OF_TIME = Instant.parse("9999-12-31T00:00:00Z");

    /** Checks that it is a time to wait for: a duration, or a point in time. */
    void checkTime() {
        if (node instanceof Node.Scalar scalar
                && scalar.value() instanceof String text
                && INSTANT_PATTERN.matcher(text).matches()) {
            instant();
        } else {
            pause();
        }
    }

    /** A point in time with its offset. */
    Optional<Instant> instant() {
        String expected = "a point in time such as 2026-12-24T18:00:00+01:00";
        Optional<String> text = text(expected);
        if (text.isPresent() && INSTANT_PATTERN.matcher(text.get()).matches()) {
            try {
                Instant instant = OffsetDateTime.parse(text.get()).toInstant();
                if (!instant.isBefore(Instant.EPOCH) && instant.isBefore(END_OF_TIME)) {
                    return Optional.of(instant);
                }
            } catch (DateTimeParseException noSuchDay) {
                // the problem below says it
            }
        }
        text.ifPresent(written -> problem(
                Codes.INSTANT,
                "'" + Quote.of(written) + "' is no point in time from 1970 to 9999",
                "write " + expected));
        return Optional.empty();
    }

    /** True or false. */
    Optional<Boolean> yesOrNo() {
        if (node instanceof Node.Scalar scalar && scalar.value() instanceof Boolean truth) {
            return Optional.of(truth);
        }
        expected("true or false");
        return Optional.empty();
    }

    <E> Optional<E> word(Map<String, E> words) {
        Optional<String> text = text("one of: " + String.join(", ", words.keySet()));
        if (text.isPresent() && !words.containsKey(text.get())) {
            problem(
                    Codes.WORD,
                    "'" + Quote.of(text.get()) + "' is no word for '" + segment + "'",
                    Closest.fix(text.get(), words.keySet()));
        }
        return text.flatMap(word -> Optional.ofNullable(words.get(word)));
    }

    /** An expression without its braces. */
    Optional<String> expression() {
        if (node instanceof Node.Scalar scalar && scalar.value() instanceof Boolean constant) {
            return Optional.of(constant.toString());
        }
        if (!isText()) {
            expected("an expression such as ${{ input.amount > 100 }}");
            return Optional.empty();
        }
        String text = text("").orElseThrow();
        if (text.contains(Braces.OPEN) && !Braces.isOne(text.strip())) {
            problem(
                    Codes.EXPRESSION,
                    "'" + Quote.of(text) + "' mixes text and expressions, or leaves one open",
                    "write one expression, with one pair of ${{ }} around all of it or without any");
            return Optional.empty();
        }
        return Optional.of(Braces.bare(text));
    }

    // --- free values

    /** The value as plain Java; parts that no JSON value can hold become problems and null. */
    @Nullable
    Object json() {
        if (node instanceof Node.Scalar scalar) {
            return scalar.value();
        }
        if (node instanceof Node.Items) {
            List<@Nullable Object> list = new ArrayList<>();
            items("").forEach(item -> list.add(item.json()));
            return list;
        }
        if (node instanceof Node.Fields) {
            return jsonObject();
        }
        expected("");
        return null;
    }

    /** The object as plain Java; a problem and empty when it is none. */
    Map<String, Object> jsonObject(String expected) {
        return isObject() ? jsonObject() : notAnObject(expected);
    }

    private Map<String, Object> notAnObject(String expected) {
        expected(expected);
        return Map.of();
    }

    @SuppressWarnings("NullAway") // JSON objects may hold null
    private Map<String, Object> jsonObject() {
        Map<String, Object> object = new LinkedHashMap<>();
        for (Part entry : entries("")) {
            object.put(entry.segment, entry.json());
        }
        return object;
    }

    Template template() {
        return new Template(json());
    }

    Map<String, Template> templates(String expected) {
        Map<String, Template> templates = new LinkedHashMap<>();
        for (Part entry : entries(expected)) {
            templates.put(entry.segment, entry.template());
        }
        return templates;
    }
}
