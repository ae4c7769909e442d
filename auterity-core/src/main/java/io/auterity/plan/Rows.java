package io.auterity.plan;

/**
 * Lists of numbers in compressed rows: all rows in one array, and where each starts in another.
 *
 * <p>Immutable.
 */
public final class Rows {

    private final int[] starts;
    private final int[] targets;

    private Rows(int[] starts, int[] targets) {
        this.starts = starts;
        this.targets = targets;
    }

    static Rows of(int[][] rows) {
        int[] starts = new int[rows.length + 1];
        for (int row = 0; row < rows.length; row++) {
            starts[row + 1] = starts[row] + rows[row].length;
        }
        int[] targets = new int[starts[rows.length]];
        for (int row = 0; row < rows.length; row++) {
            System.arraycopy(rows[row], 0, targets, starts[row], rows[row].length);
        }
        return new Rows(starts, targets);
    }

    /** Turns "row i names j" into "row j names i", keeping the order of i within a row. */
    static Rows transpose(int[][] rows) {
        int[] starts = new int[rows.length + 1];
        for (int[] row : rows) {
            for (int target : row) {
                starts[target + 1]++;
            }
        }
        for (int row = 0; row < rows.length; row++) {
            starts[row + 1] += starts[row];
        }
        int[] next = starts.clone();
        int[] targets = new int[starts[rows.length]];
        for (int row = 0; row < rows.length; row++) {
            for (int target : rows[row]) {
                targets[next[target]++] = row;
            }
        }
        return new Rows(starts, targets);
    }

    /**
     * Returns where a row starts, which is where the row before it ends.
     *
     * @param row the row, up to and including the number of rows
     * @return the place of its first target
     */
    public int start(int row) {
        return starts[row];
    }

    /**
     * Returns a target.
     *
     * @param place a place from {@link #start}
     * @return the number that stands there
     */
    public int target(int place) {
        return targets[place];
    }
}
