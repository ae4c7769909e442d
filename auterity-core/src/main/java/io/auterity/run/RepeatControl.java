package io.auterity.run;

import io.auterity.definition.Failure;
import io.auterity.plan.Body;
import io.auterity.plan.Compute;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Runs a frame again and again until a condition ends it. */
final class RepeatControl implements Activity.Control, Runnable {

    private final RunState run;
    private final Activity activity;
    private final Body.Repeat body;
    private @Nullable Frame current;
    private @Nullable Object output;
    private int next;
    private @Nullable Failure failure;

    RepeatControl(RunState run, Activity activity, Body.Repeat body) {
        this.run = run;
        this.activity = activity;
        this.body = body;
    }

    @Override
    public void run() {
        Frame frame = new Frame(run, body.block(), this, next, null);
        holds(body.whileCondition(), frame, true, holds -> {
            if (!holds) {
                run.succeeded(activity, output);
            } else if (next == body.max()) {
                exhausted();
            } else {
                next++;
                current = frame;
                run.open(frame);
            }
        });
    }

    private void exhausted() {
        run.attemptFailed(
                activity,
                Failure.of("repeat-limit", "the condition to stop did not hold after " + next + " times", false));
    }

    private void holds(@Nullable Compute condition, Frame frame, boolean otherwise, Consumer<Boolean> use) {
        if (condition == null) {
            use.accept(otherwise);
        } else {
            run.tryCompute(
                    condition,
                    frame,
                    value -> use.accept(Boolean.TRUE.equals(value)),
                    why -> run.attemptFailed(activity, why));
        }
    }

    @Override
    public void settled(Frame frame, @Nullable Object value, @Nullable Failure why) {
        current = null;
        if (failure != null || why != null) {
            run.attemptFailed(activity, failure != null ? failure : Objects.requireNonNull(why));
            return;
        }
        output = value;
        boolean endless = body.until() == null;
        holds(body.until(), frame, false, holds -> {
            if (holds) {
                run.succeeded(activity, output);
            } else if (endless || next < body.max()) {
                // Through the timer even without a delay: a long repetition must not grow the stack.
                Effects effects = run.effects();
                long left = effects.settledAt() + body.delay().toMillis() - effects.now();
                run.wake(
                        activity,
                        effects.settledAt() == effects.now() ? body.delay() : Duration.ofMillis(Math.max(0, left)));
            } else {
                exhausted();
            }
        });
    }

    @Override
    public void due() {
        run();
    }

    @Override
    public Activity activity() {
        return activity;
    }

    @Override
    public void stop(Failure why) {
        failure = why;
        if (current != null) {
            run.fail(current, why);
        } else {
            run.attemptFailed(activity, why);
        }
    }

    @Override
    public String pathOf(Frame frame) {
        return activity.path() + "[" + frame.index + "]";
    }
}
