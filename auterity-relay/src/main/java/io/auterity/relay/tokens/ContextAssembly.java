package io.auterity.relay.tokens;

import io.auterity.relay.provider.Prompt;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.ToLongFunction;

/**
 * Shortens a conversation that no model's window can hold.
 *
 * <p>Kept are, whatever they cost: the system's words, the parameters with their tools, and the end of the conversation
 * from the user's last message on. Then what came before, newest first, as far as there is room; a call of a tool and its
 * result stay together or go together, and what is kept begins with a message of the user. In the place of what is left
 * out stands its summary, if there is one and it fits.
 *
 * <p>Conversations that were written for another interface than OpenAI's chat ({@link Prompt#original}) are left as they
 * are. Thread-safe if the summary is.
 */
public final class ContextAssembly {

    private final Summary summary;

    /** Makes few words of the beginning of a conversation. */
    @FunctionalInterface
    public interface Summary {

        /** Leaves out without a word. */
        Summary NONE = messages -> Optional.empty();

        /**
         * Sums up what is left out; called on the thread of the call, which waits.
         *
         * @param messages the messages, oldest first, at least one
         * @return what the model should know of them, or empty
         */
        Optional<String> of(List<Map<String, Object>> messages);
    }

    /**
     * A shorter conversation.
     *
     * @param prompt the conversation
     * @param dropped how many messages are left out
     */
    public record Shortened(Prompt prompt, int dropped) {}

    /**
     * Makes an assembly.
     *
     * @param summary sums up what is left out
     */
    public ContextAssembly(Summary summary) {
        this.summary = Objects.requireNonNull(summary, "summary");
    }

    /**
     * Shortens a conversation.
     *
     * @param prompt the conversation
     * @param tokens counts the tokens of a prompt
     * @param limit how many there may be
     * @return the conversation as it is if it fits; a shorter one; or empty if what must be kept does not fit
     */
    public Optional<Shortened> fit(Prompt prompt, ToLongFunction<Prompt> tokens, long limit) {
        if (tokens.applyAsLong(prompt) <= limit) {
            return Optional.of(new Shortened(prompt, 0));
        }
        List<Map<String, Object>> pinned =
                prompt.messages().stream().filter(ContextAssembly::isPinned).toList();
        List<List<Map<String, Object>>> turns = turns(prompt.messages());
        if (prompt.original().isPresent() || turns.size() < 2) {
            return Optional.empty();
        }
        int last = turns.size() - 1;
        if (tokens.applyAsLong(prompt(prompt, pinned, turns, last)) > limit) {
            return Optional.empty();
        }
        int low = 1; // the oldest turn that may be kept; counting is dear, so by bisection
        int first = last;
        while (low < first) {
            int middle = low + (first - low) / 2;
            if (tokens.applyAsLong(prompt(prompt, pinned, turns, middle)) <= limit) {
                first = middle;
            } else {
                low = middle + 1;
            }
        }
        int beginning = first;
        Prompt kept = prompt(prompt, pinned, turns, beginning);
        List<Map<String, Object>> dropped =
                turns.subList(0, beginning).stream().flatMap(List::stream).toList();
        List<Map<String, Object>> summed = new ArrayList<>(pinned);
        Prompt whole = summary.of(dropped)
                .map(text -> {
                    summed.add(Prompt.message("system", text));
                    return prompt(prompt, summed, turns, beginning);
                })
                .filter(with -> tokens.applyAsLong(with) <= limit)
                .orElse(kept);
        return Optional.of(new Shortened(whole, dropped.size()));
    }

    private static Prompt prompt(
            Prompt prompt, List<Map<String, Object>> pinned, List<List<Map<String, Object>>> turns, int first) {
        List<Map<String, Object>> messages = new ArrayList<>(pinned);
        turns.subList(first, turns.size()).forEach(messages::addAll);
        return new Prompt(messages, prompt.parameters());
    }

    private static boolean isPinned(Map<String, Object> message) {
        return "system".equals(message.get("role")) || "developer".equals(message.get("role"));
    }

    /** What belongs together: a message of the user and all that follows until the next. */
    private static List<List<Map<String, Object>>> turns(List<Map<String, Object>> messages) {
        List<List<Map<String, Object>>> turns = new ArrayList<>();
        for (Map<String, Object> message : messages) {
            if (isPinned(message)) {
                continue;
            }
            if (turns.isEmpty() || "user".equals(message.get("role"))) {
                turns.add(new ArrayList<>());
            }
            turns.get(turns.size() - 1).add(message);
        }
        return turns;
    }
}
