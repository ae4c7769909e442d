package io.auterity.relay.quality;

import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.stream.IntStream;

/**
 * Finds the examples most similar to a text: an inverted index over hashed words, weighted by tf-idf, with the cosine as
 * likeness.
 *
 * <p>Only the weightiest words of a text are looked at, and each leads to the examples that have it, so that a search
 * touches a small part of the index. Weights are computed from the counts at the time an example is added; the predictor
 * builds the index anew when it has grown by half. Searches may go on side by side, additions must not.
 */
final class Neighbours {

    /** How many words and pairs an example is found by. */
    static final int MAX_FEATURES = 100;

    /** How many words and pairs of a prompt are looked up; fewer, because that is what a search takes its time for. */
    static final int MAX_LOOKUPS = 48;

    /** A word that more than one in so many examples has tells too little for what looking at all of them takes. */
    private static final int COMMON = 8;

    private static final int MOST_ROUNDS = 30;

    /** Into how many steps likeness is cut, a power of two. */
    private static final int STEPS = 256;

    /** An example and its weight are one number: the weight in the lowest digits, as a part of this. */
    private static final int WEIGHT_DIGITS = 12;

    private static final int FULL_WEIGHT = (1 << WEIGHT_DIGITS) - 1;

    /** The most examples whose numbers fit the other digits. */
    static final int MOST_EXAMPLES = 1_000_000;

    /** How many classes of words there are to a unit of the logarithm: one and the next differ by 6 %. */
    private static final int CLASSES = 17;

    private static final double[] LOGARITHMS =
            IntStream.range(0, 1_024).mapToDouble(i -> Math.log(i + 0.5)).toArray();

    /** How many examples have each word. */
    private final int[] documents = new int[Grams.BUCKETS];

    /**
     * The logarithm of that in steps, from 1; 0 for a word that no example is found by. A search asks only this of every
     * word of a prompt, and all of it fits the second-level cache.
     */
    private final byte[] classes = new byte[Grams.BUCKETS];

    /** By word, how many examples are found by it, and then each with its weight. */
    private final int[][] having = new int[Grams.BUCKETS][];

    private int size;
    private double logSize = Math.log(2);

    /** As many as run at once: a burst of searches that wait for a processor leaves no more behind. */
    private final Queue<Scratch> idle =
            new ArrayBlockingQueue<>(Runtime.getRuntime().availableProcessors());

    /** What a search writes to, used again by later ones: to clear what a search has touched is less than to clear all. */
    private static final class Scratch {
        private final int[][] having = new int[MAX_LOOKUPS][];
        private final int[] many = new int[MAX_LOOKUPS];
        private final int[] steps = new int[STEPS + 1]; // how many are how much alike; 0 between searches
        private float[] likeness = {}; // by example; 0 between searches
        private int[] alike = {}; // the examples that share a word
        private long[] ranked = {}; // the same, each behind the bits of its likeness
    }

    /**
     * What was found.
     *
     * @param ids the examples, the most similar last, and of equals the latest
     * @param likeness the cosine of each, above 0 and at most 1 but for the rounding of weights, less than 0.01
     */
    record Found(int[] ids, float[] likeness) {}

    /** A text as its weightiest words, of length 1. */
    private record Vector(int[] ids, float[] weights) {}

    /** Makes an index of texts. */
    static Neighbours of(List<Grams> texts) {
        Neighbours index = new Neighbours();
        index.logSize = Math.log(texts.size() + 2.0);
        texts.forEach(index::count);
        texts.forEach(index::post);
        texts.forEach(index::classify);
        return index;
    }

    /** Adds a text; its number is how many there were before. */
    void add(Grams text) {
        count(text);
        post(text);
        classify(text);
        logSize = Math.log(size + 2.0);
    }

    private void count(Grams text) {
        for (int id : text.ids()) {
            documents[id]++;
        }
    }

    private void post(Grams text) {
        float[] weights = new float[text.ids().length];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = weight(log(documents[text.ids()[i]]), text.counts()[i]);
        }
        Vector vector = heaviest(text.ids(), weights, weights.length, MAX_FEATURES);
        for (int i = 0; i < vector.ids().length; i++) {
            int id = vector.ids()[i];
            int[] list = having[id] == null ? new int[2] : having[id];
            int at = ++list[0];
            if (at == list.length) {
                list = Arrays.copyOf(list, 2 * at);
            }
            list[at] = size << WEIGHT_DIGITS | Math.max(1, Math.round(vector.weights()[i] * FULL_WEIGHT));
            having[id] = list;
        }
        size++;
    }

    private void classify(Grams text) {
        for (int id : text.ids()) {
            if (having[id] != null) {
                classes[id] = (byte) classOf(documents[id]);
            }
        }
    }

    private static int classOf(int documents) {
        return 1 + (int) Math.round(CLASSES * log(documents));
    }

    /** Weighs the words of a prompt; leaves out those that lead to no example, or that too many have. */
    private Vector asked(Grams text) {
        int[] ids = new int[text.ids().length];
        float[] weights = new float[ids.length];
        int most = classOf(size / COMMON + MAX_FEATURES);
        int used = 0;
        for (int i = 0; i < ids.length; i++) {
            int kind = classes[text.ids()[i]] & 0xff;
            ids[used] = text.ids()[i]; // overwritten if it is left out, which no processor can foretell
            weights[used] = weight((kind - 1.0) / CLASSES, text.counts()[i]);
            used += kind > 0 && kind <= most ? 1 : 0;
        }
        return heaviest(ids, weights, used, MAX_LOOKUPS);
    }

    private float weight(double logDocuments, int count) {
        double rarity = Math.max(0.01, logSize - logDocuments);
        return (float) (count == 1 ? rarity : rarity * (1 + Math.log(count)));
    }

    /**
     * The heaviest of the first {@code size} words, {@code most} at most. Where more weigh the same as the lightest of them, the
     * first are taken, even before heavier ones: to take those first makes routing no better ({@code router-quality}).
     */
    private static Vector heaviest(int[] words, float[] all, int size, int most) {
        float least = size <= most ? 0 : ranked(Arrays.copyOf(all, size), size - most);
        int[] ids = new int[Math.min(size, most)];
        float[] weights = new float[ids.length];
        int kept = 0;
        double square = 0;
        for (int i = 0; kept < ids.length; i++) {
            if (all[i] >= least) {
                ids[kept] = words[i];
                weights[kept++] = all[i];
                square += all[i] * all[i];
            }
        }
        float scale = square == 0 ? 0 : (float) (1 / Math.sqrt(square));
        for (int i = 0; i < kept; i++) {
            weights[i] *= scale;
        }
        return new Vector(ids, weights);
    }

    /** Most words are rare, so most logarithms are in the table. */
    private static double log(int documents) {
        return documents < LOGARITHMS.length ? LOGARITHMS[documents] : Math.log(documents + 0.5);
    }

    /**
     * The value that sorting would put at a rank: Hoare's "Find" (1961). A prompt could be made to take many rounds, so after
     * some of them it is sorted.
     */
    private static float ranked(float[] values, int rank) {
        int from = 0;
        int to = values.length - 1;
        for (int round = 0; from < to && round < MOST_ROUNDS; round++) {
            float pivot = values[(from + to) >>> 1];
            int left = from;
            int right = to;
            while (left <= right) {
                while (values[left] < pivot) {
                    left++;
                }
                while (values[right] > pivot) {
                    right--;
                }
                if (left <= right) {
                    float held = values[left];
                    values[left++] = values[right];
                    values[right--] = held;
                }
            }
            to = rank <= right ? right : to;
            from = rank >= left ? left : from;
            if (rank > right && rank < left) {
                return values[rank];
            }
        }
        if (from < to) {
            Arrays.sort(values, from, to + 1);
        }
        return values[rank];
    }

    /** Finds the most similar examples, {@code most} at most. Searches may go on side by side. */
    Found find(Grams text, int most) {
        Scratch taken = idle.poll();
        Scratch scratch = taken == null ? new Scratch() : taken;
        if (scratch.likeness.length <= size) {
            int room = size + size / 4 + 1;
            scratch.likeness = new float[room];
            scratch.alike = new int[room];
            scratch.ranked = new long[room];
        }
        int found = compare(asked(text), scratch);
        Found top = top(scratch, found, most);
        idle.offer(scratch);
        return top;
    }

    /** Computes the likeness of all examples that share a word; returns how many those are. */
    private int compare(Vector vector, Scratch scratch) {
        float[] likeness = scratch.likeness;
        int[] alike = scratch.alike;
        int words = vector.ids().length;
        for (int i = 0; i < words; i++) {
            // all are asked for before one is read through, so that the memory fetches them side by side
            scratch.having[i] = having[vector.ids()[i]];
            scratch.many[i] = scratch.having[i][0];
        }
        int found = 0;
        for (int i = 0; i < words; i++) {
            float weight = vector.weights()[i] / FULL_WEIGHT;
            int[] theirs = scratch.having[i];
            for (int j = 1; j <= scratch.many[i]; j++) {
                int example = theirs[j] >>> WEIGHT_DIGITS;
                float before = likeness[example];
                alike[found] = example; // overwritten if it is there already: no processor can foretell which it is
                found += before == 0 ? 1 : 0;
                likeness[example] = before + weight * (theirs[j] & FULL_WEIGHT);
            }
        }
        return found;
    }

    /**
     * Finds the examples with the greatest likeness, and clears the scratch. The likeness is cut into steps; those of the
     * highest steps, which are hardly more than {@code most}, are sorted.
     */
    private static Found top(Scratch scratch, int found, int most) {
        int[] steps = scratch.steps;
        for (int i = 0; i < found; i++) {
            int example = scratch.alike[i];
            float likeness = scratch.likeness[example];
            scratch.likeness[example] = 0;
            scratch.ranked[i] = (long) Float.floatToRawIntBits(likeness) << Integer.SIZE | example;
            steps[step(likeness)]++;
        }
        int lowest = STEPS;
        for (int above = steps[lowest]; above < most && lowest > 0; above += steps[lowest]) {
            lowest--;
        }
        Arrays.fill(steps, 0);
        long least = (long) Float.floatToRawIntBits((float) lowest / STEPS) << Integer.SIZE;
        int kept = 0;
        for (int i = 0; i < found; i++) {
            scratch.ranked[kept] = scratch.ranked[i];
            kept += scratch.ranked[i] >= least ? 1 : 0;
        }
        Arrays.sort(scratch.ranked, 0, kept);
        int[] ids = new int[Math.min(most, kept)];
        float[] likeness = new float[ids.length];
        for (int i = 0; i < ids.length; i++) {
            long ranked = scratch.ranked[kept - ids.length + i];
            ids[i] = (int) ranked;
            likeness[i] = Float.intBitsToFloat((int) (ranked >>> Integer.SIZE));
        }
        return new Found(ids, likeness);
    }

    private static int step(float likeness) {
        return Math.min(STEPS, (int) (likeness * STEPS));
    }
}
