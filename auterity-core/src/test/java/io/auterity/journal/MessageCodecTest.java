package io.auterity.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class MessageCodecTest {

    private static final List<RunMessage> ALL = List.of(
            new RunMessage.Signal("reply", Map.of("n", 1L)),
            new RunMessage.Signal("reply", null),
            new RunMessage.Decision("ask", true, "kim", Map.of("note", "\u0000")),
            new RunMessage.Decision("ask", false, "", Map.of()),
            new RunMessage.Cancel("enough"),
            new RunMessage.Pause(),
            new RunMessage.Resume(),
            new RunMessage.Wake());

    @Test
    void gives_back_every_message() {
        assertThat(ALL.stream().map(message -> MessageCodec.decode(MessageCodec.encode(message))))
                .isEqualTo(ALL);
        Set<Class<?>> kinds = ALL.stream().map(Object::getClass).collect(Collectors.toSet());
        assertThat(kinds).containsExactlyInAnyOrder(RunMessage.class.getPermittedSubclasses());
    }

    @Test
    void refuses_what_is_no_message() {
        for (String text : List.of("", "null", "3", "{}", "{\"kind\":\"dance\"}", "{\"kind\":\"signal\"}")) {
            assertThatThrownBy(() -> MessageCodec.decode(text.getBytes(StandardCharsets.UTF_8)))
                    .as(text)
                    .isInstanceOf(JournalException.class);
        }
    }
}
