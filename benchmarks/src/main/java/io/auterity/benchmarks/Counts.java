package io.auterity.benchmarks;

import java.util.function.Consumer;

/**
 * What a database did for a piece of work, or for each unit of it.
 *
 * @param statements what it executed, BEGIN and COMMIT among them
 * @param walBytes bytes of its write-ahead log
 * @param fsyncs flushes of that log
 */
record Counts(double statements, double walBytes, double fsyncs) {

    Counts per(double units) {
        return new Counts(statements / units, walBytes / units, fsyncs / units);
    }

    /**
     * Reports ours, which this is, beside a peer's.
     *
     * @param workload what both did, and the peer's name
     * @param unit the unit of work, as in {@code workflow}
     */
    void against(Counts peer, String id, String workload, String unit, Consumer<Result> figures) {
        figures.accept(Count.of(id, workload, statements, peer.statements, "statements/" + unit));
        figures.accept(Count.of(id, workload, walBytes, peer.walBytes, "WAL bytes/" + unit));
        figures.accept(Count.of(id, workload, fsyncs, peer.fsyncs, "fsyncs/" + unit));
    }
}
