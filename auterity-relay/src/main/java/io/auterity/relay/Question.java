package io.auterity.relay;

import io.auterity.definition.Json;
import io.auterity.relay.provider.Original;
import io.auterity.relay.provider.Prompt;
import io.auterity.relay.provider.Protocol;
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
        List<Map<String, Object>> messages = prompt.messages();
        Optional<Original> original = prompt.original();
        String exact = hash(
                Arrays.asList(around, messages, original.map(Question::json).orElse(null)));
        Optional<Framed> framed = original.isPresent() ? framed(original.get()) : framed(messages);
        return framed.map(found -> new Question(
                        exact,
                        Optional.of(hash(Arrays.asList(
                                around,
                                found.frame(),
                                original.map(Question::others).orElse(null)))),
                        found.text()))
                .orElseGet(() -> new Question(exact, Optional.empty(), ""));
    }

    /** The same question, to which no other is similar. */
    Question exactly() {
        return new Question(exact, Optional.empty(), "");
    }

    /** The text of a conversation's last message, and all else in it. */
    private record Framed(String text, List<?> frame) {}

    /** What a call says beside its conversation is around the last message, too. */
    private static Optional<Framed> framed(Original original) {
        Object said = original.body().get(conversation(original));
        return said instanceof String text
                ? Optional.of(new Framed(text, List.of()))
                : said instanceof List<?> elements ? framed(elements) : Optional.empty();
    }

    private static Optional<Framed> framed(List<?> conversation) {
        int end = conversation.size() - 1;
        if (end < 0 || !(conversation.get(end) instanceof Map<?, ?> last) || !"user".equals(last.get("role"))) {
            return Optional.empty();
        }
        Map<Object, @Nullable Object> around = new TreeMap<>(last);
        Object content = around.remove("content");
        List<Object> parts = content instanceof List<?> list ? new ArrayList<>(list) : List.of();
        if (parts.size() == 1 && parts.get(0) instanceof Map<?, ?> part && part.get("text") instanceof String text) {
            Map<Object, @Nullable Object> rest = new TreeMap<>(part);
            rest.remove("text");
            around.put("content", List.of(rest));
            content = text;
        }
        return content instanceof String text
                ? Optional.of(new Framed(text, Arrays.asList(conversation.subList(0, end), around)))
                : Optional.empty();
    }

    private static String conversation(Original original) {
        return original.protocol() == Protocol.RESPONSES ? "input" : "messages";
    }

    private static List<Object> json(Original original) {
        return List.of(original.protocol().name(), original.body(), new TreeMap<>(original.headers()));
    }

    private static List<Object> others(Original original) {
        Map<String, @Nullable Object> body = new TreeMap<>(original.body());
        body.remove(conversation(original));
        return List.of(original.protocol().name(), body, new TreeMap<>(original.headers()));
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
