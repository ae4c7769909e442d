package io.auterity.relay.tokens;

import io.auterity.relay.provider.Original;
import io.auterity.relay.provider.Prompt;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.IntToLongFunction;
import java.util.function.ToLongFunction;

/**
 * Shortens a conversation that no model's window can hold.
 *
 * <p>Kept are, whatever they cost: the system's words, the parameters with their tools, and the end of the conversation
 * from the user's last message on. Then what came before, newest first, as far as there is room; a call of a tool and its
 * result stay together or go together, and what is kept begins with a message of the user. In the place of what is left
 * out stands its summary, or what else the model should know of it, if there is one and it fits.
 *
 * <p>Where a conversation is cut moves seldom as it grows: not with every turn, but each time about another quarter of the
 * room has been said. So the next prompts begin with the same words, which providers with a cache of prompts charge a part
 * of. A little more is left out for that than must be, less than half of the room, and nothing more where turns are so long
 * that it would be.
 *
 * <p>A conversation that was written for another interface than OpenAI's chat ({@link Prompt#original}) is shortened in both
 * forms, if it is known which message translates what ({@link Original#places}); else it is left as it is. Thread-safe if the
 * summary is.
 */
public final class ContextAssembly {

    /** The part of the room by which the place of the cut moves. */
    private static final int STEPS = 4;

    private final Summary summary;

    /** Makes few words of the beginning of a conversation: its summary, or what a search in it finds for the question. */
    @FunctionalInterface
    public interface Summary {

        /** Leaves out without a word. */
        Summary NONE = (messages, question) -> Optional.empty();

        /**
         * Sums up what is left out; called on the thread of the call, which waits.
         *
         * @param messages the messages that are left out, oldest first, at least one
         * @param question the user's last message and what follows it, at least one
         * @return what the model should know of them, or empty
         */
        Optional<String> of(List<Map<String, Object>> messages, List<Map<String, Object>> question);
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
        long whole = tokens.applyAsLong(prompt);
        if (whole <= limit) {
            return Optional.of(new Shortened(prompt, 0));
        }
        List<Integer> pinned = new ArrayList<>();
        List<List<Integer>> turns = turns(prompt, pinned);
        if (turns.size() < 2) {
            return Optional.empty();
        }
        int last = turns.size() - 1;
        if (tokens.applyAsLong(prompt(prompt, pinned, Optional.empty(), turns, last)) > limit) {
            return Optional.empty();
        }
        IntToLongFunction left =
                turn -> whole - tokens.applyAsLong(prompt(prompt, pinned, Optional.empty(), turns, turn));
        int first = first(left, whole - limit, 1, last);
        int beginning = steady(left, Math.max(1, limit / STEPS), first, last);
        List<Map<String, Object>> dropped = messages(prompt, turns.subList(0, beginning));
        Prompt shorter = summary.of(dropped, messages(prompt, turns.subList(last, turns.size())))
                .map(text -> prompt(prompt, pinned, Optional.of(text), turns, beginning))
                .filter(with -> tokens.applyAsLong(with) <= limit)
                .orElseGet(() -> prompt(prompt, pinned, Optional.empty(), turns, beginning));
        return Optional.of(new Shortened(shorter, dropped.size()));
    }

    /** The first turn to keep if at least so many tokens are to be left out, or the last; counting is dear, so by bisection. */
    private static int first(IntToLongFunction left, long least, int from, int last) {
        int low = from;
        int high = last;
        while (low < high) {
            int middle = low + (high - low) / 2;
            if (left.applyAsLong(middle) >= least) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return high;
    }

    /** The first turn to keep if whole steps are to be left out; the one that may be if none ends near such a place. */
    private static int steady(IntToLongFunction left, long step, int first, int last) {
        long least = (left.applyAsLong(first) + step - 1) / step * step;
        int beginning = first(left, least, first, last);
        long most = least + step;
        long tokens = left.applyAsLong(beginning);
        return tokens >= least && tokens < most ? beginning : first;
    }

    private static List<Map<String, Object>> messages(Prompt prompt, List<List<Integer>> turns) {
        return turns.stream().flatMap(List::stream).map(prompt.messages()::get).toList();
    }

    private static Prompt prompt(
            Prompt prompt, List<Integer> pinned, Optional<String> words, List<List<Integer>> turns, int first) {
        List<Integer> end = turns.subList(first, turns.size()).stream()
                .flatMap(List::stream)
                .toList();
        return prompt.shortened(pinned, words, end);
    }

    private static boolean isPinned(Map<String, Object> message) {
        return "system".equals(message.get("role")) || "developer".equals(message.get("role"));
    }

    /**
     * What belongs together, as numbers of messages: one of the user and all that follows until the next; none if it is not
     * known what they translate. A message that shares its place with the one before it begins nothing.
     */
    private static List<List<Integer>> turns(Prompt prompt, List<Integer> pinned) {
        List<Map<String, Object>> messages = prompt.messages();
        List<Integer> places = prompt.original().map(Original::places).orElse(List.of());
        List<List<Integer>> turns = new ArrayList<>();
        if (prompt.original().isPresent() && places.size() != messages.size()) {
            return turns;
        }
        for (int number = 0; number < messages.size(); number++) {
            Map<String, Object> message = messages.get(number);
            if (isPinned(message)) {
                pinned.add(number);
                continue;
            }
            boolean isPart =
                    number > 0 && !places.isEmpty() && places.get(number).equals(places.get(number - 1));
            if (turns.isEmpty() || ("user".equals(message.get("role")) && !isPart)) {
                turns.add(new ArrayList<>());
            }
            turns.get(turns.size() - 1).add(number);
        }
        return turns;
    }
}
