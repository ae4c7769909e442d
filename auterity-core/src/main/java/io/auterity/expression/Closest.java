package io.auterity.expression;

import java.util.Collection;
import java.util.Optional;

/** Finds the name a mistyped one was probably meant to be (Damerau-Levenshtein, restricted to adjacent swaps). */
final class Closest {
    private static final int MAX_CANDIDATES = 20_000;
    private static final int MAX_LENGTH = 100;

    private Closest() {}

    static Optional<String> of(String wrong, Collection<?> names) {
        if (wrong.length() > MAX_LENGTH) {
            return Optional.empty();
        }
        String best = "";
        int bestDistance = Math.max(1, wrong.length() / 3) + 1;
        int seen = 0;
        for (Object candidate : names) {
            if (++seen > MAX_CANDIDATES) {
                break;
            }
            if (candidate instanceof String name && Math.abs(name.length() - wrong.length()) < bestDistance) {
                int distance = distance(wrong, name);
                if (distance < bestDistance && distance < Math.max(wrong.length(), name.length())) {
                    bestDistance = distance;
                    best = name;
                }
            }
        }
        return best.isEmpty() ? Optional.empty() : Optional.of(best);
    }

    private static int distance(String left, String right) {
        int[] before = new int[right.length() + 1];
        int[] last = new int[right.length() + 1];
        int[] row = new int[right.length() + 1];
        for (int j = 0; j <= right.length(); j++) {
            last[j] = j;
        }
        for (int i = 1; i <= left.length(); i++) {
            row[0] = i;
            for (int j = 1; j <= right.length(); j++) {
                boolean same = Character.toLowerCase(left.charAt(i - 1)) == Character.toLowerCase(right.charAt(j - 1));
                int cost = same ? 0 : 1;
                row[j] = Math.min(Math.min(row[j - 1], last[j]) + 1, last[j - 1] + cost);
                if (i > 1
                        && j > 1
                        && left.charAt(i - 1) == right.charAt(j - 2)
                        && left.charAt(i - 2) == right.charAt(j - 1)) {
                    row[j] = Math.min(row[j], before[j - 2] + 1);
                }
            }
            int[] spare = before;
            before = last;
            last = row;
            row = spare;
        }
        return last[right.length()];
    }
}
