package io.auterity;

import io.auterity.LiveRun.Family;
import io.auterity.connector.StepContext;
import io.auterity.connector.StepException;
import io.auterity.definition.AuterityException;
import io.auterity.definition.Failure;
import io.auterity.definition.RunId;
import io.auterity.journal.JavaValue;
import io.auterity.journal.JournalEntry.Origin;
import io.auterity.journal.JournalException;
import io.auterity.run.Bindings;
import io.auterity.run.RunSettings;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts the runs that other runs of an engine ask for: those of {@code run} steps and of {@code core.run}, and the
 * workflows that failed runs name with {@code onFailure}. Thread-safe.
 */
final class ChildRuns implements Bindings.Children {

    private static final Logger LOG = LoggerFactory.getLogger(ChildRuns.class);

    private static final Duration TRY_AGAIN = Duration.ofMillis(500);

    private final Engine engine;
    private final Executor executor;
    private final int maxCallDepth;

    /** Child runs asked for and not started yet, each with the reason why it shall be cancelled, if it shall. */
    private final ConcurrentHashMap<RunId, Optional<String>> starting = new ConcurrentHashMap<>();

    ChildRuns(Engine engine, Executor executor, int maxCallDepth) {
        this.engine = engine;
        this.executor = executor;
        this.maxCallDepth = maxCallDepth;
    }

    @Override
    public void start(Request request, Ended ended) {
        Family family = new Family(true, engine.familyOf(request.parent().id()).mending());
        start(request, family, ended);
    }

    private void start(Request request, Family family, Ended ended) {
        starting.put(request.child(), Optional.empty());
        // On a thread of its own: starting waits for the journal, and the caller is another run's loop.
        executor.execute(() -> startNow(request, family, ended));
    }

    private void startNow(Request request, Family family, Ended ended) {
        try {
            Origin origin = originOf(request);
            if (family.child() && origin.depth() >= maxCallDepth) {
                throw new EngineException(
                        EngineException.TOO_DEEP,
                        "workflow '" + request.workflow() + "' is not run: workflows run each other more than "
                                + maxCallDepth + " deep (maxCallDepth)");
            }
            Run<@Nullable Object> run =
                    engine.startChild(request.workflow(), request.child(), request.input(), origin, family);
            Optional<String> cancelled = starting.remove(request.child());
            if (cancelled != null) {
                cancelled.ifPresent(run::cancel);
            }
            run.result().whenComplete((result, lost) -> {
                if (result == null) {
                    ended.ended(null, Failure.of("lost", "child run '" + request.child() + "' was lost", true));
                } else {
                    ended.ended(result.output(), result.failure().orElse(null));
                }
            });
            ended.started();
        } catch (RuntimeException refused) {
            String code = refused instanceof AuterityException known ? known.code() : Failure.EXCEPTION;
            if (code.equals(JournalException.UNAVAILABLE)) {
                // That is no failure of the step, which has no attempts to spare for it. Starting the same id again is
                // harmless, whether or not the first time got through.
                engine.later(TRY_AGAIN, () -> executor.execute(() -> startNow(request, family, ended)));
                return;
            }
            starting.remove(request.child());
            if (code.equals(EngineException.CLOSED)) {
                return; // the parent is let go of, too, and asks again wherever it goes on
            }
            boolean full = code.equals(EngineException.FULL);
            ended.ended(null, new Failure(code, String.valueOf(refused.getMessage()), full, refused));
        }
    }

    private static Origin originOf(Request request) {
        Origin parent = request.parent().origin();
        return new Origin(
                parent.tenant(), Optional.of(request.parent().id()), request.step(), Map.of(), parent.depth() + 1);
    }

    @Override
    public void cancel(RunId child, String reason) {
        if (starting.computeIfPresent(child, (id, none) -> Optional.of(reason)) == null) {
            // On a thread of its own: the child may be parked, or in another engine, and is reached through the
            // journal.
            executor.execute(() -> cancelNow(child, reason));
        }
    }

    private void cancelNow(RunId child, String reason) {
        try {
            engine.cancel(child, reason);
        } catch (RuntimeException unreachable) { // its parent waits for its end, so it has to be told
            if (!engine.isClosed()) {
                LOG.warn("child run {} cannot be cancelled yet", child, unreachable);
                engine.later(TRY_AGAIN, () -> executor.execute(() -> cancelNow(child, reason)));
            }
        }
    }

    /**
     * Starts the workflow that a failed run names with {@code onFailure}.
     *
     * @return completes when the start is on record, or refused; never if the engine has been closed
     */
    CompletionStage<Void> mend(String handler, String workflow, RunSettings failed, Failure failure) {
        RunId id = failed.id();
        Map<String, Object> input = new LinkedHashMap<>();
        input.put("runId", id.value());
        input.put("workflow", workflow);
        input.put("error", Map.of("code", failure.code(), "message", failure.message()));
        CompletableFuture<Void> settled = new CompletableFuture<>();
        start(new Request(id.onFailure(), handler, input, failed, ""), new Family(false, true), new Ended() {
            @Override
            public void started() {
                settled.complete(null);
            }

            @Override
            public void ended(@Nullable Object output, @Nullable Failure why) {
                if (why != null) {
                    LOG.warn("workflow {}, started because run {} failed, did not succeed: {}", handler, id, why);
                }
                settled.complete(null);
            }
        });
        return settled;
    }

    /** Runs a workflow for a step that calls {@code core.run}. */
    CompletionStage<@Nullable Object> runFromStep(String workflow, Map<String, Object> input, StepContext parent) {
        CompletableFuture<@Nullable Object> result = new CompletableFuture<>();
        String attempt = parent.attempt() == 1 ? "" : "." + parent.attempt();
        RunId child = parent.runId().child(parent.step() + attempt);
        RunSettings settings = engine.settingsOf(parent.runId());
        start(new Request(child, workflow, input, settings, parent.step()), (output, failure) -> {
            if (failure == null) {
                result.complete(JavaValue.jsonOf(output));
            } else {
                result.completeExceptionally(new StepException(failure.code(), failure.message(), failure.retryable()));
            }
        });
        parent.onCancel(() -> cancel(child, "its parent was cancelled"));
        return result;
    }
}
