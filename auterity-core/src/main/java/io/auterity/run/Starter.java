package io.auterity.run;

import io.auterity.definition.Durations;
import io.auterity.definition.Failure;
import io.auterity.definition.Json;
import io.auterity.journal.JavaValue;
import io.auterity.journal.JournalEntry.StepWaiting;
import io.auterity.journal.JournalEntry.StepWaiting.Reason;
import io.auterity.plan.Body;
import io.auterity.plan.Compute;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Starts an activity: what computes or calls goes to a thread, blocks open frames, waits wait. */
final class Starter implements Body.Control.Visitor {

    private static final List<DateTimeFormatter> MOMENTS =
            List.of(DateTimeFormatter.ISO_INSTANT, DateTimeFormatter.ISO_OFFSET_DATE_TIME);

    private final RunState run;
    private final Activity activity;

    /** Starts an activity; the shortest way for what most are. */
    static void start(RunState run, Activity activity) {
        if (activity.body instanceof Body.Control control) {
            control.accept(new Starter(run, activity));
        } else {
            run.enqueue(activity);
        }
    }

    private Starter(RunState run, Activity activity) {
        this.run = run;
        this.activity = activity;
    }

    // --- blocks ---

    @Override
    public void forEach(Body.ForEach body) {
        with(body.items(), items -> {
            List<?> list = JavaValue.itemsOf(items);
            if (list != null) {
                run.takeItems(list.size())
                        .ifPresentOrElse(
                                tooMany -> run.attemptFailed(activity, tooMany),
                                () -> begin(new ForEachControl(run, activity, body, list)));
            } else {
                run.attemptFailed(
                        activity,
                        Failure.of(Failure.INVALID_INPUT, "forEach takes a list, not " + describe(items), false));
            }
        });
    }

    @Override
    public void repeat(Body.Repeat body) {
        begin(new RepeatControl(run, activity, body));
    }

    @Override
    public void race(Body.Race body) {
        begin(new RaceControl(run, activity, body));
    }

    @Override
    public void tryBlock(Body.Try body) {
        begin(new TryControl(run, activity, body));
    }

    private <C extends Activity.Control & Runnable> void begin(C control) {
        note();
        activity.control = control;
        Duration timeout = activity.timeout();
        if (timeout != null) {
            activity.deadline = activity.startedAt + timeout.toMillis();
            run.armSweep(activity.deadline);
        }
        control.run();
    }

    // --- waits ---

    @Override
    public void child(Body.Child body) {
        with(body.input(), input -> begin(new ChildControl(run, activity, body.workflow(), input)));
    }

    @Override
    public void wait(Body.Wait body) {
        with(body.time(), time -> {
            Optional<Duration> delay = durationOf(time);
            if (delay.isEmpty()) {
                run.attemptFailed(
                        activity,
                        Failure.of(
                                Failure.INVALID_INPUT,
                                "wait takes a duration (10m) or a timestamp, neither further ahead than "
                                        + Durations.print(Durations.LONGEST) + ", not " + describe(time),
                                false));
            } else {
                note();
                run.waits().timer(activity, delay.get());
            }
        });
    }

    /** Returns how long to wait; empty if it is no time, or longer than {@link Durations#LONGEST}. */
    private Optional<Duration> durationOf(@Nullable Object time) {
        if (time instanceof Duration duration) {
            return duration.compareTo(Durations.LONGEST) > 0
                    ? Optional.empty()
                    : Optional.of(duration.isNegative() ? Duration.ZERO : duration);
        }
        if (time instanceof Instant instant) {
            return durationOf(Duration.between(
                    Instant.ofEpochMilli(activity.frame.run.effects().now()), instant));
        }
        if (time instanceof String text) {
            return Durations.parse(text).or(() -> instantOf(text).flatMap(this::durationOf));
        }
        return Optional.empty();
    }

    /** Reads a moment, in which the seconds may be left out. */
    private static Optional<Instant> instantOf(String text) {
        for (DateTimeFormatter form : MOMENTS) {
            try {
                return Optional.of(form.parse(text, Instant::from));
            } catch (DateTimeException neither) {
                continue;
            }
        }
        return Optional.empty();
    }

    @Override
    public void await(Body.Await body) {
        note();
        run.waits().signal(activity, body);
    }

    @Override
    public void approve(Body.Approve body) {
        note();
        run.waits().approval(activity, body);
    }

    /** Computes what a step starts with; a failure to do so is a failure of the step. */
    private void with(Compute compute, Consumer<@Nullable Object> use) {
        run.tryCompute(compute, activity.frame, use, failure -> {
            note();
            run.attemptFailed(activity, failure);
        });
    }

    private void note() {
        activity.attempts++;
        activity.startedAt = run.effects().now();
        run.startedAttempt(activity);
    }

    private static String describe(@Nullable Object value) {
        boolean isTime = value instanceof Duration || value instanceof Instant;
        String text = isTime ? String.valueOf(value) : Json.write(JavaValue.jsonOf(value));
        return text.length() <= 60 ? text : text.substring(0, 60) + "…";
    }

    /** Says that a step waits without a thread. */
    static StepWaiting waiting(Activity activity, long now, Reason reason, String subject, Optional<Duration> within) {
        long until = within.map(limit -> now + limit.toMillis()).orElse(0L);
        return new StepWaiting(now, activity.path(), reason, subject, until);
    }
}
