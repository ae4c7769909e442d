package io.auterity.connector;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * The connector {@code core}: what needs nothing but the engine itself.
 *
 * <p>It offers {@code core.log}, {@code core.emit}, {@code core.fail}, {@code core.sleep} and {@code core.run}.
 */
final class CoreConnector implements ConnectorProvider {

    private static final Logger LOG = LoggerFactory.getLogger("io.auterity.workflow");

    @Override
    public Connector create(Surroundings surroundings) {
        List<Operation> operations = List.of(
                Operation.of("log", LogInput.class, Void.class, CoreConnector::log)
                        .summary("Writes a line to the host's log, under the logger io.auterity.workflow.")
                        .idempotent()
                        .recordsInput(),
                Operation.of("emit", EmitInput.class, Object.class, CoreConnector::emit)
                        .summary("Tells listeners something while the step runs; the output is the data.")
                        .idempotent(),
                Operation.of("fail", FailInput.class, Void.class, CoreConnector::fail)
                        .summary("Fails with a code and a message."),
                Operation.ofAsync("sleep", SleepInput.class, Void.class, sleep(surroundings.delays()))
                        .summary(
                                "Lets time pass without holding a thread; a step of kind wait also survives a restart.")
                        .idempotent(),
                Operation.ofAsync("run", RunInput.class, Object.class, run(surroundings.runs()))
                        .summary("Runs another workflow and takes its output.")
                        .idempotent()
                        .recordsInput());
        return new Connector() {
            @Override
            public String name() {
                return "core";
            }

            @Override
            public List<Operation> operations() {
                return operations;
            }
        };
    }

    private record LogInput(
            @Describe("What to write.") String message,

            @Describe(
                    value = "How important it is; info when not written.",
                    oneOf = {"trace", "debug", "info", "warn", "error"})
            Optional<String> level,

            @Describe("A value to write after the message, as JSON.")
            Optional<Object> data) {}

    private record EmitInput(
            @Describe("What listeners are told.") @Nullable Object data) {}

    private record FailInput(
            @Describe("The failure's code; failed when not written.")
            Optional<String> code,

            @Describe("What went wrong, for people.") String message,

            @Describe("Whether trying again could help; false when not written.")
            Optional<Boolean> retryable) {}

    private record SleepInput(
            @Describe("How long, as in 250ms, 10s or PT10S.")
            Duration duration) {}

    private record RunInput(
            @Describe("The other workflow's identifier.") String workflow,

            @Describe("Its input; an empty object when not written.")
            Optional<Map<String, Object>> input) {}

    private static @Nullable Void log(LogInput input, StepContext context) {
        Level level = Level.valueOf(input.level().orElse("info").toUpperCase(Locale.ROOT));
        LOG.atLevel(level)
                .log(
                        "[{} {}] {}{}",
                        context.runId(),
                        context.step(),
                        oneLine(input.message()),
                        input.data().map(data -> " " + oneLine(data.toString())).orElse(""));
        return null;
    }

    /** Keeps a message from forging lines of the log. */
    private static String oneLine(String text) {
        return text.codePoints()
                .collect(
                        StringBuilder::new,
                        (line, c) -> {
                            if (Character.isISOControl(c) || c == 0x2028 || c == 0x2029) {
                                line.append(String.format("\\u%04x", c));
                            } else {
                                line.appendCodePoint(c);
                            }
                        },
                        StringBuilder::append)
                .toString();
    }

    private static @Nullable Object emit(EmitInput input, StepContext context) {
        context.partial(input.data());
        return input.data();
    }

    private static @Nullable Void fail(FailInput input, StepContext context) {
        throw new StepException(
                input.code().orElse("failed"),
                input.message(),
                input.retryable().orElse(false));
    }

    private static Operation.Body<SleepInput, CompletionStage<@Nullable Void>> sleep(Delays delays) {
        return (input, context) -> {
            CompletableFuture<@Nullable Void> end = new CompletableFuture<>();
            Runnable timer = delays.after(input.duration(), () -> end.complete(null));
            context.onCancel(() -> {
                timer.run();
                end.cancel(false);
            });
            return end;
        };
    }

    private static Operation.Body<RunInput, CompletionStage<@Nullable Object>> run(Runs runs) {
        return (input, context) -> runs.run(input.workflow(), input.input().orElse(Map.of()), context);
    }
}
