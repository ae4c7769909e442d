package io.auterity.server;

import io.auterity.definition.AuterityException;
import io.auterity.definition.Problem;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** What was asked for cannot be done as it was asked; the caller must change files, inputs or options. */
final class Refusal extends AuterityException {

    /** A file cannot be read. */
    static final String FILE = "AUT-S001";

    /** The value of an option cannot be read. */
    static final String VALUE = "AUT-S002";

    /** The input does not satisfy the workflow's schema. */
    static final String INPUT = "AUT-S003";

    /** The input has a key that the workflow does not know. */
    static final String UNKNOWN_KEY = "AUT-S004";

    /** An option names something that is not there. */
    static final String OPTION = "AUT-S005";

    /** Two files define one workflow. */
    static final String REPEATED = "AUT-S006";

    /** The command line itself is wrong. */
    static final String USAGE = "AUT-S007";

    /** Something happened that must not; only its report can help. */
    static final String DEFECT = "AUT-S009";

    /** This process no longer has the run that it started. */
    static final String LOST = "AUT-S010";

    private static final long serialVersionUID = 1L;

    private final transient List<Problem> problems;

    /**
     * Makes a refusal.
     *
     * @param subject what has the problems, as in {@code the input}
     * @param problems at least one
     */
    Refusal(String subject, List<Problem> problems) {
        super(problems.get(0).code(), message(subject, problems));
        this.problems = List.copyOf(problems);
    }

    static Refusal of(String subject, String code, String where, String what, String fix) {
        return new Refusal(subject, List.of(problem(code, where, what, fix)));
    }

    /** An option cannot be followed as it was given. */
    static Refusal ofOption(String name, String what, String fix) {
        return of("the option " + name, OPTION, name, what, fix);
    }

    static Problem problem(String code, String where, String what, String fix) {
        return new Problem(code, where, what, fix, Optional.empty());
    }

    List<Problem> problems() {
        return problems;
    }

    private static String message(String subject, List<Problem> problems) {
        String count = problems.size() == 1 ? "1 problem" : problems.size() + " problems";
        return problems.stream()
                .map(Problem::toString)
                .collect(Collectors.joining("\n", subject + " has " + count + ":\n", ""));
    }
}
