package io.auterity.run;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Nodes that may start and that a thread in a streak of quick steps keeps for itself, first in, first out: two arrays
 * used as a ring, so that a step that takes no time costs no object. By the run's loop only.
 */
final class Backlog {

    private @Nullable Frame[] frames = new Frame[16];
    private int[] nodes = new int[16];
    private int head;
    private int size;

    boolean isEmpty() {
        return size == 0;
    }

    void add(Frame frame, int node) {
        if (size == nodes.length) {
            grow();
        }
        int place = (head + size) & (nodes.length - 1);
        if (frames[place] != frame) { // mostly it is; to write a reference costs more than to compare it
            frames[place] = frame;
        }
        nodes[place] = node;
        size++;
    }

    private void grow() {
        int[] grown = Arrays.copyOf(nodes, 2 * size);
        @Nullable Frame[] grownFrames = Arrays.copyOf(frames, 2 * size);
        System.arraycopy(nodes, 0, grown, size, head); // what had wrapped around follows what had not
        System.arraycopy(frames, 0, grownFrames, size, head);
        Arrays.fill(grownFrames, 0, head, null);
        nodes = grown;
        frames = grownFrames;
    }

    /** Returns the frame of the node that comes first. */
    Frame frame() {
        Frame frame = frames[head];
        if (frame == null) {
            throw new IllegalStateException("the backlog is empty");
        }
        return frame;
    }

    /** Returns the number of the node that comes first. */
    int node() {
        return nodes[head];
    }

    /** Drops the node that comes first; its frame stays referred to until its place is used again. */
    void remove() {
        head = (head + 1) & (nodes.length - 1);
        size--;
    }

    void clear() {
        head = 0;
        size = 0;
        Arrays.fill(frames, null);
    }
}
