package io.auterity.journal;

import io.auterity.definition.Json;
import io.auterity.definition.JsonException;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Turns messages to runs into JSON and back, the same way for every store. Thread-safe: functions without state. */
public final class MessageCodec {

    private MessageCodec() {}

    /**
     * Writes a message.
     *
     * @param message the message
     * @return a JSON object in UTF-8
     * @throws IllegalArgumentException if a value in it has no JSON
     */
    public static byte[] encode(RunMessage message) {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        if (message instanceof RunMessage.Signal signal) {
            fields.put("kind", "signal");
            fields.put("name", signal.name());
            fields.put("payload", JavaValue.jsonOf(signal.payload()));
        } else if (message instanceof RunMessage.Decision decision) {
            fields.put("kind", "decision");
            fields.put("step", decision.step());
            fields.put("approved", decision.approved());
            fields.put("by", decision.by());
            fields.put("form", decision.form());
        } else if (message instanceof RunMessage.Cancel cancel) {
            fields.put("kind", "cancel");
            fields.put("reason", cancel.reason());
        } else {
            fields.put("kind", message.getClass().getSimpleName().toLowerCase(Locale.ROOT));
        }
        return Json.writeBytes(fields);
    }

    /**
     * Reads a message.
     *
     * @param json what {@link #encode} has written
     * @return the message; its values are JSON
     * @throws JournalException if it is none that this version knows
     */
    @SuppressWarnings("unchecked") // checked: what is no object fails the cast
    public static RunMessage decode(byte[] json) {
        try {
            Map<String, Object> fields = (Map<String, Object>) Json.read(json);
            if (fields == null) {
                throw new IllegalArgumentException("an object is expected, not null");
            }
            return switch (text(fields, "kind")) {
                case "signal" -> new RunMessage.Signal(text(fields, "name"), fields.get("payload"));
                case "decision" ->
                    new RunMessage.Decision(
                            text(fields, "step"), Boolean.TRUE.equals(fields.get("approved")), text(fields, "by"), (Map<
                                            String, Object>)
                                    fields.getOrDefault("form", Map.of()));
                case "cancel" -> new RunMessage.Cancel(text(fields, "reason"));
                case "pause" -> new RunMessage.Pause();
                case "resume" -> new RunMessage.Resume();
                case "wake" -> new RunMessage.Wake();
                default -> throw new IllegalArgumentException("its kind is not known");
            };
        } catch (JsonException | ClassCastException | IllegalArgumentException damaged) {
            JournalException refused = new JournalException("a message to a run cannot be read: " + damaged.getMessage()
                    + "; use the version that wrote it, or a newer one");
            refused.initCause(damaged);
            throw refused;
        }
    }

    private static String text(Map<String, Object> fields, String name) {
        if (!(fields.get(name) instanceof String text)) {
            throw new IllegalArgumentException("'" + name + "' is missing");
        }
        return text;
    }
}
