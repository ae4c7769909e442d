package io.auterity.journal;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Cells in the memory of this process. Thread-safe. */
final class InMemoryCells implements Cells {

    private final TreeMap<String, Cell> cells = new TreeMap<>(InMemoryCells::byCodePoints); // guarded by this

    /** The order of UTF-8 bytes, which is that of code points and not that of UTF-16. */
    private static int byCodePoints(String a, String b) {
        int[] left = a.codePoints().toArray();
        int[] right = b.codePoints().toArray();
        return Arrays.compare(left, right);
    }

    @Override
    public synchronized Optional<Cell> read(String name) {
        return Optional.ofNullable(cells.get(name));
    }

    @Override
    public synchronized boolean write(String name, long expected, Map<String, Object> value) {
        Cells.checked(name, value);
        Cell known = cells.get(name);
        if ((known == null ? 0 : known.version()) != expected) {
            return false;
        }
        cells.put(name, new Cell(name, expected + 1, value));
        return true;
    }

    @Override
    public synchronized List<Cell> list(String prefix, String after, int limit) {
        List<Cell> found = new ArrayList<>();
        String from = byCodePoints(prefix, after) > 0 ? prefix : after;
        for (Cell cell : cells.tailMap(from, true).values()) {
            if (found.size() == limit || !cell.name().startsWith(prefix)) {
                break;
            }
            if (!cell.name().equals(after)) {
                found.add(cell);
            }
        }
        return found;
    }
}
