package io.auterity.journal;

import io.auterity.definition.RunId;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What anybody, in any process, tells a run. It waits in the run's inbox until the engine that owns the run has recorded
 * what came of it.
 *
 * <p>Immutable, unless the values that it is given are changed.
 */
public sealed interface RunMessage {

    /** How many messages that it has not taken a run may have: {@value}. */
    int MOST_UNREAD = 10_000;

    /**
     * Returns how many messages a run may have in its inbox for this one to be refused. For what steers a run there is twice
     * the room, so that a run whose inbox is full of signals can still be cancelled.
     *
     * @return the number
     */
    default int mostUnread() {
        return this instanceof Signal || this instanceof Decision ? MOST_UNREAD : 2 * MOST_UNREAD;
    }

    /**
     * A signal.
     *
     * @param name the signal's name
     * @param payload a JSON value
     */
    record Signal(String name, @Nullable Object payload) implements RunMessage {}

    /**
     * A decision on an approval.
     *
     * @param step the path of the step that waits
     * @param approved whether it is granted
     * @param by who decides
     * @param form what they filled in
     */
    record Decision(String step, boolean approved, String by, Map<String, Object> form) implements RunMessage {}

    /**
     * The run shall stop.
     *
     * @param reason why, for people
     */
    record Cancel(String reason) implements RunMessage {}

    /** The run shall start no more attempts. */
    record Pause() implements RunMessage {}

    /** The run shall go on. */
    record Resume() implements RunMessage {}

    /** Nothing new; a run that is parked looks again. */
    record Wake() implements RunMessage {}

    /**
     * A message in an inbox.
     *
     * @param number names it among all messages of the journal
     * @param run the run it is for
     * @param message what it says
     */
    record Received(long number, RunId run, RunMessage message) {}
}
