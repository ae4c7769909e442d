package io.auterity.run;

import io.auterity.definition.Failure;
import io.auterity.journal.JournalEntry;
import io.auterity.journal.RunMessage;
import java.util.List;
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

    /** The run may take its first step; its acceptance is recorded with what comes of that. */
    record AcceptAndBegin(RunLoop loop) implements Message {
        @Override
        public void apply(RunState run) {
            loop.beginRide();
            run.accept();
            run.begin();
        }
    }

    /** What waits to be recorded with something else is to wait no longer. */
    record Record(RunLoop loop) implements Message {
        @Override
        public void apply(RunState run) {
            loop.endRide();
        }
    }

    /** A step told listeners something. */
    record Emit(Attempt attempt, String event, @Nullable Object data) implements Message {
        @Override
        public void apply(RunState run) {
            run.emitted(attempt, event, data);
        }
    }

    /** The run is to be brought to where its record ends, and goes on from there. */
    record Resume(RunLoop loop, List<JournalEntry> recorded) implements Message {
        @Override
        public void apply(RunState run) {
            loop.replay(recorded);
        }
    }

    /** A message came from the run's inbox. */
    record Received(RunLoop loop, RunMessage.Received received) implements Message {
        @Override
        public void apply(RunState run) {
            loop.received(received);
        }
    }

    /** Returns what a message that nobody waits for an answer to is in an inbox. */
    static Optional<RunMessage> toInbox(Message message) {
        if (message instanceof Stop stop && stop.why().code().equals(Failure.CANCELLED)) {
            return Optional.of(new RunMessage.Cancel(stop.why().message()));
        }
        if (message instanceof Pause pause) {
            return Optional.of(pause.pause() ? new RunMessage.Pause() : new RunMessage.Resume());
        }
        if (message instanceof ChildEnded) {
            return Optional.of(new RunMessage.Wake());
        }
        return Optional.empty();
    }

    /** Tells a run what somebody sent; says why it refuses it, if it does. */
    static Optional<String> tell(RunMessage message, RunState run) {
        if (message instanceof RunMessage.Signal signal) {
            return run.signal(signal.name(), signal.payload());
        }
        if (message instanceof RunMessage.Decision decision) {
            return run.decide(decision.step(), new Approval(decision.approved(), decision.by(), decision.form()));
        }
        if (message instanceof RunMessage.Cancel cancel) {
            run.stop(Failure.of(Failure.CANCELLED, cancel.reason(), false));
        } else if (!(message instanceof RunMessage.Wake)) {
            run.pause(message instanceof RunMessage.Pause);
        }
        return Optional.empty();
    }

    /** The run has waited for so long that it could be parked. */
    record Park(RunLoop loop, long turn) implements Message {
        @Override
        public void apply(RunState run) {
            loop.park(turn);
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
    record Progress(Attempt attempt) implements Message {
        @Override
        public void apply(RunState run) {
            run.progress(attempt);
        }
    }

    /** A step told a piece of its result. */
    record Partial(Attempt attempt, @Nullable Object data) implements Message {
        @Override
        public void apply(RunState run) {
            run.partial(attempt, data);
        }
    }

    /** A child run is in the journal. */
    record ChildStarted(Activity activity) implements Message {
        @Override
        public void apply(RunState run) {
            if (activity.control instanceof ChildControl child) {
                child.started();
            }
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

    /** Somebody sent a signal or decided; {@code answer} says why the run refuses it, if it does. */
    record Asked(RunLoop loop, RunMessage message, CompletableFuture<Optional<String>> answer) implements Message {
        @Override
        public void apply(RunState run) {
            Optional<String> refusal;
            try {
                refusal = tell(message, run);
            } catch (RuntimeException | Error broken) { // which the run does not survive here
                answer.complete(Optional.of(RunLoop.LET_GO));
                throw broken;
            }
            loop.answer(answer, refusal);
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

    /** Start no more attempts, and tell when none is under way. */
    record Drain(RunLoop loop, Runnable drained) implements Message {
        @Override
        public void apply(RunState run) {
            loop.drains(drained);
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
