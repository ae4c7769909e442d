package io.auterity.definition;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** A definition that cannot be read or compiled, with all its problems at once; the author of the workflow must act. */
public final class DefinitionException extends AuterityException {

    private static final long serialVersionUID = 1L;

    private final transient List<Problem> problems;
    private final transient Optional<DefinitionReader.Parsed> readable;

    /**
     * Makes the exception.
     *
     * @param subject what has the problems, as in {@code workflow 'fulfil-order'}
     * @param problems at least one problem
     */
    public DefinitionException(String subject, List<Problem> problems) {
        this(subject, problems, Optional.empty());
    }

    DefinitionException(String subject, List<Problem> problems, Optional<DefinitionReader.Parsed> readable) {
        super(problems.get(0).code(), message(subject, problems));
        this.problems = List.copyOf(problems);
        this.readable = readable;
    }

    /**
     * Returns everything that is wrong.
     *
     * @return the problems in the order of their places
     */
    public List<Problem> problems() {
        return problems;
    }

    /**
     * Returns what could be read all the same, with a step that does nothing in place of each that could not: not to be
     * run, but to be compiled, which tells what else is wrong.
     *
     * @return what could be read; empty if that is too little, or if reading was not the problem
     */
    public Optional<DefinitionReader.Parsed> readable() {
        return readable;
    }

    private static String message(String subject, List<Problem> problems) {
        String count = problems.size() == 1 ? "1 problem" : problems.size() + " problems";
        return problems.stream()
                .map(Problem::toString)
                .collect(Collectors.joining("\n", Quote.whole(subject) + " has " + count + ":\n", ""));
    }
}
