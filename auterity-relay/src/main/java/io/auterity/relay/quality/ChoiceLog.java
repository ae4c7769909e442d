package io.auterity.relay.quality;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Remembers choices until their score comes, by request id, and teaches the predictor then.
 *
 * <p>Scores come late: a test that passed, a thumb of a user, a colleague's correction. At most {@code capacity} choices
 * are kept; the oldest make room, whether scored or not. Thread-safe.
 */
public final class ChoiceLog {

    private final int capacity;
    private final QualityPredictor predictor;
    private final Map<String, LoggedChoice> choices = new LinkedHashMap<>(); // guarded by itself

    /**
     * Makes an empty log.
     *
     * @param capacity the most choices, 1 or more
     * @param predictor learns each score
     */
    public ChoiceLog(int capacity, QualityPredictor predictor) {
        if (capacity < 1) {
            throw new IllegalArgumentException("capacity is 1 or more, not " + capacity);
        }
        this.capacity = capacity;
        this.predictor = predictor;
    }

    /**
     * Remembers a choice.
     *
     * @param choice the choice
     */
    public void add(LoggedChoice choice) {
        synchronized (choices) {
            choices.put(choice.request(), choice);
            if (choices.size() > capacity) {
                choices.remove(choices.keySet().iterator().next());
            }
        }
    }

    /**
     * Tells how well a request went.
     *
     * @param request the request's id
     * @param task what kind of prompt it was, if known
     * @param score between 0 and 1
     * @param at when the answer was given
     * @return whether the request was known and had no score yet; otherwise nothing is learned
     */
    public boolean score(String request, Optional<String> task, double score, Instant at) {
        if (!(score >= 0 && score <= 1)) {
            throw new IllegalArgumentException("a score is between 0 and 1, not " + score);
        }
        LoggedChoice choice;
        synchronized (choices) {
            choice = choices.get(request);
            if (choice == null || choice.score().isPresent()) {
                return false;
            }
            choices.put(
                    request,
                    new LoggedChoice(
                            choice.request(),
                            choice.prompt(),
                            choice.chosen(),
                            choice.propensities(),
                            choice.predicted(),
                            Optional.of(score)));
        }
        predictor.learn(new Example(choice.prompt(), task, Map.of(choice.chosen(), score), at));
        return true;
    }

    /**
     * Returns the choices.
     *
     * @return oldest first
     */
    public List<LoggedChoice> choices() {
        synchronized (choices) {
            return List.copyOf(choices.values());
        }
    }
}
