package io.auterity.relay.quality;

import io.auterity.relay.money.ModelName;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * A prompt, and how well some models answered it.
 *
 * @param prompt the prompt's text
 * @param task what kind of prompt it is, if the application says so
 * @param scores from 0 (useless) to 1 (right) by model, for those that have been tried
 * @param at when they were tried; older examples count less where a half-life is set
 */
public record Example(String prompt, Optional<String> task, Map<ModelName, Double> scores, Instant at) {

    /** Copies the scores and checks their range. */
    public Example {
        Objects.requireNonNull(prompt, "prompt");
        Objects.requireNonNull(task, "task");
        Objects.requireNonNull(at, "at");
        scores = Map.copyOf(scores);
        scores.forEach((model, score) -> {
            if (!(score >= 0 && score <= 1)) {
                throw new IllegalArgumentException("the score of " + model + " is between 0 and 1, not " + score);
            }
        });
    }
}
