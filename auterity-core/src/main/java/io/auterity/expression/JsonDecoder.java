package io.auterity.expression;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.json.JsonFactory;

/** Reads a JSON text; its own class, so that Jackson is loaded by the first expression that decodes. */
final class JsonDecoder {
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(Equality.MAX_DEPTH)
                    .maxNumberLength(100)
                    .build())
            .build();

    private final JsonParser parser;
    private final Frame frame;

    private JsonDecoder(JsonParser parser, Frame frame) {
        this.parser = parser;
        this.frame = frame;
    }

    static @Nullable Object decode(String text, Frame frame) {
        frame.chargeText(text.length());
        try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), text)) {
            JsonToken first = parser.nextToken();
            if (first == null) {
                throw frame.argument("the text is not JSON: it is empty");
            }
            Object value = new JsonDecoder(parser, frame).value(first);
            if (parser.nextToken() != null) {
                throw frame.argument("the text is not JSON: something follows the value");
            }
            return value;
        } catch (StreamConstraintsException large) {
            throw frame.argument("the text is nested more than 512 levels deep, or has a number of more than 100 digits"
                    + " or a name of more than 50,000 characters");
        } catch (JacksonException wrong) {
            throw frame.argument("the text is not JSON");
        }
    }

    private @Nullable Object value(JsonToken token) {
        frame.charge(1);
        return switch (token) {
            case VALUE_NULL -> null;
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case VALUE_STRING -> parser.getString();
            case VALUE_NUMBER_INT -> integer();
            case VALUE_NUMBER_FLOAT -> decimal();
            case START_ARRAY -> list();
            case START_OBJECT -> map();
            default -> throw frame.argument("the text is not JSON");
        };
    }

    private long integer() {
        if (parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER) {
            throw frame.fault(EvaluationException.Code.OVERFLOW, "a JSON integer does not fit 64 bits");
        }
        return parser.getLongValue();
    }

    private double decimal() {
        double number = parser.getDoubleValue();
        if (Double.isInfinite(number)) {
            throw frame.fault(EvaluationException.Code.OVERFLOW, "a JSON number is too large");
        }
        return number;
    }

    private List<Object> list() {
        List<Object> list = new ArrayList<>();
        for (JsonToken token = parser.nextToken(); token != JsonToken.END_ARRAY; token = parser.nextToken()) {
            list.add(value(token));
        }
        return list;
    }

    private Map<String, Object> map() {
        Map<String, Object> map = new LinkedHashMap<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            if (map.containsKey(name)) {
                throw frame.argument("a name stands twice in a JSON object");
            }
            map.put(name, value(parser.nextToken()));
        }
        return map;
    }
}
