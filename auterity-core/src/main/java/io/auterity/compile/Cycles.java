package io.auterity.compile;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.List;

/**
 * Finds the cycles of a graph: one shortest cycle for each strongly connected component that has any.
 *
 * <p>Tarjan's algorithm ("Depth-first search and linear graph algorithms", 1972) with its own stack, because a chain of
 * 10,000 steps would overflow the thread's; then a breadth-first search from the first node of each component. Linear in
 * nodes and edges.
 */
final class Cycles {

    private static final int UNSEEN = -1;

    private final int[][] successors;
    private final int[] order;
    private final int[] low;
    private final int[] component;
    private final int[] before;
    private final Deque<Integer> open = new ArrayDeque<>();
    private int seen;
    private int components;

    private Cycles(int[][] successors) {
        this.successors = successors;
        this.order = new int[successors.length];
        this.low = new int[successors.length];
        this.component = new int[successors.length];
        this.before = new int[successors.length];
        Arrays.fill(before, UNSEEN);
        Arrays.fill(order, UNSEEN);
        Arrays.fill(component, UNSEEN);
    }

    /**
     * Finds cycles.
     *
     * @param successors for each node the nodes its edges lead to
     * @return the cycles, each as its nodes in the order of its edges; the edge from the last to the first closes it
     */
    static List<int[]> find(int[][] successors) {
        Cycles search = new Cycles(successors);
        for (int node = 0; node < successors.length; node++) {
            if (search.order[node] == UNSEEN) {
                search.visit(node);
            }
        }
        List<int[]> cycles = new ArrayList<>();
        boolean[] done = new boolean[search.components];
        int[] sizes = new int[search.components];
        for (int node = 0; node < successors.length; node++) {
            sizes[search.component[node]]++;
        }
        for (int node = 0; node < successors.length; node++) {
            int own = search.component[node];
            if (!done[own] && (sizes[own] > 1 || contains(successors[node], node))) {
                done[own] = true;
                cycles.add(search.shortestFrom(node));
            }
        }
        return cycles;
    }

    private static boolean contains(int[] row, int node) {
        for (int target : row) {
            if (target == node) {
                return true;
            }
        }
        return false;
    }

    private void visit(int root) {
        Deque<int[]> path = new ArrayDeque<>();
        path.push(enter(root));
        while (!path.isEmpty()) {
            int[] top = path.peek();
            int node = top[0];
            if (top[1] < successors[node].length) {
                int next = successors[node][top[1]++];
                if (order[next] == UNSEEN) {
                    path.push(enter(next));
                } else if (component[next] == UNSEEN) {
                    low[node] = Math.min(low[node], order[next]);
                }
            } else {
                path.pop();
                leave(node);
                if (!path.isEmpty()) {
                    int before = path.peek()[0];
                    low[before] = Math.min(low[before], low[node]);
                }
            }
        }
    }

    private int[] enter(int node) {
        order[node] = seen;
        low[node] = seen++;
        open.push(node);
        return new int[] {node, 0};
    }

    private void leave(int node) {
        if (low[node] == order[node]) {
            int member;
            do {
                member = open.pop();
                component[member] = components;
            } while (member != node);
            components++;
        }
    }

    private int[] shortestFrom(int start) {
        Deque<Integer> queue = new ArrayDeque<>(List.of(start));
        while (true) {
            int node = queue.remove();
            for (int next : successors[node]) {
                if (next == start) {
                    return path(start, node);
                }
                if (component[next] == component[start] && before[next] == UNSEEN) {
                    before[next] = node;
                    queue.add(next);
                }
            }
        }
    }

    private int[] path(int start, int last) {
        List<Integer> nodes = new ArrayList<>();
        for (int node = last; node != start; node = before[node]) {
            nodes.add(node);
        }
        nodes.add(start);
        Collections.reverse(nodes);
        return nodes.stream().mapToInt(Integer::intValue).toArray();
    }
}
