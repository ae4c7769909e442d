package io.auterity.relay.quality;

import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
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

    private static final double[] LOGARITHMS =
            IntStream.range(0, 1_024).mapToDouble(i -> Math.log(i + 0.5)).toArray();

    /** How many examples have each word, and how many are found by it; side by side, since both are looked at. */
    private final int[] counts = new int[2 * Grams.BUCKETS];

    /** By word, the examples that have it and, beside each, the bits of its weight: one place in the memory to go to, not two. */
    private final int[][] having = new int[Grams.BUCKETS][];

    private int size;
    private final Queue<Scratch> idle = new ConcurrentLinkedQueue<>();

    /** What a search writes to, used again by later ones: to clear what a search has touched is less than to clear all. */
    private static final class Scratch {
        private float[] likeness = {}; // by example; 0 between searches
        private int[] alike = new int[1_024]; // the examples that share a word
    }

    /**
     * What was found.
     *
     * @param ids the examples, the most similar last
     * @param likeness the cosine of each, above 0 and at most 1
     */
    record Found(int[] ids, float[] likeness) {}

    /** A text as its weightiest words, of length 1. */
    private record Vector(int[] ids, float[] weights) {}

    /** Makes an index of texts. */
    static Neighbours of(List<Grams> texts) {
        Neighbours index = new Neighbours();
        texts.forEach(index::count);
        texts.forEach(index::post);
        return index;
    }

    /** Adds a text; its number is how many there were before. */
    void add(Grams text) {
        count(text);
        post(text);
    }

    private void count(Grams text) {
        for (int id : text.ids()) {
            counts[2 * id]++;
        }
    }

    private void post(Grams text) {
        Vector vector = vector(text, MAX_FEATURES);
        for (int i = 0; i < vector.ids().length; i++) {
            int id = vector.ids()[i];
            int at = 2 * counts[2 * id + 1]++;
            if (at == 0) {
                having[id] = new int[4];
            } else if (at == having[id].length) {
                having[id] = Arrays.copyOf(having[id], 2 * at);
            }
            having[id][at] = size;
            having[id][at + 1] = Float.floatToRawIntBits(vector.weights()[i]);
        }
        size++;
    }

    private Vector vector(Grams text, int most) {
        int features = text.ids().length;
        float[] all = new float[features];
        double logSize = Math.log(size + 2.0);
        for (int i = 0; i < features; i++) {
            double rarity = logSize - log(counts[2 * text.ids()[i]]);
            int count = text.counts()[i];
            all[i] = (float) (Math.max(0.01, rarity) * (count == 1 ? 1 : 1 + Math.log(count)));
        }
        float least = features <= most ? 0 : ranked(all.clone(), features - most);
        int[] ids = new int[Math.min(features, most)];
        float[] kept = new float[ids.length];
        int used = 0;
        double square = 0;
        for (int i = 0; i < features && used < ids.length; i++) {
            if (all[i] >= least) {
                ids[used] = text.ids()[i];
                kept[used++] = all[i];
                square += all[i] * all[i];
            }
        }
        float scale = square == 0 ? 0 : (float) (1 / Math.sqrt(square));
        for (int i = 0; i < used; i++) {
            kept[i] *= scale;
        }
        return new Vector(Arrays.copyOf(ids, used), Arrays.copyOf(kept, used));
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
        if (scratch.likeness.length < size) {
            scratch.likeness = new float[size + size / 4];
        }
        int found = compare(vector(known(text), MAX_LOOKUPS), scratch);
        Found top = top(scratch.likeness, scratch.alike, found, most);
        for (int i = 0; i < found; i++) {
            scratch.likeness[scratch.alike[i]] = 0;
        }
        idle.add(scratch);
        return top;
    }

    /** Computes the likeness of all examples that share a word; returns how many those are. */
    private int compare(Vector vector, Scratch scratch) {
        float[] likeness = scratch.likeness;
        int found = 0;
        for (int i = 0; i < vector.ids().length; i++) {
            int id = vector.ids()[i];
            float weight = vector.weights()[i];
            int[] theirs = having[id];
            int many = counts[2 * id + 1];
            if (scratch.alike.length <= found + many) {
                scratch.alike = Arrays.copyOf(scratch.alike, 2 * (found + many) + 1);
            }
            int[] alike = scratch.alike;
            for (int j = 0; j < 2 * many; j += 2) {
                int example = theirs[j];
                float before = likeness[example];
                alike[found] = example; // overwritten if it is there already: no processor can foretell which it is
                found += before == 0 ? 1 : 0;
                likeness[example] = before + weight * Float.intBitsToFloat(theirs[j + 1]);
            }
        }
        return found;
    }

    /** Leaves out the words that lead to no example, and those that lead to too many. */
    private Grams known(Grams text) {
        int[] ids = new int[text.ids().length];
        int[] often = new int[ids.length];
        int used = 0;
        for (int i = 0; i < ids.length; i++) {
            int found = counts[2 * text.ids()[i] + 1];
            if (found > 0 && found <= size / COMMON + MAX_FEATURES) {
                ids[used] = text.ids()[i];
                often[used++] = text.counts()[i];
            }
        }
        return new Grams(Arrays.copyOf(ids, used), Arrays.copyOf(often, used));
    }

    /** The candidates with the greatest values, by a heap whose root is the least of them. */
    private static Found top(float[] likeness, int[] candidates, int count, int most) {
        Heap heap = new Heap(Math.min(most, count));
        int i = 0;
        for (; i < heap.ids.length; i++) {
            heap.add(i, candidates[i], likeness[candidates[i]]);
        }
        if (i > 0) {
            for (; i < count; i++) {
                float value = likeness[candidates[i]];
                if (value > heap.values[0]) {
                    heap.sink(heap.ids.length, candidates[i], value);
                }
            }
        }
        int[] ids = new int[heap.ids.length];
        float[] values = new float[ids.length];
        for (int at = 0, left = ids.length; left > 0; at++, left--) {
            ids[at] = heap.ids[0];
            values[at] = heap.values[0];
            heap.sink(left - 1, heap.ids[left - 1], heap.values[left - 1]);
        }
        return new Found(ids, values);
    }

    /** Examples and how much alike they are, side by side, so that to compare two is not to look them up. */
    private static final class Heap {
        private final int[] ids;
        private final float[] values;

        Heap(int size) {
            ids = new int[size];
            values = new float[size];
        }

        /** Adds one behind the others. */
        void add(int others, int id, float value) {
            int at = others;
            while (at > 0 && value < values[(at - 1) / 2]) {
                ids[at] = ids[(at - 1) / 2];
                values[at] = values[(at - 1) / 2];
                at = (at - 1) / 2;
            }
            ids[at] = id;
            values[at] = value;
        }

        /** Puts one in the place of the root, among the first {@code size}. */
        void sink(int size, int id, float value) {
            int at = 0;
            int child = 1;
            while (child < size) {
                if (child + 1 < size && values[child + 1] < values[child]) {
                    child++;
                }
                if (values[child] >= value) {
                    break;
                }
                ids[at] = ids[child];
                values[at] = values[child];
                at = child;
                child = 2 * at + 1;
            }
            if (size > 0) {
                ids[at] = id;
                values[at] = value;
            }
        }
    }
}
