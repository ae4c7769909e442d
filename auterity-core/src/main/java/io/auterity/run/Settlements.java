package io.auterity.run;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Nodes that settle when the entries recorded with them are durable; two arrays, used again and again. */
final class Settlements {

    private @Nullable Frame[] frames = new Frame[2];
    private int[] nodes = new int[2];
    private int size;

    void add(Frame frame, int node) {
        if (size == nodes.length) {
            frames = Arrays.copyOf(frames, 2 * size);
            nodes = Arrays.copyOf(nodes, 2 * size);
        }
        frames[size] = frame;
        nodes[size++] = node;
    }

    /** Whether nothing but the run's end, a success, comes of these. */
    boolean end(RunState state) {
        if (size == 0) {
            return false;
        }
        Frame frame = frames[0];
        for (int i = 1; i < size; i++) {
            if (frames[i] != frame) {
                return false;
            }
        }
        return frame != null && state.endsWith(frame, size);
    }

    void settleAll(RunState state) {
        for (int i = 0; i < size; i++) {
            Frame frame = frames[i];
            frames[i] = null;
            if (frame != null) {
                state.settle(frame, nodes[i]);
            }
        }
        size = 0;
    }
}
