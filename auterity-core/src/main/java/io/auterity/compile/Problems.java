package io.auterity.compile;

import io.auterity.definition.Positions;
import io.auterity.definition.Problem;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Everything found to be wrong so far with one definition. */
final class Problems {

    private static final Comparator<Found> ORDER = Comparator.comparingInt(Found::rank)
            .thenComparingInt(Problems::line)
            .thenComparingInt(Problems::column);

    private final Positions positions;
    private final List<Found> found = new ArrayList<>();

    private record Found(int rank, Problem problem) {}

    Problems(Positions positions) {
        this.positions = positions;
    }

    void add(Code code, Place place, String what, String fix) {
        Problem problem = new Problem(code.id(), place.toString(), what, fix, positions.at(place.textPath()));
        found.add(new Found(place.rank(), problem));
    }

    boolean isEmpty() {
        return found.isEmpty();
    }

    int size() {
        return found.size();
    }

    /** Returns the problems in the order in which people read the definition. */
    List<Problem> list() {
        return found.stream().sorted(ORDER).map(Found::problem).toList();
    }

    private static int line(Found one) {
        return one.problem.position().map(Problem.Position::line).orElse(0);
    }

    private static int column(Found one) {
        return one.problem.position().map(Problem.Position::column).orElse(0);
    }
}
