package io.auterity.definition;

import io.auterity.definition.Problem.Position;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** One text being read: its name, its limits, and what has been found wrong with it so far. */
final class Reading {

    private static final int MOST_PROBLEMS = 100;

    private final String file;
    private final Limits limits;
    private final List<Problem> problems = new ArrayList<>();
    private String workflow = "workflow";
    private boolean named;
    private int untold;
    private int steps;

    Reading(String file, Limits limits) {
        this.file = file;
        this.limits = limits;
    }

    /** Says which workflow it is, once that is known. */
    void workflow(String id) {
        workflow = Quote.of(id);
        named = true;
    }

    String workflow() {
        return workflow;
    }

    void problem(String code, String where, String what, String fix, int line, int column) {
        if (problems.size() < MOST_PROBLEMS) {
            problems.add(new Problem(code, where, what, fix, Optional.of(new Position(file, line, column))));
        } else {
            untold++;
        }
    }

    /** Counts a step. */
    void step(int line, int column) {
        if (++steps > limits.maxSteps()) {
            throw new NodeBudget.Stop(
                    Codes.LIMIT,
                    "the workflow has more than " + limits.maxSteps() + " steps (limit maxSteps)",
                    "split it into several workflows, or read it with a larger maxSteps",
                    line,
                    column);
        }
    }

    /** How many problems have been found so far. */
    int count() {
        return problems.size() + untold;
    }

    /** The exception with every problem in the order of their places, and what could be read. */
    DefinitionException refused(Optional<DefinitionReader.Parsed> readable) {
        List<Problem> told = new ArrayList<>(problems);
        told.sort(Comparator.comparing(
                problem -> problem.position().orElseThrow(),
                Comparator.comparingInt(Position::line).thenComparingInt(Position::column)));
        if (untold > 0) {
            Problem last = told.get(told.size() - 1);
            told.add(new Problem(
                    Codes.LIMIT,
                    workflow,
                    "there are " + untold + " more problems; the first " + MOST_PROBLEMS + " are listed",
                    "mend these and read it again",
                    last.position()));
        }
        return new DefinitionException(subject(), told, readable);
    }

    /** The exception for something that ended reading, with the problems found before. */
    DefinitionException stopped(NodeBudget.Stop stop) {
        problem(stop.code, workflow, stop.what(), stop.fix, stop.line, stop.column);
        return refused(Optional.empty());
    }

    private String subject() {
        if (named) {
            return "workflow '" + workflow + "'";
        }
        return file.isEmpty() ? "workflow" : Quote.of(file, 200);
    }
}
