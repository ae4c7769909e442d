package io.auterity.server;

import io.auterity.definition.Json;
import io.auterity.journal.EntryCodec;
import io.auterity.journal.EntryRow;
import io.auterity.journal.JournalEntry;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What happened in a run, entry by entry, as its journal has it. */
final class RunEntries {

    private static final Pattern WORD_START = Pattern.compile("(?<=[a-z])(?=[A-Z])");
    private static final int MOST_CHARACTERS = 120;

    private RunEntries() {}

    static List<Map<String, @Nullable Object>> json(List<JournalEntry> entries) {
        return entries.stream().map(RunEntries::json).toList();
    }

    private static Map<String, @Nullable Object> json(JournalEntry entry) {
        EntryRow row = EntryCodec.encode(entry);
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("at", Instant.ofEpochMilli(row.at()).toString());
        json.put("kind", kind(entry));
        json.put("step", row.step().isEmpty() ? null : row.step());
        json.put("attempt", row.attempt() == 0 ? null : (long) row.attempt());
        json.put("data", row.payload().length == 0 ? null : Json.read(row.payload()));
        return json;
    }

    /** An entry on one line; its data is cut off where it is long. */
    static String line(JournalEntry entry) {
        EntryRow row = EntryCodec.encode(entry);
        String attempt = row.attempt() > 1 ? " attempt " + row.attempt() : "";
        String data = row.payload().length == 0 ? "" : " " + brief(Json.read(row.payload()));
        return Instant.ofEpochMilli(row.at()) + " " + kind(entry) + (row.step().isEmpty() ? "" : " " + row.step())
                + attempt + data;
    }

    /** A value as JSON on one line, cut off where it is long. */
    static String brief(@Nullable Object value) {
        String text = Json.write(value);
        return text.length() <= MOST_CHARACTERS ? text : text.substring(0, MOST_CHARACTERS) + "...";
    }

    /** The kind of an entry as a word, as in {@code step-succeeded}. */
    private static String kind(JournalEntry entry) {
        return WORD_START
                .matcher(entry.getClass().getSimpleName())
                .replaceAll("-")
                .toLowerCase(Locale.ROOT);
    }
}
