package io.auterity.run;

import io.auterity.definition.Failure;
import io.auterity.definition.StepKind.ForEach.ItemErrors;
import io.auterity.journal.JavaValue;
import io.auterity.journal.JournalEntry;
import io.auterity.plan.Body;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Runs a frame for each item, a bounded number at a time. Frames of finished items are dropped; what stays is one
 * output an item.
 */
final class ForEachControl implements Activity.Control, Runnable {

    /** Stands in the outputs for an item that {@code onItemError: skip} leaves out. */
    private static final Object LEFT_OUT = new Object();

    private final RunState run;
    private final Activity activity;
    private final Body.ForEach body;
    private final List<?> items;
    private final Set<Frame> active = new LinkedHashSet<>();
    private final @Nullable Object[] outputs;
    private int started;
    private int finished;
    private boolean starting;
    private @Nullable Failure failure;

    ForEachControl(RunState run, Activity activity, Body.ForEach body, List<?> items) {
        this.run = run;
        this.activity = activity;
        this.body = body;
        this.items = items;
        this.outputs = new Object[items.size()];
    }

    @Override
    public void run() {
        startMore();
    }

    private void startMore() {
        if (starting) {
            return; // an empty block settles while it is being opened; the loop below goes on
        }
        starting = true;
        while (failure == null && started < outputs.length && active.size() < body.concurrency()) {
            Frame frame = new Frame(run, body.block(), this, started, items.get(started));
            started++;
            active.add(frame);
            run.open(frame);
        }
        starting = false;
        if (active.isEmpty() && (failure != null || finished == outputs.length)) {
            end();
        }
    }

    @Override
    public void settled(Frame frame, @Nullable Object output, @Nullable Failure why) {
        active.remove(frame);
        finished++;
        tellProgress();
        if (why == null) {
            outputs[frame.index] = output;
        } else if (failure != null || body.onItemError() == ItemErrors.FAIL) {
            stop(why);
            return;
        } else {
            outputs[frame.index] =
                    body.onItemError() == ItemErrors.SKIP ? LEFT_OUT : Map.of("error", Frame.asJson(why));
        }
        startMore();
    }

    /** Tells observers how far the loop is: about a hundred times, however many items there are. */
    private void tellProgress() {
        if (outputs.length > 1 && finished * 100L / outputs.length != (finished - 1) * 100L / outputs.length) {
            run.effects()
                    .record(new JournalEntry.StepProgressed(
                            run.effects().now(), activity.path(), finished, outputs.length, ""));
        }
    }

    @Override
    public Activity activity() {
        return activity;
    }

    @Override
    public void stop(Failure why) {
        boolean first = failure == null;
        if (first) {
            failure = why;
            List.copyOf(active).forEach(frame -> run.fail(frame, why));
        }
        if (active.isEmpty() && !starting) {
            end();
        }
    }

    private void end() {
        if (failure != null) {
            run.giveBackItems(outputs.length);
            run.attemptFailed(activity, failure);
            return;
        }
        List<@Nullable Object> results = new ArrayList<>(outputs.length);
        for (Object output : outputs) {
            if (output != LEFT_OUT) {
                results.add(output);
            }
        }
        run.succeeded(activity, JavaValue.listOf(results));
    }

    @Override
    public String pathOf(Frame frame) {
        return activity.path() + "[" + frame.index + "]";
    }
}
