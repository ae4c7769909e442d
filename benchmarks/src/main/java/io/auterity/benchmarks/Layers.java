package io.auterity.benchmarks;

import java.util.SplittableRandom;

/**
 * The layered graph of the {@code dag} benchmark, the same for all contestants: layers of a fixed width, each node
 * reading two nodes of the layer before and adding their values.
 *
 * @param size how many nodes there are
 * @param first the first node that each node reads; -1 in the first layer
 * @param second the second one
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Layers(int size, int[] first, int[] second) {

    /** Nodes in a layer. */
    static final int WIDTH = 50;

    static Layers of(int size) {
        SplittableRandom random = new SplittableRandom(1);
        int[] first = new int[size];
        int[] second = new int[size];
        for (int node = 0; node < size; node++) {
            int layer = node / WIDTH;
            first[node] = layer == 0 ? -1 : (layer - 1) * WIDTH + random.nextInt(WIDTH);
            second[node] = layer == 0 ? -1 : (layer - 1) * WIDTH + random.nextInt(WIDTH);
        }
        return new Layers(size, first, second);
    }

    boolean isRoot(int node) {
        return first[node] < 0;
    }

    /** The first node of the last layer; nothing reads that layer. */
    int lastLayer() {
        return (size - 1) / WIDTH * WIDTH;
    }

    /** The work of a node. */
    static long add(long a, long b) {
        return (a + b) & 0xFFFF;
    }

    /** The sum over the last layer, computed by a plain loop. */
    long expected() {
        long[] values = new long[size];
        for (int node = 0; node < size; node++) {
            values[node] = isRoot(node) ? 1 : add(values[first[node]], values[second[node]]);
        }
        long sum = 0;
        for (int node = lastLayer(); node < size; node++) {
            sum += values[node];
        }
        return sum;
    }
}
