package io.auterity.relay.provider;

import io.auterity.relay.decide.Capability;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What a chat in OpenAI's form demands of whoever answers it. The names are fields of the chat, or one and what in it, as in
 * {@code messages: file}, sorted.
 *
 * @param capabilities what the model must be able to do
 * @param unbounded what has no bound of its cost before the call: sound, files, searches of the provider
 * @param only without what the answer would be another one, and what no other interface has
 */
public record ChatDemands(Set<Capability> capabilities, Set<String> unbounded, Set<String> only) {

    /** Fields without which the answer would be another one, and that only OpenAI's interface has. */
    private static final List<String> ONLY = List.of("web_search_options", "audio");

    /** What {@code function_call} says without saying anything: functions themselves are only OpenAI's, too. */
    private static final Set<Object> USUAL_CALLS = Set.of("none", "auto");

    /** Parts of messages that are translated, and cost what their tokens do. */
    private static final Set<String> PARTS = Set.of("text", "refusal", "image_url");

    /** Copies the sets. */
    public ChatDemands {
        capabilities = Set.copyOf(capabilities);
        unbounded = Collections.unmodifiableSet(new TreeSet<>(unbounded));
        only = Collections.unmodifiableSet(new TreeSet<>(only));
    }

    /**
     * Reads a chat; what has another type than it should demands nothing.
     *
     * @param prompt the chat; an original in another form is not looked at
     * @return what it demands
     */
    public static ChatDemands of(Prompt prompt) {
        Set<Capability> capabilities = EnumSet.noneOf(Capability.class);
        Set<String> unbounded = new TreeSet<>();
        Map<String, @Nullable Object> fields = prompt.parameters();
        Set<String> only = only(fields);
        if (!JsonPath.list(fields.get("tools")).isEmpty()
                || !JsonPath.list(fields.get("functions")).isEmpty()) {
            capabilities.add(Capability.TOOLS);
        }
        if (format(fields).equals("json_schema")) {
            capabilities.add(Capability.STRUCTURED);
        }
        if (fields.get("web_search_options") != null) {
            unbounded.add("web_search_options");
        }
        if (JsonPath.list(fields.get("modalities")).contains("audio")) {
            unbounded.add("modalities: audio");
        }
        for (Map<String, Object> message : prompt.messages()) {
            if (JsonPath.text(message.get("role")).equals("function")) {
                only.add("messages: function");
            }
            for (Object part : JsonPath.list(message.get("content"))) {
                String type = JsonPath.text(JsonPath.map(part).get("type"));
                if (type.equals("image_url")) {
                    capabilities.add(Capability.VISION);
                } else if (!PARTS.contains(type)) {
                    only.add("messages: " + type);
                    unbounded.add("messages: " + type);
                }
            }
        }
        return new ChatDemands(capabilities, unbounded, only);
    }

    private static String format(Map<String, @Nullable Object> fields) {
        return JsonPath.text(JsonPath.map(fields.get("response_format")).get("type"));
    }

    /** What in the fields would make another answer of it if it were left out. */
    private static Set<String> only(Map<String, @Nullable Object> fields) {
        Set<String> only = new TreeSet<>();
        ONLY.stream().filter(name -> fields.get(name) != null).forEach(only::add);
        if (Boolean.TRUE.equals(fields.get("logprobs"))) {
            only.add("logprobs");
        }
        Object alternatives = fields.get("top_logprobs");
        if (alternatives != null && !(alternatives instanceof Number number && number.doubleValue() == 0)) {
            only.add("top_logprobs");
        }
        if (!JsonPath.map(fields.get("logit_bias")).isEmpty()) {
            only.add("logit_bias");
        }
        Object call = fields.get("function_call");
        if (call != null && !USUAL_CALLS.contains(call)) {
            only.add("function_call");
        }
        if (!JsonPath.list(fields.get("functions")).isEmpty()) {
            only.add("functions");
        }
        if (JsonPath.list(fields.get("modalities")).stream().anyMatch(one -> !"text".equals(one))) {
            only.add("modalities");
        }
        if (format(fields).equals("json_object")) {
            only.add("response_format: json_object");
        }
        if (fields.get("temperature") instanceof Number number && number.doubleValue() > 1) {
            only.add("temperature above 1");
        }
        for (Object tool : JsonPath.list(fields.get("tools"))) {
            Object type = JsonPath.map(tool).get("type");
            if (type instanceof String other && !other.equals("function")) {
                only.add("tools: " + other);
            }
        }
        return only;
    }
}
