package io.auterity.server.gateway;

import io.auterity.definition.AuterityException;
import io.auterity.definition.Problem;
import java.util.List;
import java.util.stream.Collectors;

/** Thrown for a file that does not configure a relay, with everything that is wrong with it. */
public final class RelayFileException extends AuterityException {

    private static final long serialVersionUID = 1L;

    /** The code. */
    public static final String INVALID = "AUT-S008";

    private final transient List<Problem> problems;

    RelayFileException(String file, List<Problem> problems) {
        super(
                INVALID,
                file + " has " + (problems.size() == 1 ? "1 problem" : problems.size() + " problems") + ":\n"
                        + problems.stream().map(Problem::toString).collect(Collectors.joining("\n")));
        this.problems = List.copyOf(problems);
    }

    /**
     * Returns what is wrong.
     *
     * @return at least one problem, in the order of the file's parts
     */
    public List<Problem> problems() {
        return problems;
    }
}
