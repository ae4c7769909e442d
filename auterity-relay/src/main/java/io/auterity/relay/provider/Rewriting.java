package io.auterity.relay.provider;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Makes the changes of a prompt, which speaks OpenAI's chat, in calls that were written for other interfaces. */
final class Rewriting {

    /** Parameters that have another name, or another form, in the interfaces that are not chat completions. */
    private static final Map<Protocol, Map<String, String>> NAMES = Map.of(
            Protocol.MESSAGES, Map.of("stop", "stop_sequences"),
            Protocol.RESPONSES, Map.of());

    private Rewriting() {}

    static Original of(Original written, List<Map<String, Object>> injected, Map<String, @Nullable Object> parameters) {
        Map<String, @Nullable Object> body = new LinkedHashMap<>(written.body());
        Map<String, String> names = NAMES.getOrDefault(written.protocol(), Map.of());
        parameters.forEach((name, value) -> {
            boolean isList = name.equals("stop") && value instanceof String;
            body.put(names.getOrDefault(name, name), isList && names.containsKey(name) ? List.of(value) : value);
        });
        body.values().removeIf(Objects::isNull);
        if (!injected.isEmpty()) {
            switch (written.protocol()) {
                case CHAT_COMPLETIONS -> body.put("messages", before(injected, body.get("messages")));
                case MESSAGES -> {
                    system(body, "system", injected, true);
                    body.put("messages", before(conversation(injected), body.get("messages")));
                }
                case RESPONSES -> {
                    system(body, "instructions", injected, true);
                    List<Map<String, Object>> said = conversation(injected);
                    Object input = body.get("input");
                    if (!said.isEmpty()) {
                        body.put(
                                "input",
                                before(
                                        said,
                                        input instanceof String text ? List.of(Prompt.message("user", text)) : input));
                    }
                }
                case EMBEDDINGS -> {
                    // texts are embedded as they are: there is nobody to speak to
                }
            }
        }
        return new Original(written.protocol(), body, written.headers(), places(written, injected));
    }

    /** The places of the injected messages and, behind them, those of the others. */
    private static List<Integer> places(Original written, List<Map<String, Object>> injected) {
        if (written.places().isEmpty()) {
            return List.of();
        }
        List<Integer> places = new ArrayList<>();
        int elements = 0;
        for (Map<String, Object> message : injected) {
            boolean isElement = written.protocol() == Protocol.CHAT_COMPLETIONS || !isSystem(message);
            places.add(isElement ? elements++ : Original.ELSEWHERE);
        }
        for (int place : written.places()) {
            places.add(place == Original.ELSEWHERE ? place : place + elements);
        }
        return places;
    }

    /**
     * Leaves out elements of the conversation: those before the first message of its end, but for those that come first in
     * the prompt. What has no translation stays where it is.
     */
    static Original shortened(Original written, List<Integer> first, Optional<String> summary, List<Integer> end) {
        Map<String, @Nullable Object> body = new LinkedHashMap<>(written.body());
        String name = written.protocol() == Protocol.RESPONSES ? "input" : "messages";
        List<?> elements = JsonPath.list(body.get(name));
        List<Integer> places = written.places();
        Set<Integer> kept = new TreeSet<>();
        first.forEach(number -> kept.add(places.get(number)));
        kept.remove(Original.ELSEWHERE);
        for (int element = places.get(end.get(0)); element < elements.size(); element++) {
            kept.add(element);
        }
        List<Object> left = new ArrayList<>();
        List<Integer> order = new ArrayList<>(); // the elements that are left, by their new places
        summary.map(text -> Prompt.message("system", text)).ifPresent(words -> {
            switch (written.protocol()) {
                case CHAT_COMPLETIONS -> {
                    left.add(words);
                    order.add(Original.ELSEWHERE);
                }
                case RESPONSES -> system(body, "instructions", List.of(words), false);
                default -> system(body, "system", List.of(words), false);
            }
        });
        kept.forEach(element -> left.add(elements.get(element)));
        order.addAll(kept);
        body.put(name, left);
        List<Integer> now = new ArrayList<>();
        first.forEach(number -> now.add(order.indexOf(places.get(number))));
        summary.ifPresent(text -> now.add(order.indexOf(Original.ELSEWHERE)));
        end.forEach(number -> now.add(order.indexOf(places.get(number))));
        return new Original(written.protocol(), body, written.headers(), now);
    }

    /** Adds to the end of the conversation; which message translates what is not known any more. */
    static Original followed(Original written, List<Map<String, Object>> more) {
        String name = written.protocol() == Protocol.RESPONSES ? "input" : "messages";
        Object said = written.body().get(name);
        List<Object> all = new ArrayList<>(
                said instanceof String text ? List.of(Prompt.message("user", text)) : JsonPath.list(said));
        all.addAll(more);
        Map<String, @Nullable Object> body = new LinkedHashMap<>(written.body());
        body.put(name, all);
        return new Original(written.protocol(), body, written.headers());
    }

    private static boolean isSystem(Map<String, Object> message) {
        String role = JsonPath.text(message.get("role"));
        return role.equals("system") || role.equals("developer");
    }

    private static List<Map<String, Object>> conversation(List<Map<String, Object>> messages) {
        return messages.stream().filter(message -> !isSystem(message)).toList();
    }

    private static List<Object> before(List<Map<String, Object>> injected, @Nullable Object messages) {
        List<Object> all = new ArrayList<>(injected);
        all.addAll(JsonPath.list(messages));
        return all;
    }

    /** Both interfaces have the system's words apart from the conversation; Anthropic's can be a list of blocks. */
    private static void system(
            Map<String, @Nullable Object> body, String key, List<Map<String, Object>> injected, boolean isFirst) {
        String text = injected.stream()
                .filter(Rewriting::isSystem)
                .map(message -> Prompt.text(message.get("content")))
                .collect(Collectors.joining("\n\n"));
        if (text.isEmpty()) {
            return;
        }
        Object said = body.get(key);
        if (said instanceof List<?> blocks) {
            List<Object> all = new ArrayList<>(blocks);
            all.add(isFirst ? 0 : blocks.size(), AnthropicWire.text(text));
            body.put(key, all);
        } else if (said instanceof String more && !more.isEmpty()) {
            body.put(key, isFirst ? text + "\n\n" + more : more + "\n\n" + text);
        } else {
            body.put(key, text);
        }
    }
}
