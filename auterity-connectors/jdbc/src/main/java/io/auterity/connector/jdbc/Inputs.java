package io.auterity.connector.jdbc;

import io.auterity.journal.JournalEntry;
import io.auterity.journal.JournalEntry.RunStarted;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Compares fields of a run's input with what is looked for. */
final class Inputs {

    private Inputs() {}

    static boolean match(@Nullable JournalEntry start, Map<String, Object> wanted) {
        if (wanted.isEmpty()) {
            return true;
        }
        return start instanceof RunStarted started
                && wanted.entrySet().stream()
                        .allMatch(field -> field.getValue().equals(at(started.input(), field.getKey())));
    }

    private static @Nullable Object at(@Nullable Object input, String path) {
        Object value = input;
        for (String name : path.split("\\.", -1)) {
            value = value instanceof Map<?, ?> object ? object.get(name) : null;
        }
        return value;
    }
}
