package io.auterity.relay.provider;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Makes the changes of steering rules, which speak OpenAI's chat, in calls that were written for other interfaces. */
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
                    system(body, "system", injected);
                    body.put("messages", before(conversation(injected), body.get("messages")));
                }
                case RESPONSES -> {
                    system(body, "instructions", injected);
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
    private static void system(Map<String, @Nullable Object> body, String key, List<Map<String, Object>> injected) {
        String text = injected.stream()
                .filter(Rewriting::isSystem)
                .map(message -> Prompt.text(message.get("content")))
                .collect(Collectors.joining("\n\n"));
        if (text.isEmpty()) {
            return;
        }
        Object said = body.get(key);
        if (said instanceof List<?> blocks) {
            List<Object> all = new ArrayList<>();
            all.add(AnthropicWire.text(text));
            all.addAll(blocks);
            body.put(key, all);
        } else {
            body.put(key, said instanceof String more && !more.isEmpty() ? text + "\n\n" + more : text);
        }
    }
}
