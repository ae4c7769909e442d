package io.auterity.compile;

import io.auterity.plan.Graph;
import io.auterity.plan.Rows;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Edges of graphs as texts. */
final class Graphs {

    private Graphs() {}

    /** Every edge as {@code before -> after}. */
    static List<String> edges(Graph graph) {
        List<String> edges = new ArrayList<>();
        Rows rows = graph.successors();
        for (int node = 0; node < graph.size(); node++) {
            for (int place = rows.start(node); place < rows.start(node + 1); place++) {
                edges.add(graph.node(node).name() + " -> "
                        + graph.node(rows.target(place)).name());
            }
        }
        return edges;
    }

    /** Every read as {@code read -> reader}. */
    static List<String> reads(Graph graph) {
        List<String> reads = new ArrayList<>();
        Rows rows = graph.reads();
        for (int node = 0; node < graph.size(); node++) {
            for (int place = rows.start(node); place < rows.start(node + 1); place++) {
                reads.add(graph.node(rows.target(place)).name() + " -> "
                        + graph.node(node).name());
            }
        }
        return reads;
    }

    /** How many readers each node has, by name. */
    static Map<String, Integer> readerCounts(Graph graph) {
        Map<String, Integer> counts = new TreeMap<>();
        int[] readers = graph.readerCounts();
        for (int node = 0; node < graph.size(); node++) {
            counts.put(graph.node(node).name(), readers[node]);
        }
        return counts;
    }
}
