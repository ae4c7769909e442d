package io.auterity.definition;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** What a step does: exactly one of these. Immutable. */
public sealed interface StepKind {

    /**
     * Calls an operation of a connector.
     *
     * @param operation {@code <connector>.<operation>}, as in {@code http.request}
     * @param with the operation's input
     */
    record Uses(String operation, Map<String, Template> with) implements StepKind {
        /** Copies the input in its order. */
        public Uses {
            Objects.requireNonNull(operation, "operation");
            with = Copies.ordered(with);
        }
    }

    /**
     * Computes a value.
     *
     * @param template the value
     */
    record Value(Template template) implements StepKind {}

    /**
     * Takes the value of the first case that holds.
     *
     * @param cases the cases in the order they are tried; a step whose cases all fail is an error unless one has no
     *     condition
     */
    record Switch(List<Case> cases) implements StepKind {
        /** Copies the cases. */
        public Switch {
            cases = List.copyOf(cases);
        }

        /**
         * A case of a switch.
         *
         * @param condition an expression, kept without its {@code ${{ }}}; empty for {@code else}
         * @param value the value when it holds
         */
        public record Case(Optional<String> condition, Template value) {
            /** Takes the braces off the condition. */
            public Case {
                condition = condition.map(Braces::bare);
            }
        }
    }

    /**
     * Runs a block once for each item of a list.
     *
     * @param items the template of the list
     * @param as the variable that holds the item; {@value #DEFAULT_AS} when not written
     * @param concurrency how many items are under way at a time, 1 to {@value #MOST_CONCURRENCY}
     * @param onItemError what a failed item does
     * @param body the block; it also sees {@code index}, 0-based
     */
    record ForEach(Template items, String as, int concurrency, ItemErrors onItemError, Block body) implements StepKind {
        /** The variable's name when none is written. */
        public static final String DEFAULT_AS = "item";

        /** The items under way at a time when no number is written. */
        public static final int DEFAULT_CONCURRENCY = 16;

        /** The largest number of items under way at a time that can be written. */
        public static final int MOST_CONCURRENCY = 1_000;

        /** What a failed item does. */
        public enum ItemErrors {
            /** It fails the step and cancels the other items; the default. */
            FAIL,
            /** It is left out of the output. */
            SKIP,
            /** Its place in the output holds {@code {error: {code, message}}}. */
            COLLECT
        }
    }

    /**
     * Runs a block again and again; its output is that of the last time.
     *
     * @param body the block; it also sees {@code index}, 0-based
     * @param until an expression, kept without its {@code ${{ }}}, that ends the repetition when it holds after a time; it sees the block's steps
     * @param whileCondition an expression, kept without its {@code ${{ }}}, that must hold before a time; it sees {@code index}
     * @param max the most times, 1 to {@value #MOST_TIMES}; one more is a failure with code {@code repeat-limit}
     * @param delay the pause between two times
     */
    record Repeat(Block body, Optional<String> until, Optional<String> whileCondition, int max, Duration delay)
            implements StepKind {
        /** The most times when no number is written. */
        public static final int DEFAULT_MAX = 1_000;

        /** The largest number of times that can be written. */
        public static final int MOST_TIMES = 1_000_000;

        /** Takes the braces off the expressions. */
        public Repeat {
            until = until.map(Braces::bare);
            whileCondition = whileCondition.map(Braces::bare);
        }
    }

    /**
     * Starts steps together; the first to succeed wins and the others are cancelled. The output is
     * {@code {winner, output}}.
     *
     * @param branches the steps, at least two
     */
    record Race(List<Step> branches) implements StepKind {
        /** Copies the branches. */
        public Race {
            branches = List.copyOf(branches);
        }
    }

    /**
     * Runs a block; if it fails, another; and a last one in any case.
     *
     * @param body the block to try
     * @param onError the {@code catch} block; it sees {@code error}; the step's output is then this block's
     * @param last the {@code finally} block
     */
    record Try(Block body, Optional<Block> onError, Optional<Block> last) implements StepKind {}

    /**
     * Runs another workflow as a child run and takes its output.
     *
     * @param workflow the other workflow's identifier
     * @param with its input
     */
    record Run(String workflow, Map<String, Template> with) implements StepKind {
        /** Copies the input in its order. */
        public Run {
            Objects.requireNonNull(workflow, "workflow");
            with = Copies.ordered(with);
        }
    }

    /**
     * Lets time pass.
     *
     * @param time a duration ({@code 10m}), or an expression that makes a duration, a duration's text, or a timestamp to
     *     wait for
     */
    record Wait(Template time) implements StepKind {}

    /**
     * Waits for a signal; the output is its payload.
     *
     * @param signal the signal's name
     * @param within the longest wait; later the step fails with code {@code timeout}
     * @param schema the JSON Schema of the payload; empty accepts anything
     */
    record Await(String signal, Optional<Duration> within, Map<String, Object> schema) implements StepKind {
        /** Copies the schema. */
        public Await {
            schema = Values.copyOf(schema);
        }
    }

    /**
     * Waits for a person's decision; the output is {@code {approved, by, at, form}}.
     *
     * @param by roles that may decide; empty for anyone
     * @param within the longest wait
     * @param form the JSON Schema of what the person fills in, an object schema, to which {@code type: object} is added
     *     when it is left out; empty for a decision alone
     * @param otherwise what happens when nobody decides in time
     */
    record Approve(List<String> by, Optional<Duration> within, Map<String, Object> form, Otherwise otherwise)
            implements StepKind {
        /** Copies the lists. */
        public Approve {
            by = List.copyOf(by);
            form = SchemaShorthand.objectSchema(form);
        }

        /** What happens when nobody decides in time. */
        public enum Otherwise {
            /** It counts as refused: {@code approved} is false. */
            REJECT,
            /** It counts as granted. */
            APPROVE,
            /** The step fails with code {@code timeout}; the default. */
            FAIL
        }
    }

    /**
     * Tells listeners something; the output is the data.
     *
     * @param event the event's name
     * @param data what is told
     */
    record Emit(String event, Template data) implements StepKind {}

    /**
     * Fails.
     *
     * @param code the failure's code; {@value #DEFAULT_CODE} when not written
     * @param message the failure's message
     */
    record Fail(String code, Template message) implements StepKind {
        /** The code when none is written. */
        public static final String DEFAULT_CODE = "failed";
    }

    /**
     * Runs Java code that a host program registered under the step's path; opaque in YAML and on the canvas.
     *
     * @param inputs the templates of its arguments, in order
     * @param output the JSON Schema of what it returns; empty when unknown
     */
    record Java(List<Template> inputs, Map<String, Object> output) implements StepKind {
        /** Copies inputs and schema. */
        public Java {
            inputs = List.copyOf(inputs);
            output = Values.copyOf(output);
        }
    }
}
