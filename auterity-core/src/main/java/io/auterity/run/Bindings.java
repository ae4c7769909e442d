package io.auterity.run;

import io.auterity.connector.Operation;
import io.auterity.definition.Failure;
import io.auterity.definition.RunId;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The real things behind the names of a plan, shared by all its runs.
 *
 * @param operations by the plan's operation numbers
 * @param functions by the plan's function numbers
 * @param secrets looks a secret up by name, at every use
 * @param children starts child runs
 * @param pace what is known of how quick the steps are
 */
public record Bindings(
        List<Operation> operations,
        List<StepFunction> functions,
        Function<String, Optional<String>> secrets,
        Children children,
        Pace pace) {

    /** Copies the lists. */
    public Bindings {
        operations = List.copyOf(operations);
        functions = List.copyOf(functions);
    }

    /** Starts and cancels child runs. */
    public interface Children {

        /**
         * Starts a child run, or attaches to it if it has been started before.
         *
         * @param request which run to start
         * @param ended is told once, on any thread, how it ended
         */
        void start(Request request, Ended ended);

        /**
         * Cancels a child run, if it is still under way.
         *
         * @param child its id
         * @param reason why
         */
        void cancel(RunId child, String reason);

        /**
         * A child run to start.
         *
         * @param child its id
         * @param workflow its workflow
         * @param input its input, a JSON object
         * @param parent the run whose step starts it
         * @param step that step's path
         */
        record Request(
                RunId child, String workflow, @Nullable Object input, RunSettings parent, String step) {}

        /** Is told how a child run ended. */
        @FunctionalInterface
        interface Ended {
            /** The child run is in the journal, so its end will be known whatever becomes of this process. */
            default void started() {}

            /**
             * Tells how it ended.
             *
             * @param output its output
             * @param failure why it has none; null when it succeeded
             */
            void ended(@Nullable Object output, @Nullable Failure failure);
        }
    }
}
