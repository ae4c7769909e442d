package io.auterity.run;

import io.auterity.definition.Failure;
import io.auterity.plan.Body;
import io.auterity.plan.Reference;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Runs the branches of one frame until the first has succeeded. */
final class RaceControl implements Activity.Control, Runnable {

    private final RunState run;
    private final Activity activity;
    private final Frame frame;
    private int winner = -1;
    private @Nullable Failure failure;

    RaceControl(RunState run, Activity activity, Body.Race body) {
        this.run = run;
        this.activity = activity;
        this.frame = new Frame(run, body.branches(), this, 0, null);
        frame.race = this;
    }

    @Override
    public void run() {
        run.open(frame);
    }

    /** A branch has succeeded: the others stop. */
    void won(int node) {
        if (winner < 0) {
            run.effects().stopping(frame);
            winner = node;
            run.stopAll(frame, Failure.of(Failure.CANCELLED, "another branch was first", false));
        }
    }

    @Override
    public void settled(Frame settled, @Nullable Object output, @Nullable Failure why) {
        if (failure != null) {
            run.attemptFailed(activity, failure);
        } else if (winner >= 0) {
            Map<String, Object> result = new LinkedHashMap<>();
            result.put("winner", frame.graph.node(winner).name());
            putOutput(result);
            run.succeeded(activity, result);
        } else {
            run.attemptFailed(
                    activity,
                    frame.anyFailure().orElseGet(() -> Failure.of("race", "no branch of the race ran", false)));
        }
    }

    @SuppressWarnings("NullAway") // JSON objects may hold null
    private void putOutput(Map<String, Object> result) {
        result.put("output", frame.read(Reference.of(Reference.Kind.OUTPUT, 0, winner)));
    }

    @Override
    public Activity activity() {
        return activity;
    }

    @Override
    public void stop(Failure why) {
        failure = why;
        run.fail(frame, why);
    }

    @Override
    public String pathOf(Frame child) {
        return activity.path();
    }

    boolean hasWinner() {
        return winner >= 0;
    }
}
