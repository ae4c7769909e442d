package io.auterity.definition;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The known name that a mistyped one most probably means.
 *
 * <p>Names are compared by the optimal string alignment distance (G. Navarro, "A guided tour to approximate string
 * matching", 2001): insertions, deletions, substitutions and swaps of neighbours, each one, letter case aside. A name
 * that needs more than a third of its characters changed is not close, unless it is the beginning of just one.
 *
 * <p>Thread-safe: functions without state.
 */
public final class Closest {

    private static final int LONGEST = 200;
    private static final int MOST_LISTED = 12;
    private static final int SHORTEST_BEGIN = 3;

    private Closest() {}

    /**
     * Finds the closest known name.
     *
     * @param name the name that is not known
     * @param known the known names; of equally close ones the first is taken
     * @return the closest name; empty when none is close
     */
    public static Optional<String> to(String name, Collection<String> known) {
        if (name.length() > LONGEST) {
            return Optional.empty();
        }
        String folded = name.toLowerCase(Locale.ROOT);
        int best = Math.max(1, name.length() / 3) + 1;
        String closest = null;
        for (String candidate : known) {
            int distance = distance(folded, candidate.toLowerCase(Locale.ROOT), best);
            if (distance < best) {
                best = distance;
                closest = candidate;
            }
        }
        return closest == null ? begun(folded, known) : Optional.of(closest);
    }

    /** The only known name that begins like this, of three letters or more: {@code int} for {@code integer}. */
    private static Optional<String> begun(String folded, Collection<String> known) {
        List<String> begun = known.stream()
                .filter(candidate -> folded.length() >= SHORTEST_BEGIN
                        && candidate.toLowerCase(Locale.ROOT).startsWith(folded))
                .limit(2)
                .toList();
        return begun.size() == 1 ? Optional.of(begun.get(0)) : Optional.empty();
    }

    /**
     * Writes the fix for a name that is not known, naming the closest one and what else there is.
     *
     * @param name the name that is not known
     * @param known the known names
     * @return a sentence without a full stop, as in {@code use 'ship' (closest of: pay, ship)}
     */
    public static String fix(String name, Collection<String> known) {
        if (known.isEmpty()) {
            return "remove it, there is none to choose from";
        }
        return to(name, known)
                .map(closest -> "use '" + closest + "' (closest of: " + list(known) + ")")
                .orElseGet(() -> "use one of: " + list(known));
    }

    private static String list(Collection<String> known) {
        List<String> shown = new ArrayList<>();
        for (String name : known) {
            if (shown.size() == MOST_LISTED) {
                shown.add((known.size() - MOST_LISTED) + " more");
                break;
            }
            shown.add(Quote.of(name));
        }
        return String.join(", ", shown);
    }

    /** The distance, or any number from {@code bound} on when it is not below {@code bound}. */
    private static int distance(String a, String b, int bound) {
        if (Math.abs(a.length() - b.length()) >= bound) {
            return bound;
        }
        int[] beforeLast = new int[b.length() + 1];
        int[] last = new int[b.length() + 1];
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            last[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            row[0] = i;
            int least = i;
            for (int j = 1; j <= b.length(); j++) {
                int change = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
                row[j] = Math.min(Math.min(last[j], row[j - 1]) + 1, last[j - 1] + change);
                if (i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1)) {
                    row[j] = Math.min(row[j], beforeLast[j - 2] + 1);
                }
                least = Math.min(least, row[j]);
            }
            if (least >= bound) {
                return bound;
            }
            int[] free = beforeLast;
            beforeLast = last;
            last = row;
            row = free;
        }
        return last[b.length()];
    }
}
