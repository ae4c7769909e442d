package io.auterity.run;

import io.auterity.connector.JsonSchema;
import io.auterity.definition.Failure;
import io.auterity.definition.StepKind.Approve.Otherwise;
import io.auterity.journal.JournalEntry;
import io.auterity.journal.JournalEntry.StepWaiting;
import io.auterity.journal.JournalEntry.StepWaiting.Reason;
import io.auterity.journal.StepStatus;
import io.auterity.plan.Body;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.LinkedList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The steps of a run that wait for time, a signal or a person, and the signals that came before anybody waited. */
final class Waits {

    /** The most signals of a run that are kept until a step waits for them. */
    static final int MAX_EARLY_SIGNALS = 2_000;

    private static final Failure OPEN = Failure.of(
            Failure.CANCELLED,
            "the run is being stopped, and what cleans up waits for nobody without an end; give the wait a 'within'",
            false);

    private final RunState run;
    /** The steps that somebody can answer, by what the answer is to; of several, the one that has waited longest first. */
    private final Map<Subject, Set<Waiting>> waiting = new LinkedHashMap<>(2);

    private @Nullable Map<String, Queue<@Nullable Object>> early;
    private int earlyCount;

    Waits(RunState run) {
        this.run = run;
    }

    // --- steps that begin to wait ---

    void timer(Activity activity, Duration delay) {
        begin(activity, new Waiting(activity, Reason.TIMER, "", Map.of()), Optional.of(delay));
    }

    void signal(Activity activity, Body.Await body) {
        Queue<@Nullable Object> queue = early == null ? null : early.get(body.signal());
        if (queue == null || queue.isEmpty()) {
            begin(activity, new Waiting(activity, Reason.SIGNAL, body.signal(), body.schema()), body.within());
            return;
        }
        earlyCount--;
        Object payload = queue.remove();
        Optional<String> mismatch = mismatch("the payload of signal '" + body.signal() + "'", body.schema(), payload);
        if (mismatch.isEmpty()) {
            run.succeeded(activity, payload);
        } else {
            run.attemptFailed(activity, Failure.of(Failure.INVALID_INPUT, mismatch.get(), false));
        }
    }

    void approval(Activity activity, Body.Approve body) {
        String roles = String.join(", ", body.by());
        begin(activity, new Waiting(activity, Reason.APPROVAL, roles, body.form(), body.otherwise()), body.within());
    }

    private void begin(Activity activity, Waiting wait, Optional<Duration> within) {
        if (within.isEmpty() && run.isStopped()) {
            run.attemptFailed(activity, OPEN);
            return;
        }
        activity.control = wait;
        activity.frame.become(activity.node, StepStatus.WAITING);
        Effects effects = run.effects();
        StepWaiting recorded =
                effects.record(Starter.waiting(activity, effects.now(), wait.reason, wait.subject, within));
        within.ifPresent(limit -> {
            Duration left = effects.isLive() ? limit : Duration.ofMillis(recorded.until() - effects.now());
            run.wake(activity, left);
        });
        if (wait.reason != Reason.TIMER) {
            waiting.computeIfAbsent(wait.answeredTo(), any -> new LinkedHashSet<>(2))
                    .add(wait);
        }
    }

    /** Fails the waits without an end: the run is being stopped. */
    void endOpen() {
        List<Waiting> all = waiting.values().stream().flatMap(Set::stream).toList();
        all.forEach(Waiting::endIfOpen);
    }

    // --- what they wait for ---

    /** Gives a signal to the step that has waited longest, or keeps it; says why it does neither. */
    Optional<String> signal(String name, @Nullable Object payload) {
        Optional<Waiting> first = longest(new Subject(Reason.SIGNAL, name));
        if (first.isEmpty() && earlyCount == MAX_EARLY_SIGNALS) {
            return Optional.of("it holds " + MAX_EARLY_SIGNALS + " signals that no step has waited for");
        }
        Optional<String> mismatch =
                first.flatMap(wait -> mismatch("the payload of signal '" + name + "'", wait.schema, payload));
        if (mismatch.isPresent()) {
            return mismatch;
        }
        run.effects().record(new JournalEntry.SignalReceived(run.effects().now(), name, payload));
        if (first.isPresent()) {
            first.get().end();
            run.succeeded(first.get().activity, payload);
        } else {
            if (early == null) {
                early = new HashMap<>();
            }
            early.computeIfAbsent(name, any -> new LinkedList<>()).add(payload);
            earlyCount++;
        }
        return Optional.empty();
    }

    /** Gives a decision to the step that waits for it; says why it does not. */
    Optional<String> decide(String step, Message.Approval approval) {
        Optional<Waiting> asks = longest(new Subject(Reason.APPROVAL, step));
        if (asks.isEmpty()) {
            return Optional.of("no step '" + step + "' waits for a decision");
        }
        Waiting wait = asks.get();
        Optional<String> mismatch = approval.approved()
                ? mismatch("the form of step '" + step + "'", wait.schema, approval.form())
                : Optional.empty();
        if (mismatch.isPresent()) {
            return mismatch;
        }
        long now = run.effects().now();
        run.effects()
                .record(new JournalEntry.ApprovalDecided(
                        now, step, approval.approved(), approval.by(), approval.form()));
        wait.end();
        run.succeeded(wait.activity, decision(approval, now));
        return Optional.empty();
    }

    private Optional<Waiting> longest(Subject answeredTo) {
        Set<Waiting> all = waiting.get(answeredTo);
        return all == null ? Optional.empty() : Optional.of(all.iterator().next());
    }

    private static Optional<String> mismatch(String what, Map<String, Object> schema, @Nullable Object value) {
        if (schema.isEmpty()) {
            return Optional.empty();
        }
        List<String> problems = JsonSchema.of(schema).problems(value);
        return problems.isEmpty()
                ? Optional.empty()
                : Optional.of(what + " does not satisfy its schema: " + String.join("; ", problems));
    }

    private static Map<String, Object> decision(Message.Approval approval, long now) {
        Map<String, Object> decision = new LinkedHashMap<>();
        decision.put("approved", approval.approved());
        decision.put("by", approval.by());
        decision.put("at", Instant.ofEpochMilli(now).toString());
        decision.put("form", approval.form());
        return decision;
    }

    /** What an answer is to: a signal's name, or the path of a step that asks for an approval. */
    private record Subject(Reason reason, String name) {}

    /** A step that waits. */
    private final class Waiting implements Activity.Control {
        private final Activity activity;
        private final Reason reason;
        private final String subject;
        /** What comes must satisfy it; empty accepts anything. */
        private final Map<String, Object> schema;

        private final Otherwise otherwise;

        private Waiting(Activity activity, Reason reason, String subject, Map<String, Object> schema) {
            this(activity, reason, subject, schema, Otherwise.FAIL);
        }

        private Waiting(
                Activity activity, Reason reason, String subject, Map<String, Object> schema, Otherwise otherwise) {
            this.activity = activity;
            this.reason = reason;
            this.subject = subject;
            this.schema = schema;
            this.otherwise = otherwise;
        }

        private Subject answeredTo() {
            return new Subject(reason, reason == Reason.SIGNAL ? subject : activity.path());
        }

        private void end() {
            if (reason != Reason.TIMER) {
                waiting.computeIfPresent(answeredTo(), (any, all) -> {
                    all.remove(this);
                    return all.isEmpty() ? null : all;
                });
            }
        }

        private void endIfOpen() {
            if (!activity.settled && activity.timer == null) {
                end();
                run.attemptFailed(activity, OPEN);
            }
        }

        @Override
        public void due() {
            end();
            if (reason == Reason.TIMER) {
                run.succeeded(activity, null);
            } else if (otherwise != Otherwise.FAIL) {
                boolean approved = otherwise == Otherwise.APPROVE;
                run.succeeded(
                        activity,
                        decision(
                                new Message.Approval(approved, "", Map.of()),
                                run.effects().now()));
            } else {
                String what = reason == Reason.SIGNAL ? "no signal '" + subject + "' came" : "nobody decided";
                run.attemptFailed(activity, Failure.of(Failure.TIMEOUT, what + " in time", false));
            }
        }

        @Override
        public void left() {
            end();
        }

        @Override
        public boolean isWaiting() {
            return true;
        }

        @Override
        public Activity activity() {
            return activity;
        }

        @Override
        public void stop(Failure why) {
            end();
            run.attemptFailed(activity, why);
        }
    }
}
