package io.auterity.relay.quality;

import java.time.Instant;

/**
 * How much each word of a prompt, and each pair of words, raises or lowers the score of each model: a linear regression,
 * learned example by example, by the rule of Widrow and Hoff (1960). A word that has been seen often moves less, by the
 * fourth root of how often, after the adaptive steps of AdaGrad (Duchi et al., 2011). There is one pass only, which keeps
 * effects small where evidence is.
 *
 * <p>Neighbours are found by the rare words; this one hears the common ones as well, which tell how hard a prompt is. An
 * example weighs less for every half-life that has passed. Predictions may go on side by side, learning must not.
 */
final class WordEffects {

    /** Fewer than those of {@link Grams}, so that what is looked up stays in the processor's cache. */
    private static final int BUCKETS = 1 << 16;

    private static final double STEP = 0.3;

    /** An example of less weight is left out; and below that scale the rows are written anew, before they grow too great. */
    private static final double LEAST = 1e-6;

    private final PredictorSettings settings;
    private int models;

    /** By bucket: how often it has been seen, and what it does to each model; both are to be multiplied by the scale. */
    private float[] rows = {};

    private double scale = 1;
    private Instant latest = Instant.MIN;

    /**
     * What the words of a text say.
     *
     * @param byModel what is to be added to the average score, by the model's number
     * @param known which share of the words and pairs has been seen
     */
    record Effects(double[] byModel, double known) {}

    WordEffects(PredictorSettings settings) {
        this.settings = settings;
    }

    /** Adds up the effects of a text's words. */
    Effects of(Grams text) {
        float[] all = rows;
        double[] sums = new double[models];
        int known = 0;
        for (int id : text.ids()) {
            int row = (id & (BUCKETS - 1)) * (sums.length + 1);
            if (all.length > 0 && all[row] > 0) {
                known++;
                for (int model = 0; model < sums.length; model++) {
                    sums[model] += all[row + 1 + model];
                }
            }
        }
        double each = scale * share(text);
        for (int model = 0; model < sums.length; model++) {
            sums[model] *= each;
        }
        return new Effects(sums, known / Math.max(1.0, text.ids().length));
    }

    /**
     * Learns an example.
     *
     * @param text its words
     * @param beyond how far its score is above the average, by the model's number, NaN for those not tried
     * @param at when it was tried
     */
    void learn(Grams text, double[] beyond, Instant at) {
        if (at.isAfter(latest)) {
            fade(settings.kept(latest, at));
            latest = at;
        }
        widen(beyond.length); // also for an example that is left out: who predicts asks for its models
        double weight = settings.kept(at, latest);
        if (weight < LEAST || models == 0) {
            return;
        }
        double[] said = of(text).byModel();
        for (int id : text.ids()) {
            int row = (id & (BUCKETS - 1)) * (models + 1);
            rows[row] += (float) (weight / scale);
            double step = STEP * weight * share(text) / Math.sqrt(Math.sqrt(rows[row] * scale)) / scale;
            for (int model = 0; model < beyond.length; model++) {
                if (!Double.isNaN(beyond[model])) {
                    rows[row + 1 + model] += (float) (step * (beyond[model] - said[model]));
                }
            }
        }
    }

    private void fade(double kept) {
        scale *= kept;
        if (scale < LEAST) {
            for (int i = 0; i < rows.length; i++) {
                rows[i] *= (float) scale;
            }
            scale = 1;
        }
    }

    /** Makes room for more models. */
    void widen(int wider) {
        if (wider > models) {
            float[] narrow = rows;
            rows = new float[BUCKETS * (wider + 1)];
            for (int i = 0; i < narrow.length; i += models + 1) {
                System.arraycopy(narrow, i, rows, i / (models + 1) * (wider + 1), models + 1);
            }
            models = wider;
        }
    }

    /** What one word has a say of: together they are of length 1, whatever the length of the text. */
    private static double share(Grams text) {
        return 1 / Math.sqrt(Math.max(1, text.ids().length));
    }
}
