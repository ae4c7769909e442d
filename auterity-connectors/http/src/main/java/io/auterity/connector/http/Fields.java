package io.auterity.connector.http;

import io.auterity.connector.StepException;
import io.auterity.definition.Failure;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** Values of headers, parameters and form fields: a text, number or boolean, a list of them, or null for none. */
final class Fields {

    private Fields() {}

    static void forEach(String kind, Map<String, Object> fields, BiConsumer<String, String> action) {
        fields.forEach(
                (name, value) -> texts(kind + " '" + name + "'", value).forEach(text -> action.accept(name, text)));
    }

    static List<String> texts(String what, @Nullable Object value) {
        List<String> texts = new ArrayList<>();
        if (value instanceof List<?> list) {
            list.forEach(item -> add(what, item, texts));
        } else {
            add(what, value, texts);
        }
        return texts;
    }

    private static void add(String what, @Nullable Object value, List<String> texts) {
        if (value instanceof Map || value instanceof List) {
            throw new StepException(
                    Failure.INVALID_INPUT,
                    "invalid input: " + what + " is no text, number or boolean, nor a list of them",
                    false);
        }
        if (value != null) {
            texts.add(value.toString());
        }
    }
}
