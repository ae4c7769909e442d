package io.auterity.journal;

import io.auterity.definition.Json;
import io.auterity.definition.Values;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Small named values that all engines of one journal share, changed by compare-and-set: how far a schedule has fired,
 * how much of a queue's rate is used.
 *
 * <p>A cell has a version, 1 when it is made and one more with every change. Who changes it names the version they read;
 * of several that name the same one, exactly one succeeds. A change is durable when {@link #write} returns. Cells are
 * not part of a run and are not fenced.
 *
 * <p>Implementations are thread-safe.
 */
public interface Cells {

    /** The most characters of a name. */
    int MAX_NAME = 500;

    /** The most bytes of a value, written as JSON in UTF-8. */
    int MAX_BYTES = 65_536;

    /**
     * Reads a cell.
     *
     * @param name its name
     * @return the cell as it was last written; empty if it never was
     */
    Optional<Cell> read(String name);

    /**
     * Writes a cell if nobody has since it was read.
     *
     * @param name its name, 1 to {@value #MAX_NAME} characters
     * @param expected the version that was read; 0 for a cell that was not there
     * @param value the new value, a JSON object of at most {@value #MAX_BYTES} bytes
     * @return whether it was written; false if the version is another one
     * @throws IllegalArgumentException if the name or the value exceeds its limit
     */
    boolean write(String name, long expected, Map<String, Object> value);

    /**
     * Lists cells.
     *
     * @param prefix what their names begin with; may be empty
     * @param after the name after which to begin; empty for the first
     * @param limit the most to return, 1 or more
     * @return cells in the order of their names by UTF-8 bytes
     */
    List<Cell> list(String prefix, String after, int limit);

    /**
     * A value with its version.
     *
     * @param name its name
     * @param version 1 or more
     * @param value a JSON object
     */
    record Cell(String name, long version, Map<String, Object> value) {

        /** Copies the value. */
        public Cell {
            value = Values.copyOf(value);
        }
    }

    /**
     * Checks the limits of a cell; for implementations.
     *
     * @param name its name
     * @param value its value
     * @return the value as JSON
     * @throws IllegalArgumentException if the name or the value exceeds its limit
     */
    static String checked(String name, Map<String, Object> value) {
        if (name.isEmpty() || name.length() > MAX_NAME) {
            throw new IllegalArgumentException(
                    "a cell's name has 1 to " + MAX_NAME + " characters, this one has " + name.length());
        }
        String json = Json.write(value);
        int bytes = json.getBytes(StandardCharsets.UTF_8).length;
        if (bytes > MAX_BYTES) {
            throw new IllegalArgumentException(
                    "cell '" + name + "' would have " + bytes + " bytes, more than " + MAX_BYTES);
        }
        return json;
    }
}
