package io.auterity.run;

import io.auterity.definition.Failure;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** What reaches a run from outside its loop. */
sealed interface Message {

    /** Changes the run; called on its loop. */
    void apply(RunState run);

    /** The run is to be recorded as accepted. */
    record Accept() implements Message {
        @Override
        public void apply(RunState run) {
            run.accept();
        }
    }

    /** A step told listeners something. */
    record Emit(Attempt attempt, String event, @Nullable Object data) implements Message {
        @Override
        public void apply(RunState run) {
            run.emitted(attempt, event, data);
        }
    }

    /** The run may take its first step. */
    record Begin(RunLoop loop) implements Message {
        @Override
        public void apply(RunState run) {
            loop.expectStreak();
            run.begin();
        }
    }

    /** Somebody wants the loop to look at what there is to do. */
    record Look() implements Message {
        @Override
        public void apply(RunState run) {
            // that it is looked at all is enough
        }
    }

    /** An attempt has begun on its thread. */
    record Began(Attempt attempt) implements Message {
        @Override
        public void apply(RunState run) {
            run.began(attempt);
        }
    }

    /** An attempt ended on its thread. */
    record AttemptEnded(
            Attempt attempt,
            @Nullable Object value,
            @Nullable Failure failure) implements Message {
        @Override
        public void apply(RunState run) {
            run.attemptEnded(attempt, value, failure);
        }
    }

    /** The time has come that an activity was waiting for. */
    record Due(Activity activity, int attempts) implements Message {
        @Override
        public void apply(RunState run) {
            run.due(activity, attempts);
        }
    }

    /** Some deadline may have passed. */
    record DeadlineReached() implements Message {
        @Override
        public void apply(RunState run) {
            run.expire();
        }
    }

    /** A step told how far it is. */
    record Progress(Attempt attempt, long done, long total, String text) implements Message {
        @Override
        public void apply(RunState run) {
            run.progress(attempt, done, total, text);
        }
    }

    /** A step told a piece of its result. */
    record Partial(Attempt attempt, @Nullable Object data) implements Message {
        @Override
        public void apply(RunState run) {
            run.partial(attempt, data);
        }
    }

    /** A child run ended. */
    record ChildEnded(
            Activity activity,
            @Nullable Object output,
            @Nullable Failure failure) implements Message {
        @Override
        public void apply(RunState run) {
            run.childEnded(activity, output, failure);
        }
    }

    /** Somebody sent a signal; {@code answer} says why the run refuses it, if it does. */
    record Signal(String name, @Nullable Object payload, CompletableFuture<Optional<String>> answer)
            implements Message {
        @Override
        public void apply(RunState run) {
            answer.complete(run.signal(name, payload));
        }
    }

    /** Somebody decided on an approval; {@code answer} says why the run refuses it, if it does. */
    record Decide(String step, Approval approval, CompletableFuture<Optional<String>> answer) implements Message {
        @Override
        public void apply(RunState run) {
            answer.complete(run.decide(step, approval));
        }
    }

    /** Start no more attempts, or start them again. */
    record Pause(boolean pause) implements Message {
        @Override
        public void apply(RunState run) {
            run.pause(pause);
        }
    }

    /** Stop the run. */
    record Stop(Failure why) implements Message {
        @Override
        public void apply(RunState run) {
            run.stop(why);
        }
    }

    /** The engine lets go of the run, which may go on elsewhere. */
    record Abandon(RunLoop loop, Throwable why) implements Message {
        @Override
        public void apply(RunState run) {
            loop.lose(why);
        }
    }

    /** The journal has the entries that were under way. */
    record Recorded(RunLoop loop, @Nullable Throwable failure) implements Message {
        @Override
        public void apply(RunState run) {
            loop.recorded(failure);
        }
    }

    /**
     * A person's decision.
     *
     * @param approved whether it was granted
     * @param by who decided
     * @param form what they filled in
     */
    record Approval(boolean approved, String by, Map<String, Object> form) {}
}
