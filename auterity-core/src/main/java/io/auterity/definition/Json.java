package io.auterity.definition;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.json.JsonFactory;

/**
 * JSON texts to plain Java values ({@link Values}) and back.
 *
 * <p>Reading keeps the order of keys and returns unmodifiable lists and maps. A number without fraction and exponent is
 * a Long when 64 bits hold it and otherwise the nearest Double, as in ECMAScript (RFC 8259, section 6); a number with
 * either is a Double. Writing a Double always shows a fraction or an exponent, so that reading gives the same type back;
 * every text, unpaired surrogates included, survives the way there and back. Keys that repeat or that hold half a
 * surrogate pair are refused.
 *
 * <p>Methods may be called from any thread. Nothing is ever read into other types than the above.
 */
public final class Json {

    /** How deeply lists and objects may be nested, in reading and in writing. */
    public static final int MAX_DEPTH = 200;

    /** The longest text that is read, in characters or bytes: 64 Mi. */
    public static final int MAX_LENGTH = 64 * 1024 * 1024;

    private static final int MAX_NUMBER_LENGTH = 1_000;

    private static final TokenStreamFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(MAX_DEPTH)
                    .maxStringLength(MAX_LENGTH)
                    .maxNameLength(MAX_LENGTH)
                    .maxNumberLength(MAX_NUMBER_LENGTH)
                    .build())
            .enable(StreamReadFeature.USE_FAST_DOUBLE_PARSER)
            .build();

    private Json() {}

    /**
     * Reads a JSON text.
     *
     * @param text one JSON value, with nothing but white space around it
     * @return the value
     * @throws JsonException if the text is not JSON or exceeds a limit
     */
    public static @Nullable Object read(String text) {
        checkLength(text.length());
        try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), text)) {
            return document(parser);
        } catch (JacksonException e) {
            throw refused(e);
        }
    }

    /**
     * Reads a JSON text.
     *
     * @param text one JSON value in UTF-8, or in UTF-16 or UTF-32 as RFC 4627 tells them apart
     * @return the value
     * @throws JsonException if the text is not JSON or exceeds a limit
     */
    public static @Nullable Object read(byte[] text) {
        checkLength(text.length);
        try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), text)) {
            return document(parser);
        } catch (JacksonException e) {
            throw refused(e);
        }
    }

    /**
     * Writes a value without any white space.
     *
     * @param value a JSON value; numbers of any type are accepted
     * @return its text
     * @throws IllegalArgumentException if the value, or one inside it, is no JSON value, or is nested too deeply
     */
    public static String write(@Nullable Object value) {
        return JsonText.compact().append(value).toString();
    }

    /**
     * Writes a value in UTF-8 without any white space.
     *
     * @param value a JSON value; numbers of any type are accepted
     * @return its text
     * @throws IllegalArgumentException if the value, or one inside it, is no JSON value, or is nested too deeply
     */
    public static byte[] writeBytes(@Nullable Object value) {
        return write(value).getBytes(StandardCharsets.UTF_8);
    }

    /**
     * Writes a value for people: a line for each entry, two spaces a level.
     *
     * @param value a JSON value; numbers of any type are accepted
     * @return its text, without a line break at the end
     * @throws IllegalArgumentException if the value, or one inside it, is no JSON value, or is nested too deeply
     */
    public static String pretty(@Nullable Object value) {
        return JsonText.pretty().append(value).toString();
    }

    private static @Nullable Object document(JsonParser parser) {
        JsonToken first = parser.nextToken();
        if (first == null) {
            throw refused(parser, JsonException.MALFORMED, "the text is empty, expected a JSON value");
        }
        Object value = value(parser, first);
        if (parser.nextToken() != null) {
            throw refused(parser, JsonException.MALFORMED, "there is more after the JSON value");
        }
        return value;
    }

    private static @Nullable Object value(JsonParser parser, JsonToken token) {
        return switch (token) {
            case START_OBJECT -> object(parser);
            case START_ARRAY -> list(parser);
            case VALUE_STRING -> parser.getString();
            case VALUE_NUMBER_INT -> whole(parser);
            case VALUE_NUMBER_FLOAT -> finite(parser, parser.getDoubleValue());
            case VALUE_TRUE -> Boolean.TRUE;
            case VALUE_FALSE -> Boolean.FALSE;
            case VALUE_NULL -> null;
            default -> throw refused(parser, JsonException.MALFORMED, "unexpected " + token);
        };
    }

    private static Map<String, @Nullable Object> object(JsonParser parser) {
        Map<String, @Nullable Object> object = new LinkedHashMap<>();
        for (String name = parser.nextName(); name != null; name = parser.nextName()) {
            int size = object.size();
            object.put(name, value(parser, parser.nextToken()));
            if (object.size() == size) {
                throw refused(parser, JsonException.VALUE, "the key '" + Quote.of(name) + "' repeats");
            }
            if (!Quote.isWhole(name)) {
                throw refused(
                        parser, JsonException.VALUE, "the key '" + Quote.of(name) + "' has half a surrogate pair");
            }
        }
        return Collections.unmodifiableMap(object);
    }

    private static List<@Nullable Object> list(JsonParser parser) {
        List<@Nullable Object> list = new ArrayList<>();
        for (JsonToken token = parser.nextToken(); token != JsonToken.END_ARRAY; token = parser.nextToken()) {
            list.add(value(parser, token));
        }
        return Collections.unmodifiableList(list);
    }

    private static Object whole(JsonParser parser) {
        if (parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER) {
            return finite(parser, Double.parseDouble(parser.getString()));
        }
        return parser.getLongValue();
    }

    private static Double finite(JsonParser parser, double number) {
        if (Double.isInfinite(number)) {
            throw refused(parser, JsonException.VALUE, "the number is beyond the range of a double");
        }
        return number;
    }

    private static void checkLength(int length) {
        if (length > MAX_LENGTH) {
            throw new JsonException(
                    JsonException.LIMIT, "the text has " + length + " characters, the limit is " + MAX_LENGTH, 1, 1);
        }
    }

    private static JsonException refused(JsonParser parser, String code, String what) {
        TokenStreamLocation at = parser.currentTokenLocation();
        return new JsonException(code, what, Math.max(1, at.getLineNr()), Math.max(1, at.getColumnNr()));
    }

    private static JsonException refused(JacksonException e) {
        TokenStreamLocation at = e.getLocation();
        String code = e instanceof StreamConstraintsException ? JsonException.LIMIT : JsonException.MALFORMED;
        JsonException refused = new JsonException(
                code,
                Quote.of(e.getOriginalMessage(), 200),
                at == null ? 1 : Math.max(1, at.getLineNr()),
                at == null ? 1 : Math.max(1, at.getColumnNr()));
        refused.initCause(e);
        return refused;
    }
}
