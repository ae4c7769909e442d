package io.auterity.connector;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** Finds the names somebody may have meant. */
final class Closest {

    private static final int MOST = 3;

    private Closest() {}

    /** Returns up to three names within a third of the length in edits, the closest first. */
    static List<String> to(String name, Collection<String> known) {
        int limit = Math.max(1, name.length() / 3);
        record Candidate(String name, int distance) {}
        return known.stream()
                .map(other -> new Candidate(other, distance(fold(name), fold(other))))
                .filter(candidate -> candidate.distance <= limit)
                .sorted(Comparator.comparingInt(Candidate::distance).thenComparing(Candidate::name))
                .limit(MOST)
                .map(Candidate::name)
                .toList();
    }

    /** Returns a hint as in {@code use 'method'}, or what is known when nothing is close. */
    static String hint(String name, Collection<String> known) {
        List<String> close = to(name, known);
        if (!close.isEmpty()) {
            return "use '" + String.join("' or '", close) + "'";
        }
        return known.isEmpty() ? "none is known" : "known: " + String.join(", ", known);
    }

    private static String fold(String name) {
        return name.toLowerCase(Locale.ROOT).replace("-", "").replace("_", "");
    }

    /** Optimal string alignment: insertions, deletions, substitutions and swaps of neighbours. */
    private static int distance(String a, String b) {
        int[] beforeLast = new int[b.length() + 1];
        int[] last = new int[b.length() + 1];
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            last[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int cost = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
                row[j] = Math.min(Math.min(row[j - 1] + 1, last[j] + 1), last[j - 1] + cost);
                if (i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1)) {
                    row[j] = Math.min(row[j], beforeLast[j - 2] + 1);
                }
            }
            int[] free = beforeLast;
            beforeLast = last;
            last = row;
            row = free;
        }
        return last[b.length()];
    }
}
