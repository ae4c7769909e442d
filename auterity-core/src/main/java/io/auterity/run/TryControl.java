package io.auterity.run;

import io.auterity.definition.Failure;
import io.auterity.plan.Body;
import io.auterity.plan.Graph;
import org.jspecify.annotations.Nullable;

/**
 * Runs the block, the catch block if it fails, and the finally block in any case. What is stopped from outside skips
 * the catch block but not the finally block.
 */
final class TryControl implements Activity.Control, Runnable {

    private final RunState run;
    private final Activity activity;
    private final Body.Try body;
    private Part part = Part.BODY;
    private @Nullable Frame current;
    private @Nullable Object output;
    private @Nullable Failure failure;
    private boolean stopped;

    TryControl(RunState run, Activity activity, Body.Try body) {
        this.run = run;
        this.activity = activity;
        this.body = body;
    }

    private enum Part {
        BODY,
        CATCH,
        FINALLY
    }

    @Override
    public void run() {
        open(Part.BODY, body.block(), null);
    }

    private void open(Part next, Graph graph, @Nullable Object variable) {
        part = next;
        Frame frame = new Frame(run, graph, this, 0, variable);
        current = frame;
        run.open(frame);
    }

    @Override
    public void settled(Frame frame, @Nullable Object value, @Nullable Failure why) {
        current = null;
        switch (part) {
            case BODY -> {
                if (why == null || stopped || body.onError() == null) {
                    last(value, stopped ? failure : why);
                } else {
                    open(Part.CATCH, body.onError(), Frame.asJson(why));
                }
            }
            case CATCH -> last(value, stopped ? failure : why);
            case FINALLY -> {
                if (why != null && failure == null) {
                    failure = why;
                }
                end();
            }
        }
    }

    private void last(@Nullable Object value, @Nullable Failure why) {
        output = value;
        failure = why;
        if (body.last() == null) {
            end();
        } else {
            open(Part.FINALLY, body.last(), null);
        }
    }

    private void end() {
        if (failure != null) {
            run.attemptFailed(activity, failure);
        } else {
            run.succeeded(activity, output);
        }
    }

    @Override
    public Activity activity() {
        return activity;
    }

    @Override
    public void stop(Failure why) {
        if (part == Part.FINALLY) {
            if (failure == null) {
                failure = why;
            }
            return; // the finally block runs to its end; its steps have time-outs of their own
        }
        stopped = true;
        failure = why;
        if (current != null) {
            run.fail(current, why);
        }
    }

    private String suffixOf(Frame frame) {
        if (frame.graph == body.onError()) {
            return ".catch";
        }
        return frame.graph == body.last() ? ".finally" : "";
    }

    @Override
    public String pathOf(Frame frame) {
        return activity.path() + suffixOf(frame);
    }
}
