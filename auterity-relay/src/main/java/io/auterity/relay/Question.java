package io.auterity.relay;

import io.auterity.definition.Json;
import io.auterity.relay.provider.Original;
import io.auterity.relay.provider.Prompt;
import io.auterity.relay.rules.Ruling;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a cache knows answers by. Everything that can make an answer another one is in it: first of all the tenant, then what
 * is asked, in which form, of which models, and what the rules said. It is hashed as JSON, in which no value can end early
 * and look like two.
 *
 * @param exact tells whole questions apart
 * @param frame tells apart what is around the last message; empty if that is no text of the user's
 * @param text the last message
 */
record Question(String exact, Optional<String> frame, String text) {

    static Question of(RelayRequest request, Prompt prompt, Ruling ruling, boolean isStream) {
        List<Object> around = new ArrayList<>();
        around.add(request.scope().tenant());
        around.add(isStream);
        around.add(request.limits().maxOutput());
        around.add(request.wishes().needs().models().stream()
                .map(Object::toString)
                .sorted()
                .toList());
        around.add(request.wishes().needs().capabilities().stream()
                .map(Object::toString)
                .sorted()
                .toList());
        around.add(request.wishes().needs().region().map(List::of).orElse(List.of()));
        around.add(request.wishes().objective().toString());
        around.add(ruling.actions().stream().map(Object::toString).toList());
        around.add(new TreeMap<>(prompt.parameters()));
        prompt.original().map(Question::json).ifPresent(around::add);
        List<Map<String, Object>> messages = prompt.messages();
        Map<String, Object> last = messages.get(messages.size() - 1);
        String exact = hash(Arrays.asList(around, messages));
        boolean isText = last.get("content") instanceof String && "user".equals(last.get("role"));
        if (!isText || prompt.original().isPresent()) {
            return new Question(exact, Optional.empty(), "");
        }
        Map<String, Object> named = new TreeMap<>(last);
        Object text = named.remove("content");
        String frame = hash(Arrays.asList(around, messages.subList(0, messages.size() - 1), named));
        return new Question(exact, Optional.of(frame), String.valueOf(text));
    }

    private static List<Object> json(Original original) {
        return List.of(original.protocol().name(), original.body(), new TreeMap<>(original.headers()));
    }

    private static String hash(@Nullable Object json) {
        try {
            byte[] text = Json.write(json).getBytes(StandardCharsets.UTF_8);
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(text));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
