package io.auterity.relay.provider;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.code_intelligence.jazzer.mutation.annotation.NotNull;
import io.auterity.relay.money.Usage;
import io.auterity.testkit.ProcessorTime;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import okio.Buffer;
import org.junit.jupiter.api.Tag;

/** R19: Whatever a provider sends, as a stream of events or as a whole, is an answer or a failure with a class. */
@Tag("isolated")
class ProviderAnswerFuzzTest {

    private static final long MOST = 100_000;

    @FuzzTest(maxDuration = "1m")
    void any_bytes_are_an_answer_or_a_failure(byte @NotNull [] bytes) throws Exception {
        ProcessorTime.atMost(ProcessorTime.OF_A_PARSER, () -> check(bytes));
    }

    private static void check(byte[] bytes) throws IOException {
        for (Wire wire : List.of(
                new OpenAiWire(Endpoint.Dialect.OPENAI),
                new AnthropicWire(),
                new ResponsesWire(Endpoint.Dialect.OPENAI))) {
            Gathered gathered = new Gathered();
            try {
                EventStream stream = new EventStream(new Buffer().write(bytes), MOST);
                long length = 0;
                boolean isOver = false;
                for (Optional<String> event = stream.next(); !isOver && event.isPresent(); event = stream.next()) {
                    length += event.get().length();
                    isOver = wire.event(event.get(), gathered, Sink.NONE);
                }
                assertThat(length).isLessThanOrEqualTo(bytes.length);
                checked(gathered.answer(Optional.empty(), Optional.empty()));
            } catch (ProviderException e) {
                assertThat(e.errorClass()) // which what was sent is not about
                        .isNotIn(ErrorClass.CONNECTION, ErrorClass.REFUSED, ErrorClass.CANCELLED);
            }
            try {
                checked(wire.answer(JsonPath.object(new Buffer().write(bytes).readUtf8()))
                        .answer(Optional.empty(), Optional.empty()));
            } catch (ProviderException e) {
                assertThat(e.errorClass()).isNotNull();
            }
        }
    }

    private static void checked(ProviderAnswer answer) {
        Usage usage = answer.usage().orElse(Usage.NONE);
        assertThat(usage.inputTokens()).isNotNegative();
        assertThat(usage.outputTokens()).isNotNegative();
    }
}
