package io.auterity.footprint;

/** The heap of this process. */
final class Heap {

    private Heap() {}

    /** Returns what is in use. */
    static long usedMegabytes() {
        Runtime runtime = Runtime.getRuntime();
        return (runtime.totalMemory() - runtime.freeMemory()) >> 20;
    }
}
