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

    private static final double[] LOGARITHMS =
            IntStream.range(0, 1_024).mapToDouble(i -> Math.log(i + 0.5)).toArray();

    /** How many examples have each word, and how many are found by it; side by side, since both are looked at. */
    private final int[] counts = new int[2 * Grams.BUCKETS];

    private final int[][] examples = new int[Grams.BUCKETS][];
    private final float[][] weights = new float[Grams.BUCKETS][];
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
            int at = counts[2 * id + 1]++;
            if (at == 0) {
                examples[id] = new int[2];
                weights[id] = new float[2];
            } else if (at == examples[id].length) {
                examples[id] = Arrays.copyOf(examples[id], 2 * at);
                weights[id] = Arrays.copyOf(weights[id], 2 * at);
            }
            examples[id][at] = size;
            weights[id][at] = vector.weights()[i];
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
        float least = features <= most ? 0 : sorted(all)[features - most];
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

    private static float[] sorted(float[] values) {
        float[] copy = values.clone();
        Arrays.sort(copy);
        return copy;
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
            int[] having = examples[id];
            float[] theirs = weights[id];
            int many = counts[2 * id + 1];
            if (scratch.alike.length <= found + many) {
                scratch.alike = Arrays.copyOf(scratch.alike, 2 * (found + many) + 1);
            }
            int[] alike = scratch.alike;
            for (int j = 0; j < many; j++) {
                int example = having[j];
                float before = likeness[example];
                alike[found] = example; // overwritten if it is there already: no processor can foretell which it is
                found += before == 0 ? 1 : 0;
                likeness[example] = before + weight * theirs[j];
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
            int having = counts[2 * text.ids()[i] + 1];
            if (having > 0 && having <= size / COMMON + MAX_FEATURES) {
                ids[used] = text.ids()[i];
                often[used++] = text.counts()[i];
            }
        }
        return new Grams(Arrays.copyOf(ids, used), Arrays.copyOf(often, used));
    }

    /** The candidates with the greatest values, by a heap whose root is the least of them. */
    private static Found top(float[] likeness, int[] candidates, int count, int most) {
        int[] heap = new int[Math.min(most, count)];
        int used = 0;
        for (int i = 0; i < count; i++) {
            int example = candidates[i];
            if (used < heap.length) {
                heap[used] = example;
                rise(heap, used++, likeness);
            } else if (likeness[example] > likeness[heap[0]]) {
                heap[0] = example;
                sink(heap, used, likeness);
            }
        }
        int[] ids = new int[used];
        float[] values = new float[used];
        for (int i = 0, left = used; left > 0; i++, left--) {
            ids[i] = heap[0];
            values[i] = likeness[heap[0]];
            heap[0] = heap[left - 1];
            sink(heap, left - 1, likeness);
        }
        return new Found(ids, values);
    }

    private static void rise(int[] heap, int from, float[] value) {
        int at = from;
        while (at > 0 && value[heap[at]] < value[heap[(at - 1) / 2]]) {
            swap(heap, at, (at - 1) / 2);
            at = (at - 1) / 2;
        }
    }

    private static void sink(int[] heap, int size, float[] value) {
        int at = 0;
        while (true) {
            int least = at;
            for (int child = 2 * at + 1; child <= 2 * at + 2 && child < size; child++) {
                least = value[heap[child]] < value[heap[least]] ? child : least;
            }
            if (least == at) {
                return;
            }
            swap(heap, at, least);
            at = least;
        }
    }

    private static void swap(int[] heap, int i, int j) {
        int held = heap[i];
        heap[i] = heap[j];
        heap[j] = held;
    }
}
