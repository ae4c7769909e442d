package io.auterity.server.gateway;

import io.auterity.definition.Json;
import io.auterity.relay.decide.Capability;
import io.auterity.relay.provider.Original;
import io.auterity.relay.provider.Prompt;
import io.auterity.relay.provider.Protocol;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Reads Anthropic's messages and translates them into OpenAI's chat, for providers that speak only that. What has no
 * counterpart there leaves the call to providers that speak Anthropic's interface. Confined to one thread.
 */
final class MessagesReader {

    /** Tools that the provider runs, whose cost nobody knows before. */
    private static final List<String> HOSTED =
            List.of("web_search", "web_fetch", "code_execution", "tool_search", "mcp");

    /** Fields that are translated, or that the relay reads or decides itself. */
    private static final Set<String> KNOWN = Set.of(
            "model",
            "max_tokens",
            "messages",
            "system",
            "stream",
            "tools",
            "tool_choice",
            "temperature",
            "top_p",
            "stop_sequences",
            "metadata",
            "output_format",
            "mcp_servers",
            "container",
            "service_tier",
            "speed");

    private final Fields body;
    private final List<Map<String, Object>> messages = new ArrayList<>();
    private final List<Integer> places = new ArrayList<>(); // which of the body's messages each translates
    private final Map<String, @Nullable Object> parameters = new LinkedHashMap<>();
    private final Set<Capability> needs = EnumSet.noneOf(Capability.class);
    private final Set<String> unbounded = new TreeSet<>();
    private final Set<String> only = new TreeSet<>(); // what has no counterpart

    MessagesReader(Fields body) {
        this.body = body;
    }

    Inquiry inquiry(Original original, Optional<Long> limit) {
        String model = body.text("model");
        system();
        List<Fields> said = body.objects("messages");
        if (said.isEmpty()) {
            throw body.wrong("messages", "is required, and a list of at least one message");
        }
        place(Original.ELSEWHERE);
        for (int number = 0; number < said.size(); number++) {
            message(said.get(number));
            place(number);
        }
        if (messages.isEmpty()) {
            messages.add(Prompt.message("user", "")); // its parts were none that chat knows
            place(Original.ELSEWHERE);
        }
        tools();
        parameters();
        if (!body.optionalText("speed").orElse("standard").equals("standard")) {
            throw body.wrong("speed", "is standard here; the operator chooses the tier of each model");
        }
        ChatForm.standardTier(body);
        Map<String, Object> facts = new HashMap<>();
        facts.put("metadata", body.object("metadata").json());
        return new Inquiry(
                model,
                new Prompt(messages, parameters).writtenAs(original.at(places)),
                limit.map(OptionalLong::of).orElse(OptionalLong.empty()),
                body.flag("stream"),
                true,
                needs,
                Inquiry.Interface.translated(Protocol.MESSAGES, only, lost()),
                unbounded,
                facts,
                Optional.empty());
    }

    /** What providers of another interface are not told; a model may think or not, but not in the way that was asked for. */
    private List<String> lost() {
        boolean thinks = body.has("thinking")
                && !body.object("thinking").optionalText("type").orElse("").equals("disabled");
        boolean hasMore = body.object("output_config").json().keySet().stream().anyMatch(key -> !key.equals("format"));
        return body.json().keySet().stream()
                .filter(name -> body.has(name) && !KNOWN.contains(name))
                .filter(name -> !name.equals("thinking") || thinks)
                .filter(name -> !name.equals("output_config") || hasMore)
                .sorted()
                .toList();
    }

    /** Says where those messages come from of which that is not known yet. */
    private void place(int number) {
        while (places.size() < messages.size()) {
            places.add(number);
        }
    }

    private void system() {
        Object system = body.get("system");
        if (system instanceof String text) {
            messages.add(Prompt.message("system", text));
        } else if (system != null) {
            StringBuilder text = new StringBuilder();
            body.objects("system")
                    .forEach(block -> text.append(text.isEmpty() ? "" : "\n").append(block.text("text")));
            messages.add(Prompt.message("system", text.toString()));
        }
    }

    private void message(Fields message) {
        String role = message.text("role");
        if (!role.equals("user") && !role.equals("assistant") && !role.equals("system")) {
            throw message.wrong("role", "is user or assistant");
        }
        Object content = message.get("content");
        if (content instanceof String text) {
            messages.add(Prompt.message(role, text));
            return;
        }
        if (!(content instanceof List<?>)) {
            throw message.wrong("content", "is a text or a list of blocks");
        }
        List<Object> parts = new ArrayList<>();
        List<Object> calls = new ArrayList<>();
        for (Fields block : message.objects("content")) {
            block(block, parts, calls);
        }
        if (!parts.isEmpty() || !calls.isEmpty()) {
            Map<String, Object> written = new LinkedHashMap<>();
            written.put("role", role);
            written.put("content", parts.isEmpty() ? "" : parts);
            if (!calls.isEmpty()) {
                written.put("tool_calls", calls);
            }
            messages.add(written);
        }
    }

    private void block(Fields block, List<Object> parts, List<Object> calls) {
        String type = block.text("type");
        switch (type) {
            case "text" -> parts.add(text(block.text("text")));
            case "image" -> {
                needs.add(Capability.VISION);
                image(block).ifPresentOrElse(parts::add, () -> only.add("messages: image"));
            }
            case "tool_use" -> calls.add(call(block));
            case "tool_result" -> messages.add(result(block));
            case "thinking", "redacted_thinking" -> {
                // belongs to the model that thought it; another begins anew
            }
            default -> {
                only.add("messages: " + type);
                if (!type.equals("search_result")) {
                    unbounded.add("messages: " + type);
                }
            }
        }
    }

    private static Map<String, Object> text(String text) {
        Map<String, Object> part = new LinkedHashMap<>();
        part.put("type", "text");
        part.put("text", text);
        return part;
    }

    private static Optional<Map<String, Object>> image(Fields block) {
        Fields source = block.object("source");
        String url = switch (source.optionalText("type").orElse("")) {
            case "base64" -> "data:" + source.text("media_type") + ";base64," + source.text("data");
            case "url" -> source.text("url");
            default -> "";
        };
        return url.isEmpty()
                ? Optional.empty()
                : Optional.of(Map.of("type", "image_url", "image_url", Map.of("url", url)));
    }

    private static Map<String, Object> call(Fields block) {
        Map<String, Object> function = new LinkedHashMap<>();
        function.put("name", block.text("name"));
        function.put("arguments", Json.write(block.object("input").json()));
        Map<String, Object> call = new LinkedHashMap<>();
        call.put("id", block.text("id"));
        call.put("type", "function");
        call.put("function", function);
        return call;
    }

    private Map<String, Object> result(Fields block) {
        Map<String, Object> message = new LinkedHashMap<>();
        message.put("role", "tool");
        message.put("tool_call_id", block.text("tool_use_id"));
        Object content = block.get("content");
        StringBuilder text = new StringBuilder(content instanceof String said ? said : "");
        if (content instanceof List<?>) {
            for (Fields part : block.objects("content")) {
                if (part.text("type").equals("text")) {
                    text.append(text.isEmpty() ? "" : "\n").append(part.text("text"));
                } else {
                    only.add("messages: tool_result with " + part.text("type"));
                }
            }
        } else if (content != null && !(content instanceof String)) {
            throw block.wrong("content", "is a text or a list of blocks");
        }
        message.put("content", text.toString());
        return message;
    }

    private void tools() {
        List<Object> tools = new ArrayList<>();
        for (Fields tool : body.objects("tools")) {
            String type = tool.optionalText("type").orElse("custom");
            if (type.equals("custom")) {
                Map<String, @Nullable Object> function = new LinkedHashMap<>();
                function.put("name", tool.text("name"));
                tool.optionalText("description").ifPresent(text -> function.put("description", text));
                function.put("parameters", tool.object("input_schema").json());
                tools.add(Map.of("type", "function", "function", function));
            } else {
                only.add("tools: " + type);
                if (HOSTED.stream().anyMatch(type::startsWith)) {
                    unbounded.add("tools: " + type);
                }
            }
        }
        if (!body.list("tools").isEmpty()) {
            needs.add(Capability.TOOLS);
        }
        if (!tools.isEmpty()) {
            parameters.put("tools", tools);
            toolChoice(body.object("tool_choice"));
        }
        for (String name : List.of("mcp_servers", "container")) {
            if (body.has(name)) {
                only.add(name);
                unbounded.add(name);
            }
        }
    }

    private void toolChoice(Fields choice) {
        switch (choice.optionalText("type").orElse("")) {
            case "auto", "none" -> parameters.put("tool_choice", choice.text("type"));
            case "any" -> parameters.put("tool_choice", "required");
            case "tool" ->
                parameters.put(
                        "tool_choice", Map.of("type", "function", "function", Map.of("name", choice.text("name"))));
            default -> {
                // none was made, or one that chat has not
            }
        }
        if (choice.flag("disable_parallel_tool_use")) {
            parameters.put("parallel_tool_calls", false);
        }
    }

    private void parameters() {
        for (String same : List.of("temperature", "top_p")) {
            if (body.has(same)) {
                parameters.put(same, body.get(same));
            }
        }
        if (body.has("stop_sequences")) {
            parameters.put("stop", body.list("stop_sequences"));
        }
        body.object("metadata").optionalText("user_id").ifPresent(user -> parameters.put("user", user));
        Fields format = body.has("output_format")
                ? body.object("output_format")
                : body.object("output_config").object("format");
        if (format.optionalText("type").orElse("").equals("json_schema")) {
            needs.add(Capability.STRUCTURED);
            Map<String, @Nullable Object> schema = new LinkedHashMap<>();
            schema.put("name", "answer");
            schema.put("strict", true);
            schema.put("schema", format.object("schema").json());
            parameters.put("response_format", Map.of("type", "json_schema", "json_schema", schema));
        }
    }
}
