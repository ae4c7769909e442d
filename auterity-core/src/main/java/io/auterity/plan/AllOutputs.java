package io.auterity.plan;

import io.auterity.plan.Reference.Kind;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** The value of a block that says none: its step outputs by name, absent ones left out. */
final class AllOutputs implements Compute {

    private final Node[] nodes;

    AllOutputs(Node[] nodes) {
        this.nodes = nodes;
    }

    @Override
    @SuppressWarnings("NullAway") // JSON objects may hold null
    public Object apply(Scope scope) {
        Map<String, Object> outputs = new LinkedHashMap<>(nodes.length * 2);
        for (int node = 0; node < nodes.length; node++) {
            Object output = scope.read(Reference.of(Kind.OUTPUT, 0, node));
            if (output != Scope.ABSENT) {
                outputs.put(nodes[node].name(), output);
            }
        }
        return Collections.unmodifiableMap(outputs);
    }
}
