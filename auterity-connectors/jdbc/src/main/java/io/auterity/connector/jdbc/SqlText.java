package io.auterity.connector.jdbc;

import io.auterity.connector.StepException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The text of a statement with its named parameters, as in {@code where id = :id}, replaced by question marks. What stands
 * in quotes, comments and dollar quotes is left alone. A mistake about these could only make a parameter be missed or be
 * one too many, which fails: values never become part of the text.
 *
 * @param text the statement as the driver gets it
 * @param names the parameters in the order of the question marks; empty when there are none
 */
record SqlText(String text, List<String> names) {

    /** Reads a statement; with names, question marks outside quotes are operators and not parameters. */
    static SqlText of(String sql, boolean named) {
        SqlText text = new Scanner(sql, named).scan();
        if (ENDS_TRANSACTION.matcher(sql).lookingAt()) {
            throw new StepException(
                    "invalid-input",
                    "a statement of its own is a transaction of its own; leave begin and commit out",
                    false);
        }
        return text;
    }

    private static final Pattern ENDS_TRANSACTION =
            Pattern.compile("(?i)(?:\\s|--[^\\n]*+\\n|/\\*(?:[^*]|\\*(?!/))*+\\*/)*+"
                    + "(begin|start|commit|rollback|end|abort|savepoint|release|prepare\\s+transaction|set)\\b");

    private static final class Scanner {
        private final String sql;
        private final boolean named;
        private final StringBuilder out;
        private final List<String> names = new ArrayList<>();
        private int at;

        private Scanner(String sql, boolean named) {
            this.sql = sql;
            this.named = named;
            this.out = new StringBuilder(sql.length());
        }

        private SqlText scan() {
            while (at < sql.length()) {
                char c = sql.charAt(at);
                if (c == '\'' || c == '"' || c == '`') {
                    quoted(c);
                } else if (sql.startsWith("--", at)) {
                    copyTo(endOf("\n", at));
                } else if (sql.startsWith("/*", at)) {
                    comment();
                } else if (c == '$' && dollarTag() > 0) {
                    int tag = dollarTag();
                    copyTo(endOf(sql.substring(at, at + tag), at + tag));
                } else if (c == ';') {
                    end();
                } else if (c == ':' && named) {
                    parameter();
                } else if (c == '?' && named) {
                    out.append("??");
                    at++;
                } else {
                    copyTo(at + 1);
                }
            }
            return new SqlText(out.toString(), List.copyOf(names));
        }

        private void copyTo(int end) {
            out.append(sql, at, end);
            at = end;
        }

        private int endOf(String mark, int from) {
            int end = sql.indexOf(mark, from);
            return end < 0 ? sql.length() : end + mark.length();
        }

        private void quoted(char quote) {
            boolean escapes = quote == '\'' && at > 0 && (sql.charAt(at - 1) == 'E' || sql.charAt(at - 1) == 'e');
            int end = at + 1;
            while (end < sql.length() && sql.charAt(end) != quote) {
                end += escapes && sql.charAt(end) == '\\' ? 2 : 1;
            }
            copyTo(Math.min(sql.length(), end + 1));
        }

        private void comment() {
            int depth = 0;
            int end = at;
            do {
                if (sql.startsWith("/*", end)) {
                    depth++;
                    end += 2;
                } else if (sql.startsWith("*/", end)) {
                    depth--;
                    end += 2;
                } else {
                    end++;
                }
            } while (depth > 0 && end < sql.length());
            copyTo(Math.min(end, sql.length()));
        }

        /** The length of a dollar quote's tag, as in {@code $tag$}; 0 if there is none. */
        private int dollarTag() {
            int end = at + 1;
            while (end < sql.length() && (Character.isLetter(sql.charAt(end)) || sql.charAt(end) == '_')) {
                end++;
            }
            return end < sql.length() && sql.charAt(end) == '$' ? end + 1 - at : 0;
        }

        private void end() {
            if (!sql.substring(at + 1).isBlank()) {
                throw new StepException(
                        "invalid-input", "the text holds more than one statement; use a step for each", false);
            }
            at = sql.length();
        }

        private void parameter() {
            if (sql.startsWith("::", at)) {
                copyTo(at + 2);
                return;
            }
            int end = at + 1;
            while (end < sql.length() && isNamePart(sql.charAt(end), end == at + 1)) {
                end++;
            }
            if (end == at + 1) {
                copyTo(end);
                return;
            }
            names.add(sql.substring(at + 1, end));
            out.append('?');
            at = end;
        }

        private static boolean isNamePart(char c, boolean first) {
            return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (!first && c >= '0' && c <= '9');
        }
    }
}
