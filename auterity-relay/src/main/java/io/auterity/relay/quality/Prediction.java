package io.auterity.relay.quality;

import io.auterity.relay.money.ModelName;
import java.util.List;
import java.util.Map;

/**
 * What is expected of each model for one prompt.
 *
 * @param quality by model
 */
public record Prediction(Map<ModelName, Quality> quality) {

    /** Copies the map. */
    public Prediction {
        quality = Map.copyOf(quality);
    }

    /**
     * What is expected of one model.
     *
     * @param mean the expected score, between 0 and 1
     * @param evidence how many similar examples that rests on, weighted by their likeness; 0 for a guess
     */
    public record Quality(double mean, double evidence) {

        /** What is expected when nothing is known. */
        public static final Quality UNKNOWN = new Quality(0.5, 0);

        /**
         * Returns how far the truth may be from the mean.
         *
         * @return the standard deviation of a Beta distribution with that mean and evidence
         */
        public double deviation() {
            return Math.sqrt(mean * (1 - mean) / (evidence + 2));
        }
    }

    /**
     * Returns what is expected of a model.
     *
     * @param model the model
     * @return the expectation, {@link Quality#UNKNOWN} for a stranger
     */
    public Quality of(ModelName model) {
        return quality.getOrDefault(model, Quality.UNKNOWN);
    }

    /**
     * Returns how much better one model is expected to be than another, which is what its price must be worth.
     *
     * @param stronger the one
     * @param weaker the other
     * @return the difference of the means, negative if it is worse
     */
    public double gain(ModelName stronger, ModelName weaker) {
        return of(stronger).mean() - of(weaker).mean();
    }

    /**
     * Says nothing about any model.
     *
     * @return the prediction
     */
    public static Prediction nothing() {
        return new Prediction(Map.of());
    }

    /**
     * Returns the best model.
     *
     * @param models the choice, at least one
     * @return the one with the highest mean, the first of equals
     */
    public ModelName best(List<ModelName> models) {
        ModelName best = models.get(0);
        for (ModelName model : models) {
            best = of(model).mean() > of(best).mean() ? model : best;
        }
        return best;
    }
}
