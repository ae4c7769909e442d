package io.auterity.relay.tokens;

import io.auterity.definition.Json;
import io.auterity.relay.provider.Original;
import io.auterity.relay.provider.Prompt;
import io.auterity.relay.provider.Protocol;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a prompt is made of, as far as its tokens go: the texts that reach the model, what frames them, and images.
 *
 * <p>{@link #bytes} is a bound for every model: a byte-level tokenizer never makes more tokens than there are bytes,
 * whatever its vocabulary. A part of a message that is an image counts as one, whatever its bytes are, and is in none of the
 * other figures; what looks like an image elsewhere, as in the arguments of a tool, is text. Confined to one thread.
 */
final class Contents {

    /** What a message costs beside its text; the providers' own figures are below ten. */
    private static final long MESSAGE = 32;

    /** The same in tokens. */
    private static final long FRAME = 8;

    /** What tells a map that is written in JSON from its text: quotes, colons and commas. */
    private static final long MARKS = 6;

    /** Texts beyond these characters are not cut into tokens, which would take seconds; their bytes are counted. */
    static final long MOST_COUNTED = 4L * 1024 * 1024;

    /** The parameters that a model sees; the others tell the server what to do. */
    private static final Set<String> SEEN =
            Set.of("tools", "functions", "response_format", "text", "system", "instructions", "prompt", "input");

    private final List<String> texts = new ArrayList<>();
    private final Map<Vocabulary, Long> counts = new EnumMap<>(Vocabulary.class);
    private long bytes;
    private long frame;
    private int messages;
    private int names;
    private int images;
    private boolean writesCache;

    private Contents() {}

    static Contents of(Prompt prompt) {
        Contents translated = new Contents();
        translated.parameters(prompt.parameters());
        translated.messages(prompt.messages());
        Original original = prompt.original().orElse(null);
        if (original == null) {
            return translated;
        }
        Contents written = new Contents(); // which may hold more than its translation
        written.body(original.body());
        written.writesCache = original.protocol() == Protocol.MESSAGES
                && Json.write(original.body()).contains("\"cache_control\"");
        long image = ImageTokens.mostOfAny();
        if (written.bytes + written.images * image >= translated.bytes + translated.images * image) {
            return written;
        }
        translated.writesCache = written.writesCache;
        return translated;
    }

    /** The most tokens of any model, images apart. */
    long bytes() {
        return bytes;
    }

    /** The tokens of the texts alone. */
    long tokens(Vocabulary vocabulary, Words words) {
        return counts.computeIfAbsent(vocabulary, unknown -> counted(unknown, words));
    }

    private long counted(Vocabulary vocabulary, Words words) {
        long tokens = 0;
        long left = MOST_COUNTED;
        for (String text : texts) {
            tokens += text.length() <= left ? words.count(vocabulary, text) : bytes(text);
            left = Math.max(0, left - text.length());
        }
        return tokens;
    }

    /** What frames the texts at most. */
    long frame() {
        return frame;
    }

    /** What OpenAI's chat adds to the texts of messages, by its cookbook: three for each, three for the answer. */
    long chatFrame() {
        return messages == 0 ? 0 : 3L * messages + names + 3;
    }

    /** How many images there are. */
    int images() {
        return images;
    }

    /** Whether the prompt is written to the provider's cache, which costs more than reading it. */
    boolean writesCache() {
        return writesCache;
    }

    // --- the walk ---

    private void body(Map<String, @Nullable Object> body) {
        Map<String, @Nullable Object> rest = new HashMap<>(body);
        for (String conversation : List.of("messages", "input")) {
            if (body.get(conversation) instanceof List<?> list) {
                rest.remove(conversation);
                fixed(MARKS + conversation.length(), 1);
                messages(list);
            }
        }
        parameters(rest);
    }

    private void parameters(Map<String, @Nullable Object> parameters) {
        parameters.forEach((name, value) -> {
            if (SEEN.contains(name)) {
                fixed(MARKS + bytes(name), MARKS);
                value(value);
            } else if (value instanceof Map<?, ?> || value instanceof List<?>) {
                fixed(MARKS + bytes(name), MARKS);
                value(value);
            } else {
                fixed(MARKS + bytes(name) + bytes(String.valueOf(value)), 0);
            }
        });
    }

    private void messages(List<?> list) {
        for (Object message : list) {
            messages++;
            fixed(MESSAGE, FRAME);
            parts(message);
        }
    }

    /** A message, or a tool's result: what is in its content are parts, some of which may be images. */
    private void parts(@Nullable Object message) {
        if (!(message instanceof Map<?, ?> map)) {
            value(message);
            return;
        }
        map.forEach((name, value) -> {
            String key = String.valueOf(name);
            names += key.equals("name") ? 1 : 0;
            fixed(MARKS + bytes(key), 1);
            boolean isContent = key.equals("content") || key.equals("output");
            if (isContent && value instanceof List<?> list) {
                list.forEach(this::part);
            } else {
                value(value);
            }
        });
    }

    private void part(@Nullable Object part) {
        if (!(part instanceof Map<?, ?> map)) {
            value(part);
            return;
        }
        Object type = map.get("type");
        if ("image_url".equals(type) || "input_image".equals(type) || "image".equals(type)) {
            Map<Object, @Nullable Object> rest = new HashMap<>(map);
            rest.remove("image_url");
            rest.remove("source");
            images++;
            value(rest);
        } else if ("tool_result".equals(type)) {
            parts(map);
        } else if (("text".equals(type) || "input_text".equals(type)) && map.get("text") instanceof String text) {
            Map<Object, @Nullable Object> rest = new HashMap<>(map);
            rest.remove("text");
            rest.remove("type");
            fixed(4 * MARKS, 2);
            text(text);
            value(rest);
        } else {
            value(map);
        }
    }

    private void value(@Nullable Object value) {
        if (value instanceof Map<?, ?> map) {
            map.forEach((name, item) -> {
                fixed(MARKS, MARKS / 2);
                text(String.valueOf(name));
                value(item);
            });
        } else if (value instanceof List<?> list) {
            list.forEach(item -> {
                fixed(1, 1);
                value(item);
            });
        } else {
            text(String.valueOf(value));
        }
    }

    private void text(String text) {
        bytes += bytes(text);
        texts.add(text);
    }

    private void fixed(long inBytes, long inTokens) {
        bytes += inBytes;
        frame += inTokens;
    }

    static long bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }
}
