package io.auterity.compile;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A workflow does not run itself, not even through others, and the chain of runs is not too long. */
final class RecursionRule {

    private RecursionRule() {}

    /** Reports a call that leads back to the workflow that makes it, or too far away. */
    static boolean leadsBack(KindSetting setting, String target) {
        Compilation compilation = setting.compilation();
        List<String> way =
                wayBack(compilation.world(), target, compilation.definition().id());
        if (!way.isEmpty()) {
            setting.problem(
                    Code.RECURSION,
                    "run",
                    (way.size() == 1 ? "the workflow runs itself: " : "workflows run each other without end: ")
                            + compilation.definition().id() + " -> " + String.join(" -> ", way),
                    "use 'repeat' or 'forEach' to do things again, or move the shared part into a workflow of its own");
            return true;
        }
        int most = compilation.limits().maxCallDepth();
        if (1 + depth(compilation.world(), target, most, new HashMap<>(), new HashSet<>()) > most) {
            setting.problem(
                    Code.LIMIT,
                    "run",
                    "workflows run each other more than " + most + " deep (maxCallDepth)",
                    "let one workflow run several others instead of each the next");
        }
        return false;
    }

    /** Returns the shortest way of calls from one workflow to another, both included; empty if there is none. */
    private static List<String> wayBack(World world, String from, String to) {
        Map<String, String> callers = new HashMap<>();
        Deque<String> queue = new ArrayDeque<>(List.of(from));
        Set<String> seen = new HashSet<>(queue);
        while (!queue.isEmpty()) {
            String workflow = queue.remove();
            if (workflow.equals(to)) {
                List<String> way = new ArrayList<>();
                for (String step = to; step != null; step = callers.get(step)) {
                    way.add(step);
                }
                Collections.reverse(way);
                return way;
            }
            @Nullable Signature signature = world.workflow(workflow);
            for (String next : signature == null ? Set.<String>of() : signature.runs()) {
                if (seen.add(next)) {
                    callers.put(next, workflow);
                    queue.add(next);
                }
            }
        }
        return List.of();
    }

    /** Returns how many workflows the longest chain from here has; stops looking beyond the limit. */
    private static int depth(World world, String workflow, int most, Map<String, Integer> known, Set<String> open) {
        Integer found = known.get(workflow);
        if (found != null) {
            return found;
        }
        if (open.size() > most || !open.add(workflow)) {
            return open.size();
        }
        @Nullable Signature signature = world.workflow(workflow);
        int deepest = 0;
        for (String next : signature == null ? Set.<String>of() : signature.runs()) {
            deepest = Math.max(deepest, depth(world, next, most, known, open));
        }
        open.remove(workflow);
        known.put(workflow, deepest + 1);
        return deepest + 1;
    }
}
