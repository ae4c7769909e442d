package io.auterity.plan;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The steps of one block as a dense acyclic graph: node numbers instead of names, edges in compressed rows.
 *
 * <p>Row {@code i} of the successors stands at {@code targets[starts[i]] .. targets[starts[i + 1] - 1]}. Immutable and
 * thread-safe; holds no state of any run.
 */
public final class Graph {

    private static final int[] NONE = {};

    private final Node[] nodes;
    private final Rows successors;
    private final Rows reads;
    private final int[] predecessorCounts;
    private final int[] readerCounts;
    private final int[] topologicalOrder;
    private final Compute output;
    private final boolean[] plain;
    private final int[] functions;
    private final String[] names;
    private final Rows arguments;

    /**
     * Builds a graph.
     *
     * @param nodes the nodes; a node's number is its place
     * @param edges for each node the numbers of the nodes that must settle before it, without repetition
     * @param reads for each node the numbers of the nodes whose output, status, error or attempts it reads, blocks
     *     nested in it included, without repetition
     * @param outputReads the numbers of the nodes the output reads
     * @param output the block's value; null for an object of all step outputs by name
     * @throws IllegalArgumentException if the edges form a cycle, which the compiler rules out before
     */
    public Graph(List<Node> nodes, int[][] edges, int[][] reads, int[] outputReads, @Nullable Compute output) {
        int size = nodes.size();
        if (size > Reference.MAX_INDEX) {
            throw new IllegalArgumentException("a graph has at most " + Reference.MAX_INDEX + " nodes, not " + size);
        }
        this.nodes = nodes.toArray(Node[]::new);
        this.predecessorCounts = new int[size];
        for (int node = 0; node < size; node++) {
            predecessorCounts[node] = edges[node].length;
        }
        this.successors = Rows.transpose(edges);
        this.reads = Rows.of(reads);
        this.readerCounts = new int[size];
        for (int[] row : reads) {
            for (int read : row) {
                readerCounts[read]++;
            }
        }
        for (int read : outputReads) {
            readerCounts[read]++;
        }
        this.topologicalOrder = sort();
        boolean keepsAll = output == null;
        for (int node = 0; node < size; node++) {
            if (keepsAll || this.nodes[node].recovery().undo() != null) {
                readerCounts[node]++;
            }
        }
        this.output = output == null ? new AllOutputs(this.nodes) : output;
        this.plain = new boolean[size];
        this.functions = new int[size];
        this.names = new String[size];
        int[][] passed = new int[size][];
        for (int node = 0; node < size; node++) {
            plain[node] = isPlain(this.nodes[node]);
            names[node] = this.nodes[node].name();
            int[] references = plain[node] ? passedOn(this.nodes[node].body()) : null;
            functions[node] = references == null ? -1 : ((Body.Code) this.nodes[node].body()).function();
            passed[node] = references == null ? NONE : references;
        }
        this.arguments = Rows.of(passed);
    }

    /** Returns the references of code whose arguments are values passed on untouched; null for anything else. */
    private static int @Nullable [] passedOn(Body body) {
        if (!(body instanceof Body.Code code)) {
            return null;
        }
        int[] references = new int[code.inputs().size()];
        for (int i = 0; i < references.length; i++) {
            if (!(code.inputs().get(i) instanceof Compute.Stored stored)) {
                return null;
            }
            references[i] = stored.reference();
        }
        return references;
    }

    private static boolean isPlain(Node node) {
        return node.start().equals(Node.Start.DEFAULT)
                && node.recovery().undo() == null
                && (node.body() instanceof Body.Code || node.body() instanceof Body.Value);
    }

    private int[] sort() {
        int size = nodes.length;
        int[] remaining = predecessorCounts.clone();
        int[] order = new int[size];
        int end = 0;
        for (int node = 0; node < size; node++) {
            if (remaining[node] == 0) {
                order[end++] = node;
            }
        }
        for (int next = 0; next < end; next++) {
            int node = order[next];
            for (int i = successors.start(node); i < successors.start(node + 1); i++) {
                int successor = successors.target(i);
                if (--remaining[successor] == 0) {
                    order[end++] = successor;
                }
            }
        }
        if (end < size) {
            throw new IllegalArgumentException("the edges of this graph form a cycle");
        }
        return order;
    }

    /**
     * Returns the number of nodes.
     *
     * @return 0 or more
     */
    public int size() {
        return nodes.length;
    }

    /**
     * Returns a node.
     *
     * @param node its number
     * @return the node
     */
    public Node node(int node) {
        return nodes[node];
    }

    /**
     * Says whether a node only computes, as most do: when all before it have succeeded, without a condition, and never to
     * be taken back.
     *
     * @param node its number
     * @return whether it is code or a value, and nothing else about it matters until it fails
     */
    public boolean isPlain(int node) {
        return plain[node];
    }

    /**
     * Returns the function that a plain node calls with nothing but values passed on untouched. What a run needs for such
     * a node stands side by side with that of its neighbours, where the objects of a large plan are spread over memory.
     *
     * @param node its number
     * @return index into {@link Plan#functions()}; -1 for any other node
     */
    public int function(int node) {
        return functions[node];
    }

    /**
     * Returns what the functions of {@link #function} are called with.
     *
     * @return references, a row a node
     */
    public Rows arguments() {
        return arguments;
    }

    /**
     * Returns the name of a node.
     *
     * @param node its number
     * @return the step's name
     */
    public String name(int node) {
        return names[node];
    }

    /**
     * Returns the edges that leave each node.
     *
     * @return the successors, a row a node
     */
    public Rows successors() {
        return successors;
    }

    /**
     * Returns the nodes that each node reads.
     *
     * @return the nodes read, a row a node
     */
    public Rows reads() {
        return reads;
    }

    /**
     * Returns for each node how many nodes must settle before it.
     *
     * @return a fresh array
     */
    public int[] predecessorCounts() {
        return predecessorCounts.clone();
    }

    /**
     * Returns for each node how many readers its output has: nodes, the block's output, an undo. An output can be
     * released when all have settled.
     *
     * @return a fresh array
     */
    public int[] readerCounts() {
        return readerCounts.clone();
    }

    /**
     * Returns the node numbers in an order in which every edge points forward.
     *
     * @return a fresh array
     */
    public int[] topologicalOrder() {
        return topologicalOrder.clone();
    }

    /**
     * Returns the nodes without predecessors.
     *
     * @return a fresh array, in ascending order
     */
    public int[] roots() {
        int end = 0;
        while (end < topologicalOrder.length && predecessorCounts[topologicalOrder[end]] == 0) {
            end++;
        }
        return Arrays.copyOf(topologicalOrder, end);
    }

    /**
     * Returns the block's value.
     *
     * @return computes the value in the block's frame once all nodes have settled
     */
    public Compute output() {
        return output;
    }

    @Override
    public String toString() {
        return "Graph" + Arrays.toString(Arrays.stream(nodes).map(Node::name).toArray());
    }
}
