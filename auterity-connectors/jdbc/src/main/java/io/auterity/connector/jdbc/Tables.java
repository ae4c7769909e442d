package io.auterity.connector.jdbc;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * What the journal's tables are called.
 *
 * @param schema their schema; empty for that of the connection
 * @param prefix what their names begin with; may be empty
 */
record Tables(String schema, String prefix) {

    /** The tables, without prefix. */
    static final List<String> NAMES = List.of(
            "lease",
            "run",
            "entry",
            "part",
            "label",
            "inbox",
            "definition",
            "cell",
            "effect",
            "queue",
            "queue_start",
            "budget_account",
            "budget_reservation",
            "budget_line");

    /** Names that need no quotes in any database. */
    private static final Pattern NAME = Pattern.compile("[a-z_][a-z0-9_]{0,29}");

    /** Checks that the names can stand in a statement as they are. */
    Tables {
        if (!schema.isEmpty() && !NAME.matcher(schema).matches()) {
            throw new IllegalArgumentException(
                    "schema must be 1 to 30 of a-z 0-9 _ and begin with no digit, not '" + schema + "'");
        }
        if (!prefix.isEmpty() && !NAME.matcher(prefix).matches()) {
            throw new IllegalArgumentException(
                    "tablePrefix must be at most 30 of a-z 0-9 _ and begin with no digit, not '" + prefix + "'");
        }
    }

    String name(String table) {
        return (schema.isEmpty() ? "" : schema + ".") + prefix + table;
    }

    /** What stands for what in the migrations. */
    Map<String, String> placeholders() {
        Map<String, String> all = new LinkedHashMap<>();
        all.put("prefix", prefix);
        NAMES.forEach(table -> all.put(table, name(table)));
        return all;
    }

    /**
     * Makes a statement's text of a constant.
     *
     * @param template a constant of the program in which tables stand as {@code {run}}
     * @return the text
     */
    String sql(String template) {
        String text = template;
        for (String table : NAMES) {
            text = text.replace("{" + table + "}", name(table));
        }
        return text;
    }
}
