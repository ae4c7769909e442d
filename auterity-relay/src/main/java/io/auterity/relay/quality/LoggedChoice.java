package io.auterity.relay.quality;

import io.auterity.relay.money.ModelName;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * One choice of a router that explored, as its log keeps it for learning and for judging other policies.
 *
 * @param request the request's id, by which its score comes later
 * @param prompt the prompt, or what stands for it
 * @param chosen the model that was called
 * @param propensities the probability with which each model could have been chosen; they sum to 1
 * @param predicted the score that was expected of each
 * @param score how well it went, between 0 and 1, once somebody has said so
 */
public record LoggedChoice(
        String request,
        String prompt,
        ModelName chosen,
        Map<ModelName, Double> propensities,
        Map<ModelName, Double> predicted,
        Optional<Double> score) {

    /** Copies the maps and checks that the chosen model could have been chosen. */
    public LoggedChoice {
        Objects.requireNonNull(request, "request");
        Objects.requireNonNull(prompt, "prompt");
        Objects.requireNonNull(score, "score");
        propensities = Map.copyOf(propensities);
        predicted = Map.copyOf(predicted);
        double propensity = propensities.getOrDefault(chosen, 0.0);
        if (!(propensity > 0 && propensity <= 1)) {
            throw new IllegalArgumentException(
                    "the chosen model had a probability above 0 and at most 1, not " + propensity);
        }
    }

    /** Returns a copy with a score. */
    LoggedChoice scored(double how) {
        return new LoggedChoice(request, prompt, chosen, propensities, predicted, Optional.of(how));
    }
}
