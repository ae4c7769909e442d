package io.auterity.server.gateway;

import io.auterity.definition.Json;
import io.auterity.relay.Reply;
import io.auterity.relay.decide.Capability;
import io.auterity.relay.money.Meter;
import io.auterity.relay.money.Usage;
import io.auterity.relay.provider.Prompt;
import io.auterity.relay.provider.Protocol;
import io.auterity.relay.provider.ProviderAnswer;
import io.auterity.relay.provider.ProviderEvent;
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

/** OpenAI's chat completions. */
final class ChatForm implements Form {

    private static final Set<String> ROLES = Set.of("system", "developer", "user", "assistant", "tool", "function");

    /** What the relay decides, or reads apart. */
    private static final List<String> OWN =
            List.of("model", "messages", "stream", "stream_options", "max_tokens", "max_completion_tokens", "n");

    /** Fields without which the answer would be another one, and that only OpenAI's interface has. */
    private static final List<String> ONLY = List.of("web_search_options", "audio");

    /** What {@code function_call} says without saying anything: functions themselves are only OpenAI's, too. */
    private static final Set<Object> USUAL_CALLS = Set.of("none", "auto");

    /** Parts of messages that are translated. */
    private static final Set<String> PARTS = Set.of("text", "refusal", "image_url");

    @Override
    public Inquiry read(Fields body, Map<String, String> headers) {
        String model = body.text("model");
        List<Fields> messages = body.objects("messages");
        if (messages.isEmpty()) {
            throw body.wrong("messages", "is required, and a list of at least one message");
        }
        Set<String> unbounded = new TreeSet<>();
        Set<Capability> needs = EnumSet.noneOf(Capability.class);
        messages.forEach(message -> check(message, needs, unbounded));
        if (body.whole("n", 1, MOST_TOKENS).orElse(1L) > 1) {
            throw body.wrong("n", "is 1 here; ask several times for several answers");
        }
        standardTier(body);
        if (!body.objects("tools").isEmpty() || !body.list("functions").isEmpty()) {
            needs.add(Capability.TOOLS);
        }
        if (body.object("response_format").optionalText("type").orElse("").equals("json_schema")) {
            needs.add(Capability.STRUCTURED);
        }
        if (body.has("web_search_options")) {
            unbounded.add("web_search_options");
        }
        if (body.list("modalities").contains("audio")) {
            unbounded.add("modalities: audio");
        }
        Map<String, @Nullable Object> parameters = new LinkedHashMap<>(body.json());
        OWN.forEach(parameters::remove);
        Optional<Long> limit = body.whole("max_completion_tokens", 1, MOST_TOKENS);
        Optional<Long> older = body.whole("max_tokens", 1, MOST_TOKENS);
        Map<String, Object> facts = new HashMap<>();
        facts.put("metadata", body.object("metadata").json());
        body.optionalText("user").ifPresent(user -> facts.put("user", user));
        Prompt prompt = new Prompt(messages.stream().map(ChatForm::message).toList(), parameters);
        return new Inquiry(
                model,
                prompt,
                limit.or(() -> older).map(OptionalLong::of).orElse(OptionalLong.empty()),
                body.flag("stream"),
                body.object("stream_options").flag("include_usage"),
                needs,
                Inquiry.Interface.translated(
                        Protocol.CHAT_COMPLETIONS, only(body, messages), prompt.dropped(Protocol.MESSAGES)),
                unbounded,
                facts,
                body.optionalText("prompt_cache_key"));
    }

    @SuppressWarnings("NullAway") // a message's content may be null, and is passed on so
    private static Map<String, Object> message(Fields message) {
        return message.json();
    }

    /** Another tier has another price than the deployment's. */
    static void standardTier(Fields body) {
        String tier = body.optionalText("service_tier").orElse("auto");
        if (!Set.of("auto", "default", "standard", "standard_only").contains(tier)) {
            throw body.wrong("service_tier", "is auto or default here; the operator chooses the tier of each model");
        }
    }

    /** What would make another answer of it if it were left out, and has no counterpart in Anthropic's messages. */
    private static Set<String> only(Fields body, List<Fields> messages) {
        Set<String> only = new TreeSet<>();
        ONLY.stream().filter(body::has).forEach(only::add);
        if (body.flag("logprobs")) {
            only.add("logprobs");
        }
        if (body.has("top_logprobs")
                && !(body.get("top_logprobs") instanceof Number number && number.doubleValue() == 0)) {
            only.add("top_logprobs");
        }
        if (!body.object("logit_bias").json().isEmpty()) {
            only.add("logit_bias");
        }
        if (body.has("function_call") && !USUAL_CALLS.contains(body.get("function_call"))) {
            only.add("function_call");
        }
        if (!body.list("functions").isEmpty()) {
            only.add("functions");
        }
        if (body.list("modalities").stream().anyMatch(one -> !"text".equals(one))) {
            only.add("modalities");
        }
        if (body.object("response_format").optionalText("type").orElse("").equals("json_object")) {
            only.add("response_format: json_object");
        }
        if (body.get("temperature") instanceof Number number && number.doubleValue() > 1) {
            only.add("temperature above 1");
        }
        body.objects("tools").stream()
                .map(tool -> tool.optionalText("type").orElse("function"))
                .filter(type -> !type.equals("function"))
                .forEach(type -> only.add("tools: " + type));
        for (Fields message : messages) {
            if (message.text("role").equals("function")) {
                only.add("messages: function");
            }
            if (message.get("content") instanceof List<?>) {
                message.objects("content").stream()
                        .map(part -> part.text("type"))
                        .filter(type -> !PARTS.contains(type))
                        .forEach(type -> only.add("messages: " + type));
            }
        }
        return only;
    }

    private static void check(Fields message, Set<Capability> needs, Set<String> unbounded) {
        String role = message.text("role");
        if (!ROLES.contains(role)) {
            throw message.wrong("role", "is one of " + new TreeSet<>(ROLES));
        }
        message.objects("tool_calls");
        Object content = message.get("content");
        if (content == null || content instanceof String) {
            return;
        }
        if (!(content instanceof List<?>)) {
            throw message.wrong("content", "is a text or a list of parts");
        }
        for (Fields part : message.objects("content")) {
            switch (part.text("type")) {
                case "text", "refusal" -> {
                    // tokens like any other
                }
                case "image_url" -> needs.add(Capability.VISION);
                default -> unbounded.add("messages: " + part.text("type"));
            }
        }
    }

    @Override
    public String whole(Reply reply, Mark mark) {
        ProviderAnswer answer = reply.answer();
        Optional<String> written = answer.written()
                .filter(text -> text.protocol() == Protocol.CHAT_COMPLETIONS)
                .map(ProviderAnswer.Written::json);
        if (written.isPresent()) {
            return written.get();
        }
        Map<String, @Nullable Object> message = new LinkedHashMap<>();
        message.put("role", "assistant");
        message.put("content", answer.text().isEmpty() && !answer.toolCalls().isEmpty() ? null : answer.text());
        message.put("refusal", null);
        if (!answer.toolCalls().isEmpty()) {
            message.put("tool_calls", answer.toolCalls());
        }
        Map<String, @Nullable Object> choice = new LinkedHashMap<>();
        choice.put("index", 0L);
        choice.put("message", message);
        choice.put("logprobs", null);
        choice.put("finish_reason", answer.finishReason());
        Map<String, Object> json =
                frame("chat.completion", mark, reply.deployment().model().toString());
        json.put("choices", List.of(choice));
        json.put("usage", counts(reply.line().charge().usage()));
        return Json.write(json);
    }

    private static Map<String, Object> frame(String object, Mark mark, String model) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("id", "chatcmpl-" + mark.id());
        json.put("object", object);
        json.put("created", mark.seconds());
        json.put("model", model);
        return json;
    }

    private static Map<String, Object> counts(Usage usage) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("prompt_tokens", usage.inputTokens());
        json.put("completion_tokens", usage.outputTokens());
        json.put("total_tokens", usage.inputTokens() + usage.outputTokens());
        json.put("prompt_tokens_details", Map.of("cached_tokens", usage.count(Meter.CACHED_INPUT)));
        json.put("completion_tokens_details", Map.of("reasoning_tokens", usage.count(Meter.REASONING)));
        return json;
    }

    @Override
    public EventWriter stream(EventOutput out, Inquiry inquiry, Mark mark) {
        return new Chunks(out, inquiry.wantsUsage(), mark);
    }

    @Override
    public Map<String, Object> error(Refused refused, Mark mark) {
        return OpenAiErrors.of(refused);
    }

    /** A stream of chunks. */
    private static final class Chunks extends EventWriter {

        private final boolean wantsUsage;
        private final Mark mark;
        private boolean hasRole;
        private @Nullable Object id; // the provider's
        private @Nullable Object created;

        Chunks(EventOutput out, boolean wantsUsage, Mark mark) {
            super(out, Protocol.CHAT_COMPLETIONS);
            this.wantsUsage = wantsUsage;
            this.mark = mark;
        }

        /** The usage is always asked for, but not always by the caller. */
        @Override
        void passOn(ProviderEvent event) {
            boolean isUsage = event.json().get("choices") instanceof List<?> choices
                    && choices.isEmpty()
                    && event.json().get("usage") != null;
            hasRole = true;
            id = event.json().get("id");
            created = event.json().get("created");
            if (wantsUsage || !isUsage) {
                write("", event.data());
            }
        }

        /** A chunk; all of a stream have the same id and time. */
        private Map<String, Object> chunk(List<Object> choices) {
            Map<String, Object> json = frame("chat.completion.chunk", mark, model());
            if (id != null && created != null) {
                json.put("id", id);
                json.put("created", created);
            }
            json.put("choices", choices);
            return json;
        }

        private void delta(Map<String, Object> delta, @Nullable String finishReason) {
            Map<String, @Nullable Object> choice = new LinkedHashMap<>();
            Map<String, Object> whole = new LinkedHashMap<>();
            if (!hasRole) {
                hasRole = true;
                whole.put("role", "assistant");
            }
            whole.putAll(delta);
            choice.put("index", 0L);
            choice.put("delta", whole);
            choice.put("finish_reason", finishReason);
            Map<String, Object> json = chunk(List.of(choice));
            if (finishReason != null) {
                tellParts(json);
            }
            write("", json);
        }

        @Override
        void writeText(String text) {
            delta(Map.of("content", text), null);
        }

        @Override
        void writeReasoning(String text) {
            delta(Map.of("reasoning_content", text), null);
        }

        @Override
        void writeTool(int index, String id, String name, String arguments) {
            Map<String, Object> function = new LinkedHashMap<>();
            if (!name.isEmpty()) {
                function.put("name", name);
            }
            function.put("arguments", arguments);
            Map<String, Object> call = new LinkedHashMap<>();
            call.put("index", (long) index);
            if (!id.isEmpty()) {
                call.put("id", id);
                call.put("type", "function");
            }
            call.put("function", function);
            delta(Map.of("tool_calls", List.of(call)), null);
        }

        @Override
        void writeEnd(Reply reply, boolean isPassedOn) {
            if (!isPassedOn) {
                delta(Map.of(), reply.answer().finishReason());
                if (wantsUsage) {
                    Map<String, Object> json = chunk(List.of());
                    json.put("usage", counts(reply.usage()));
                    write("", json);
                }
            }
            write("", "[DONE]");
        }

        @Override
        void writeError(Map<String, Object> error) {
            write("", error);
        }
    }
}
