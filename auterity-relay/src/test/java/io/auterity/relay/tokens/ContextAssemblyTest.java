package io.auterity.relay.tokens;

import static org.assertj.core.api.Assertions.assertThat;

import io.auterity.relay.provider.Original;
import io.auterity.relay.provider.Prompt;
import io.auterity.relay.provider.Protocol;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
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
        ContextAssembly.Summary short3 = (dropped, question) -> Optional.of("sum");
        assertThat(said(20, short3)).isEqualTo("2: SSSS D sum u2  result a2 u3");
        assertThat(said(19, short3)).isEqualTo("2: SSSS D u2  result a2 u3");
    }

    @Test
    void a_summary_is_told_of_what_is_left_out_and_of_the_question() {
        ContextAssembly.Summary telling = (dropped, question) -> Optional.of(
                dropped.get(0).get("content") + "-" + question.get(0).get("content"));
        assertThat(said(17, telling)).isEqualTo("2: SSSS D u2  result a2 u3");
        assertThat(said(12, telling)).isEqualTo("6: SSSS D u1-u3 u3");
    }

    @Test
    void a_conversation_that_grows_begins_with_the_same_words_for_as_long_as_a_quarter_of_the_room() {
        int limit = 1_000;
        Random random = new Random(20261127);
        List<Map<String, Object>> messages = new ArrayList<>();
        Set<Integer> beginnings = new HashSet<>();
        int cut = 0;
        long said = 0;
        for (int turn = 0; turn < 400; turn++) {
            for (String role : List.of("user", "assistant")) {
                int length = 5 + random.nextInt(40);
                messages.add(Prompt.message(role, "x".repeat(length)));
                said += length;
            }
            List<Map<String, Object>> asked = new ArrayList<>(messages);
            asked.add(Prompt.message("user", "and now?"));
            ContextAssembly.Shortened shorter = new ContextAssembly(ContextAssembly.Summary.NONE)
                    .fit(new Prompt(asked, Map.of()), LETTERS, limit)
                    .orElseThrow();
            assertThat(LETTERS.applyAsLong(shorter.prompt()))
                    .isLessThanOrEqualTo(limit)
                    .isGreaterThan(shorter.dropped() == 0 ? 0 : limit / 2);
            beginnings.add(shorter.dropped());
            cut += shorter.dropped() == 0 ? 0 : 1;
        }
        assertThat(cut).isGreaterThan(300);
        assertThat((long) beginnings.size()).isLessThanOrEqualTo(said / (limit / 4) + 1);
    }

    @Test
    void what_was_written_for_another_interface_is_left_as_it_is_if_nobody_knows_what_translates_what() {
        Prompt written = TALK.writtenAs(new Original(Protocol.MESSAGES, Map.of()));
        assertThat(new ContextAssembly(ContextAssembly.Summary.NONE).fit(written, LETTERS, 20))
                .isEmpty();
    }

    /** The original, with letters for its elements; one of them has no translation. */
    private static Map<String, Object> shortened(Protocol protocol, Map<String, Object> body, List<Integer> places) {
        ContextAssembly assembly = new ContextAssembly((dropped, question) -> Optional.of("sum"));
        Prompt talk = new Prompt(
                        List.of(
                                Prompt.message("system", "SSSS"),
                                Prompt.message("user", "u1"),
                                Prompt.message("assistant", "a1"),
                                Prompt.message("developer", "D"),
                                Prompt.message("tool", "result"),
                                Prompt.message("user", "u2"),
                                Prompt.message("assistant", "a2"),
                                Prompt.message("user", "u3")),
                        Map.of())
                .writtenAs(new Original(protocol, body).at(places));
        Prompt shorter = assembly.fit(talk, LETTERS, 14).orElseThrow().prompt();
        Original original = shorter.original().orElseThrow();
        assertThat(original.places()).hasSameSizeAs(shorter.messages());
        assertThat(shorter.messages())
                .extracting(message -> message.get("content"))
                .containsExactly("SSSS", "D", "sum", "u3");
        return original.body();
    }

    /** The places of the talk: {@code u2} stands beside the result of a tool, so that no turn begins with it. */
    private static final List<Integer> PLACES = List.of(Original.ELSEWHERE, 0, 1, 3, 4, 4, 5, 6);

    private static final List<String> ELEMENTS = List.of("u1", "a1", "?", "D", "result u2", "a2", "u3", "??");

    @Test
    void a_conversation_in_anthropics_form_is_shortened_with_its_translation() {
        Map<String, Object> text = shortened(Protocol.MESSAGES, Map.of("system", "SSSS", "messages", ELEMENTS), PLACES);
        assertThat(text).isEqualTo(Map.of("system", "SSSS\n\nsum", "messages", List.of("D", "u3", "??")));
        Map<String, Object> block = Map.of("type", "text", "text", "SSSS");
        Map<String, Object> blocks =
                shortened(Protocol.MESSAGES, Map.of("system", List.of(block), "messages", ELEMENTS), PLACES);
        assertThat(blocks.get("system")).isEqualTo(List.of(block, Map.of("type", "text", "text", "sum")));
    }

    @Test
    void a_conversation_in_the_form_of_responses_is_shortened_with_its_translation() {
        assertThat(shortened(Protocol.RESPONSES, Map.of("input", ELEMENTS), PLACES))
                .isEqualTo(Map.of("instructions", "sum", "input", List.of("D", "u3", "??")));
    }

    @Test
    void a_chat_that_is_passed_on_is_shortened_too() {
        List<String> elements = List.of("SSSS", "u1", "a1", "D", "result u2", "a2", "u3");
        assertThat(shortened(Protocol.CHAT_COMPLETIONS, Map.of("messages", elements), List.of(0, 1, 2, 3, 4, 4, 5, 6)))
                .isEqualTo(Map.of("messages", List.of(Prompt.message("system", "sum"), "SSSS", "D", "u3")));
    }

    @Test
    void what_rules_inject_moves_the_places() {
        Prompt prompt = new Prompt(
                        List.of(
                                Prompt.message("system", "S"),
                                Prompt.message("user", "long long"),
                                Prompt.message("user", "u2")),
                        Map.of())
                .writtenAs(
                        new Original(Protocol.MESSAGES, Map.of("system", "S", "messages", List.of("long long", "u2")))
                                .at(List.of(Original.ELSEWHERE, 0, 1)));
        Prompt ruled = prompt.changed(
                List.of(Prompt.message("system", "R"), Prompt.message("user", "i"), Prompt.message("assistant", "j")),
                Map.of());
        assertThat(ruled.original().orElseThrow().places()).containsExactly(-1, 0, 1, -1, 2, 3);
        Prompt shorter = new ContextAssembly(ContextAssembly.Summary.NONE)
                .fit(ruled, LETTERS, 4)
                .orElseThrow()
                .prompt();
        assertThat(shorter.original().orElseThrow().body())
                .isEqualTo(Map.of("system", "R\n\nS", "messages", List.of("u2")));
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
