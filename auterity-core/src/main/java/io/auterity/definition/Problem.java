package io.auterity.definition;

import java.util.Objects;
import java.util.Optional;

/**
 * One thing that is wrong with a definition: what, where, and how to fix it.
 *
 * <p>The texts may quote what a stranger wrote; they are kept on one line and without control characters, which are
 * written as escapes.
 *
 * @param code the stable code, listed in {@code docs/errors.md}
 * @param where the path of the part: {@code <workflow>/<step>}, then keys
 * @param what what is wrong, in a sentence without a full stop
 * @param fix how to mend it
 * @param position the place in the text it was read from, if there was one
 */
public record Problem(String code, String where, String what, String fix, Optional<Position> position) {

    /** Checks that every part is there and can be shown. */
    public Problem {
        Objects.requireNonNull(code, "code");
        where = Quote.whole(where);
        what = Quote.whole(what);
        fix = Quote.whole(fix);
        Objects.requireNonNull(position, "position");
    }

    @Override
    public String toString() {
        String at = position.map(p -> " (" + p + ")").orElse("");
        return code + " " + where + at + ": " + what + "\n  fix: " + fix;
    }

    /**
     * A place in a text.
     *
     * @param file the file's name as the caller gave it; empty for a text without a file
     * @param line the line, 1-based
     * @param column the column, 1-based
     */
    public record Position(String file, int line, int column) {
        @Override
        public String toString() {
            return (file.isEmpty() ? "line " : file + ":") + line + (file.isEmpty() ? ", column " : ":") + column;
        }
    }
}
