package io.auterity.plan;

import io.auterity.definition.StepKind.Approve.Otherwise;
import io.auterity.definition.StepKind.ForEach.ItemErrors;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a node does when it runs, compiled. Immutable and thread-safe. */
public sealed interface Body {

    /** What computes or calls, and so is a task for a thread. */
    sealed interface Task extends Body {

        /**
         * Calls a function for each kind of task.
         *
         * @param visitor the functions
         * @return what the function of this kind returned
         */
        @Nullable
        Object accept(Visitor visitor);

        /** A function for each kind of task. */
        interface Visitor {
            /**
             * Handles a call of an operation.
             *
             * @param body the body
             * @return the result
             */
            @Nullable
            Object call(Call body);

            /**
             * Handles Java code.
             *
             * @param body the body
             * @return the result
             */
            @Nullable
            Object code(Code body);

            /**
             * Handles a value.
             *
             * @param body the body
             * @return the result
             */
            @Nullable
            Object value(Value body);

            /**
             * Handles an event.
             *
             * @param body the body
             * @return the result
             */
            @Nullable
            Object emit(Emit body);

            /**
             * Handles a deliberate failure.
             *
             * @param body the body
             * @return the result
             */
            @Nullable
            Object fail(Fail body);
        }
    }

    /** What runs other nodes or waits, and so needs no thread. */
    sealed interface Control extends Body {

        /**
         * Calls a function for each kind of control.
         *
         * @param visitor the functions
         */
        void accept(Visitor visitor);

        /** A function for each kind of control. */
        interface Visitor {
            /**
             * Handles a loop over items.
             *
             * @param body the body
             */
            void forEach(ForEach body);

            /**
             * Handles a repetition.
             *
             * @param body the body
             */
            void repeat(Repeat body);

            /**
             * Handles a race.
             *
             * @param body the body
             */
            void race(Race body);

            /**
             * Handles a try block.
             *
             * @param body the body
             */
            void tryBlock(Try body);

            /**
             * Handles a child run.
             *
             * @param body the body
             */
            void child(Child body);

            /**
             * Handles a wait.
             *
             * @param body the body
             */
            void wait(Wait body);

            /**
             * Handles the wait for a signal.
             *
             * @param body the body
             */
            void await(Await body);

            /**
             * Handles an approval.
             *
             * @param body the body
             */
            void approve(Approve body);
        }
    }

    /**
     * Calls an operation of a connector.
     *
     * @param operation index into {@link Plan#operations()}
     * @param with the input, a JSON object; may hold secrets
     */
    record Call(int operation, Compute with) implements Task {
        @Override
        public @Nullable Object accept(Visitor visitor) {
            return visitor.call(this);
        }
    }

    /**
     * Calls Java code of the host program.
     *
     * @param function index into {@link Plan#functions()}
     * @param inputs its arguments
     */
    record Code(int function, List<Compute> inputs) implements Task {
        @Override
        public @Nullable Object accept(Visitor visitor) {
            return visitor.code(this);
        }
    }

    /**
     * Computes a value.
     *
     * @param value the value
     */
    record Value(Compute value) implements Task {
        @Override
        public @Nullable Object accept(Visitor visitor) {
            return visitor.value(this);
        }
    }

    /**
     * Runs a graph for each item of a list, in frames whose variable is the item.
     *
     * @param items the list
     * @param block the graph
     * @param concurrency the most items under way at a time
     * @param onItemError what a failed item does
     */
    record ForEach(Compute items, Graph block, int concurrency, ItemErrors onItemError) implements Control {
        @Override
        public void accept(Visitor visitor) {
            visitor.forEach(this);
        }
    }

    /**
     * Runs a graph again and again.
     *
     * @param block the graph
     * @param until evaluated in the block's frame after a time, ends the repetition when true
     * @param whileCondition evaluated in the block's frame before a time, ends the repetition when false
     * @param max the most times
     * @param delay the pause between two times
     */
    record Repeat(
            Graph block, @Nullable Compute until, @Nullable Compute whileCondition, int max, Duration delay)
            implements Control {
        @Override
        public void accept(Visitor visitor) {
            visitor.repeat(this);
        }
    }

    /**
     * Starts all nodes of a graph without edges; the first to succeed wins.
     *
     * @param branches the graph
     */
    record Race(Graph branches) implements Control {
        @Override
        public void accept(Visitor visitor) {
            visitor.race(this);
        }
    }

    /**
     * Runs a graph, another if it fails (in a frame whose variable is the error), and a last one in any case.
     *
     * @param block the graph to try
     * @param onError the catch graph
     * @param last the finally graph
     */
    record Try(
            Graph block, @Nullable Graph onError, @Nullable Graph last) implements Control {
        @Override
        public void accept(Visitor visitor) {
            visitor.tryBlock(this);
        }
    }

    /**
     * Runs another workflow as a child run.
     *
     * @param workflow its identifier
     * @param input its input, a JSON object
     */
    record Child(String workflow, Compute input) implements Control {
        @Override
        public void accept(Visitor visitor) {
            visitor.child(this);
        }
    }

    /**
     * Lets time pass.
     *
     * @param time computes a Duration, a duration's text, an Instant, or a timestamp's text
     */
    record Wait(Compute time) implements Control {
        @Override
        public void accept(Visitor visitor) {
            visitor.wait(this);
        }
    }

    /**
     * Waits for a signal.
     *
     * @param signal its name
     * @param within the longest wait
     * @param schema the JSON Schema of its payload; empty accepts anything
     */
    record Await(String signal, Optional<Duration> within, Map<String, Object> schema) implements Control {
        @Override
        public void accept(Visitor visitor) {
            visitor.await(this);
        }
    }

    /**
     * Waits for a person's decision.
     *
     * @param by roles that may decide; empty for anyone
     * @param within the longest wait
     * @param form the JSON Schema of the form, an object schema
     * @param otherwise what happens when nobody decides in time
     */
    record Approve(List<String> by, Optional<Duration> within, Map<String, Object> form, Otherwise otherwise)
            implements Control {
        @Override
        public void accept(Visitor visitor) {
            visitor.approve(this);
        }
    }

    /**
     * Tells listeners something.
     *
     * @param event the event's name
     * @param data what is told, and the output
     */
    record Emit(String event, Compute data) implements Task {
        @Override
        public @Nullable Object accept(Visitor visitor) {
            return visitor.emit(this);
        }
    }

    /**
     * Fails.
     *
     * @param code the failure's code
     * @param message computes the failure's message
     */
    record Fail(String code, Compute message) implements Task {
        @Override
        public @Nullable Object accept(Visitor visitor) {
            return visitor.fail(this);
        }
    }
}
