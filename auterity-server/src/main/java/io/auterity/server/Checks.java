package io.auterity.server;

import io.auterity.definition.Problem;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Collects what is wrong with a command line, so that all of it can be told at once. Confined to one thread. */
final class Checks {

    private final List<Problem> problems = new ArrayList<>();
    private @Nullable Refusal only;
    private int refusals;

    /** A command whose options can be wrong in ways that the parser does not see. */
    interface Checked {
        /**
         * Looks at the values of all options, before the command does anything.
         *
         * @param checks takes what is wrong
         */
        void check(Checks checks);
    }

    /** Looks at a value; empty if it is wrong, or not there. */
    <T> Optional<T> read(Supplier<@Nullable T> look) {
        try {
            return Optional.ofNullable(look.get());
        } catch (Refusal wrong) {
            only = wrong;
            refusals++;
            problems.addAll(wrong.problems());
            return Optional.empty();
        }
    }

    /** Looks at something that is only to be checked. */
    void that(Runnable look) {
        read(() -> {
            look.run();
            return null;
        });
    }

    /** Adds what is wrong in the eyes of the parser. */
    void add(List<Problem> found) {
        problems.addAll(found);
    }

    /** Looks at files if something is wrong already; otherwise whoever reads them says more of them. */
    void workflows(Shell shell, List<String> files) {
        if (!isEmpty()) {
            files.forEach(name -> that(() -> shell.check(name)));
        }
    }

    boolean isEmpty() {
        return problems.isEmpty();
    }

    /** Everything that is wrong; what one check has found alone is told in its words. */
    Refusal refusal() {
        Refusal wrong = only;
        return wrong != null
                        && refusals == 1
                        && problems.size() == wrong.problems().size()
                ? wrong
                : new Refusal("the command line", problems);
    }
}
