package io.auterity.relay.tokens;

import static org.assertj.core.api.Assertions.assertThat;

import io.auterity.relay.provider.Original;
import io.auterity.relay.provider.Prompt;
import io.auterity.relay.provider.Protocol;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** What of a conversation stays when it must be shorter; a message counts as the characters of its text. */
class ContextAssemblyTest {

    private static final ToLongFunction<Prompt> LETTERS = prompt -> prompt.messages().stream()
            .mapToLong(message -> String.valueOf(message.get("content")).length())
            .sum();

    private static final Prompt TALK = new Prompt(
            List.of(
                    Prompt.message("system", "SSSS"),
                    Prompt.message("user", "u1"),
                    Prompt.message("assistant", "a1"),
                    Prompt.message("user", "u2"),
                    Map.of("role", "assistant", "content", "", "tool_calls", List.of(Map.of("id", "t"))),
                    Map.of("role", "tool", "tool_call_id", "t", "content", "result"),
                    Prompt.message("assistant", "a2"),
                    Prompt.message("developer", "D"),
                    Prompt.message("user", "u3")),
            Map.of("tools", List.of()));

    private static String said(int limit, ContextAssembly.Summary summary) {
        return new ContextAssembly(summary)
                .fit(TALK, LETTERS, limit)
                .map(shortened -> shortened.dropped() + ": "
                        + shortened.prompt().messages().stream()
                                .map(message -> String.valueOf(message.get("content")))
                                .collect(Collectors.joining(" ")))
                .orElse("nothing");
    }

    @Test
    void the_newest_turns_stay_whole_as_far_as_there_is_room() {
        ContextAssembly.Summary none = ContextAssembly.Summary.NONE;
        assertThat(said(21, none)).isEqualTo("0: SSSS u1 a1 u2  result a2 D u3");
        assertThat(said(20, none)).isEqualTo("2: SSSS D u2  result a2 u3");
        assertThat(said(17, none)).isEqualTo("2: SSSS D u2  result a2 u3");
        assertThat(said(16, none)).isEqualTo("6: SSSS D u3");
        assertThat(said(7, none)).isEqualTo("6: SSSS D u3");
        assertThat(said(6, none)).isEqualTo("nothing");
    }

    @Test
    void a_summary_stands_in_the_place_of_what_is_left_out_if_it_fits() {
        ContextAssembly.Summary short3 = dropped -> Optional.of("sum");
        assertThat(said(20, short3)).isEqualTo("2: SSSS D sum u2  result a2 u3");
        assertThat(said(19, short3)).isEqualTo("2: SSSS D u2  result a2 u3");
    }

    @Test
    void what_was_written_for_another_interface_is_left_as_it_is() {
        Prompt written = TALK.writtenAs(new Original(Protocol.MESSAGES, Map.of()));
        assertThat(new ContextAssembly(ContextAssembly.Summary.NONE).fit(written, LETTERS, 20))
                .isEmpty();
    }

    @Property(tries = 300, seed = "20261122")
    void what_is_kept_fits_and_is_the_end_of_the_conversation(
            @ForAll List<@IntRange(max = 9) Integer> lengths, @ForAll @IntRange(max = 60) int limit) {
        List<Map<String, Object>> messages = new ArrayList<>();
        for (int i = 0; i < lengths.size(); i++) {
            messages.add(Prompt.message(i % 2 == 0 ? "user" : "assistant", "x".repeat(lengths.get(i))));
        }
        messages.add(Prompt.message("user", "the end"));
        Prompt prompt = new Prompt(messages, Map.of());
        new ContextAssembly(ContextAssembly.Summary.NONE)
                .fit(prompt, LETTERS, limit)
                .ifPresent(shortened -> {
                    List<Map<String, Object>> kept = shortened.prompt().messages();
                    assertThat(LETTERS.applyAsLong(shortened.prompt())).isLessThanOrEqualTo(limit);
                    assertThat(kept).isEqualTo(messages.subList(shortened.dropped(), messages.size()));
                    assertThat(kept.get(0)).containsEntry("role", "user");
                });
    }
}
