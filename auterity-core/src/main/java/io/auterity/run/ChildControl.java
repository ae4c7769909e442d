package io.auterity.run;

import io.auterity.definition.Failure;
import io.auterity.definition.RunId;
import io.auterity.journal.JournalEntry.StepWaiting.Reason;
import io.auterity.journal.StepStatus;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Waits for a child run, whose id follows from the step, so that a retry after a crash finds the same one. */
final class ChildControl implements Activity.Control, Runnable {

    private final RunState run;
    private final Activity activity;
    private final Bindings.Children.Request request;
    private @Nullable Failure stopped;
    private boolean started;

    ChildControl(RunState run, Activity activity, String workflow, @Nullable Object input) {
        this.run = run;
        this.activity = activity;
        this.request = new Bindings.Children.Request(
                childId(run.settings().id(), activity), workflow, input, run.settings(), activity.path());
    }

    private static RunId childId(RunId parent, Activity activity) {
        String step = IdempotencyKeys.ofPath(activity.path());
        String attempt = activity.attempts == 1 ? "" : "." + activity.attempts;
        return parent.child(step + attempt);
    }

    @Override
    public void run() {
        activity.frame.become(activity.node, StepStatus.WAITING);
        run.effects()
                .record(Starter.waiting(
                        activity,
                        run.effects().now(),
                        Reason.CHILD,
                        request.child().value(),
                        Optional.empty()));
        run.effects().startChild(activity, request);
    }

    RunId child() {
        return request.child();
    }

    void started() {
        started = true;
    }

    /** Whether the child is in the journal; until then only this process would start it. */
    boolean hasStarted() {
        return started;
    }

    /** Is told how the child ended. */
    void ended(@Nullable Object output, @Nullable Failure failure) {
        Failure why = stopped != null ? stopped : failure;
        if (why == null) {
            run.succeeded(activity, output);
        } else {
            run.attemptFailed(activity, why);
        }
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
        stopped = why; // the child's end settles the step
        run.effects().cancelChild(request, why.message());
    }
}
