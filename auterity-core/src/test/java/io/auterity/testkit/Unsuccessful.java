package io.auterity.testkit;

import io.auterity.Workflow;
import io.auterity.connector.Connector;
import io.auterity.connector.Operation;
import io.auterity.connector.StepContext;
import io.auterity.connector.StepException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Runs that are worth cancelling: they try again every half second, time out, wait, take back, and have children and
 * grandchildren, and none ends by itself with success. Counts the attempts of their steps. Thread-safe.
 */
public final class Unsuccessful {

    private static final List<String> SHAPES = List.of(
            "steps: {a: {uses: do.fail, retry: {maxAttempts: 100, delay: 500ms, multiplier: 1, jitter: 0}}}",
            "steps: {a: {uses: do.hang, timeout: 500ms, retry: {maxAttempts: 100, delay: 0s}}}",
            "timeout: 2s\nsteps: {a: {uses: do.hang}}",
            "steps: {w: {wait: 1h}, s: {await: {signal: go}}}",
            "steps: {ok: {uses: do.ok, undo: {uses: do.ok}}, a: {uses: do.fail, needs: [ok],"
                    + " retry: {maxAttempts: 100, delay: 500ms, multiplier: 1, jitter: 0}}}",
            "steps: {ok: {uses: do.ok, undo: {uses: do.fail}}, a: {uses: do.hang, needs: [ok]}}",
            "steps: {each: {forEach: [1, 2, 3], steps: {a: {uses: do.fail,"
                    + " retry: {maxAttempts: 100, delay: 500ms, multiplier: 1, jitter: 0}}}}}",
            "steps: {c: {run: child}}",
            "steps: {c: {run: child, timeout: 1s, retry: {maxAttempts: 100, delay: 0s}}}");

    private static final String CHILD = "steps: {each: {forEach: [1, 2], steps: {g: {run: grandchild}}}}";

    private static final String GRANDCHILD = "steps: {a: {uses: do.fail,"
            + " retry: {maxAttempts: 100, delay: 500ms, multiplier: 1, jitter: 0}}, b: {uses: do.hang}}";

    private final Map<String, Integer> attempts = new ConcurrentHashMap<>();

    /** Makes workflows of which no step has been tried. */
    public Unsuccessful() {}

    /**
     * Returns the workflows to start, of all shapes.
     *
     * @return workflows without input
     */
    public List<Workflow<Map<String, Object>, Object>> workflows() {
        return IntStream.range(0, SHAPES.size())
                .mapToObj(i -> workflow("shape-" + i, SHAPES.get(i)))
                .toList();
    }

    /**
     * Returns all workflows, those that only others start among them.
     *
     * @return what to register
     */
    public Workflow<?, ?>[] registered() {
        List<Workflow<?, ?>> all = new ArrayList<>(workflows());
        all.add(workflow("child", CHILD));
        all.add(workflow("grandchild", GRANDCHILD));
        return all.toArray(Workflow[]::new);
    }

    private static Workflow<Map<String, Object>, Object> workflow(String id, String text) {
        return Workflow.read("auterity: 1\nid: " + id + "\n" + text, id + ".yaml");
    }

    /**
     * Returns what the steps use.
     *
     * @return the connector {@code do}
     */
    public Connector connector() {
        return new Operations();
    }

    /**
     * Returns how often each step has been tried.
     *
     * @return the number by idempotency key
     */
    public Map<String, Integer> attempts() {
        return Map.copyOf(attempts);
    }

    /** do.ok succeeds, do.fail fails and may be tried again, do.hang takes for ever. */
    private final class Operations implements Connector {

        @Override
        public String name() {
            return "do";
        }

        @Override
        public List<Operation> operations() {
            return List.of(
                    operation("ok", Optional.empty()),
                    operation("fail", Optional.of(new StepException("no", "not yet", true))),
                    operation("hang", Optional.empty()));
        }

        private Operation operation(String name, Optional<StepException> failure) {
            Operation.Description description =
                    new Operation.Description(name, "", Map.of("type", "object"), Map.of(), true, List.of());
            return new Operation() {
                @Override
                public Description description() {
                    return description;
                }

                @Override
                public @Nullable Object call(Map<String, Object> input, StepContext context) throws StepException {
                    attempts.merge(context.idempotencyKey(), 1, Integer::sum);
                    if (failure.isPresent()) {
                        throw failure.get();
                    }
                    return name.equals("hang") ? new CompletableFuture<>() : null;
                }
            };
        }
    }
}
