package io.auterity.relay.provider;

import io.auterity.definition.Json;
import io.auterity.relay.money.Usage;
import io.auterity.relay.usage.UsageReader;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Anthropic's messages: what is asked in OpenAI's form is written in theirs, and their answers read into ours. */
final class AnthropicWire implements Wire {

    private static final String VERSION = "2023-06-01";
    private static final String USER = "user_id";

    /** Parameters that both interfaces call the same. */
    private static final List<String> SAME = List.of("temperature", "top_p", "top_k", "thinking");

    /** Parameters that are written in another way, or that the relay reads or decides itself. */
    private static final Set<String> KNOWN = Set.of(
            "stop",
            "tools",
            "tool_choice",
            "parallel_tool_calls",
            "response_format",
            "user",
            "metadata",
            "service_tier",
            "prompt_cache_key",
            "n",
            "max_tokens",
            "max_completion_tokens",
            "stream",
            "stream_options");

    /** Parameters that change nothing when they are 0. */
    private static final Set<String> ZEROES = Set.of("frequency_penalty", "presence_penalty", "top_logprobs");

    private static final Map<String, String> REASONS = Map.of(
            "end_turn", "stop",
            "stop_sequence", "stop",
            "max_tokens", "length",
            "tool_use", "tool_calls",
            "refusal", "content_filter");

    @Override
    public Protocol protocol() {
        return Protocol.MESSAGES;
    }

    @Override
    public String url(Endpoint endpoint, ProviderCall call) {
        return endpoint.url("/messages");
    }

    /** Which parameters are not sent, because this interface has none that means the same. */
    static List<String> dropped(Map<String, ? extends @Nullable Object> parameters) {
        List<String> names = new ArrayList<>();
        parameters.forEach((name, value) -> {
            boolean isKnown = SAME.contains(name) || KNOWN.contains(name);
            boolean isLost = switch (name) {
                case "metadata" -> JsonPath.map(value).keySet().stream().anyMatch(key -> !key.equals(USER));
                case "response_format" ->
                    JsonPath.text(JsonPath.map(value).get("type")).equals("json_object");
                case "tool_choice" ->
                    value instanceof Map<?, ?>
                            && named(value).isEmpty()
                            && allowed(value).isEmpty();
                default -> !isKnown && !isUsual(name, value);
            };
            if (isLost) {
                names.add(name);
            }
        });
        names.sort(Comparator.naturalOrder());
        return names;
    }

    /** Whether it is as without the parameter. */
    private static boolean isUsual(String name, @Nullable Object value) {
        return value == null
                || Boolean.FALSE.equals(value)
                || value instanceof Map<?, ?> map && map.isEmpty()
                || value instanceof List<?> list && list.isEmpty()
                || ZEROES.contains(name) && value instanceof Number number && number.doubleValue() == 0
                || name.equals("modalities") && value.equals(List.of("text"))
                || name.equals("function_call") && (value.equals("auto") || value.equals("none"));
    }

    /** Writes a call whose tokens are only counted. */
    Map<String, Object> counted(ProviderCall call) {
        Map<String, Object> body = new LinkedHashMap<>(body(call));
        body.keySet().removeAll(List.of("max_tokens", "stream", "metadata", "temperature", "top_p", "top_k"));
        body.remove("stop_sequences");
        body.remove("service_tier");
        return body;
    }

    @Override
    public Map<String, String> headers(String key) {
        return Map.of("x-api-key", key, "anthropic-version", VERSION);
    }

    @Override
    public Map<String, Object> body(ProviderCall call) {
        Optional<Original> original =
                call.prompt().original().filter(written -> written.protocol() == Protocol.MESSAGES);
        if (original.isPresent()) {
            return original.get()
                    .with(Map.of(
                            "model", call.deployment().name(),
                            "max_tokens", call.maxOutput(),
                            "stream", call.isStream()));
        }
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("model", call.deployment().name());
        body.put("max_tokens", call.maxOutput());
        List<String> system = new ArrayList<>();
        List<Map<String, Object>> messages = new ArrayList<>();
        for (Map<String, Object> message : call.prompt().messages()) {
            String role = JsonPath.text(message.get("role"));
            if (role.equals("system") || role.equals("developer")) {
                system.add(Prompt.text(message.get("content")));
            } else {
                messages.add(message(role, message));
            }
        }
        if (!system.isEmpty()) {
            body.put("system", String.join("\n\n", system));
        }
        body.put("messages", messages);
        Map<String, @Nullable Object> parameters = call.prompt().parameters();
        for (String name : SAME) {
            Object value = parameters.get(name);
            if (value != null) {
                body.put(name, value);
            }
        }
        Object user =
                JsonPath.map(parameters.get("metadata")).getOrDefault(USER, JsonPath.text(parameters.get("user")));
        if (user instanceof String text && !text.isEmpty()) { // anything else there is refused
            body.put("metadata", Map.of(USER, text));
        }
        Object stop = parameters.get("stop");
        if (stop != null) {
            body.put("stop_sequences", stop instanceof List<?> ? stop : List.of(stop));
        }
        Map<String, Object> allowed = allowed(parameters.get("tool_choice"));
        List<String> allowedNames = JsonPath.list(allowed.get("tools")).stream()
                .map(AnthropicWire::named)
                .toList();
        List<Object> tools = JsonPath.list(parameters.get("tools")).stream()
                .filter(tool -> allowed.isEmpty() || allowedNames.contains(named(tool)))
                .<Object>map(tool -> tool(JsonPath.map(JsonPath.map(tool).get("function"))))
                .toList();
        if (!tools.isEmpty()) {
            body.put("tools", tools);
            toolChoice(parameters).ifPresent(choice -> body.put("tool_choice", choice));
        }
        Map<String, Object> format = JsonPath.map(parameters.get("response_format"));
        Object schema = JsonPath.map(format.get("json_schema")).get("schema");
        if (JsonPath.text(format.get("type")).equals("json_schema") && schema != null) {
            body.put("output_config", Map.of("format", Map.of("type", "json_schema", "schema", schema)));
        }
        if (call.isStream()) {
            body.put("stream", true);
        }
        return body;
    }

    private static Optional<Map<String, Object>> toolChoice(Map<String, @Nullable Object> parameters) {
        Map<String, Object> choice = new LinkedHashMap<>();
        Object wish = parameters.get("tool_choice");
        String name = named(wish);
        Map<String, Object> allowed = allowed(wish);
        if (!allowed.isEmpty()) {
            choice.put("type", "required".equals(allowed.get("mode")) ? "any" : "auto");
        } else if (!name.isEmpty()) {
            choice.put("type", "tool");
            choice.put("name", name);
        } else if (wish instanceof String word) {
            choice.put("type", word.equals("required") ? "any" : word);
        }
        if (Boolean.FALSE.equals(parameters.get("parallel_tool_calls"))) {
            choice.putIfAbsent("type", "auto");
            choice.put("disable_parallel_tool_use", true);
        }
        return choice.isEmpty() ? Optional.empty() : Optional.of(choice);
    }

    /** The name of the function in a tool, or in a choice of one; empty if there is none. */
    private static String named(@Nullable Object tool) {
        return JsonPath.text(JsonPath.map(JsonPath.map(tool).get("function")).get("name"));
    }

    /** What a choice says of the tools that may be called, which are the only ones that are sent; empty if it says nothing. */
    private static Map<String, Object> allowed(@Nullable Object choice) {
        return JsonPath.map(JsonPath.map(choice).get("allowed_tools"));
    }

    private static Map<String, Object> tool(Map<String, Object> function) {
        Map<String, Object> tool = new LinkedHashMap<>();
        tool.put("name", JsonPath.text(function.get("name")));
        if (function.get("description") instanceof String description) {
            tool.put("description", description);
        }
        Object schema = function.get("parameters");
        tool.put("input_schema", schema == null ? Map.of("type", "object") : schema);
        return tool;
    }

    private static Map<String, Object> message(String role, Map<String, Object> message) {
        List<Object> content = new ArrayList<>();
        if (role.equals("tool")) {
            Map<String, Object> result = new LinkedHashMap<>();
            result.put("type", "tool_result");
            result.put("tool_use_id", JsonPath.text(message.get("tool_call_id")));
            result.put("content", Prompt.text(message.get("content")));
            content.add(result);
        } else if (message.get("content") instanceof String text) {
            if (!text.isEmpty()) {
                content.add(text(text));
            }
        } else {
            JsonPath.list(message.get("content")).forEach(part -> content.add(part(JsonPath.map(part))));
        }
        String refusal = JsonPath.text(message.get("refusal"));
        if (content.isEmpty() && !refusal.isEmpty()) {
            content.add(text(refusal)); // as an answer of OpenAI's interface says it
        }
        for (Object item : JsonPath.list(message.get("tool_calls"))) {
            Map<String, Object> call = JsonPath.map(item);
            Map<String, Object> function = JsonPath.map(call.get("function"));
            String arguments = JsonPath.text(function.get("arguments"));
            Map<String, Object> use = new LinkedHashMap<>();
            use.put("type", "tool_use");
            use.put("id", JsonPath.text(call.get("id")));
            use.put("name", JsonPath.text(function.get("name")));
            use.put("input", arguments.isEmpty() ? Map.of() : arguments(arguments));
            content.add(use);
        }
        Map<String, Object> written = new LinkedHashMap<>();
        written.put("role", role.equals("assistant") ? "assistant" : "user");
        written.put("content", content);
        return written;
    }

    /** Whoever asks repeats what a model said, and can get it wrong. */
    private static Map<String, Object> arguments(String text) {
        try {
            return JsonPath.object(text);
        } catch (ProviderException e) {
            throw new ProviderException(
                    ErrorClass.REQUEST, "the arguments of a tool call in the conversation are no JSON object");
        }
    }

    static Map<String, Object> text(String text) {
        Map<String, Object> part = new LinkedHashMap<>();
        part.put("type", "text");
        part.put("text", text);
        return part;
    }

    /** A text, the words of a refusal, or an image by its address or as a data URL. */
    private static Map<String, Object> part(Map<String, Object> part) {
        String type = JsonPath.text(part.get("type"));
        if (!type.equals("image_url")) {
            return text(JsonPath.text(part.get(type.equals("refusal") ? "refusal" : "text")));
        }
        String url = JsonPath.text(JsonPath.map(part.get("image_url")).get("url"));
        Map<String, Object> source = new LinkedHashMap<>();
        int comma = url.indexOf(";base64,");
        if (url.startsWith("data:") && comma > 0) {
            source.put("type", "base64");
            source.put("media_type", url.substring("data:".length(), comma));
            source.put("data", url.substring(comma + ";base64,".length()));
        } else {
            source.put("type", "url");
            source.put("url", url);
        }
        Map<String, Object> image = new LinkedHashMap<>();
        image.put("type", "image");
        image.put("source", source);
        return image;
    }

    @Override
    public Gathered answer(Map<String, Object> json) {
        Refusals.check(json);
        if (!(json.get("content") instanceof List<?> blocks)) {
            throw new ProviderException(ErrorClass.MALFORMED, "the answer has no content");
        }
        Gathered gathered = new Gathered();
        for (int i = 0; i < blocks.size(); i++) {
            Map<String, Object> block = JsonPath.map(blocks.get(i));
            gathered.text(JsonPath.text(block.get("text")), Sink.NONE);
            if (JsonPath.text(block.get("type")).equals("tool_use")) {
                gathered.tool(
                        i,
                        JsonPath.text(block.get("id")),
                        JsonPath.text(block.get("name")),
                        Json.write(JsonPath.map(block.get("input"))),
                        Sink.NONE);
            }
        }
        finish(json.get("stop_reason"), gathered);
        gathered.usage(usage(json), Sink.NONE);
        return gathered;
    }

    private static void finish(@Nullable Object reason, Gathered gathered) {
        if (reason instanceof String text) {
            gathered.finish(REASONS.getOrDefault(text, text));
        }
    }

    @Override
    public boolean event(String data, Gathered gathered, Sink sink) {
        Map<String, Object> json = JsonPath.object(data);
        String type = JsonPath.text(json.get("type"));
        Refusals.check(json);
        sink.event(new ProviderEvent(Protocol.MESSAGES, data, json));
        switch (type) {
            case "message_start" -> gathered.usage(usage(JsonPath.map(json.get("message"))), sink);
            case "content_block_start" -> {
                Map<String, Object> block = JsonPath.map(json.get("content_block"));
                gathered.text(JsonPath.text(block.get("text")), sink);
                if (JsonPath.text(block.get("type")).equals("tool_use")) {
                    gathered.tool(
                            JsonPath.index(json.get("index")),
                            JsonPath.text(block.get("id")),
                            JsonPath.text(block.get("name")),
                            "",
                            sink);
                }
            }
            case "content_block_delta" -> {
                Map<String, Object> delta = JsonPath.map(json.get("delta"));
                Gathered.reasoning(JsonPath.text(delta.get("thinking")), sink);
                gathered.text(JsonPath.text(delta.get("text")), sink);
                if (JsonPath.text(delta.get("type")).equals("input_json_delta")) {
                    gathered.tool(
                            JsonPath.index(json.get("index")), "", "", JsonPath.text(delta.get("partial_json")), sink);
                }
            }
            case "message_delta" -> {
                finish(JsonPath.map(json.get("delta")).get("stop_reason"), gathered);
                gathered.usage(usage(json), sink);
            }
            case "message_stop" -> {
                return true;
            }
            default -> {
                // pings, and what later versions add
            }
        }
        return false;
    }

    @Override
    public Optional<Usage> usage(Map<String, Object> json) {
        return UsageReader.ANTHROPIC_MESSAGES.read(json);
    }
}
